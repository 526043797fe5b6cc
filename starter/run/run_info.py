"""What a run tells the commands that come after it: where its parts answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from starter.run.environment import usual_or_set
from starter.run.folder import DataFolder
from starter.run.stack import Stack
from starter.session import RunInfo


@contextmanager
def announced(folder: DataFolder, stack: Stack) -> Iterator[None]:
    """Have the file there while the block runs."""
    keys, places, servers = folder.keys(), stack.places, stack.servers
    info = RunInfo(
        pid=os.getpid(),
        api_url=places.api_url,
        sandbox_url=places.sandbox_url,
        temporal_address=servers.temporal.address,
        temporal_namespace=servers.client.namespace,
        temporal_ui=places.temporal_ui,
        database_url=servers.database.application,
        gateway_api_key=keys.gateway_api_key,
        handbook=usual_or_set("HANDBOOK"),
        people=usual_or_set("PEOPLE"),
        anchors=folder.anchors,
        anchor_key=keys.anchor_key,
        epoch=stack.tempo.epoch,
        speed=stack.tempo.speed,
    )
    info.save(folder.run_info)
    try:
        yield
    finally:
        folder.run_info.unlink(missing_ok=True)
