"""Steps: the side effects a plan may contain, each done at most once under ``ticket id / step id``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from casewright.domain.installments import Installments, add_up
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.people import PersonId, RoleName, TeamName
from casewright.domain.ticket import Email

StepId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
CHARGE_SCOPE = "charge:"
TWIN_SCOPE = "twin:"
OVERCHARGE_SCOPE = "overcharge:"
UNUSED_SCOPE = "unused:"
PLAN_SCOPE = "plan:"


class StepBase(Frozen):
    """What every step has. Protective steps skip the envelope's checks and journal afterwards."""

    id: StepId
    protective: bool = False


class SpendingLimit(Frozen):
    """No more than ``capacity`` may ever be reserved by steps that name any of these scopes.

    Scopes are ``charge:<id>``, ``twin:<charge id>`` (one for each charge of a duplicate group),
    ``overcharge:<charge id>`` and ``unused:<charge id>`` (the rest of a cancelled subscription's cycle).
    Matching *any* scope keeps a group together even when two tickets saw different parts of it.
    """

    scopes: Annotated[tuple[str, ...], Field(min_length=1)]
    capacity: Money
    elsewhere: Money | None = None
    """What others than we had given back on these charges when the capacity was worked out."""
    as_of: datetime | None = None
    """When that was: money that moves much later is checked against the gateway again."""

    @property
    def charges(self) -> tuple[str, ...]:
        """The charges that its scopes name."""
        return tuple(scope.partition(":")[2] for scope in self.scopes)


class VelocityLimit(Frozen):
    """No more than ``capacity`` automatically for one customer in the last ``hours`` (RULES A.1)."""

    hours: int
    capacity: Money


class RefundStep(StepBase):
    """Give money back to the original payment method of a charge."""

    kind: Literal["refund"] = "refund"
    customer: str
    charge: str
    amount: Money
    limits: tuple[SpendingLimit, ...]
    velocity: tuple[VelocityLimit, ...] = ()
    """Checked only when nobody approved the step."""


class CreditStep(StepBase):
    """Credit the customer's balance, as goodwill; the next invoice is smaller by it."""

    kind: Literal["credit"] = "credit"
    customer: str
    amount: Money
    limits: tuple[SpendingLimit, ...] = ()
    """For credits that are given once in a while, such as one a quarter."""
    source: str | None = None
    """The rule that gives it, when it isn't that of the ticket's policy: ``DF 5.2``."""


class MailStep(StepBase):
    """One message to the customer, from a template of the handbook."""

    kind: Literal["mail"] = "mail"
    template: str
    to: Email
    values: dict[str, str] = {}
    link: Literal["survey"] | None = None
    """A signed page of the ticket, made when it is sent: the template's ``{link}``."""


class NoticeStep(StepBase):
    """Word to colleagues in their team's chat channel: never personal data, the ticket has that."""

    kind: Literal["notice"] = "notice"
    template: str
    team: TeamName | None = None
    """Whose channel; None: the Policy Exception queue's."""
    to: tuple[str, ...] = ()
    """Roles, or a person, named in it."""
    lead: bool = False
    """Whether the team's own lead is named too."""
    values: dict[str, str] = {}


class ApprovalMailStep(StepBase):
    """Ask whoever holds these roles, each by a mail with a link of their own, to approve a plan."""

    kind: Literal["approval-mail"] = "approval-mail"
    plan_hash: str
    roles: tuple[RoleName, ...]
    reminder: bool = False
    not_to: tuple[PersonId, ...] = ()
    """Who may not approve it, having asked for it."""


class SmsStep(StepBase):
    """A text message to whoever holds these roles and is on duty: that there is something, never what about whom."""

    kind: Literal["sms"] = "sms"
    template: str
    roles: tuple[RoleName, ...]
    values: dict[str, str] = {}


class PasswordResetStep(StepBase):
    """A single-use link to set a new password, by mail to the address that the identity store has (HB B.1).

    Neither the address nor the link is part of the step: the journal and the histories never hold them.
    """

    kind: Literal["password-reset"] = "password-reset"
    user: Annotated[str, Field(max_length=200)]
    """The identity store's id of the user."""
    minutes: Annotated[int, Field(ge=1, le=1440)]
    """How long the link works."""


class CancelSubscriptionStep(StepBase):
    """End a subscription: at once, or so many days after the step is done (HB A.2, DF 6.1)."""

    kind: Literal["cancel-subscription"] = "cancel-subscription"
    customer: str
    subscription: str
    notice_days: Annotated[int, Field(ge=0, le=366)] = 0
    paid_until: datetime | None = None
    """The end of the cycle that was decided about; None: whichever cycle runs."""


class ReplacementStep(StepBase):
    """Another piece for one with this serial number, sent by the shop to where its order went (HB C.1)."""

    kind: Literal["replacement"] = "replacement"
    serial: Annotated[str, Field(max_length=100)]


class ReturnLabelStep(StepBase):
    """A carrier's label to send something back, by mail with the file attached (HB C.1).

    Neither the file nor the link to it is part of the step: the journal and the histories never hold them.
    """

    kind: Literal["return-label"] = "return-label"
    to: Email
    name: str | None = None
    order: Annotated[str, Field(max_length=100)]
    product: str
    """What is sent back, in the shop's words."""


class PaymentPlanStep(StepBase):
    """Replace an open invoice by a schedule of invoices with due dates of their own (HB I.2)."""

    kind: Literal["payment-plan"] = "payment-plan"
    customer: str
    invoice: str
    """The gateway's id of the invoice that is replaced."""
    amount: Money
    """What was owed on it when it was decided; the plan is refused when that has changed."""
    parts: Installments
    limits: tuple[SpendingLimit, ...]
    """The debt, reserved: two tickets never make two plans of one invoice."""

    @model_validator(mode="after")
    def _adds_up(self) -> PaymentPlanStep:
        if not add_up(self.parts, self.amount):
            raise ValueError(f"the parts of the plan are not {self.amount} in order")
        return self


Step = Annotated[
    RefundStep
    | CreditStep
    | MailStep
    | NoticeStep
    | ApprovalMailStep
    | SmsStep
    | PasswordResetStep
    | CancelSubscriptionStep
    | ReplacementStep
    | ReturnLabelStep
    | PaymentPlanStep,
    Field(discriminator="kind"),
]
MoneyStep = RefundStep | CreditStep
ReservedStep = MoneyStep | PaymentPlanStep
"""Steps that reserve what they are about, so that two tickets never do the same at once."""
LetterStep = MailStep | ReturnLabelStep
"""Steps that write to whoever submitted the ticket."""
STEP_KINDS: tuple[str, ...] = (
    "refund",
    "credit",
    "mail",
    "notice",
    "approval-mail",
    "sms",
    "password-reset",
    "cancel-subscription",
    "replacement",
    "return-label",
    "payment-plan",
)


def effect_key(ticket: str, step: str) -> str:
    """The idempotency key of a step, in every outside system and in our own tables."""
    return f"{ticket}/{step}"
