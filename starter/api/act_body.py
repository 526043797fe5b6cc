"""The body of an act: any act, without the actor, who is whoever the token says."""

from __future__ import annotations

from typing import Any

from pydantic import GetJsonSchemaHandler, RootModel, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from casewright.domain.acts import ACT, Act
from casewright.domain.people import Actor
from casewright.policy.people import ACT_TYPES
from starter.api.problems import FieldProblem, invalid
from starter.api.validation import field_problems


class ActBody(RootModel[dict[str, Any]]):
    """An act as it comes in: its fields are read once it is known who acts."""

    @classmethod
    def __get_pydantic_json_schema__(cls, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The acts' own schema, as the sender sees it: no actor, and an id only if the header doesn't give it."""
        schema = handler(ACT.core_schema)
        for one in schema["oneOf"]:
            act = handler.resolve_ref_schema(one)
            act["properties"].pop("actor", None)
            act["required"] = ["type", *(name for name in act.get("required", ()) if name not in ("id", "actor"))]
        return schema


def read_act(body: ActBody, actor: Actor, key: str | None) -> Act:
    """The act that this actor asks for; its id is the body's own, else the key of the header.

    Raises:
        ApiProblem: 422 with everything that is wrong.
    """
    if "actor" in body.root:
        raise invalid((FieldProblem(field="actor", message="who acts follows from the token; leave it out"),))
    id = body.root.get("id", key)
    if id is None:
        raise invalid((FieldProblem(field="id", message="is required, here or as the header Idempotency-Key"),))
    try:
        return ACT.validate_python({**body.root, "id": id, "actor": actor})
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        raise invalid(field_problems(_at_their_fields(errors), tags=ACT_TYPES)) from error


def _at_their_fields(errors: list[Any]) -> list[Any]:
    """An unknown type is a mistake of the field ``type``, not of the whole."""
    return [{**one, "loc": ("type",)} if str(one["type"]).startswith("union_tag") else one for one in errors]
