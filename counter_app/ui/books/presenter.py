"""Prepaid books without Qt: the lines of their use, what may be moved, and carrying out what was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.book_history import BookLine, BookMoved
from counter_app.domain.book_moves import BookMovePlan, BookRefundPlan, MoveWish
from counter_app.domain.money import parse_fen
from counter_app.services import book_history, book_moves, book_refunds, topups
from counter_app.services.approvals import Signed
from counter_app.services.book_moves import BookMoved as Done
from counter_app.services.book_refunds import BookRefunded, BookRefundWish
from counter_app.ui.books.screen import BookChoice, HistoryRow, MoveScreen, OpensTo, TypedMove
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount, day, day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_books import channel_word, move_word

T = TypeVar("T")
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Whose:
    """The customer and the account on the screen."""

    customer_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class MoveToSign:
    """A move as it was shown; `case` is what is signed, None where the pack leaves it to one person."""

    whose: Whose
    plan: BookMovePlan
    wish: MoveWish
    intent_id: str
    case: ApprovalCase | None


@dataclass(frozen=True, slots=True)
class RefundToSign:
    """A refund as it was shown, and the case of whoever signs."""

    plan: BookRefundPlan
    wish: BookRefundWish
    case: ApprovalCase


class BooksPresenter:
    """The books of one customer; a press after a failed COMMIT asks under the same intent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents = Intents(desk)

    def history(self, account_id: int, show: Callable[[tuple[HistoryRow, ...]], object], say: Say) -> None:
        """The use of an account's books, the newest first."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> tuple[HistoryRow, ...]:
            zone = hall.clock.now().tzinfo
            return tuple(_row(line, zone) for line in book_history.history(hall, who, account_id))

        self._run(job, show, say)

    def choices(self, whose: Whose, show: Callable[[MoveScreen], object], say: Say) -> None:
        """What may be moved; where there is nothing, that is said."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> tuple[MoveScreen, bool]:
            found = book_moves.choices(hall, who, whose.customer_id, whose.account_id)
            own = [held for held in found.sources if held.book.kind_of_money in found.rules.own]
            # money for everything is what is mostly set aside
            own.sort(key=lambda held: bool(held.book.items))
            has_other = any({to.book_id} != {held.id for held in own} for to in found.targets)
            screen = MoveScreen(
                found.account_no,
                tuple(_choice(str(held.id), held.name, held.book.balance_fen) for held in own),
                tuple(
                    _choice(to.key, to.name, to.balance_fen, "" if to.account_no == found.account_no else to.account_no)
                    for to in found.targets
                ),
            )
            return screen, has_other

        def done(found: tuple[MoveScreen, bool]) -> None:
            screen, has_other = found
            if screen.sources and has_other:
                show(screen)
            elif screen.sources:
                say(tr("户号 {no} 没有别的用途可转：规则没有专用用途，客户也没有别的户号。", no=screen.account_no))
            else:
                say(tr("户号 {no} 没有可以转用途的预存：赠款和专款只能抵费。", no=screen.account_no))

        self._run(job, done, say)

    def check_move(self, whose: Whose, typed: TypedMove, ready: Callable[[MoveToSign], object], say: Say) -> None:
        """Hold what was typed against the books as they stand; then it can be signed, or done."""
        hall, who = self._desk.hall, self._desk.who
        decision = self._intents.decide((whose, typed))

        def job() -> MoveToSign:
            fen = parse_fen(typed.text) if typed.text.strip() else 0
            wish = MoveWish(int(typed.source), typed.target, fen, typed.reason)
            plan = book_moves.look(hall, who, whose.customer_id, whose.account_id, wish)
            case = None
            if plan.signatures:
                case = book_moves.ask(hall, who, whose.customer_id, plan, wish, decision.intent_id)
            return MoveToSign(whose, plan, wish, decision.intent_id, case)

        self._run(job, ready, say)

    def move(self, asked: MoveToSign, signed: Signed | None) -> Done:
        """Move the money as it was shown; for the writer's lane.

        Raises:
            Refused: those of `services.book_moves.move`.
        """
        customer_id = asked.whose.customer_id
        return book_moves.move(
            self._desk.hall, self._desk.who, customer_id, asked.plan, asked.wish, asked.intent_id, signed
        )

    def move_alone(self, asked: MoveToSign, done: Callable[[Done], object], say: Say) -> None:
        """Move what the pack leaves to one person."""
        self._desk.lanes.run(
            "writer",
            lambda: self.move(asked, None),
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(trouble_sentences(trouble)),
            word=tr("正在保存"),
        )

    def look_refund(self, whose: Whose, show: Callable[[BookRefundPlan], object], say: Say) -> None:
        """What closing the account's books would give back now; a refusal is said."""
        hall, who = self._desk.hall, self._desk.who
        wish = BookRefundWish(whose.customer_id, whose.account_id, "")
        self._run(lambda: book_refunds.look(hall, who, wish), show, say)

    def check_refund(self, whose: Whose, reason: str, ready: Callable[[RefundToSign], object], say: Say) -> None:
        """Hold it against the books as they stand; then it can be signed."""
        hall, who = self._desk.hall, self._desk.who
        wish = BookRefundWish(whose.customer_id, whose.account_id, reason)

        def job() -> RefundToSign:
            plan = book_refunds.look(hall, who, wish)
            return RefundToSign(plan, wish, book_refunds.ask(hall, who, plan, wish))

        self._run(job, ready, say)

    def refund(self, asked: RefundToSign, signed: Signed) -> BookRefunded:
        """Give back what was shown; for the writer's lane.

        Raises:
            Refused: those of `services.book_refunds.refund`.
        """
        return book_refunds.refund(self._desk.hall, self._desk.who, asked.plan, asked.wish, signed)

    def give_receipt(self, whose: Whose, move_id: str, done: Callable[[str], object], say: Say) -> None:
        """Give the receipt for a top-up; the same press after a failed COMMIT gives no second one."""
        hall, who = self._desk.hall, self._desk.who
        self._intents.run(
            (whose, move_id),
            lambda intent_id: topups.give(hall, who, (whose.customer_id, whose.account_id), move_id, intent_id),
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(trouble_sentences(trouble)),
            word=tr("正在保存"),
        )

    def _run(self, job: Callable[[], T], done: Callable[[T], object], say: Say) -> None:
        self._desk.lanes.run(
            "reader",
            job,
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
        )


