"""What is said when a step without money on the table meets a failing disk."""

from __future__ import annotations

from counter_app.services.hall import CommitUncertain, NotRecorded
from counter_app.ui.language import tr
from counter_app.ui.wording import trouble_sentences


def step_trouble(trouble: Exception) -> str:
    """No money lies on the table here: what to do is to press again."""
    if isinstance(trouble, NotRecorded):
        return tr("磁盘报错，已查明：这一步没有记下，什么也没有变。排除故障后请再按一次。（{why}）", why=trouble.why)
    if isinstance(trouble, CommitUncertain):
        return tr("磁盘报错，还不能确定这一步是否记下。请再按一次，不会重复。（{why}）", why=trouble.why)
    return trouble_sentences(trouble)
