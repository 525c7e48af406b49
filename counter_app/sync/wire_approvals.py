"""The messages of consent from afar: what a counter asks the hub for, and the code that was given for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from counter_app.sync.wire import Count, Hash, HubState, Id, Message

BY_CODE = "code:"
"""What the approver of an entry begins with that was consented to from afar; the id of the consent follows."""


class AskApproval(Message):
    """`POST /v1/approvals`: nobody in the hall may sign, and somebody elsewhere is asked; `challenge` is the digest of
    exactly what is asked for, `staff_no` who asks, `subject_no` the number that is read out (a receipt's).
    """

    kind: Annotated[str, Field(max_length=40)]
    challenge: Hash
    amount_fen: Annotated[int, Field(ge=0, le=2**53)]
    staff_no: Id
    subject_no: Annotated[str, Field(max_length=80)]


class ApprovalAsked(Message):
    """It is asked under this short name, which is read out to whoever shall consent."""

    hub: HubState
    approval_id: Id


class TellApproval(Message):
    """`POST /v1/approvals/{approval_id}`: the code that was given for it, as it was typed."""

    challenge: Hash
    code: Annotated[str, Field(min_length=6, max_length=20)]


class ApprovalTold(Message):
    """Whether the code is the one that was given: `given` (by whom), `wrong`, `waiting` (none was given yet), `other`
    (for something else), `over` (too old, or tried too often).
    """

    hub: HubState
    said: Literal["given", "wrong", "waiting", "other", "over"]
    given_by: str | None
    tries_left: Count
