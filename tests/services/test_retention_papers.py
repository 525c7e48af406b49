"""Papers of a retention case: numbers without a gap, one paper for one state of a case, prints counted and tracked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Act, Signer, Stage
from counter_app.domain.retention_papers import (
    ExitSlipFacts,
    PaperErased,
    PaperKind,
    PaperNotYet,
    PaperStands,
    PaperUnknown,
    RegisterFacts,
    WorkOrderFacts,
)
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import NoRight, SignedOut
from counter_app.services import (
    papers,
    printing,
    retention,
    retention_after,
    retention_feedback,
    retention_papers,
    retention_signing,
    settings,
)
from counter_app.services.printing import NotPrinted
from counter_app.services.retention_desk import DoneAsAnotherStep
from counter_app.services.retention_paper_facts import OFFERS
from counter_app.storage import tables as t
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.papers import Paper
from counter_app.storage.trouble import NotRecorded
from counter_app.storage.verify import verify, verify_folder
from tests import halls, leaving
from tests.documents import paper_samples
from tests.leaving import AUDITOR, LEFT, MANAGER, RECEIVED, TELLER, Do
from tests.storage.test_store import FailingCommits

ADMIN = halls.teller("9001", Role.ADMIN)
DRAWN: tuple[tuple[str, Do], ...] = tuple(
    ("customer", lambda h, c, _: retention.sign_customer(h, TELLER, c, paper_samples.drawing(), new_intent_id()))
    if name == "customer"
    else (name, do)
    for name, do in LEFT
)
CLOSED = tuple(step for step in DRAWN if step[0] not in ("audit", "visit"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    yield opened
    opened.close()


def told(hall: OpenHall, story: Sequence[tuple[str, Do]] = CLOSED, *, no: str = "10002345") -> str:
    return leaving.tell(hall, leaving.a_line(hall, no=no, is_vip=True), story)


def issue(hall: OpenHall, case_id: str, kind: PaperKind) -> Paper:
    return retention_papers.issue(hall, TELLER, case_id, kind, new_intent_id())


def facts(hall: OpenHall, paper: Paper) -> RegisterFacts | WorkOrderFacts | ExitSlipFacts:
    with hall.reading() as reading:
        return retention_papers.read_facts(reading, paper.paper_no)


def refusal(hall: OpenHall, case_id: str, kind: PaperKind) -> Refusal:
    with pytest.raises(Refused) as refused:
        issue(hall, case_id, kind)
    return refused.value.refusal


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s", "", text)


def printed(hall: OpenHall, paper: Paper, *, sheet: str = "a4") -> retention_papers.PaperOrder:
    return retention_papers.order_print(hall, TELLER, paper.paper_no, paper=sheet, printer="pdf")


def test_each_kind_has_numbers_of_its_own_without_a_gap(hall: OpenHall) -> None:
    cases = [told(hall, no=f"1000200{n}") for n in range(3)]
    numbers = [issue(hall, case_id, kind).paper_no for case_id in cases for kind in PaperKind]
    assert numbers == [f"HZ01-03-2026-{letters}{n:06d}" for n in (1, 2, 3) for letters in ("DJ", "GD", "PT")]
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(days=60)
    another = leaving.open_case(hall, leaving.a_line(hall, no="10002009"))
    assert issue(hall, another.case.case_id, PaperKind.REGISTER).paper_no == "HZ01-03-2027-DJ000001"
    assert verify(hall.store).findings == ()


def test_a_paper_that_failed_takes_no_number(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = told(hall)
    for broken in ("add_paper", "add_record"):
        with monkeypatch.context() as patch:

            def cut(*_args: object) -> None:
                raise OSError(28, "No space left on device")

            patch.setattr(papers, broken, cut)
            with pytest.raises(OSError, match="space"):
                issue(hall, case_id, PaperKind.WORK_ORDER)
    assert retention_papers.papers(hall, TELLER, case_id) == ()
    assert issue(hall, case_id, PaperKind.WORK_ORDER).serial == 1
    for _ in range(3):
        assert isinstance(refusal(hall, case_id, PaperKind.WORK_ORDER), PaperStands)
    assert issue(hall, told(hall, no="10002346"), PaperKind.WORK_ORDER).serial == 2
    assert verify(hall.store).findings == ()


KILLED = """
import os, sys
from pathlib import Path
from counter_app.clock import FixedClock
from counter_app.domain.retention_papers import PaperKind
from counter_app.services import papers, retention_papers
from counter_app.storage.hall import open_hall
from tests import halls, leaving
hall = open_hall(Path(sys.argv[1]), clock=FixedClock(halls.NOW))
real = papers.add_paper
def cut(*args):
    real(*args)
    os._exit(9)
