"""What the gateway refuses, in Stripe's words and error shape."""

from typing import Any


class StripeProblem(Exception):
    """An error answer.

    Attributes:
        executed: Whether the endpoint began its work. Stripe keeps such an answer under the idempotency key; a
            request that failed validation may be sent again under the same key.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.executed = executed

    def body(self) -> dict[str, Any]:
        """The error as Stripe's JSON."""
        fields = {"code": self.code, "message": self.message, "param": self.param, "type": self.kind}
        return {"error": {name: value for name, value in fields.items() if value is not None}}


def missing(noun: str, identity: str, param: str = "id") -> StripeProblem:
    """There is no such object."""
    return StripeProblem(404, f"No such {noun}: '{identity}'", code="resource_missing", param=param)


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeProblem:
    """A parameter that can't be taken."""
    return StripeProblem(400, message, code=code, param=param)
