"""Customers who want to leave, for tests: a hall with everybody who signs, and whole cases step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.retention import Act, Gate, Measure, Signer
from counter_app.domain.staff import Role, Session
from counter_app.services import retention, retention_after, retention_feedback, retention_signing
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.services.signoffs import Signed
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.hall import OpenHall
from counter_app.storage.past_retentions import PastRetention
from counter_app.storage.sql import Writing
from counter_app.storage.staff import add_staff
from tests import halls

TELLER, COLLEAGUE = halls.teller(), halls.teller("1002")
MANAGER = halls.teller("2001", Role.SUPERVISOR)
AUDITOR = halls.teller("8001", Role.AUDITOR)
DRAWING = b"\x89PNG drawn"


@dataclass(frozen=True)
class Line:
    """A line that somebody wants to give up."""

    customer_id: int
    account_id: int
    service_id: int


def a_hall(folder: Path, *, driver: str | None = None) -> OpenHall:
    """A telecom hall with an auditor (8001) besides its tellers, supervisor and admin."""
    hall = halls.a_hall(folder, driver=driver)
    with hall.writing() as work:
        add_staff(work, "8001", "严正", Role.AUDITOR, halls.verifier())
    return hall


def a_line(hall: OpenHall, *, no: str = "10002345", is_vip: bool = False, months: Sequence[int] = (5_800,) * 3) -> Line:
    """A customer with one line and a bill for each of the last months, none of them paid."""
    someone = halls.a_customer(hall, no=no)
    for back, fen in enumerate(reversed(months), start=1):
        month = date(2026, 11 - back, 1) if back < 11 else date(2025, 23 - back, 1)
        halls.a_bill(hall, someone.account_id, f"{month:%Y-%m}", fen, due_on=date(2026, 12, 20))
    with hall.writing() as work:
        if is_vip:
            halls.put(
                work,
                t.customer_flags,
                {"customer_id": someone.customer_id, "flag": "vip", "since_on": "2024-01-01", "note": ""},
            )
        row = work.driver.execute("SELECT id FROM services WHERE account_id = ?", (someone.account_id,)).fetchone()
    assert row is not None
    return Line(someone.customer_id, someone.account_id, row[0])


def pay_all(hall: OpenHall, line: Line) -> None:
    """Everything that the account owes is paid in cash."""
    someone = halls.Someone(line.customer_id, line.account_id)
    due_fen = halls.position(hall, someone).due_fen
    if due_fen:
        halls.pay(hall, someone, halls.cash(*divmod(due_fen, 100)))


def later(hall: OpenHall, **time: int) -> None:
    """Time passes."""
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(**time)


def open_case(hall: OpenHall, line: Line, session: Session = TELLER) -> CaseView:
    """A case, opened."""
    return retention.open_case(hall, session, line.service_id, line.customer_id, new_intent_id())


def with_reason(hall: OpenHall, case_id: str, reason: str = "PRICE", **more: object) -> CaseView:
    """The form with a reason."""
    form = retention.view(hall, TELLER, case_id).form
    changed = replace(form, reason=reason, **more)  # type: ignore[arg-type]  # the caller's keywords are those of Form
    return retention.save_form(hall, TELLER, case_id, changed, new_intent_id())


def signed(
    hall: OpenHall,
    case_id: str,
    act: Act = Act.SIGN,
    signer: Signer | None = None,
    *,
    by: str = "2001",
    session: Session = TELLER,
    measure: Measure | None = None,
    words: str = "",
    is_own_desk: bool = False,
) -> Signed:
    """A second person's own number and password for what the screen shows now."""
    shown = retention.view(hall, session, case_id)
    wanted = Wanted(act, signer, measure, words, is_own_desk)
    return retention_signing.prove(hall, session, shown, wanted, staff_no=by, password=halls.PASSWORD)


Do = Callable[[OpenHall, str, Line], object]


def _asked(signer: Signer) -> Do:
    return lambda h, c, _: retention_signing.ask_signature(h, TELLER, c, signer, new_intent_id())


def _signs(signer: Signer, by: str) -> Do:
    return lambda h, c, _: retention_signing.sign(h, TELLER, c, signer, signed(h, c, signer=signer, by=by))


def _checked(gate: Gate) -> Do:
    return lambda h, c, _: retention.check_gate(h, TELLER, c, gate, new_intent_id())


def _offered(h: OpenHall, c: str, _: Line) -> object:
    return retention_signing.offer(h, TELLER, c, "GIFT_FEE", 10, 3, new_intent_id())


def _above(h: OpenHall, c: str, _: Line) -> object:
    measure = retention_signing.measure_of(retention.view(h, TELLER, c), "DISCOUNT", 20, 3)
    proof = signed(h, c, Act.OFFER, measure=measure)
    return retention_signing.offer_signed(h, TELLER, c, "DISCOUNT", 20, 3, proof)


