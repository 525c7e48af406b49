"""The masked lines beside the cards: the same as masking what is found, whoever wrote them and whenever."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from counter_app.clock import SystemClock
from counter_app.domain import masks
from counter_app.domain.search import Kind, read_query
from counter_app.services.search import find
from counter_app.storage.driver import connect
from counter_app.storage.hall import OpenHall, create_hall
from counter_app.storage.migrate import migrate
from counter_app.storage.search import search
from counter_app.storage.search_index import has_lines, index_customers
from counter_app.storage.sql import Sql, Writing
from tests.services.test_search import HALL
from tests.storage.conftest import FORMS, OLD, Worked
from tests.storage.older import back_to_version_5
from tests.storage.test_search import BANK, EVERYBODY, ZHANG, Person, put, questions_of, random_person

_LINES = Sql("SELECT customer_id, line FROM search_cards ORDER BY customer_id")
WHAT_TO_DO = (
    "lines of this form lie in the files of halls: a change of what they hold, or of a mask, needs a step that empties "
    "them (UPDATE search_cards SET line = ''), so that a migration writes them anew"
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    with closing(create_hall(tmp_path / "hall", HALL, clock=SystemClock.of_this_machine())) as made:
        yield made


def fill(hall: OpenHall, *people: Person, more: int = 0) -> None:
    """These people; the first `more` of them have a second phone and a second account."""
    with hall.writing() as work:
        put(work, *people)
        for person in people[:more]:
            work.driver.execute(
                "INSERT INTO accounts (id, account_no, customer_id, address, facts) VALUES (?, ?, ?, ?, '{}')",
                (1000 + person.id, f"9{person.id:07d}", person.id, f"滨海区黄河路{person.id}号"),
            )
            work.driver.execute(
                "INSERT INTO contacts VALUES (?, 2, 'mobile', ?, '')", (person.id, f"137{person.id:08d}")
            )
        index_customers(work)


def test_a_line_is_kept_as_it_is_shown(hall: OpenHall) -> None:
    fill(hall, *EVERYBODY, more=1)
    with hall.reading() as reading:
        lines: dict[int, str] = dict(reading.rows(_LINES))
    assert {number: lines[number].split("\x1f") for number in (ZHANG.id, BANK.id)} == {
        ZHANG.id: ["0K0000001", "张**", "138****0013", "110***********7715", "10002345", "昌平区幸福路***", ""],
        BANK.id: ["1K0000004", "重庆银行股份有限公司", "400-800-1234", "", "10002348", "青山区人民路***", ""],
    }, WHAT_TO_DO


def test_whoever_is_found_by_whatever_is_shown_as_masking_shows_them(hall: OpenHall) -> None:
    rng = random.Random(21)
    people = [*EVERYBODY, *[random_person(rng, number) for number in range(20, 80)]]
    fill(hall, *people, more=len(people) // 2)
    texts = [text for person in people[len(EVERYBODY) :: 3] for text in questions_of(person)]
    texts += ["138", "0013", "771x", "a座", "9000", "137", "黄河路", "张 黄河路", "400", "1号"]
    shown = 0
    for text in dict.fromkeys(texts):
        with hall.reading() as reading:
            expected = [
                (hit.customer_id, hit.kind, hit.how, *masked_by_hand(*hit.seen[:2]))
                for hit in search(reading, read_query(text))
            ]
        hits = find(hall, text).hits
        assert [(h.customer_id, h.kind, h.how, *h[1:8]) for h in hits] == expected, text
        shown += len(hits)
    assert shown > 1000


def masked_by_hand(is_person: bool, face: tuple[str, ...]) -> tuple[str, ...]:
    customer_no, name, id_number, group_name, phone, account_no, address = face
    return (
        customer_no,
        masks.mask_name(name) if is_person else name,
        phone if phone.startswith("400") else masks.mask_phone(phone),
        masks.mask_resident_id(id_number) if is_person else id_number,
        account_no,
        masks.mask_address(address),
        group_name,
    )


def test_a_card_without_its_line_is_masked_when_it_is_shown(hall: OpenHall) -> None:
    fill(hall, *EVERYBODY, more=2)
    texts = ("张伟明", "13800000013", "0013", "DB0012345", "110101", "幸福路", "张 0013", "k0000001", "银行", "供销社")
    before = {text: find(hall, text).hits for text in texts}
    assert all(before.values())
    with hall.writing() as work:
        work.driver.execute("UPDATE search_cards SET line = ''")
    assert {text: find(hall, text).hits for text in texts} == before


def test_a_meter_found_by_its_last_signs_alone_tells_nothing_of_the_name(hall: OpenHall) -> None:
    fill(hall, Person(1, "张伟明", meter_no="DB0027771X"), Person(2, "李雷", id_number="11010119900307771X"))
    (meter, identity) = sorted(find(hall, "7771x 771x").hits)
    assert (meter.kind, meter.part, meter.name) == (Kind.METER, "DB0027771X", "张**")
    assert (identity.kind, identity.part, identity.name) == (Kind.IDENTITY, "110***********771X", "李*")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_version_5_gets_the_lines_that_a_filling_makes(
    make_worked: Callable[[str], Worked], form: str
) -> None:
    worked = make_worked(OLD + form)
    with closing(connect(worked.driver, worked.path, key=worked.key, is_writer=True)) as raw:
        index_customers(Writing(raw))
        made = raw.execute(_LINES).fetchall()
        assert len(made) >= 3
        assert all(line for _, line in made)
        back_to_version_5(raw)
    heard: list[str] = []
    result = migrate(worked.path, key=worked.key, driver=worked.driver, progress=lambda what, *_: heard.append(what))
    assert result is not None
    assert result.from_version == 5
    assert "search" in heard
    with closing(connect(worked.driver, worked.path, key=worked.key, is_writer=False)) as raw:
        assert raw.execute(_LINES).fetchall() == made


def test_lines_are_missed_where_the_last_card_has_none(hall: OpenHall) -> None:
    with hall.reading() as reading:
        assert has_lines(reading)  # nobody has a card
    fill(hall, *EVERYBODY)
    with hall.writing() as work:
        assert has_lines(work)
        work.driver.execute("UPDATE search_cards SET line = '' WHERE customer_id = ?", (EVERYBODY[-1].id,))
        assert not has_lines(work)
