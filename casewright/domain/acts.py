"""Acts: everything a person or an outside event can do to a ticket, as one closed union."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.people import Actor, PersonId, TeamName
from casewright.domain.ticket import MAX_BODY, ClaimName, ClaimValue, Priority, Text

MAX_REASON = 2_000
ActId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$")]
Message = Annotated[Text, Field(min_length=1, max_length=MAX_BODY)]
Reason = Annotated[Text, Field(min_length=1, max_length=MAX_REASON, pattern=r"\S")]
PlanHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ActBase(Frozen):
    """What every act has: an id that makes a double click count once, and who acts."""

    id: ActId
    actor: Actor


class Claim(ActBase):
    """Take the ticket as one's own."""

    type: Literal["claim"] = "claim"


class Reply(ActBase):
    """Write to the customer."""

    type: Literal["reply"] = "reply"
    message: Message


class AskCustomer(ActBase):
    """Ask the customer something, and wait for the answer."""

    type: Literal["ask_customer"] = "ask_customer"
    message: Message


class CustomerAnswer(ActBase):
    """What the customer wrote, with the structured fields that it brings."""

    type: Literal["customer_answer"] = "customer_answer"
    message: Message
    claims: Annotated[dict[ClaimName, ClaimValue], Field(max_length=20)] = {}


class InternalNote(ActBase):
    """A note that the customer never sees."""

    type: Literal["internal_note"] = "internal_note"
    message: Message


class Approve(ActBase):
    """Say yes to exactly the plan that was shown."""

    type: Literal["approve"] = "approve"
    plan_hash: PlanHash


class Reject(ActBase):
    """Say no to the plan that was shown, with a reason."""

    type: Literal["reject"] = "reject"
    plan_hash: PlanHash
    reason: Reason


class Resolve(ActBase):
    """End the ticket with a summary to the customer."""

    type: Literal["resolve"] = "resolve"
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    summary: Message


class Remedy(Frozen):
    """Money that a person wants given: a refund of a charge, or a credit."""

    kind: Literal["refund", "credit"]
    amount: Money
    invoice: Annotated[str, Field(max_length=64)] | None = None
    """The invoice of the charge to refund; None: the one in the ticket's claims."""

    @model_validator(mode="after")
    def _is_positive(self) -> Remedy:
        if self.amount.amount <= 0:
            raise ValueError("a remedy gives a positive amount")
        return self


class Override(ActBase):
    """Set the automation's decision aside, and optionally give a remedy instead (HB 7)."""

    type: Literal["override"] = "override"
    justification: Reason
    remedy: Remedy | None = None


class Reprioritise(ActBase):
    """Change the priority, with the reason; the next decision reads it."""

    type: Literal["reprioritise"] = "reprioritise"
    priority: Priority
    reason: Reason


class Reassign(ActBase):
    """Hand the ticket to a team, or to a person of it."""

    type: Literal["reassign"] = "reassign"
    team: TeamName
    assignee: PersonId | None = None
    reason: Reason


class Retry(ActBase):
    """Try a step again whose outcome stayed uncertain: under its own key, so what was done is found, not repeated."""

    type: Literal["retry"] = "retry"
    step: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]


class Rate(ActBase):
    """The customer's answer to the survey after the ticket was closed (RULES §7)."""

    type: Literal["rate"] = "rate"
    score: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[Text, Field(max_length=MAX_REASON)] = ""


Act = Annotated[
    Claim
    | Reply
    | AskCustomer
    | CustomerAnswer
    | InternalNote
    | Approve
    | Reject
    | Resolve
    | Override
    | Reprioritise
    | Reassign
    | Retry
    | Rate,
    Field(discriminator="type"),
]
ACT: TypeAdapter[Act] = TypeAdapter(Act)


class ActReceipt(Frozen):
    """What an act returns: the journal sequence number of its last event, and whether it had come before."""

    seq: int
    repeated: bool = False