def what_moves(plan: BookMovePlan) -> str:
    """The sentence that is signed."""
    return tr(
        "户号 {no}：从“{source}”转 {sum} 到“{target}”（户号 {to}）。",
        no=plan.account_no,
        source=plan.source.name,
        sum=amount(plan.amount_fen),
        target=plan.target.name,
        to=plan.target.account_no,
    )


def move_facts(asked: MoveToSign) -> tuple[Fact, ...]:
    """What a move shows of itself before it is signed."""
    plan = asked.plan
    return (
        Fact(plan.source.name, _change(plan.source.book.balance_fen, plan.source_left_fen)),
        Fact(plan.target.name, _change(plan.target.balance_fen, plan.target_left_fen)),
        Fact(tr("原因"), asked.wish.reason),
    )


def refund_facts(plan: BookRefundPlan) -> tuple[Fact, ...]:
    """What a refund gives back, book by book, and what it does not."""
    books = [Fact(held.name, amount(held.book.balance_fen)) for held in plan.books]
    books.append(Fact(tr("退还现金合计"), amount(plan.amount_fen)))
    kept = [Fact(tr("不退：{name}", name=held.name), amount(held.book.balance_fen), "warn") for held in plan.kept]
    return (*books, *kept)


def what_is_refunded(plan: BookRefundPlan) -> str:
    """The sentence that is signed."""
    return tr("户号 {no} 销户：预存余款 {sum} 从钱箱退还现金。", no=plan.account_no, sum=amount(plan.amount_fen))


def _change(before_fen: int, after_fen: int) -> str:
    return tr("{before} → {after}", before=amount(before_fen), after=amount(after_fen))


def _choice(key: str, name: str, fen: int, account_no: str = "") -> BookChoice:
    word = f"{name} {amount(fen)}"
    return BookChoice(key, f"{word} · {tr('户号 {no}', no=account_no)}" if account_no else word, name, fen)


def _row(line: BookLine, zone: tzinfo | None) -> HistoryRow:
    moved = line.moved
    what = move_word(moved.what)
    if line.other_name:
        what = f"{what} {'→' if moved.amount_fen < 0 else '←'} {line.other_name}"
    if moved.what == "topup":
        what = f"{what} · {channel_word(moved.source)}"
    # of openings and top-ups only the day is known
    is_day = moved.what in ("opening", "topup")
    at = day(moved.at.date()) if is_day else day_and_clock(moved.at.astimezone(zone))
    who = moved.counter_name if moved.is_elsewhere else moved.staff_no
    number = moved.paper_no or moved.receipt_no
    return HistoryRow(
        *(at, line.book_name, what, moved.amount_fen, line.balance_fen),
        *(number, who, _opens(moved), moved.move_id),
    )


def _opens(moved: BookMoved) -> OpensTo:
    if moved.what == "topup":
        return "topup_receipt" if moved.paper_no else "elsewhere" if moved.counter_id else "topup"
    if moved.is_elsewhere:
        return "elsewhere" if moved.counter_name else ""
    if moved.receipt_no:
        return "receipt"
    return "slip" if moved.paper_no else ""
