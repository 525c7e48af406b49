"""A step of a retention case as the body of its journal entry, to and from; nothing in it names a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from counter_app.domain.masks import mask_in_words
from counter_app.domain.retention import Act, Case, Gate, Measure, Signer, Step, Visit, Worth
from counter_app.domain.retention_fold import after, opened
from counter_app.domain.rights import Role

PREFIX = "retention."
_REFERENCE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadStep(ValueError):
    """A body is no step of a retention case, or a step carries what no entry may hold; the message names the key."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first entry of a case says besides its step; the customer stands in the entry itself."""

    case_no: str
    service_id: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """The side record that an entry vouches for: its bytes are kept beside the journal, their SHA-256 in it (hex)."""

    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """One entry of a case as the journal gives it back."""

    kind: str
    body: Mapping[str, Any]
    staff_no: str
    approver_no: str | None = None
    customer_id: int | None = None


def kind_of(act: Act) -> str:
    """The kind of the entry that an act becomes: `retention.<act>`."""
    return PREFIX + act.value


def written_words(words: str) -> str:
    """Words as an entry may hold them (docs/decisions/0007): the numbers that name a person are masked."""
    return mask_in_words(words.strip())


def body_of(
    step: Step, case_id: str, *, opening: Opening | None = None, sealed: Sealed | None = None
) -> dict[str, Any]:
    """The body of the entry of a step: what the act filled, nothing else. Staff and approver stand in the entry.

    Raises:
        BadStep: a code or a reference is free text; an opening or a seal is missing where it belongs, or there where
            it does not. All of them are bugs.
    """
    if (opening is not None) != (step.act is Act.OPEN):
        message = f"{step.act}: an opening belongs to the first step and to no other"
        raise BadStep(message)
    if (sealed is not None) != bool(step.record):
        message = f"{step.act}: a seal belongs to a step with a record"
        raise BadStep(message)
    body: dict[str, Any] = {"case_id": _reference("case_id", case_id), "at": step.at.isoformat()}
    if step.at.utcoffset() is None:
        message = "at: a moment has its offset"
        raise BadStep(message)
    if opening is not None:
        body |= {"case_no": _reference("case_no", opening.case_no), "service_id": opening.service_id}
    for key, (write, _) in _FACTS.items():
        fact = getattr(step, key)
        if fact not in _EMPTY:
            body[key] = write(key, fact)
    if sealed is not None:
        if not _DIGEST.fullmatch(sealed.sha256):
            message = "sha256: 64 places in hex"
            raise BadStep(message)
        body["sealed"] = {"kind": _reference("kind", sealed.kind), "size": sealed.size, "sha256": sealed.sha256}
    return body


def step_of(written: Written) -> Step:
    """The step of an entry.

    Raises:
        BadStep: the kind or the body is not one that `body_of` makes.
    """
    body = written.body
    _only_known(written)
    try:
        act = Act(written.kind.removeprefix(PREFIX))
        facts = {key: read(body[key]) for key, (_, read) in _FACTS.items() if key in body}
        at = datetime.fromisoformat(_text(body["at"]))
    except (KeyError, TypeError, ValueError) as error:
        message = f"{written.kind}: {error}"
        raise BadStep(message) from error
    return Step(act, written.staff_no, at, written.approver_no or "", **facts)


def sealed_of(body: Mapping[str, Any]) -> Sealed | None:
    """The seal in a body, where it has one."""
    sealed = body.get("sealed")
    return None if sealed is None else Sealed(sealed["kind"], sealed["size"], sealed["sha256"])


def masked(step: Step) -> Step:
    """The step as its entry gives it back; fold this one, so that the case of today is the case of the replay."""
    return replace(step, words=written_words(step.words))