papers.add_paper = cut
retention_papers.issue(hall, leaving.TELLER, sys.argv[2], PaperKind.EXIT_SLIP, "intent-of-a-kill")
"""


def test_a_kill_before_the_commit_leaves_no_paper_and_no_gap(hall: OpenHall) -> None:
    case_id, folder = told(hall), hall.folder
    hall.close()
    assert subprocess.run([sys.executable, "-c", KILLED, str(folder), case_id], check=False).returncode == 9
    again = open_hall(folder, clock=FixedClock(halls.NOW))
    assert retention_papers.papers(again, TELLER, case_id) == ()
    assert retention_papers.issue(again, TELLER, case_id, PaperKind.EXIT_SLIP, "intent-of-a-kill").serial == 1
    again.close()
    assert verify_folder(folder).findings == ()


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not done"])
def test_after_a_failed_commit_the_intent_tells_whether_the_paper_stands(tmp_path: Path, *, is_done: bool) -> None:
    leaving.a_hall(tmp_path).close()
    failing = FailingCommits(find_driver(), is_done=is_done)
    hall = open_hall(tmp_path, clock=FixedClock(halls.NOW), driver=failing.driver)
    case_id, intent_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id, new_intent_id()
    failing.is_armed = True
    if is_done:
        assert retention_papers.issue(hall, TELLER, case_id, PaperKind.REGISTER, intent_id).serial == 1
    else:
        with pytest.raises(NotRecorded):
            retention_papers.issue(hall, TELLER, case_id, PaperKind.REGISTER, intent_id)
        assert retention_papers.papers(hall, TELLER, case_id) == ()
    again = retention_papers.issue(hall, TELLER, case_id, PaperKind.REGISTER, intent_id)
    assert (again.serial, retention_papers.papers(hall, TELLER, case_id)) == (1, (again,))
    assert verify(hall.store).findings == ()
    hall.close()


def test_one_decision_is_one_paper(hall: OpenHall) -> None:
    case_id, intent_id = told(hall), new_intent_id()
    first = retention_papers.issue(hall, TELLER, case_id, PaperKind.REGISTER, intent_id)
    assert retention_papers.issue(hall, TELLER, case_id, PaperKind.REGISTER, intent_id) == first
    assert retention_papers.papers(hall, TELLER, case_id) == (first,)
    opened, other = leaving.a_line(hall, no="10002346"), new_intent_id()
    retention.open_case(hall, TELLER, opened.service_id, opened.customer_id, other)
    with pytest.raises(Refused) as refused:
        retention_papers.issue(hall, TELLER, case_id, PaperKind.EXIT_SLIP, other)
    assert isinstance(refused.value.refusal, DoneAsAnotherStep)


def test_a_case_that_changed_gets_a_paper_that_says_what_it_replaces(hall: OpenHall) -> None:
    case_id = told(hall)
    first = issue(hall, case_id, PaperKind.REGISTER)
    assert refusal(hall, case_id, PaperKind.REGISTER) == PaperStands(PaperKind.REGISTER, first.paper_no)
    retention_after.audit(hall, AUDITOR, case_id, new_intent_id(), misses=["id"], words="证件号不清")
    second = issue(hall, case_id, PaperKind.REGISTER)
    found = facts(hall, second)
    assert isinstance(found, RegisterFacts)
    assert (found.head.replaces, found.audit, found.audited_by) == (
        first.paper_no,
        "不合格：证件（证件号不清）",
        "严正 8001",
    )
    assert f"代替{first.paper_no}" in text_of(retention_papers.preview(hall, TELLER, second.paper_no, paper="a4"))
    assert retention_papers.papers(hall, AUDITOR, case_id) == (first, second)


def test_a_paper_is_there_when_the_case_has_come_so_far(hall: OpenHall) -> None:
    view = leaving.open_case(hall, leaving.a_line(hall))
    case_id = view.case.case_id
    assert issue(hall, case_id, PaperKind.REGISTER).serial == 1
    for kind in (PaperKind.WORK_ORDER, PaperKind.EXIT_SLIP):
        assert refusal(hall, case_id, kind) == PaperNotYet(kind, Stage.VALUE_CHECKED)
    leaving.with_reason(hall, case_id)
    retention.leave_now(hall, TELLER, case_id, new_intent_id())
    order = facts(hall, issue(hall, case_id, PaperKind.WORK_ORDER))
    assert isinstance(order, WorkOrderFacts)
    assert order.customer_signature is None
    assert [gate.at for gate in order.gates] == [None] * 3
    assert {given.staff for given in order.signatures} == {"非有价值客户，无需签字"}
    assert refusal(hall, case_id, PaperKind.EXIT_SLIP) == PaperNotYet(PaperKind.EXIT_SLIP, Stage.REFUSED)


def test_the_register_has_the_problems_that_the_hall_manager_was_told_and_the_answers(hall: OpenHall) -> None:
    case_id = told(hall)
    paper = issue(hall, case_id, PaperKind.REGISTER)
    found = facts(hall, paper)
    assert isinstance(found, RegisterFacts)
    assert [(one.told_by, one.words, one.answered_by, one.answer) for one in found.feedbacks] == [
        ("王芳 1001", "月费比同类套餐高，客户问过两次", "赵敏 2001", "已报资费组，下月有新套餐"),
        ("王芳 1001", "新套餐仍高于客户的用量", "", ""),
    ]
    retention_feedback.take_up(hall, MANAGER, case_id, 2, "另报小流量套餐", new_intent_id())
    second = issue(hall, case_id, PaperKind.REGISTER)
    assert "另报小流量套餐" in text_of(retention_papers.preview(hall, TELLER, second.paper_no, paper="a4"))


def test_a_kept_customer_has_a_register_and_no_other_paper(hall: OpenHall) -> None:
    case_id = told(hall, leaving.KEPT)
    found = facts(hall, issue(hall, case_id, PaperKind.REGISTER))
    assert isinstance(found, RegisterFacts)
    assert (found.result, found.audit, len(found.visits)) == ("挽留成功", "合格", 4)
    assert found.visits[0].outcome.startswith("满意（2026-")
    assert [(m.name, m.amount, m.answer, m.approver) for m in found.measures] == [
        ("赠费", "10 元/月 × 3 个月", "拒绝", ""),
        ("套餐优惠", "月费 20% × 3 个月", "接受", "赵敏 2001"),
    ]
    for kind in (PaperKind.WORK_ORDER, PaperKind.EXIT_SLIP):
        assert isinstance(refusal(hall, case_id, kind), PaperNotYet)


def test_the_work_order_says_who_checked_signed_and_what_came_back(hall: OpenHall) -> None:
    order = facts(hall, issue(hall, told(hall), PaperKind.WORK_ORDER))
    assert isinstance(order, WorkOrderFacts)
    assert [(gate.name, gate.staff, gate.at) for gate in order.gates] == [
        (name, "王芳 1001", halls.NOW) for name in ("有效证件", "话费结清", "签字齐全")
    ]
    assert [(s.role, s.staff) for s in order.signatures] == [("客服经理签字", "赵敏 2001"), ("接待人签字", "李静 1002")]
    assert order.equipment == (("光猫", "已回收"),)
    assert (order.owed_fen, order.contract_fen, order.contract_waived_by) == (0, 12_000, "赵敏 2001")
    assert (order.processed_by, order.closed_at) == ("王芳 1001", halls.NOW)
    assert order.customer_signature is not None
    assert order.customer_signature.how == "drawing"


def test_a_correction_takes_the_checks_and_the_signature_off_the_next_order(hall: OpenHall) -> None:
    names = [name for name, _ in DRAWN]
    case_id = told(hall, DRAWN[: names.index("process")])
    assert all(gate.at for gate in order_of(hall, case_id).gates)
    retention.correct(hall, TELLER, case_id, new_intent_id())
    again = order_of(hall, case_id)
    assert [gate.at for gate in again.gates] == [None] * 3
    assert again.customer_signature is None
    assert [s.at is None for s in again.signatures] == [False, True]


def order_of(hall: OpenHall, case_id: str) -> WorkOrderFacts:
    found = facts(hall, issue(hall, case_id, PaperKind.WORK_ORDER))
    assert isinstance(found, WorkOrderFacts)
    return found


def test_the_drawn_signature_is_on_the_order(hall: OpenHall) -> None:
    case_id = told(hall)
    paper = issue(hall, case_id, PaperKind.WORK_ORDER)
    order = printed(hall, paper)
    assert order.drawing == paper_samples.drawing()
    pdf = retention_papers.render(order)
    assert pdf == retention_papers.render(order)
    assert b"/Subtype /Image" in pdf
    assert b"/Subtype /Image" not in retention_papers.render(replace(order, drawing=b""))


def test_the_first_print_is_the_original_and_reprints_are_counted_marked_and_limited(hall: OpenHall) -> None:
    paper = issue(hall, told(hall), PaperKind.EXIT_SLIP)
    texts = [text_of(retention_papers.render(printed(hall, paper, sheet="a5"))) for _ in range(4)]
    assert "补打" not in texts[0]
    assert [re.findall("补打第(.)次2026-11-2102:04:00王芳", text) for text in texts] == [[], ["1"], ["2"], ["3"]]
    with pytest.raises(Refused) as refused:
        printed(hall, paper)
    assert isinstance(refused.value.refusal, NoRight)
    fifth = retention_papers.order_print(hall, MANAGER, paper.paper_no, paper="a4", printer="pdf")
    assert fifth.mark.reprint_no == 4
    jobs = retention_papers.prints_of(hall, paper.paper_no)
    assert [(job.copy_no, job.paper, job.staff_no) for job in jobs] == [
        *((n, "a5", "1001") for n in (1, 2, 3, 4)),
        (5, "a4", "2001"),
    ]
    assert verify(hall.store).findings == ()


def test_a_print_is_tracked_to_its_end(hall: OpenHall) -> None:
    paper = issue(hall, told(hall), PaperKind.REGISTER)
    first, second = printed(hall, paper), printed(hall, paper)
    papers.mark_job(hall, first.job.id, "printed")
    papers.mark_job(hall, second.job.id, "failed", "no_paper")
    states = [(job.state, job.why) for job in retention_papers.prints_of(hall, paper.paper_no)]
    assert states == [("printed", ""), ("failed", "no_paper")]
    assert [job.id for job in retention_papers.unfinished(hall)] == [second.job.id]


def test_register_and_order_are_a4_whatever_lies_in_the_printer(hall: OpenHall) -> None:
    case_id = told(hall)
    assert printed(hall, issue(hall, case_id, PaperKind.REGISTER), sheet="a5").job.paper == "a4"
    slip = issue(hall, case_id, PaperKind.EXIT_SLIP)
    assert printed(hall, slip, sheet="a5").job.paper == "a5"
    assert printed(hall, slip, sheet="roll-80").job.paper == "a4"


def test_a_sheet_goes_into_a_file_and_to_no_receipt_printer(hall: OpenHall) -> None:
    order = printed(hall, issue(hall, told(hall), PaperKind.EXIT_SLIP))
    pdf = retention_papers.render(order)
    where = Path(printing.print_sheet(hall, replace(order.job, printer=printing.TO_FILE), pdf))
    assert (where.read_bytes(), where.stem) == (pdf, "HZ01-03-2026-PT000001-1")
    for name in ("tcp:127.0.0.1:9", "device:/no/such", "raw:till"):
        with pytest.raises(NotPrinted) as trouble:
            printing.print_sheet(hall, replace(order.job, printer=name), pdf)
        assert trouble.value.reason == "bad_setting"


def test_what_the_customer_keeps_is_masked_and_the_register_shows_what_the_form_shows(hall: OpenHall) -> None:
    line = leaving.a_line(hall, is_vip=True)
    case_id = leaving.open_case(hall, line).case.case_id
    for name, do in CLOSED:
        do(hall, case_id, line)
        if name == "form":
            more: dict[str, Any] = {"later_contact": "微信 zw1980 13987654321", "interests": ("LOWER_FEE", "FAMILY")}
            more["contact_times"] = ("EVENING", "WEEKEND")
            leaving.with_reason(hall, case_id, is_contact_agreed=True, agreed_at=halls.NOW, **more)
    settings.put(hall, ADMIN, OFFERS, "老客户返网享首月半价。\n详询各营业厅。")
    slip = issue(hall, case_id, PaperKind.EXIT_SLIP)
    text = text_of(retention_papers.render(printed(hall, slip)))
    assert not [known for known in ("张伟", "11010519491231002X", "13987654321") if known in text]
    assert [known for known in ("张*", "110***********002X", "139****4321", "13810002345") if known not in text] == []
    assert "您感兴趣的“更低月费、家庭共享”有新优惠时" in text
    assert "老客户返网享首月半价。详询各营业厅。" in text
    assert "新业务和优惠随时可到本厅或拨打服务热线了解。" in text, "the words of the pack"
    register = text_of(retention_papers.render(printed(hall, issue(hall, case_id, PaperKind.REGISTER))))
    assert [known for known in ("张伟", "110***********002X", "13987654321") if known not in register] == []
    assert "11010519491231002X" not in register
    assert "方便时间：晚上、周末" in register


def test_without_consent_nothing_is_offered_and_nobody_is_called(hall: OpenHall) -> None:
    settings.put(hall, ADMIN, OFFERS, "老客户返网享首月半价。")
    slip = facts(hall, issue(hall, left(hall), PaperKind.EXIT_SLIP))
    assert isinstance(slip, ExitSlipFacts)
    assert (slip.offers, slip.visits, slip.later_contact_masked, slip.is_contact_agreed) == ((), (), "", False)
    assert slip.held_until is not None


def left(hall: OpenHall, reason: str = "PRICE", **more: object) -> str:
    """An ordinary customer who leaves at once."""
    line = leaving.a_line(hall)
    case_id = leaving.open_case(hall, line).case.case_id
    leaving.with_reason(hall, case_id, reason, **more)
    retention.leave_now(hall, TELLER, case_id, new_intent_id())
    names = [name for name, _ in CLOSED]
    for name, do in CLOSED[names.index("customer") :]:
        assert name not in {act.value for act in (Act.SIGN, Act.TALK)}
        do(hall, case_id, line)
    return case_id


def test_whoever_takes_the_number_along_is_promised_and_offered_nothing(hall: OpenHall) -> None:
    settings.put(hall, ADMIN, OFFERS, "老客户返网享首月半价。")
    case_id = left(hall, "PORT_OUT", is_contact_agreed=True, agreed_at=halls.NOW)
    slip = issue(hall, case_id, PaperKind.EXIT_SLIP)
    found = facts(hall, slip)
    assert isinstance(found, ExitSlipFacts)
    assert (found.held_until, found.offers, found.is_port_out) == (None, (), True)
    assert "本网不作保留" in text_of(retention_papers.preview(hall, TELLER, slip.paper_no, paper="a5"))


@pytest.mark.parametrize(("is_alive", "said"), [(False, "可退预存款￥12.34"), (True, "还有其他业务")])
def test_the_slip_says_what_is_paid_back(hall: OpenHall, is_alive: bool, said: str) -> None:
    case_id = left(hall)
    with hall.reading() as reading:
        (account_id,) = reading.driver.execute("SELECT id FROM accounts").fetchone() or (0,)
    for name, kind, fen, valid_to in (
        ("预存", "cash", 1_234, None),
        ("赠款", "benefit", 5_000, None),
        ("过期赠款", "benefit", 700, "2026-01-31"),
    ):
        with hall.writing() as work:
            halls.put(work, t.books, _book(account_id, name, kind, fen, valid_to))
    if is_alive:
        with hall.writing() as work:
            work.driver.execute(
                "INSERT INTO services (account_id, kind, number, plan, state, state_since_on, state_reason)"
                " VALUES (?, 'broadband', 'K1', '100M', 'active', '2020-01-01', '')",
                (account_id,),
            )
    slip = issue(hall, case_id, PaperKind.EXIT_SLIP)
    text = text_of(retention_papers.render(printed(hall, slip)))
    assert said in text
    assert ("赠送金额￥50.00不退" in text) is not is_alive


def _book(account_id: int, name: str, kind: str, fen: int, valid_to: str | None) -> dict[str, object]:
    return {
        "account_id": account_id,
        "name": name,
        "kind": kind,
        "items": "[]",
        "priority": 9,
        "valid_to": valid_to,
        "opening_fen": fen,
        "opening_source": "demo",
        "opened_on": "2026-01-01",
    }


def test_no_entry_of_a_paper_names_a_person(hall: OpenHall) -> None:
    case_id = told(hall)
    for kind in PaperKind:
        printed(hall, issue(hall, case_id, kind))
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind LIKE 'paper.%'").fetchall()
    assert len(rows) == 6
    for (content,) in rows:
        assert not [known for known in ("张伟", "11010519491231002X", "13810002345") if known in content]
        assert json.loads(content)["body"]["paper_no"].startswith("HZ01-03-2026-")


def test_who_may_not_issue_or_print_is_refused_and_an_auditor_reads(hall: OpenHall) -> None:
    case_id = told(hall)
    paper = issue(hall, case_id, PaperKind.REGISTER)
    for do in (
        lambda: retention_papers.issue(hall, AUDITOR, case_id, PaperKind.EXIT_SLIP, new_intent_id()),
        lambda: retention_papers.order_print(hall, AUDITOR, paper.paper_no, paper="a4", printer="pdf"),
        lambda: retention_papers.papers(hall, ADMIN, case_id),
    ):
        with pytest.raises(Refused) as refused:
            do()
        assert isinstance(refused.value.refusal, NoRight)
    assert retention_papers.preview(hall, AUDITOR, paper.paper_no, paper="a4").startswith(b"%PDF")
    with hall.writing() as work:
        work.driver.execute("UPDATE staff SET state = 'left' WHERE staff_no = '1001'")
    with pytest.raises(Refused) as refused:
        issue(hall, case_id, PaperKind.EXIT_SLIP)
    assert isinstance(refused.value.refusal, SignedOut)


def test_a_paper_that_nobody_issued_is_unknown_and_an_erased_one_is_not_printed(hall: OpenHall) -> None:
    paper = issue(hall, told(hall), PaperKind.REGISTER)
    with hall.writing() as work:
        leaving.erase(work, paper.facts_record)
    for number, expected in ((paper.paper_no, PaperErased(paper.paper_no)), ("HZ01-X", PaperUnknown("HZ01-X"))):
        with pytest.raises(Refused) as refused:
            retention_papers.order_print(hall, TELLER, number, paper="a4", printer="pdf")
        assert refused.value.refusal == expected
    assert verify(hall.store).findings == ()


def test_the_reason_that_stands_in_for_a_signature_is_on_the_paper_in_full(hall: OpenHall) -> None:
    names = [name for name, _ in RECEIVED]
    case_id = told(hall, RECEIVED[: names.index("manager signs")])
    leaving.later(hall, minutes=11)
    words = "经理外出开会，" * 20
    retention_signing.stand_in(hall, TELLER, case_id, Signer.MANAGER, words, new_intent_id())
    paper = issue(hall, case_id, PaperKind.REGISTER)
    text = text_of(retention_papers.preview(hall, TELLER, paper.paper_no, paper="a4"))
    assert words in text
    assert "登记人王芳1001" in text


def test_a_screen_shows_the_paper_masked_and_the_print_says_who_it_is_about(hall: OpenHall) -> None:
    case_id = told(hall)
    for kind in (PaperKind.REGISTER, PaperKind.WORK_ORDER):
        paper = issue(hall, case_id, kind)
        on_screen = text_of(retention_papers.preview(hall, AUDITOR, paper.paper_no, paper="a4"))
        assert ("张伟" in on_screen, "13810002345" in on_screen) == (False, False)
        assert "138****2345" in on_screen
        on_paper = text_of(retention_papers.render(printed(hall, paper)))
        assert ("张伟" in on_paper, "13810002345" in on_paper) == (True, True)
