"""How values travel through Temporal: as JSON of their models, through a codec where one is set."""

from __future__ import annotations

import dataclasses

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, PayloadCodec


def data_converter(codec: PayloadCodec | None = None) -> DataConverter:
    """The converter of every client and worker; a codec, such as encryption, wraps what it makes."""
    return dataclasses.replace(pydantic_data_converter, payload_codec=codec)
