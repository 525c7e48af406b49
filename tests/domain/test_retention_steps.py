"""A step goes into its entry and comes back as it was, for every act; no entry takes words that name a person."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.domain.journal import canonical
from counter_app.domain.masks import mask_in_words
from counter_app.domain.retention import Act, Gate, Measure, Signer, Step, Visit, Worth
from counter_app.domain.retention_fold import after, opened, replayed
from counter_app.domain.retention_steps import (
    BadStep,
    Opening,
    Sealed,
    Written,
    body_of,
    kind_of,
    masked,
    replayed_case,
    sealed_of,
    step_of,
    written_words,
)
from counter_app.domain.rights import Role

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SEALED = Sealed("form", 812, "ab" * 32)
OPENING = Opening("H1-20261102-0001", 7)

fens = st.integers(0, 10**14)
lines = st.integers(1, 9)
codes = st.sampled_from(["PRICE", "PRICE_FEE_HIGH", "PORT_OUT", "OTHER", "G5"])
staff = st.sampled_from(["1001", "2001", "4001"])
records = st.sampled_from(["0190f7c2-6a1e-7b61-8a4e-3c5a7f0d9b11", "r1"])
days = st.integers(-30, 4_000).map(lambda days: AT.date() + timedelta(days=days))
moments = st.builds(
    lambda microseconds, zone: (AT + timedelta(microseconds=microseconds)).astimezone(zone),
    st.integers(0, 10**15),
    st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
steps = st.builds(
    Step,
    act=st.sampled_from(Act),
    staff_no=staff,
    at=moments,
    approver_no=st.just("") | staff,
    worth=st.none() | st.builds(Worth, fens, st.booleans()),
    reasons=st.lists(codes, max_size=3).map(tuple),
    signer=st.none() | st.sampled_from(Signer),
    measure=st.none() | st.builds(Measure, lines, codes, st.integers(1, 10**6), st.integers(0, 36), fens),
    line=st.just(0) | lines,
    is_yes=st.booleans(),
    gate=st.none() | st.sampled_from(Gate),
    words=st.text(max_size=30),
    record=st.just("") | records,
    until=st.none() | days,
    visits=st.lists(st.builds(Visit, lines, days, staff), max_size=2).map(tuple),
    amount_fen=st.just(0) | fens,
    to=st.none() | st.sampled_from(Role),
)


def written(step: Step, case_id: str = "c1") -> Written:
    """The entry of a step, its body through the journal's own text."""
    opening = OPENING if step.act is Act.OPEN else None
    body = body_of(step, case_id, opening=opening, sealed=SEALED if step.record else None)
    stored = json.loads(canonical(body))
    return Written(kind_of(step.act), stored, step.staff_no, step.approver_no or None, customer_id=3)


@given(steps)
def test_a_step_comes_back_from_its_entry_as_it_went_in(step: Step) -> None:
    assert step_of(written(step)) == masked(step)
    assert sealed_of(written(step).body) == (SEALED if step.record else None)


@pytest.mark.parametrize("act", Act)
def test_every_act_has_an_entry_of_its_own(act: Act) -> None:
    full = Step(
        act, "1001", AT, "2001", Worth(1, is_valued=True), ("PRICE",), Signer.MANAGER, Measure(1, "FIX", 1, 0, 0), 1,
        is_yes=True, gate=Gate.ID, words="客户坚持", record="r1", until=date(2027, 5, 2),
        visits=(Visit(1, date(2026, 12, 2), "1001"),), to=Role.SUPERVISOR,
    )  # fmt: skip
    assert written(full).kind == f"retention.{act.value}"
    assert step_of(written(full)) == full
    bare = Step(act, "1001", AT)
    assert step_of(written(bare)) == bare
    assert set(written(bare).body) <= {"case_id", "at", "case_no", "service_id"}


@settings(max_examples=50)
@given(st.lists(steps, max_size=4))
def test_a_case_from_its_entries_is_the_case_that_the_desk_saw(tried: list[Step]) -> None:
    first = Step(Act.OPEN, "1001", AT)
    later = [
        masked(
            replace(
                step,
                signer=step.signer or Signer.MANAGER,
                gate=step.gate or Gate.ID,
                measure=step.measure or Measure(1, "FIX", 1, 0, 0),
            )
            if step.act in (Act.ASK_OFFER, Act.DECLINE_OFFER)
            else replace(step, signer=step.signer or Signer.MANAGER, gate=step.gate or Gate.ID)
        )
        for step in tried
        if step.act is not Act.OPEN
    ]
    case = replayed(opened(first, case_id="c1", case_no=OPENING.case_no, service_id=7, customer_id=3), later)
    assert replayed_case([written(step) for step in (first, *later)]) == case


# --- what an entry may not hold ---


@given(
    st.text(max_size=40),
    st.sampled_from(
        ["13800138000", "0731-88888888", "0731-8888 8888", "021 6888-1234", "11010519491231002X", "a.b@c.cn"]
    ),
)
def test_words_lose_the_numbers_that_name_a_person(words: str, number: str) -> None:
    typed = f"{words}。{number}。"
    body = written(Step(Act.DECLINE, "1001", AT, "2001", signer=Signer.MANAGER, words=typed)).body
    assert body["words"] == mask_in_words(typed.strip()) == written_words(typed)
    assert number not in body["words"]


