"""The retention form without a window: numbers, lines and their sentences, the next step, gates with their ways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counter_app.domain.retention import Gate, Signer
from counter_app.services import retention, retention_waiting
from counter_app.services.hall import OpenHall
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.ui.desk import Desk
from counter_app.ui.retention.pages import OffersPage
from counter_app.ui.retention.presenter import RetentionPresenter
from counter_app.ui.retention.presenter_form import form_of, reason_numbers, toggled, typed_of
from counter_app.ui.retention.presenter_lists import case_line, matching
from counter_app.ui.retention.presenter_offers import WantedOffer, all_offers, wanted_offer
from counter_app.ui.retention.screen import RetentionScreen
from tests import halls, leaving
from tests.ui.payments.lanes import Inline

NOW = datetime(2026, 11, 21, 2, 4, tzinfo=UTC)


class Sight:
    """What the presenter shows and asks for."""

    def __init__(self) -> None:
        self.screens: list[RetentionScreen] = []
        self.wanted: list[Wanted] = []
        self.ways: list[str] = []

    @property
    def last(self) -> RetentionScreen:
        """The page as it stands."""
        return self.screens[-1]

    def show_case(self, screen: RetentionScreen) -> None:
        """A screen was drawn."""
        self.screens.append(screen)

    def ask_signoff(self, _shown: CaseView, wanted: Wanted) -> None:
        """A second person is asked for."""
        self.wanted.append(wanted)

    def go_to(self, way: str) -> None:
        """The page is left."""
        self.ways.append(way)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path)
    yield opened
    opened.close()


def begun(hall: OpenHall, *, is_vip: bool = False) -> tuple[RetentionPresenter, Sight]:
    line, sight = leaving.a_line(hall, is_vip=is_vip), Sight()
    presenter = RetentionPresenter(Desk(hall, Inline(), leaving.TELLER), sight)
    presenter.open(line.customer_id, line.service_id, pytest.fail)
    return presenter, sight


@pytest.mark.parametrize(
    ("before", "number", "most", "after"),
    [
        ("", "1", 0, "1"),
        ("1", "5", 0, "1 5"),
        ("1 5", "1.2", 0, "1.2 5"),
        ("1.2 5", "1", 0, "5"),
        ("1 5", "5", 0, "1"),
        ("3", "4", 1, "4"),
    ],
)
def test_a_click_writes_what_would_be_typed(before: str, number: str, most: int, after: str) -> None:
    assert toggled(before, number, most=most) == after


def test_the_lines_of_a_form_make_that_form_again(hall: OpenHall) -> None:
    presenter, _sight = begun(hall)
    for name, text in (("reasons", "1.2 16"), ("other_words", "家里信号不好"), ("interests", "1 3"), ("rating", "4")):
        presenter.type_line(name, text)
    presenter.type_line("contract", "120.50")
    presenter.agree(True)
    presenter.type_line("later_contact", "13900001111")
    presenter.type_line("contact_times", "3 4")
    for name, text in (("agent_name", "李四"), ("agent_order_no", "7"), ("agent_id_number", "11010519491231002x")):
        presenter.type_line(name, text)
    presenter.keep_typed()
    view = retention.view(hall, leaving.TELLER, presenter.case_id)
    assert view.form.reasons == ("PRICE_PLAN_UNUSED", "OTHER")
    assert (view.form.rating, view.form.contract_fen) == (4, 12_050)
    assert view.form.contact_times == ("EVENING", "WEEKEND")
    assert form_of(typed_of(view.form, view.rules), view.form, view.rules, NOW) == (view.form, {})


def test_the_agents_number_is_masked_when_a_case_is_taken_up_again_and_stays_with_the_same_person(
    hall: OpenHall,
) -> None:
    presenter, _sight = begun(hall)
    for name, text in (("agent_name", "李四"), ("agent_order_no", "7"), ("agent_id_number", "11010519491231002X")):
        presenter.type_line(name, text)
    presenter.keep_typed()
    sight = Sight()
    later = RetentionPresenter(Desk(hall, Inline(), leaving.COLLEAGUE), sight)
    later.resume(presenter.case_id, pytest.fail)
    assert sight.last.form.texts["agent_id_number"] == ""
    assert sight.last.form.agent_id_kept == "110***********002X"
    later.type_line("suggestions", "多开窗口")
    later.keep_typed()
    assert retention.view(hall, leaving.TELLER, later.case_id).form.agent.id_number == "11010519491231002X"
    later.type_line("agent_name", "王五")
    later.keep_typed()
    assert retention.view(hall, leaving.TELLER, later.case_id).form.agent.id_number == "", "somebody else's number"


def test_every_reason_of_the_pack_has_a_number_of_its_own(hall: OpenHall) -> None:
    presenter, _sight = begun(hall)
    numbers = reason_numbers(presenter.view.rules)
    assert len(set(numbers.values())) == len(numbers)
    assert sum("." not in number for number in numbers) == 16


def test_numbers_are_read_in_any_width_and_a_wrong_one_is_named(hall: OpenHall) -> None:
    presenter, _sight = begun(hall)
    view = presenter.view
    typed = typed_of(view.form, view.rules)
    texts = {**typed.texts, "reasons": "１。２，5"}
    form, errors = form_of(type(typed)(texts), view.form, view.rules, NOW)
    assert (form.reasons, errors) == (("PRICE_PLAN_UNUSED", "COMPETITOR"), {})
    _form, errors = form_of(type(typed)({**texts, "reasons": "17"}), view.form, view.rules, NOW)
    assert "17" in errors["reasons"]


def test_a_line_that_cannot_be_kept_leaves_the_others_kept(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.type_line("reasons", "2")
    presenter.type_line("rating", "9")
    presenter.keep_typed()
    assert presenter.view.form.reasons == ("NETWORK",)
    assert presenter.view.form.rating is None
    assert sight.last.form.texts["rating"] == "9"


def test_a_contact_without_consent_is_said_beside_its_line(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.type_line("reasons", "2")
    presenter.type_line("later_contact", "13900001111")
    presenter.press()
    assert "同意" in sight.last.form.errors["later_contact"]
    presenter.agree(True)
    presenter.press()
    assert sight.last.page == "offers"
    assert presenter.view.form.agreed_at is not None


def test_at_most_two_offers_come_first_and_the_rest_on_demand(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.type_line("reasons", "1")
    presenter.press()
    assert [line.number for line in sight.last.offers.fitting] == ["1", "2"]
    assert sight.last.offers.more == len(all_offers(presenter.view)) - 2
    presenter.show_all_offers()
    assert len(sight.last.offers.fitting) == len(presenter.view.rules.offers)


def test_the_talk_has_its_tips_above_the_offers(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.type_line("reasons", "1")
    presenter.press()
    assert sight.last.offers.tips == ("只说适合这位客户的方案，说清楚就好。",)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET kind = 'landline'")
    again = Sight()
    RetentionPresenter(Desk(hall, Inline(), leaving.TELLER), again).resume(presenter.case_id, pytest.fail)
    page = OffersPage()
    page.show_offers(again.last.offers, "", is_open=True)
    assert "先有客户会拒绝的准备" in page.tips.text()


def test_an_offer_takes_another_value_and_is_held_to_the_pack(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.type_line("reasons", "1")
    presenter.press()
    assert wanted_offer(presenter.view, "1 20 2") == WantedOffer("GIFT_FEE", 20, 2)
    for text in ("", "x", "77", "1 9999", "1 2 3 4"):
        assert isinstance(wanted_offer(presenter.view, text), str), text
    presenter.offer("1 50 12")
    assert [wanted.measure.offer for wanted in sight.wanted if wanted.measure] == ["GIFT_FEE"], "above a teller's limit"
    assert presenter.view.case.measures == ()


def test_an_unmet_gate_is_named_and_leads_to_where_it_is_met(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.act("leave_now")
    presenter.type_line("reasons", "11")
    presenter.press()
    presenter.go("gates")
    ways = {line.gate: line.way for line in sight.last.gates}
    assert ways == {Gate.ID: "", Gate.SETTLED: "pay", Gate.SIGNATURE: "customer"}
    assert "174.00" in next(line.why for line in sight.last.gates if line.gate == Gate.SETTLED)
    presenter.press()
    assert sight.last.next.act == "way:pay"
    presenter.press()
    assert sight.ways == ["pay"]
    presenter.go_way("customer")
    assert sight.last.page == "customer"


def test_leave_now_asks_for_a_valued_customers_signatures_at_once(hall: OpenHall) -> None:
    presenter, sight = begun(hall, is_vip=True)
    assert sight.last.can_leave_now
    presenter.act("leave_now")
    assert {asked.signer for asked in presenter.view.case.asked} == set(Signer)
    waiting = retention_waiting.waiting(hall, leaving.MANAGER)
    assert {one.wanted.signer for one in waiting} == set(Signer)
    assert retention_waiting.waiting(hall, leaving.TELLER) == (), "whoever works on a case signs nothing of it"


def test_a_contract_blocks_until_a_second_person_waives_it(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.type_line("reasons", "7")
    presenter.type_line("contract", "50")
    presenter.act("leave_now")
    assert sight.last.can_waive
    presenter.waive()
    assert [wanted.act.value for wanted in sight.wanted] == ["waive_contract"]


def test_the_list_is_masked_and_searched_by_every_word(hall: OpenHall) -> None:
    presenter, _sight = begun(hall)
    (row,) = retention_waiting.at_desk(hall, leaving.COLLEAGUE)
    line = case_line(row, presenter.view.rules, NOW)
    assert (line.who, line.number) == ("张*", "138****2345")
    assert matching((line,), "1001 0001") == (line,)
    assert matching((line,), "1001 0002") == ()


def test_an_agent_is_written_down_whole_or_not_at_all(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.act("leave_now")
    presenter.type_line("reasons", "11")
    presenter.type_line("agent_name", "李娜")
    presenter.press()
    assert set(sight.last.form.errors) == {"agent_id_number", "agent_order_no"}
    presenter.type_line("agent_id_number", "11010519491231002x")
    presenter.type_line("agent_order_no", "WT-1")
    presenter.press()
    assert sight.last.page == "customer"
    agent = presenter.view.form.agent
    assert (agent.name, agent.id_kind, agent.id_number) == ("李娜", "resident_id", "11010519491231002X")


def test_the_kind_of_a_document_is_chosen_by_number(hall: OpenHall) -> None:
    line, sight = leaving.a_line(hall), Sight()
    with hall.writing() as work:
        work.driver.execute("UPDATE customers SET id_kind = NULL, id_number = NULL")
    presenter = RetentionPresenter(Desk(hall, Inline(), leaving.TELLER), sight)
    presenter.open(line.customer_id, line.service_id, pytest.fail)
    presenter.act("leave_now")
    presenter.type_line("reasons", "11")
    presenter.press()
    assert set(sight.last.form.errors) == {"id_kind", "id_number"}
    presenter.type_line("id_number", "e12345678")
    presenter.press()
    assert "核对不通过" in sight.last.form.errors["id_number"], "without a kind it is a resident id"
    presenter.toggle("id_kind", "3")
    presenter.press()
    assert sight.last.page == "customer"
    form = presenter.view.form
    assert (form.id_kind, form.id_number) == ("passport", "E12345678")
    assert sight.last.form.asks_id, "what was typed can be typed anew"
    presenter.type_line("id_kind", "3 4")
    assert form_of(presenter._form.typed, form, presenter.view.rules, NOW)[1].keys() == {"id_kind"}


def test_an_agents_document_has_a_kind_too(hall: OpenHall) -> None:
    presenter, sight = begun(hall)
    presenter.act("leave_now")
    for name, text in (("reasons", "11"), ("agent_name", "John"), ("agent_order_no", "WT-1")):
        presenter.type_line(name, text)
    presenter.type_line("agent_id_number", "e12345678")
    presenter.type_line("agent_id_kind", "3")
    presenter.press()
    assert sight.last.page == "customer"
    assert presenter.view.form.agent.id_kind == "passport"


def test_what_the_rows_say_of_the_contract_is_not_typed(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE accounts SET facts = ?", ('{"合约违约金": "240.00", "合约到期日": "2027-03-31"}',))
    sight = Sight()
    presenter = RetentionPresenter(Desk(hall, Inline(), leaving.TELLER), sight)
    presenter.open(line.customer_id, line.service_id, pytest.fail)
    assert sight.last.form.is_contract_known
    assert (sight.last.form.texts["contract"], sight.last.form.texts["contract_until"]) == ("240.00", "2027-03-31")
    assert presenter.view.facts.contract_fen == 24_000
    presenter.type_line("contract", "1")
    presenter.type_line("reasons", "11")
    presenter.act("leave_now")
    assert presenter.view.form.contract_fen == 24_000
    gate = next(line for line in sight.last.gates if line.gate == Gate.SETTLED)
    assert "240.00" not in gate.why, "what is owed comes first"
    halls.an_open_shift(hall)
    leaving.pay_all(hall, line)
    presenter.read()
    gate = next(line for line in sight.last.gates if line.gate == Gate.SETTLED)
    assert ("240.00" in gate.why, "以资料为准" in gate.why, gate.way) == (True, True, "contract")
