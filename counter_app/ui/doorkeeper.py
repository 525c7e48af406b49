"""Answers a second program on behalf of the window: comes to the front, imports for whoever is signed in, deducts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt

from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.ui.background import Background, Progress, Task
from counter_app.ui.language import tr

if TYPE_CHECKING:
    from counter_app.domain.imports import ImportReport
    from counter_app.ui.counter import Counter
    from counter_app.ui.shell import Shell

T = TypeVar("T")
Message = dict[str, Any]
_WINDOW_S = 5


class Doorkeeper:
    """`answer` is called on a thread of the door; everything else happens on the window's and on its lanes."""

    def __init__(self, background: Background, shell: Shell, counter: Callable[[], Counter | None]) -> None:
        self._background, self._shell, self._counter = background, shell, counter

    def answer(self, request: Message, step: Callable[[Message], None]) -> Message:
        """Do what a second program of this user asks."""
        if request.get("want") == "window":
            return {"is_raised": self._on_window(self._raise) is True}
        if request.get("want") == "import":
            return self._carry_out(lambda ends: self._begin(request, ends), step)
        if request.get("want") == "deduct":
            return self._carry_out(lambda ends: self._begin_batch(request, ends), step)
        return {"said": tr("正在运行的柜台是另一个版本，不懂这个请求。请先关闭柜台，再运行一次。")}

    def _raise(self) -> bool:
        shell = self._shell
        shell.setWindowState(shell.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
        shell.show()
        shell.raise_()
        shell.activateWindow()
        return True

    def _on_window(self, ask: Callable[[], T]) -> T | None:
        answers: Queue[T] = Queue()
        self._background.on_window(lambda: answers.put(ask()))
        try:
            return answers.get(timeout=_WINDOW_S)
        except Empty:
            return None

    def _carry_out(self, begin: Callable[[Queue[Message]], Task | Message], step: Callable[[Message], None]) -> Message:
        ends: Queue[Message] = Queue()
        begun = self._on_window(lambda: begin(ends))
        if not isinstance(begun, Task):
            return begun or {"said": tr("柜台的窗口这时没有回应。请稍候再试。")}
        message: Message = {"step": {}}
        while "step" in message:
            try:
                step(message["step"])
            except OSError:
                # whoever asked has gone: nothing is written that nobody hears of
                begun.stop()
                return {}
            message = ends.get()
        return message

    def _begin(self, request: Message, ends: Queue[Message]) -> Task | Message:
        """Ask for the right as a page does, of whoever is signed in at an uncovered window, and begin."""
        from counter_app.ui.wording import sentences, trouble_sentences

        counter = self._counter()
        if counter is None or counter.desk.session is None or counter.frame.is_covered():
            return {"is_nobody": True}
        session, desk = counter.desk.session, counter.desk
        try:
            session.need(Right.IMPORT)
        except Refused as refused:
            return {"said": sentences(refused.refusal)}

        def done(report: ImportReport) -> None:
            ends.put({"report": asdict(report)})
            desk.changed()

        return self._background.run_long(
            self._job(request, session, counter, ends),
            done,
            lambda refusal: ends.put({"said": sentences(refusal)}),
            lambda trouble: ends.put({"said": trouble_sentences(trouble)}),
            word=tr("正在导入 {file}", file=Path(request["file"]).name),
            on_stopped=lambda: ends.put({"said": tr("柜台上有人停止了导入，没有写入任何数据。")}),
        )

    def _begin_batch(self, request: Message, ends: Queue[Message]) -> Task | Message:
        """Deduct as the command does where no window is open: nobody has to be signed in, for nobody is asked."""
        from counter_app.ui.wording import sentences, trouble_sentences

        counter = self._counter()
        if counter is None:
            return {"said": tr("柜台的窗口这时没有回应。请稍候再试。")}
        hall, desk = counter.desk.hall, counter.desk
        asked = date.fromisoformat(request["on"]) if request["on"] else None

        def job(progress: Progress) -> None:
            from counter_app.services import deductions

            def told(done: int, total: int) -> None:
                ends.put({"step": {"done": done, "total": total}})
                progress.step(done, total, tr("正在自动扣款"))

            deductions.run(
                hall,
                asked=asked,
                is_here=request["is_here"] is True,
                progress=told,
                on_writer=progress.on_writer,
            )

        def done(_none: None) -> None:
            ends.put({"is_done": True})
            desk.changed()

        return self._background.run_long(
            job,
            done,
            lambda refusal: ends.put({"said": sentences(refusal)}),
            lambda trouble: ends.put({"said": trouble_sentences(trouble)}),
            word=tr("正在自动扣款"),
            on_stopped=lambda: ends.put({"said": tr("柜台上有人停止了自动扣款。已扣的不变，再运行一次接着扣。")}),
        )

    def _job(
        self, request: Message, session: Session, counter: Counter, ends: Queue[Message]
    ) -> Callable[[Progress], ImportReport]:
        word = tr("正在导入 {file}", file=Path(request["file"]).name)

        def job(progress: Progress) -> ImportReport:
            from counter_app.services.imports import run_import

            def read(rows: int) -> None:
                ends.put({"step": {"rows": rows}})
                progress.step(rows, 0, word)

            def written(done: int, total: int) -> None:
                ends.put({"step": {"done": done, "total": total}})
                progress.step(done, total, word)

            return run_import(
                counter.desk.hall,
                session,
                request["what"],
                Path(request["file"]),
                Path(request["map"]) if request["map"] else None,
                check=request["check"],
                progress=read,
                writing=written,
                on_writer=lambda work: self._background.lane("writer").submit(work).result(),
            )

        return job