def _waived(h: OpenHall, c: str, _: Line) -> object:
    why = "设备已退"
    return retention_signing.waive_contract(h, TELLER, c, why, signed(h, c, Act.WAIVE_CONTRACT, words=why))


def _told(words: str) -> Do:
    return lambda h, c, _: retention_feedback.feed_back(h, TELLER, c, words, new_intent_id())


def _answered(line: int, words: str) -> Do:
    return lambda h, c, _: retention_feedback.take_up(h, MANAGER, c, line, words, new_intent_id())


RECEIVED: tuple[tuple[str, Do], ...] = (
    ("ask manager", _asked(Signer.MANAGER)),
    ("manager signs", _signs(Signer.MANAGER, "2001")),
    ("talk", lambda h, c, _: retention.talk(h, TELLER, c, new_intent_id())),
    ("form", lambda h, c, _: with_reason(h, c, contract_fen=12_000, is_contact_agreed=True, agreed_at=h.clock.now())),
    ("offer", _offered),
    ("no", lambda h, c, _: retention.answer(h, TELLER, c, 1, new_intent_id(), is_yes=False)),
    ("offer above the teller", _above),
)
KEPT: tuple[tuple[str, Do], ...] = (
    *RECEIVED,
    ("yes", lambda h, c, _: retention.answer(h, TELLER, c, 2, new_intent_id(), is_yes=True)),
    ("keep", lambda h, c, _: retention.keep(h, TELLER, c, new_intent_id())),
    ("fed back", _told("套餐里的流量用不完")),
    ("audit", lambda h, c, _: retention_after.audit(h, AUDITOR, c, new_intent_id())),
    ("visit", lambda h, c, _: retention_after.visit(h, TELLER, c, 1, "content", new_intent_id())),
)
"""A valued customer who stays."""
LEFT: tuple[tuple[str, Do], ...] = (
    *RECEIVED,
    ("no again", lambda h, c, _: retention.answer(h, TELLER, c, 2, new_intent_id(), is_yes=False)),
    ("leave", lambda h, c, _: retention.leave(h, TELLER, c, new_intent_id())),
    ("fed back", _told("月费比同类套餐高，客户问过两次")),
    ("answered", _answered(1, "已报资费组，下月有新套餐")),
    ("fed back again", _told("新套餐仍高于客户的用量")),
    ("ask reception", _asked(Signer.RECEPTIONIST)),
    ("reception signs", _signs(Signer.RECEPTIONIST, "1002")),
    ("waive", _waived),
    ("customer", lambda h, c, _: retention.sign_customer(h, TELLER, c, DRAWING, new_intent_id())),
    ("pay", lambda h, _c, line: pay_all(h, line)),
    *((gate.value, _checked(gate)) for gate in Gate),
    ("process", lambda h, c, _: retention_after.process(h, TELLER, c, new_intent_id())),
    ("recover", lambda h, c, _: retention_after.recover(h, TELLER, c, [("modem", "recovered")], new_intent_id())),
    ("close", lambda h, c, _: retention_after.close(h, TELLER, c, new_intent_id())),
    (
        "audit",
        lambda h, c, _: retention_after.audit(h, AUDITOR, c, new_intent_id(), misses=["id"], words="证件号不清"),
    ),
    ("visit", lambda h, c, _: retention_after.visit(h, TELLER, c, 1, "not_reached", new_intent_id())),
)
"""A valued customer who goes, after a talk; the penalty of the contract is waived."""


def tell(hall: OpenHall, line: Line, story: Sequence[tuple[str, Do]]) -> str:
    """A whole story; returns the id of its case."""
    case_id = open_case(hall, line).case.case_id
    for _name, do in story:
        do(hall, case_id, line)
    return case_id


def left_at_once(hall: OpenHall, no: str, reason: str, **said: object) -> str:
    """A customer who will not talk, and leaves for a reason; a shift is open."""
    line = a_line(hall, no=no)
    case_id = open_case(hall, line).case.case_id
    retention.leave_now(hall, TELLER, case_id, new_intent_id())
    with_reason(hall, case_id, reason, **said)
    story = dict(LEFT)
    for name in ("customer", "pay", "id", "settled", "signature", "process", "recover", "close"):
        story[name](hall, case_id, line)
    return case_id


def a_past_result(work: Writing, record: PastRetention, entry: int) -> None:
    """A result from before this program as an import leaves it."""
    told = {"result": record.result.value, "ended_on": record.ended_on.isoformat(), "entry": entry}
    halls.put(work, r.past_retentions, {**asdict(record), **told})


def erase(work: Writing, record_id: str) -> None:
    """Take the content of a side record away and leave its hash, as a rule of the hall may ask for."""
    work.driver.execute(
        "UPDATE side_records SET content = NULL, erased_at = '2026-11-21T02:04:00.000+00:00' WHERE record_id = ?",
        (record_id,),
    )
