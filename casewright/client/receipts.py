"""What submitting and acting return."""

from __future__ import annotations

from casewright.domain.acts import ActReceipt
from casewright.domain.model import Frozen


class Submitted(Frozen):
    """A ticket that was started, or that the same key had started before."""

    ticket: str
    already: bool
    differs: bool | None = None
    """Whether the earlier submission under this key had another content; the ticket keeps that one. None: nothing was
    compared, or it can't be told."""


class Taken(ActReceipt):
    """An act that was taken. The server may answer a resend with the first receipt, ``repeated`` unset."""

    journalled: bool
    """Whether the journal is known to have it: screens show it then."""
