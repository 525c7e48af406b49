"""Consent from afar: the hub is asked for one act, somebody there gives a code, and the code is told to the hub."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeVar

from counter_app.domain.signoffs import Challenge
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import read_state
from counter_app.sync import wire
from counter_app.sync import wire_approvals as messages
from counter_app.sync.contact import Contact
from counter_app.sync.hub_line import HttpLine, Line, LineDown

TOTAL_S = 8.0
"""So long somebody waits at the screen for one answer; without one the hall's own supervisor signs."""
M = TypeVar("M", bound=wire.Message)


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """It is asked under this name, which the teller reads out to whoever gives the code."""

    approval_id: str


@dataclass(frozen=True, slots=True)
class CodeGiven:
    """The code is right. `approver` goes into the entry as its approver, and the challenge's digest into its body as
    `challenge`; `given_by` is the hall and the number of whoever gave it.
    """

    approver: str
    given_by: str


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """The hub says no: the code is `wrong` (with tries left), `waiting` (none was given yet), for something `other`,
    `over`; or another word of the hub's refusals, such as `needs_supervisor`.
    """

    why: Literal["wrong", "waiting", "other", "over"] | str
    tries_left: int = 0


def ask(
    hall: OpenHall, challenge: Challenge, kind: str, staff_no: str, subject_no: str, *, line: Line | None = None
) -> CodeAsked | CodeRefused:
    """Ask for consent to exactly this challenge; `kind` is the pack's kind of approval, `subject_no` what is read out.

    Raises:
        LineDown: the hub does not answer in time, or there is none.
    """
    asked = messages.AskApproval(
        kind=kind,
        challenge=challenge.digest,
        amount_fen=challenge.amount_fen,
        staff_no=staff_no,
        subject_no=subject_no,
    )
    said = _call(hall, "/v1/approvals", asked, messages.ApprovalAsked, line)
    return CodeRefused(said.why.value) if isinstance(said, wire.Refusal) else CodeAsked(said.approval_id)


def tell(
    hall: OpenHall, challenge: Challenge, approval_id: str, code: str, *, line: Line | None = None
) -> CodeGiven | CodeRefused:
    """Tell the code that was given for it, as it was typed.

    Raises:
        LineDown: the hub does not answer in time; the same code may be told again.
    """
    typed = "".join(code.split()).replace("-", "").upper()
    if not 6 <= len(typed) <= 20:
        return CodeRefused("wrong")
    told = messages.TellApproval(challenge=challenge.digest, code=typed)
    said = _call(hall, f"/v1/approvals/{approval_id}", told, messages.ApprovalTold, line)
    if isinstance(said, wire.Refusal):
        return CodeRefused(said.why.value)
    if said.said != "given" or said.given_by is None:
        return CodeRefused(said.said, said.tries_left)
    return CodeGiven(f"{messages.BY_CODE}{approval_id}", said.given_by)


def _call(hall: OpenHall, target: str, asked: wire.Message, answer: type[M], line: Line | None) -> M | wire.Refusal:
    with hall.reading() as reading:
        state = read_state(reading)
    if state.enrolment is None:
        raise LineDown("offline", "this hall has no hub")
    body, own = asked.model_dump_json().encode("utf-8"), None
    if line is None:
        line = own = HttpLine(state.enrolment.url, state.enrolment.authority, total_s=TOTAL_S)
    try:
        contact = Contact(line, hall.device, state.enrolment.hub_key)
        return contact.ask("POST", target, nonce=state.nonce or "", answer=answer, body=body)
    finally:
        if own is not None:
            with suppress(OSError):
                own.close()
