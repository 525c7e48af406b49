"""The sentences of refusals about lists that are looked through and taken away as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain.refusals import Refusal
from counter_app.services import retention_after, table_files
from counter_app.ui.language import tr

LISTS: dict[type[Refusal], Callable[[Any], str]] = {
    retention_after.VisitUnwanted: lambda r: tr(
        "客户不愿再被回访，不能再约 {day}。请去掉日期，或改选结果。", day=r.next_on.isoformat()
    ),
    table_files.FileExists: lambda r: tr("已经有文件“{name}”，它不会被覆盖。请换一个名字。", name=r.name),
    table_files.FolderMissing: lambda r: tr("没有文件夹“{folder}”。请改成已有的文件夹。", folder=r.folder),
    table_files.KindUnknown: lambda r: tr(
        "文件名“{name}”应以 {kinds} 结尾。请改正。",
        name=r.name,
        kinds=tr("或").join(f" {kind} " for kind in r.kinds).strip(),
    ),
}
