"""What the SCIM service says about itself: its abilities, its resource types and its schemas (RFC 7643 §5 to §7)."""

from fastapi import APIRouter, Request

from sandbox.doors import Problem, base_url
from sandbox.identity.accounts import Standing
from sandbox.identity.scim_shapes import ACCOUNT, LIST, USER, Json, ScimAnswer

_CORE = "urn:ietf:params:scim:schemas:core:2.0"
_NO = {"supported": False}


def discovery_routes(router: APIRouter, prefix: str) -> None:
    """``ServiceProviderConfig``, ``ResourceTypes`` and ``Schemas``."""

    @router.get("/ServiceProviderConfig")
    async def service_provider_config(request: Request) -> ScimAnswer:
        """What the service can do."""
        return ScimAnswer(_config(base_url(request) + prefix))

    @router.get("/ResourceTypes")
    async def resource_types(request: Request) -> ScimAnswer:
        """The kinds of resources: users."""
        return _list([_user_type(base_url(request) + prefix)])

    @router.get("/ResourceTypes/{name}")
    async def resource_type(name: str, request: Request) -> ScimAnswer:
        """One kind of resource."""
        if name != "User":
            raise Problem(404, f"There is no resource type {name}.")
        return ScimAnswer(_user_type(base_url(request) + prefix))

    @router.get("/Schemas")
    async def schemas(request: Request) -> ScimAnswer:
        """The attributes of a user and of its extension."""
        return _list(_schemas(base_url(request) + prefix))

    @router.get("/Schemas/{urn}")
    async def schema(urn: str, request: Request) -> ScimAnswer:
        """One schema."""
        for shape in _schemas(base_url(request) + prefix):
            if shape["id"] == urn:
                return ScimAnswer(shape)
        raise Problem(404, f"There is no schema {urn}.")


def _config(base: str) -> Json:
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 100},
        "changePassword": {"supported": True},
        "sort": _NO,
        "etag": {"supported": True},
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "Bearer token", "description": "Any that begins with test_."}
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def _user_type(base: str) -> Json:
    return {
        "schemas": [f"{_CORE}:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "An account",
        "schema": USER,
        "schemaExtensions": [{"schema": ACCOUNT, "required": True}],
        "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/User"},
    }


def _schemas(base: str) -> list[Json]:
    user = [
        _attribute("userName", required=True, uniqueness="server"),
        _attribute("externalId", caseExact=True),
        _attribute("displayName"),
        _attribute("active", type="boolean"),
        _attribute("password", mutability="writeOnly", returned="never", caseExact=True),
        _attribute("emails", type="complex", multiValued=True)
        | {"subAttributes": [_attribute("value"), _attribute("type"), _attribute("primary", type="boolean")]},
    ]
    status = _attribute("status", required=True, caseExact=True) | {"canonicalValues": list(Standing)}
    return [
        _schema(base, USER, "User", "An account", user),
        _schema(base, ACCOUNT, "Account", "How the account stands", [status]),
    ]


def _schema(base: str, urn: str, name: str, description: str, attributes: list[Json]) -> Json:
    return {
        "schemas": [f"{_CORE}:Schema"],
        "id": urn,
        "name": name,
        "description": description,
        "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{urn}"},
    }


def _attribute(name: str, **different: object) -> Json:
    usual: Json = {
        "name": name,
        "type": "string",
        "multiValued": False,
        "description": name,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    }
    return usual | different


def _list(resources: list[Json]) -> ScimAnswer:
    return ScimAnswer(
        {
            "schemas": [LIST],
            "totalResults": len(resources),
            "startIndex": 1,
            "itemsPerPage": len(resources),
            "Resources": resources,
        }
    )