def replayed_case(entries: Iterable[Written]) -> Case:
    """The case as its entries made it, in the order of the journal.

    Raises:
        BadStep: no entry, a first one that opens nothing, a second one that does, an entry of another case.
    """
    case: Case | None = None
    for written in entries:
        step, body = step_of(written), written.body
        case_id = _text(body["case_id"])
        if case is None and step.act is Act.OPEN and written.customer_id is not None:
            case_no, service_id = _text(body["case_no"]), _whole(body["service_id"])
            case = opened(
                step, case_id=case_id, case_no=case_no, service_id=service_id, customer_id=written.customer_id
            )
        elif case is None or step.act is Act.OPEN or case_id != case.case_id:
            message = f"{written.kind}: it does not follow in its case"
            raise BadStep(message)
        else:
            case = after(case, step)
    if case is None:
        message = "no entry of the case"
        raise BadStep(message)
    return case


def _only_known(written: Written) -> None:
    known = {"case_id", "at", *_FACTS}
    if written.kind == kind_of(Act.OPEN):
        known |= {"case_no", "service_id"}
    if "record" in written.body:
        known.add("sealed")
    unknown = sorted(set(written.body) - known)
    if unknown or not {"case_id", "at", *(known & {"case_no", "service_id", "sealed"})} <= set(written.body):
        message = f"{written.kind}: keys {unknown or sorted(written.body)}"
        raise BadStep(message)


def _reference(key: str, text: str) -> str:
    """An id, a code or a number of the hall; a mobile number or words are none."""
    if not _REFERENCE.fullmatch(text) or _MOBILE.fullmatch(text):
        message = f"{key}: no reference"
        raise BadStep(message)
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("whole number")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("flag")
    return value


def _write_measure(key: str, measure: Measure) -> dict[str, object]:
    if measure.is_accepted is not None or measure.approver_no:
        message = f"{key}: an offer is answered and signed off by steps of their own"
        raise BadStep(message)
    return {
        "line": measure.line,
        "offer": _reference(key, measure.offer),
        "value": measure.value,
        "months": measure.months,
        "cost_fen": measure.cost_fen,
    }


def _read_measure(value: Any) -> Measure:
    line, worth, months, cost_fen = (_whole(value[key]) for key in ("line", "value", "months", "cost_fen"))
    return Measure(line, _text(value["offer"]), worth, months, cost_fen)


def _write_visits(key: str, visits: tuple[Visit, ...]) -> list[object]:
    if any(visit.is_done for visit in visits):
        message = f"{key}: a visit is done by a step of its own"
        raise BadStep(message)
    return [[visit.line, visit.due_on.isoformat(), _reference(key, visit.owner_no)] for visit in visits]


def _read_visits(value: Any) -> tuple[Visit, ...]:
    return tuple(Visit(_whole(line), date.fromisoformat(_text(due_on)), _text(no)) for line, due_on, no in value)


_EMPTY: tuple[object, ...] = (None, "", 0, False, ())
Writing = Callable[[str, Any], object]
_FACTS: Mapping[str, tuple[Writing, Callable[[Any], Any]]] = {
    "worth": (
        lambda key, worth: {"average_fen": worth.average_fen, "is_valued": worth.is_valued},
        lambda value: Worth(_whole(value["average_fen"]), _flag(value["is_valued"])),
    ),
    "reasons": (
        lambda key, reasons: [_reference(key, code) for code in reasons],
        lambda value: tuple(_text(code) for code in value),
    ),
    "signer": (lambda key, signer: signer.value, Signer),
    "measure": (_write_measure, _read_measure),
    "line": (lambda key, line: line, _whole),
    "is_yes": (lambda key, is_yes: is_yes, _flag),
    "gate": (lambda key, gate: gate.value, Gate),
    "words": (lambda key, words: written_words(words), _text),
    "record": (_reference, _text),
    "until": (lambda key, until: until.isoformat(), lambda value: date.fromisoformat(_text(value))),
    "visits": (_write_visits, _read_visits),
    "items": (
        lambda key, items: [[_reference(key, name), _reference(key, outcome)] for name, outcome in items],
        lambda value: tuple((_text(name), _text(outcome)) for name, outcome in value),
    ),
    "amount_fen": (lambda key, amount_fen: amount_fen, _whole),
    "to": (lambda key, to: to.value, Role),
}
"""Each optional fact of a step: how it is written and how it is read."""
