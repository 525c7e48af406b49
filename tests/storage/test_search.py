"""The search on a real file: everybody is found by everything that is theirs, nobody by what is nobody's."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from counter_app.domain.search import How, Kind, read_query, text_key
from counter_app.storage.driver import find_driver
from counter_app.storage.search import Hit, search
from counter_app.storage.search_index import index_customers, is_filled
from counter_app.storage.search_readings import MOST_READINGS, readings_of
from counter_app.storage.sql import Writing
from counter_app.storage.store import Store

DRIVERS = ("sqlcipher3", "sqlite3")
MANY = 10_000


@dataclass(frozen=True)
class Person:
    """A customer as the tests write one down."""

    id: int
    name: str
    phone: str = ""
    account_no: str = ""
    address: str = ""
    meter_no: str | None = None
    id_number: str | None = None
    group_name: str | None = None
    kind: str = "person"

    @property
    def customer_no(self) -> str:
        return f"K{self.id:07d}"


@pytest.fixture(params=DRIVERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "hall.db", driver=find_driver(request.param))
    yield made
    made.close()


def put(work: Writing, *people: Person) -> None:
    for person in people:
        run = work.driver.execute
        run("DELETE FROM customers WHERE id = ?", (person.id,))
        run("DELETE FROM contacts WHERE customer_id = ?", (person.id,))
        run("DELETE FROM services WHERE id = ?", (person.id,))
        run("DELETE FROM accounts WHERE id = ?", (person.id,))
        run(
            "INSERT INTO customers (id, customer_no, name, kind, customer_class, id_number, group_name)"
            " VALUES (?, ?, ?, ?, 'resident', ?, ?)",
            (person.id, person.customer_no, person.name, person.kind, person.id_number, person.group_name),
        )
        if person.phone:
            run("INSERT INTO contacts VALUES (?, 1, 'mobile', ?, '')", (person.id, person.phone))
        run(
            "INSERT INTO accounts (id, account_no, customer_id, address, facts) VALUES (?, ?, ?, ?, '{}')",
            (person.id, person.account_no or f"{50_000_000 + person.id}", person.id, person.address),
        )
        run(
            "INSERT INTO services"
            " (id, account_id, kind, number, plan, state, state_since_on, state_reason, meter_no)"
            " VALUES (?, ?, 'water', ?, '', 'active', '2020-01-01', '', ?)",
            (person.id, person.id, f"W{person.id:05d}", person.meter_no),
        )


def fill(store: Store, *people: Person) -> None:
    with store.writing() as work:
        put(work, *people)
        index_customers(work)


def found(store: Store, text: str, limit: int = MANY) -> tuple[Hit, ...]:
    with store.reading() as reading:
        return search(reading, read_query(text), limit)


def ids(store: Store, text: str, limit: int = MANY) -> list[int]:
    return [hit.customer_id for hit in found(store, text, limit)]


ZHANG = Person(
    1,
    "张伟明",
    "13800000013",
    "10002345",
    "昌平区幸福路123号锦绣花园12栋3单元1201室",
    "DB0012345",
    "110101199003077715",
)
SHAN = Person(2, "单雄", "139 0000 0014", "10002346", "昌平区人民路5号", None, "11010119900307771X", "县供销社家属院")
AILI = Person(3, "艾力·买买提", "0551-62123456", "10002347", "海河区 解放路 5号 A座")
BANK = Person(4, "重庆银行股份有限公司", "400-800-1234", "10002348", "青山区人民路6号", kind="organisation")
RARE = Person(5, "𬭎𬬭", "13900000015", "10002349", "青山区人民路7-3-201")
SIGN = Person(6, "张%伟", "13900000016", "10002350", "青山区O'Hara路_7*号")
LATIN = Person(7, "John O’Brien", "13900000017", "10002351", "Flat 7, 12 Nathan Road")
SHOP = Person(8, "7天“甜”(北京)便利店", "13900000018", "10002352", "学府路1号")
EVERYBODY = (ZHANG, SHAN, AILI, BANK, RARE, SIGN, LATIN, SHOP)


@pytest.mark.parametrize(
    ("text", "best", "kind", "how"),
    [
        ("13800000013", ZHANG, Kind.PHONE, How.EXACT),
        ('="13800000013"', ZHANG, Kind.PHONE, How.EXACT),
        ("138", ZHANG, Kind.PHONE, How.PREFIX),
        ("0013", ZHANG, Kind.PHONE, How.SUFFIX),
        ("10002345", ZHANG, Kind.ACCOUNT, How.EXACT),
        ("db0012345", ZHANG, Kind.METER, How.EXACT),
        ("DB-0012", ZHANG, Kind.METER, How.PREFIX),
        ("2345", ZHANG, Kind.ACCOUNT, How.SUFFIX),
        ("110101199003077715", ZHANG, Kind.IDENTITY, How.EXACT),
        ("771x", SHAN, Kind.IDENTITY, How.SUFFIX),
        ("k0000001", ZHANG, Kind.CUSTOMER, How.EXACT),
        ("张伟明", ZHANG, Kind.NAME, How.EXACT),
        ("伟明", ZHANG, Kind.NAME_PART, How.PREFIX),
        ("zhangweiming", ZHANG, Kind.PINYIN, How.EXACT),
        ("zhangwm", ZHANG, Kind.INITIALS_PART, How.PREFIX),
        ("zwm", ZHANG, Kind.INITIALS, How.EXACT),
        ("weiming", ZHANG, Kind.PINYIN_PART, How.PREFIX),
        ("幸福路", ZHANG, Kind.ADDRESS, How.ANY),
        ("锦绣", ZHANG, Kind.ADDRESS, How.ANY),
        ("12-3-1201", ZHANG, Kind.ADDRESS, How.ANY),
        ("锦绣花园 12-3-1201", ZHANG, Kind.ADDRESS, How.ANY),
        ("幸福路 张伟", ZHANG, Kind.WORDS, How.ANY),
        ("张 0013", ZHANG, Kind.WORDS, How.ANY),
        ("张 7715", ZHANG, Kind.WORDS, How.ANY),
        ("张 2345", ZHANG, Kind.WORDS, How.ANY),
        ("单 771x", SHAN, Kind.WORDS, How.ANY),
        ("张 昌", ZHANG, Kind.WORDS, How.ANY),
        ("zwm 幸福路", ZHANG, Kind.WORDS, How.ANY),
        ("zhang 幸福路", ZHANG, Kind.WORDS, How.ANY),
        ("张伟明\t13800000013\t幸福路", ZHANG, Kind.WORDS, How.ANY),
        ("shanxiong", SHAN, Kind.PINYIN, How.EXACT),
        ("danxiong", SHAN, Kind.PINYIN, How.EXACT),
        ("供销社", SHAN, Kind.GROUP, How.ANY),
        ("13900000014", SHAN, Kind.PHONE, How.EXACT),
        ("艾力买买提", AILI, Kind.NAME, How.EXACT),
        ("买提", AILI, Kind.NAME_PART, How.PREFIX),
        ("62123456", AILI, Kind.PHONE, How.EXACT),
        ("6212", AILI, Kind.PHONE, How.PREFIX),
        ("055162123456", AILI, Kind.PHONE, How.EXACT),
        ("解放路5号", AILI, Kind.ADDRESS, How.ANY),
        ("a座", AILI, Kind.ADDRESS, How.ANY),
        ("银行", BANK, Kind.NAME_PART, How.PREFIX),
        ("chongqingyinhang", BANK, Kind.PINYIN, How.PREFIX),
        ("cqyh", BANK, Kind.INITIALS, How.PREFIX),
        ("yinhang", BANK, Kind.PINYIN_PART, How.PREFIX),
        ("4008001234", BANK, Kind.PHONE, How.EXACT),
        ("𬭎", RARE, Kind.NAME, How.PREFIX),
        ("𬬭", RARE, Kind.NAME_PART, How.PREFIX),
        ("𬭎 人民路", RARE, Kind.WORDS, How.ANY),
        ("张%伟", SIGN, Kind.NAME, How.EXACT),
        ("%伟", SIGN, Kind.NAME_PART, How.PREFIX),
        ("O'Hara路_7*", SIGN, Kind.ADDRESS, How.ANY),
        ("john", LATIN, Kind.NAME, How.PREFIX),
        ("O'Brien", LATIN, Kind.NAME_PART, How.PREFIX),
        ("Nathan Road", LATIN, Kind.ADDRESS, How.ANY),
        ("7天", SHOP, Kind.NAME, How.PREFIX),
        ('7天"甜"（北京）', SHOP, Kind.NAME, How.PREFIX),
        ("北京便利店", SHOP, Kind.NAME_PART, How.PREFIX),
    ],
)
def test_somebody_is_found_best_and_the_hit_says_why(
    store: Store, text: str, best: Person, kind: Kind, how: How
) -> None:
    fill(store, *EVERYBODY)
    hit = found(store, text)[0]
    assert (hit.customer_id, hit.kind, hit.how) == (best.id, kind, how)


@pytest.mark.parametrize(
    "text",
    [
        "%",
        "张%%",
        "张*",
        "张_明",
        "张?明",
        "^张",
        "' OR 1=1 --",
        '" OR rowid > 0 OR "',
        "张伟明' AND NOT '",
        "幸福路 AND 张伟明 NEAR",
        "幸福路) OR (人民路",
        "body:幸福路",
        "鼋鼍",
        "张伟明 鼋鼍",
        "幸福路 人民路",
        "张伟明 0099",
        "zzz",
        "99999999999",
        "张" * 10_000,
        "\ud800\udfff",
    ],
)
def test_nothing_is_found_for_what_nobody_has(store: Store, text: str) -> None:
    fill(store, *EVERYBODY)
    assert found(store, text) == ()


def test_marks_that_cannot_be_seen_change_nothing(store: Store) -> None:
    fill(store, *EVERYBODY, Person(9, "\u202e王\u200b芳\ufeff", address="光明路\u00a01号"))
    assert ids(store, "王芳") == [9]
    assert ids(store, "\u202b王\u200d芳") == [9]
    assert ids(store, "光明路1号") == [9]


def test_numbers_come_before_names_and_whole_ones_before_beginnings(store: Store) -> None:
    people = [Person(number, f"甲{number}", account_no=account) for number, account in ((1, "1234567"), (2, "123"))]
    fill(store, *people, Person(3, "丙", account_no="777123"), Person(4, "123店"))
    assert ids(store, "123")[:3] == [2, 1, 3]


def test_the_whole_name_comes_before_names_that_begin_so_and_these_before_the_rest(store: Store) -> None:
    people = [Person(1, "李张伟"), Person(2, "张伟明"), Person(3, "张伟"), Person(4, "王五", address="张伟路")]
    fill(store, *people)
    assert ids(store, "张伟") == [3, 2, 1, 4]


def test_four_digits_show_both_who_begins_so_and_who_ends_so(store: Store) -> None:
    begins = [Person(number, "甲", phone=f"1380{number:07d}") for number in range(1, 31)]
    ends = [Person(number, "乙", phone=f"1591111{number:02d}1380"[:7] + "1380") for number in range(31, 35)]
    fill(store, *begins, *ends)
    hits = found(store, "1380", 20)
    assert len(hits) == 20
    assert {hit.customer_id for hit in hits if hit.how is How.SUFFIX} == {31, 32, 33, 34}
    assert [hit.how for hit in hits] == [How.PREFIX] * 16 + [How.SUFFIX] * 4


def test_the_order_is_the_same_each_time_and_the_limit_holds(store: Store) -> None:
    fill(store, *[Person(number, "王芳", address="幸福路1号") for number in range(1, 60)])
    for text in ("王芳", "wf", "幸福路", "王芳 幸福路"):
        first = ids(store, text, 20)
        assert len(first) == len(set(first)) == 20
        assert ids(store, text, 20) == first
        assert ids(store, text, 7) == first[:7]


def test_a_customer_of_several_accounts_is_shown_once_with_the_one_that_matched(store: Store) -> None:
    fill(store, ZHANG)
    with store.writing() as work:
        work.driver.execute(
            "INSERT INTO accounts (id, account_no, customer_id, address, facts)"
            " VALUES (77, '88880000', 1, '滨海区黄河路9号', '{}')"
        )
        work.driver.execute("INSERT INTO contacts VALUES (1, 2, 'mobile', '13700000099', '妻')")
        index_customers(work, [1])
    (hit,) = found(store, "88880000")
    assert (hit.account_no, hit.address, hit.part) == ("88880000", "滨海区黄河路9号", "88880000")
    (hit,) = found(store, "黄河路")
    assert (hit.account_no, hit.part) == ("88880000", "滨海区黄河路9号")
    (hit,) = found(store, "0099")
    assert (hit.phone, hit.account_no) == ("13700000099", "10002345")


def test_what_changed_is_found_anew_and_no_longer_as_before(store: Store) -> None:
    fill(store, *EVERYBODY)
    with store.writing() as work:
        put(work, Person(1, "赵敏", "13511112222", "10002345", "西湖区黄河路8号"))
        index_customers(work, [1])
    for old in ("张伟明", "zhangweiming", "13800000013", "DB0012345", "锦绣花园", "张 幸福路", "771"):
        assert 1 not in ids(store, old), old
    for new in ("赵敏", "zm", "13511112222", "2222", "黄河路", "赵 黄河路", "10002345"):
        assert 1 in ids(store, new), new


def test_who_is_gone_is_forgotten_and_the_rest_stays(store: Store) -> None:
    fill(store, *EVERYBODY)
    with store.writing() as work:
        work.driver.execute("DELETE FROM customers WHERE id = 1")
        index_customers(work, [1, 999])
    assert 1 not in ids(store, "张伟明") + ids(store, "幸福路") + ids(store, "138")
    assert ids(store, "单雄") == [2]


def test_filling_again_changes_nothing(store: Store) -> None:
    fill(store, *EVERYBODY)
    before = dump(store)
    with store.writing() as work:
        index_customers(work, [person.id for person in EVERYBODY])
    assert dump(store) == before
    with store.writing() as work:
        index_customers(work)
    assert dump(store) == before


def dump(store: Store) -> tuple[object, ...]:
    with store.reading() as reading:
        terms = reading.driver.execute("SELECT * FROM search_terms ORDER BY 1, 2, 3").fetchall()
        cards = reading.driver.execute("SELECT * FROM search_cards ORDER BY 1").fetchall()
    return terms, cards, tuple(tuple(ids(store, text)) for text in ("幸福", "人民路", "张 幸福路"))


def test_the_file_is_sound_after_many_changes(store: Store) -> None:
    rng = random.Random(5)
    for _ in range(12):
        with store.writing() as work:
            changed = [random_person(rng, number) for number in rng.sample(range(1, 60), 25)]
            put(work, *changed)
            index_customers(work, [person.id for person in changed], batch=7)
    with store.writing() as work:
        work.driver.execute("INSERT INTO search_text (search_text) VALUES ('integrity-check')")
        assert work.driver.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_progress_counts_up_to_all(store: Store) -> None:
    steps: list[tuple[int, int]] = []
    with store.writing() as work:
        put(work, *EVERYBODY)
        assert not is_filled(work)
        index_customers(work, batch=3, progress=lambda done, total: steps.append((done, total)))
        assert is_filled(work)
    assert steps == [(3, 8), (6, 8), (8, 8)]


def test_an_empty_hall_is_filled_and_finds_nobody(store: Store) -> None:
    with store.writing() as work:
        index_customers(work)
        assert is_filled(work)
    assert found(store, "张伟") == ()


def test_a_name_of_ten_thousand_signs_is_found_by_its_beginning_and_within(store: Store) -> None:
    name = "".join(random.Random(1).choices("天地玄黄宇宙洪荒日月盈昃辰宿列张", k=10_000))
    fill(store, Person(1, name), Person(2, name[:200] + "完"))
    assert ids(store, name)[0] == 1
    assert ids(store, name[:100]) == [1, 2]
    assert ids(store, name[:200] + "完") == [2]
    assert set(ids(store, name[50:90])) == {1, 2}


def random_person(rng: random.Random, number: int) -> Person:
    surname = rng.choice(["王", "李", "单", "仇", "欧阳", "尉迟", "吕", "曾", "查", "万俟"])
    name = surname + "".join(rng.choices("伟芳娜敏静丽强磊军洋勇艳杰娟涛乐茜晟𬭎", k=rng.choice((1, 2))))
    if number % 9 == 0:
        name = (
            rng.choice(["昌平", "海河"]) + "".join(rng.choices("建设金鑫华盛", k=2)) + rng.choice(["商贸公司", "银行"])
        )
    return Person(
        number,
        name,
        f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
        f"{rng.randrange(10**9, 10**10)}",
        f"{rng.choice(['昌平', '海河'])}区{rng.choice(['幸福', '人民', '解放'])}路{rng.randrange(1, 400)}号"
        f"{rng.choice(['锦绣花园', '翠竹苑'])}{rng.randrange(1, 40)}栋"
        f"{rng.randrange(1, 7)}单元{rng.randrange(101, 999)}室",
        f"DB{rng.randrange(10**8):08d}",
        f"42010019{rng.randrange(40, 99)}0{rng.randrange(1, 9)}15{rng.randrange(1000):03d}{rng.choice('0123456789X')}",
        rng.choice([None, "县医院家属院", "纺织厂宿舍"]),
    )


def questions_of(person: Person) -> Iterator[str]:
    """Everything a teller may know of a customer."""
    assert person.meter_no
    assert person.id_number
    for number in (person.phone, person.account_no, person.meter_no, person.id_number):
        yield from (number, number.lower(), number[:7], number[-4:], f"'{number}", f'="{number}"')
    yield person.customer_no
    name = person.name
    yield name
    yield name[:1]
    yield from (name[start : start + 2] for start in range(len(name) - 1))
    yield " ".join(name)
    for reading in readings_of(text_key(name)):
        yield from ("".join(reading), " ".join(reading), "".join(part[0] for part in reading), reading[0])
    road = person.address[person.address.index("区") + 1 : person.address.index("路") + 1]
    estate = "锦绣花园" if "锦绣花园" in person.address else "翠竹苑"
    yield from (road, road[:2], estate, person.address, f"{name} {road}", f"{estate} {name[:1]}")
    yield from (f"{name[:1]} {person.phone[-4:]}", person.group_name or name)


@pytest.mark.parametrize("seed", [1, 2])
def test_everybody_is_found_by_everything_that_is_theirs(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    people = [random_person(rng, number) for number in range(1, 41)]
    fill(store, *people)
    missed = [
        (person.name, text)
        for person in people
        for text in questions_of(person)
        if len(text) > 1 or not text.isascii()
        if person.id not in ids(store, text)
    ]
    assert missed == []


def test_words_find_exactly_those_who_have_them(store: Store) -> None:
    """A plain comparison with every customer says who has all the words; the search says the same."""
    rng = random.Random(7)
    people = [random_person(rng, number) for number in range(1, 200)]
    fill(store, *people)
    for _ in range(300):
        texts = [rng.choice([(each := rng.choice(people)).name, each.address]) for _ in range(rng.choice((1, 1, 2)))]
        words = []
        for text in texts:
            start = rng.randrange(len(text) - 1)
            words.append(text[start : start + rng.choice((2, 3, 4))])
        if any(word.isdecimal() for word in words):
            continue
        expected = {person.id for person in people if all(has(person, word) for word in words)}
        assert set(ids(store, " ".join(words))) == expected, words


def has(person: Person, word: str) -> bool:
    return word in person.name or word in person.address or word in (person.group_name or "")


@pytest.mark.parametrize(
    ("name", "usual", "others"),
    [
        ("单雄", "shan xiong", {"dan xiong"}),
        ("仇英", "qiu ying", {"chou ying"}),
        ("曾巩", "zeng gong", set()),
        ("解缙", "xie jin", {"jie jin"}),
        ("查良镛", "zha liang yong", {"cha liang yong"}),
        ("区志", "ou zhi", {"qu zhi"}),
        ("翟志刚", "zhai zhi gang", {"di zhi gang"}),
        ("覃海洋", "qin hai yang", {"tan hai yang"}),
        ("朴树", "piao shu", {"pu shu"}),
        ("任正", "ren zheng", set()),
        ("尉迟恭", "yu chi gong", set()),
        ("万俟卨", "mo qi xie", set()),
        ("长孙无忌", "zhang sun wu ji", set()),
        ("吕布", "lv bu", {"lyu bu"}),
        ("王乐", "wang le", {"wang yue"}),
    ],
)
def test_surnames_are_read_as_surnames(name: str, usual: str, others: set[str]) -> None:
    readings = [" ".join(reading) for reading in readings_of(name)]
    assert readings[0] == usual
    assert others <= set(readings)


def test_the_readings_of_one_name_are_bounded() -> None:
    assert len(readings_of("乐乐乐乐")) == MOST_READINGS
    assert len(readings_of("行" * 500)) <= MOST_READINGS
    assert readings_of("") == readings_of("%·") == []


def test_the_fallback_driver_is_really_another_sqlite() -> None:
    assert find_driver("sqlite3").version == sqlite3.sqlite_version_info
