"""Records the histories anew: ``uv run python -m tests.replay.record`` (only for a workflow that may not change).

A recorded history stands for tickets that are open somewhere: add stories freely; re-record one only when no such
ticket can exist, because its replay is what tells that a change would break them.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path

from casewright.embedded.postgres import create_database, embedded_postgres
from casewright.embedded.postgres_home import discard_data
from casewright.embedded.temporal import dev_server
from casewright.records import migrations
from casewright.search_attributes import SEARCH_ATTRIBUTES
from tests.replay.stories import STORIES
from tests.world import running_world

HISTORIES = Path(__file__).parent / "histories"
_PRIVATE = {"stackTrace": "", "identity": "worker", "workerIdentity": "worker"}
_PROCESS = re.compile(r"^\d+@[\w.-]+")


def without_machine(value: object) -> object:
    """A history without what names the machine it was recorded on."""
    if isinstance(value, dict):
        return {key: _PRIVATE[key] if key in _PRIVATE else without_machine(part) for key, part in value.items()}
    if isinstance(value, str):
        return _PROCESS.sub("worker", value)  # a worker's own task queue, too, is named after it
    return [without_machine(part) for part in value] if isinstance(value, list) else value


async def main() -> None:
    """Play every story that has no recording yet (``all``: every story), and write its history."""
    wanted = [s for s in STORIES if "all" in sys.argv[1:] or not (HISTORIES / f"{s.__name__}.json").exists()]
    with tempfile.TemporaryDirectory(prefix="casewright-replay-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "postgres"
        async with (
            embedded_postgres(data, _say, fast=True) as urls,
            dev_server(None, ui=False, search_attributes=SEARCH_ATTRIBUTES, progress=_say) as temporal,
        ):
            for number, story in enumerate(wanted):
                database = await create_database(urls, f"story_{number}")
                await migrations.migrate(database.owner)
                async with running_world(database, temporal.address) as world:
                    await world.duplicate("ada")
                    ticket = f"T-{number:016d}"
                    await story(world, ticket)
                    await asyncio.sleep(0.5)  # the last workflow task ends a moment after its journal row
                    history = await world.handle(ticket).fetch_history()
                plain = without_machine(json.loads(history.to_json()))
                (HISTORIES / f"{story.__name__}.json").write_text(json.dumps(plain, indent=1) + "\n")
                _say(f"{story.__name__}: {len(history.events)} events")
        discard_data(data)


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    asyncio.run(main())
