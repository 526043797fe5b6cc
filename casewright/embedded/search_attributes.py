"""Registers search attributes with a running Temporal server."""

from collections.abc import Mapping

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from casewright.embedded.errors import EmbeddedServerError

_TYPES = {
    "Text": IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    "Double": IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
}


async def register_search_attributes(client: Client, wanted: Mapping[str, str]) -> list[str]:
    """Add those of `wanted` (name → type, such as `Keyword`) that the client's namespace lacks; return their names.

    Raises:
        EmbeddedServerError: one exists with another type, or the server refuses one.
    """
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    for name, kind in wanted.items():
        known = answer.custom_attributes.get(name)
        if known is not None and known != _TYPES[kind]:
            raise EmbeddedServerError(
                f"Search attribute {name} is kept as {IndexedValueType.Name(known)} but wanted as {kind}: "
                "give it a new name, or start with fresh data."
            )
    missing = {name: _TYPES[kind] for name, kind in wanted.items() if name not in answer.custom_attributes}
    if missing:
        request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        try:
            await client.operator_service.add_search_attributes(request)
        except RPCError as reason:
            raise EmbeddedServerError(f"Temporal refused the search attributes {sorted(missing)}: {reason}") from reason
    return list(missing)
