"""What screens, result lines and papers show of a person is masked; a reveal alone shows it whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from counter_app.devices.escpos import EscPosSettings
from counter_app.devices.receipt_escpos import receipt_escpos
from counter_app.documents.line_image import line_image
from counter_app.domain.staff import Role
from counter_app.services import customers, receipts, search
from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from counter_app.storage.search_index import index_customers
from counter_app.ui.payments.presenter_customer import customer_screen
from tests import halls
from tests.privacy.canaries import PEOPLE, Person

PERSON = PEOPLE[4]
LANDLINE = "0571-87654321"
PERSONAL = (PERSON.name, PERSON.id_number, PERSON.mobile, PERSON.mail, PERSON.contact, PERSON.address, LANDLINE)


@dataclass(frozen=True)
class Scene:
    """A hall with one person whose values are known."""

    hall: OpenHall
    someone: halls.Someone
    receipt_no: str


def with_a_person(hall: OpenHall, person: Person) -> halls.Someone:
    someone = halls.three_months_behind(hall, no=person.account_no, name=person.name)
    with hall.writing() as work:
        for change, value, key in (
            ("UPDATE customers SET id_number = ? WHERE id = ?", person.id_number, someone.customer_id),
            ("UPDATE accounts SET address = ? WHERE id = ?", person.address, someone.account_id),
            ("UPDATE services SET number = ? WHERE account_id = ?", person.mobile, someone.account_id),
        ):
            work.driver.execute(change, (value, key))
        contacts = (("mobile", person.mobile), ("mail", person.mail), ("landline", LANDLINE))
        for line, (kind, value) in enumerate(contacts, 1):
            row = {"customer_id": someone.customer_id, "line": line, "kind": kind, "value": value}
            halls.put(work, t.contacts, {**row, "person": person.contact})
        index_customers(work)
    return someone


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    hall = halls.a_hall(tmp_path_factory.mktemp("masks") / "hall")
    someone = with_a_person(hall, PERSON)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500), is_change_stored=True)
    yield Scene(hall, someone, taken.receipt_no)
    hall.close()


def shown_of(text: str) -> list[str]:
    """The personal values that a text holds, however it groups its digits."""
    plain = "".join(text.split())
    return [value for value in PERSONAL if value in text or "".join(value.split()) in plain]


def test_the_customer_page_shows_no_value_whole(scene: Scene) -> None:
    page = customers.open_customer(scene.hall, halls.teller(), scene.someone.customer_id)
    for account_id in (scene.someone.account_id, 0):
        shown = repr(customer_screen(page, account_id, "telecom"))
        assert shown_of(shown) == []
        for part in (f"{PERSON.name[0]}***", f"{PERSON.mobile[:3]}****{PERSON.mobile[-4:]}", "滨江区金丝雀路***"):
            assert part in shown


def test_a_stopped_line_and_a_second_account_are_masked_too(scene: Scene) -> None:
    with scene.hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'stopped', state_reason = 'arrears'")
    page = customers.open_customer(scene.hall, halls.teller(), scene.someone.customer_id)
    assert shown_of(repr(customer_screen(page, scene.someone.account_id, "telecom"))) == []


@pytest.mark.parametrize(
    "text",
    [PERSON.name, PERSON.name[-1], PERSON.mobile, PERSON.id_number, PERSON.account_no, "金丝雀路", "ouyang", LANDLINE],
)
def test_a_result_line_shows_no_value_whole_whatever_was_typed(scene: Scene, text: str) -> None:
    answer = search.find(scene.hall, text)
    assert [hit.customer_id for hit in answer.hits] == [scene.someone.customer_id]
    assert shown_of(repr(answer.hits)) == []


@pytest.mark.parametrize("paper", ["a5", "a4", "roll-80"])
def test_a_receipt_on_paper_shows_no_value_whole(scene: Scene, paper: str) -> None:
    order = receipts.order_print(
        scene.hall, halls.teller("2001", Role.SUPERVISOR), scene.receipt_no, paper=paper, printer="pdf"
    )
    pdf = pypdfium2.PdfDocument(receipts.render(order))
    text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    assert PERSON.account_no in text
    assert shown_of(text) == []
    job = receipt_escpos(
        order.facts, mark=order.mark, proof=order.proof, settings=EscPosSettings(), line_image=line_image
    )
    for encoding in ("gb18030", "utf-8"):
        assert [value for value in PERSONAL if value.encode(encoding) in job] == []
    assert shown_of(repr(order.facts)) == []


@pytest.mark.parametrize(
    ("field", "whole"), [("name", PERSON.name), ("id_number", PERSON.id_number), ("address", PERSON.address)]
)
def test_a_reveal_shows_the_one_value_it_was_asked_for(scene: Scene, field: str, whole: str) -> None:
    assert shown_of(customers.reveal(scene.hall, halls.teller(), scene.someone.customer_id, field, "核对")) == [whole]


def test_a_value_that_got_out_is_seen(tmp_path: Path) -> None:
    grouped = " ".join((PERSON.mobile[:3], PERSON.mobile[3:7], PERSON.mobile[7:]))
    assert shown_of(f"电话 {grouped}") == [PERSON.mobile]
