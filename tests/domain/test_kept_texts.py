"""What an entry and a receipt say is written key by key: to the letter what the canonical encoder would write."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from counter_app.domain.journal import ALGORITHM, Draft, Place, Posting, canonical, content_of, evidence_of
from counter_app.domain.receipts import ReceiptFacts
from tests.documents import samples

HOSTILE = ("", 'quo"te', "back\\slash", "line\nfeed", "\x00\x1f\x7f", "\u2028", "王芳", "𠮷", "\ud842", "</script>")


def plain(value: Any) -> Any:
    """The value as JSON knows it, by the declared fields and nothing else."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_a_receipt_says_all_its_facts_in_the_one_form(name: str) -> None:
    facts = samples.named(name, of=samples.facts(stored_fen=5, is_demo=True))
    assert any(line.working for line in facts.lines)
    assert facts.tenders
    assert facts.to_json() == canonical(plain(asdict(facts)))


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_of_a_receipt_is_escaped(text: str) -> None:
    facts = samples.facts()
    texts: dict[str, Any] = {
        key: text for key, value in asdict(facts).items() if isinstance(value, str) and key != "entry_hash"
    }
    changed = replace(facts, **texts, footer=(text, text))
    assert changed.to_json() == canonical(plain(asdict(changed)))
    assert ReceiptFacts.from_json(changed.to_json()).to_json() == changed.to_json()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("known", [True, False])
def test_an_entry_says_everything_in_the_one_form(text: str, *, known: bool) -> None:
    maybe = text if known else None
    postings = (Posting(text, "1", 5), Posting("drawer", text, -5)) if known else ()
    draft = Draft(
        kind=text,
        body={"z": [1, {"b": text, "a": None}], "a": True},
        staff_no=text,
        business_date=date(2026, 11, 21),
        postings=postings,
        shift_id=maybe,
        customer_id=7 if known else None,
        intent_id=maybe,
        approver_no=maybe,
        cause_entry_id=maybe,
    )
    place = Place(
        hall_id=text,
        counter_id=text,
        device_id=text,
        epoch=1,
        seq=2,
        entry_id=text,
        at=datetime(2026, 11, 21, 9, 30, 1, 234_567, tzinfo=UTC),
        boot_id=text,
        monotonic_ms=3,
        app_version=text,
        schema_version=4,
        rules_version=text,
        evidence=evidence_of(generation=text, feed_n=8, offset_ms=-9, error_ms=10) if known else evidence_of(),
    )
    assert content_of(draft, place) == canonical(
        {
            **dict.fromkeys(("hall_id", "counter_id", "device_id", "entry_id", "kind", "staff_no", "boot_id"), text),
            **dict.fromkeys(("shift_id", "intent_id", "approver_no", "cause_entry_id"), maybe),
            "app_ver": text,
            "policy_ver": text,
            "seen_gen": maybe,
            "seen_hub_seq": 8 if known else None,
            "hub_offset_ms": -9 if known else None,
            "hub_error_ms": 10 if known else None,
            "alg": ALGORITHM,
            "kind_ver": 1,
            "schema_ver": 4,
            "epoch": 1,
            "seq": 2,
            "mono_ms": 3,
            "customer_id": 7 if known else None,
            "at": "2026-11-21T09:30:01.234+00:00",
            "business_date": "2026-11-21",
            "body": draft.body,
            "postings": [[p.account, p.subject, p.amount_fen] for p in postings],
        }
    )
    assert json.loads(content_of(draft, place))["body"] == draft.body


@pytest.mark.parametrize("amount", [1.0, "1", None])
def test_an_amount_that_is_no_whole_number_is_never_written(amount: Any) -> None:
    facts = samples.facts()
    object.__setattr__(facts, "total_fen", amount)
    with pytest.raises(TypeError):
        facts.to_json()


def test_half_a_fen_is_never_posted() -> None:
    draft = Draft("x", {}, "1", date(2026, 11, 21), (Posting("a", "1", 0.5), Posting("b", "1", -0.5)))  # type: ignore[arg-type]  # the fault itself
    place = Place("h", "c", "d", 1, 1, "e", datetime(2026, 11, 21, tzinfo=UTC), "b", 1, "v", 1, "r")
    with pytest.raises(TypeError):
        content_of(draft, place)
