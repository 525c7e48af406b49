"""The first start without Qt: what is asked for, how it is checked, and what was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from counter_app.clock import Clock
from counter_app.domain.hall_refusals import BadHallSetting
from counter_app.domain.refusals import Refusal
from counter_app.domain.staff_refusals import WeakPassword
from counter_app.domain.sync_refusals import AddressUnreadable, AuthorityIsAnother, CodeUnreadable, NotEnrolled
from counter_app.services import hall as halls
from counter_app.services.demo import make_demo
from counter_app.ui.language import later, tr
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_sync import no_reply_words

TRADES = {
    "telecom": later("电信"),
    "electricity": later("供电"),
    "gas": later("燃气"),
    "water": later("供水"),
    "heating": later("供热"),
    "property": later("物业"),
}

HALL_FIELDS = {
    "name": later("营业厅名称"),
    "company": later("公司名称"),
    "hall_code": later("营业厅代码（印在收据编号里，如 HZ01）"),
    "hotline": later("服务热线"),
}
COUNTER_FIELDS = {
    "counter_code": later("柜台代码（如 03）"),
    "counter_name": later("柜台名称（如 3 号台）"),
    "admin_no": later("厅管理员工号"),
    "admin_name": later("厅管理员姓名"),
}
SECRET_FIELDS = {
    "admin_password": later("厅管理员密码（至少 10 位）"),
    "again": later("再输一遍密码"),
}
JOIN_FIELDS = {
    "address": later("上游地址（如 hub.example:8443）"),
    "code": later("接入码（整行，连同指纹）"),
    "counter_code": later("柜台代码（如 03）"),
}

_KEY_FILES = later("本机没有系统密钥环，密钥存放在 {folder}，只有当前系统用户能读。请妥善保管这个目录。")


class Work(Protocol):
    """The lanes, long work included; `ui.background.Background` is the real one."""

    def run(
        self,
        lane: Any,
        job: Callable[[], Any],
        on_done: Callable[[Any], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str = "",
    ) -> object:
        """Run a job on a lane."""

    def run_long(
        self,
        job: Callable[[Any], Any],
        on_done: Callable[[Any], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str,
        on_stopped: Callable[[], object] = lambda: None,
    ) -> object:
        """Run a job that tells how far it is."""


@dataclass(frozen=True, slots=True)
class MadeScreen:
    """A hall that was made: what the person must know before the first sign-in."""

    heading: str
    words: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ends:
    """How making a hall ends: `on_wrong` gets the field (empty: none of them) and its sentences."""

    on_done: Callable[[], object]
    on_wrong: Callable[[str, str], object]


class FirstStartPresenter:
    """Makes a hall in a folder."""

    def __init__(self, work: Work, folder: Path, clock: Clock) -> None:
        self._work, self._folder, self._clock = work, folder, clock

    def make_demo(self, trade: str, ends: Ends) -> None:
        """Make the demo hall, with progress; stopping leaves nothing."""

        def job(progress: Any) -> None:
            make_demo(
                self._folder,
                trade=trade,
                clock=self._clock,
                progress=lambda done, total: progress.step(done, total, tr("正在生成演示客户")),
            ).close()

        self._work.run_long(
            job,
            lambda _none: ends.on_done(),
            lambda refusal: ends.on_wrong("", sentences(refusal)),
            lambda trouble: ends.on_wrong("", trouble_sentences(trouble)),
            word=tr("正在生成演示营业厅"),
            on_stopped=lambda: ends.on_wrong("", tr("已停止，什么也没有留下。")),
        )

    def make_own(
        self,
        trade: str,
        texts: Mapping[str, str],
        on_made: Callable[[MadeScreen], object],
        on_wrong: Callable[[str, str], object],
    ) -> None:
        """Make the hall's own file with its first admin; `texts` are the three tables of fields above."""
        if texts["admin_password"] != texts["again"]:
            on_wrong("again", tr("两遍密码不一样。请再输一遍。"))
            return
        wanted = halls.NewHall(trade=trade, **{key: text for key, text in texts.items() if key != "again"})

        def job() -> MadeScreen:
            opened = halls.make_hall(self._folder, wanted, clock=self._clock)
            try:
                return made_screen(opened)
            finally:
                opened.close()

        def refused(refusal: Refusal) -> None:
            on_wrong(field_of(refusal), sentences(refusal))

        self._work.run(
            "writer",
            job,
            on_made,
            refused,
            lambda trouble: on_wrong("", trouble_sentences(trouble)),
            word=tr("正在建立本厅"),
        )

    def join(
        self,
        texts: Mapping[str, str],
        on_made: Callable[[MadeScreen], object],
        on_wrong: Callable[[str, str], object],
    ) -> None:
        """Make the hall's file as the hub says, by the one-time code that it printed; `texts` are `JOIN_FIELDS`."""
        folder, clock, counter_code = self._folder, self._clock, texts["counter_code"].strip()
        if not counter_code:
            on_wrong("counter_code", tr("请填写柜台代码，和上游生成接入码时写的一样。"))
            return

        def job() -> MadeScreen:
            from counter_app.sync.enrolment import join_new

            join_new(folder, texts["address"], texts["code"], counter_code, clock=clock)
            opened = halls.open_for_counter(folder, clock=clock)
            try:
                return joined_screen(opened)
            finally:
                opened.close()

        def trouble(error: Exception) -> None:
            why = getattr(error, "why", None)
            if isinstance(why, str):
                on_wrong("address", no_reply_words(why))
            else:
                on_wrong("", trouble_sentences(error))

        def refused(refusal: Refusal) -> None:
            on_wrong(field_of(refusal), sentences(refusal))

        self._work.run("long", job, on_made, refused, trouble, word=tr("正在询问上游"))


def field_of(refusal: Refusal) -> str:
    """The field that a refusal is about; empty when it is about none of them."""
    if isinstance(refusal, BadHallSetting):
        return refusal.key
    if isinstance(refusal, AddressUnreadable | AuthorityIsAnother):
        return "address"
    if isinstance(refusal, CodeUnreadable | NotEnrolled):
        return "counter_code" if getattr(refusal, "what", "") == "counter" else "code"
    return "admin_password" if isinstance(refusal, WeakPassword) else ""


def made_screen(hall: halls.OpenHall) -> MadeScreen:
    """What the person must know of a hall that was just made."""
    is_in_keyring = hall.keys.words == "keyring"
    sealed = (
        tr("数据文件已加密，没有密钥谁也读不出来。")
        if hall.store.is_encrypted
        else tr("本机的数据库组件不能加密，数据文件没有加密。请用系统的磁盘加密。")
    )
    keys = tr("密钥存放在系统密钥环里，随当前系统用户。") if is_in_keyring else tr(_KEY_FILES, folder=hall.keys.words)
    return MadeScreen(
        tr("本厅已建立"),
        (sealed, keys, tr("备份数据时请用备份命令；换电脑时密钥要一并带走，否则数据打不开。")),
        ((tr("营业厅"), hall.hall.name), (tr("数据目录"), str(hall.folder))),
    )


def joined_screen(hall: halls.OpenHall) -> MadeScreen:
    """The same of a hall that came from its hub."""
    made = made_screen(hall)
    coming = tr("打开后先从上游取回客户、账单和人员，大的营业厅要几分钟；取回以后，用本厅的工号和密码登录。")
    counter = (tr("本柜台"), tr("{name}（{code}）", name=hall.hall.counter_name, code=hall.hall.counter_code))
    return replace(made, heading=tr("已接入上游"), words=(coming, *made.words), facts=(*made.facts, counter))