def test_an_entry_holds_words_under_one_key_only() -> None:
    """Every text in a body but `words` has the shape of a reference, a code or a moment."""
    for step in (
        Step(Act.SAVE_FORM, "1001", AT, reasons=("PRICE", "OTHER"), record="r1"),
        Step(Act.OFFER, "1001", AT, measure=Measure(1, "GIFT_FEE", 10, 3, 3_000)),
        Step(Act.PLAN_VISIT, "1001", AT, visits=(Visit(1, date(2026, 12, 2), "1001"),)),
    ):
        texts = re.findall(r'"([^"]*)"', canonical(written(step).body))
        assert [text for text in texts if not re.fullmatch(r"[A-Za-z0-9_.:+-]{1,80}", text)] == []
    assert {field.name for field in dataclasses.fields(Step) if field.type == "str"} == {
        "staff_no", "approver_no", "words", "record",
    }  # fmt: skip


@pytest.mark.parametrize(
    "step",
    [
        Step(Act.SAVE_FORM, "1001", AT, reasons=("客户王小明",), record="r1"),
        Step(Act.SAVE_FORM, "1001", AT, reasons=("PRICE 13800138000",), record="r1"),
        Step(Act.SAVE_FORM, "1001", AT, record="王小明的表"),
        Step(Act.SAVE_FORM, "1001", AT, record="13800138000"),
        Step(Act.OFFER, "1001", AT, measure=Measure(1, "送王小明", 1, 1, 1)),
        Step(Act.OFFER, "1001", AT, measure=Measure(1, "FIX", 1, 0, 0, is_accepted=True)),
        Step(Act.OFFER, "1001", AT, measure=Measure(1, "FIX", 1, 0, 0, approver_no="2001")),
        Step(Act.PLAN_VISIT, "1001", AT, visits=(Visit(1, date(2026, 12, 2), "王小明"),)),
        Step(Act.PLAN_VISIT, "1001", AT, visits=(Visit(1, date(2026, 12, 2), "1001", is_done=True),)),
        Step(Act.TALK, "1001", AT.replace(tzinfo=None)),
    ],
)
def test_a_step_with_free_text_where_a_code_belongs_is_a_bug(step: Step) -> None:
    with pytest.raises(BadStep):
        written(step)


def test_openings_and_seals_stand_where_they_belong() -> None:
    open_, talk, save = (Step(act, "1001", AT) for act in (Act.OPEN, Act.TALK, Act.SAVE_FORM))
    with pytest.raises(BadStep):
        body_of(open_, "c1")
    with pytest.raises(BadStep):
        body_of(talk, "c1", opening=OPENING)
    with pytest.raises(BadStep):
        body_of(replace(save, record="r1"), "c1")
    with pytest.raises(BadStep):
        body_of(talk, "c1", sealed=SEALED)
    with pytest.raises(BadStep):
        body_of(replace(save, record="r1"), "c1", sealed=replace(SEALED, sha256="AB" * 32))
    with pytest.raises(BadStep):
        body_of(talk, "case of 王小明")


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("retention.dance", {}),
        ("retention.offer", {"mood": "good"}),
        ("retention.offer", {"at": None}),
        ("retention.offer", {"at": "yesterday"}),
        ("retention.offer", {"case_no": "H1"}),
        ("retention.offer", {"sealed": {"kind": "form", "size": 1, "sha256": "ab" * 32}}),
        ("retention.offer", {"record": "r1"}),
        ("retention.offer", {"line": "1"}),
        ("retention.offer", {"line": True}),
        ("retention.offer", {"is_yes": 1}),
        ("retention.offer", {"words": 5}),
        ("retention.offer", {"signer": "neighbour"}),
        ("retention.offer", {"gate": "garden"}),
        ("retention.offer", {"until": "2026-02-30"}),
        ("retention.offer", {"to": "mayor"}),
        ("retention.offer", {"visits": [[1, "2026-12-02"]]}),
        ("retention.offer", {"measure": {"line": 1}}),
        ("retention.offer", {"measure": {"line": 1, "offer": "FIX", "value": 1, "months": 0, "cost_fen": 1.5}}),
        ("retention.offer", {"worth": {"average_fen": 1, "is_valued": 1}}),
        ("retention.offer", {"reasons": [1]}),
        ("retention.open", {}),
    ],
)
def test_a_body_that_nobody_wrote_is_refused(kind: str, change: dict[str, Any]) -> None:
    body = {"case_id": "c1", "at": AT.isoformat(), **change}
    with pytest.raises(BadStep):
        step_of(Written(kind, body, "1001"))


def test_entries_that_are_not_one_case_are_refused() -> None:
    open_, talk = (Step(act, "1001", AT) for act in (Act.OPEN, Act.TALK))
    assert replayed_case([written(open_), written(talk)]) == after(replayed_case([written(open_)]), talk)
    for entries in ([], [written(talk)], [written(open_), written(open_)], [written(open_), written(talk, "c2")]):
        with pytest.raises(BadStep):
            replayed_case(entries)
    with pytest.raises(BadStep):
        replayed_case([replace(written(open_), customer_id=None)])
