"""The time that a database's tickets live in: settled at the first start, and the same ever after."""

from __future__ import annotations

from casewright.domain.tempo import Tempo
from casewright.records.postgres import Connection

_SETTLE = "INSERT INTO tempo (epoch, speed) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_KEPT = "SELECT epoch, speed FROM tempo"


class TempoChanged(RuntimeError):
    """The data live in another time than was asked for; the message says what to do."""

    def __init__(self, kept: Tempo, asked: Tempo) -> None:
        keep = "CASEWRIGHT_SPEED=1"
        if kept.speed != 1:
            keep = f"CASEWRIGHT_SPEED={kept.speed:g} and CASEWRIGHT_EPOCH={kept.epoch.isoformat()}"
        super().__init__(
            f"this database's tickets live {_in_words(kept)}, and asked for was {_in_words(asked)}: every instant in "
            f"them would mean another one. Keep their time ({keep}), or begin anew on an empty database "
            "(make run FRESH=1)"
        )
        self.kept, self.asked = kept, asked


async def settle(connection: Connection, tempo: Tempo) -> None:
    """Keep the tempo with the data, unless one is kept: then it must be this one. At speed 1 no epoch counts.

    Raises:
        TempoChanged: the data have another.
    """
    await connection.execute(_SETTLE, tempo.epoch, tempo.speed)
    row = await connection.fetchrow(_KEPT)
    assert row is not None, "it was inserted, or had been"
    kept = Tempo(epoch=row["epoch"], speed=row["speed"])
    if kept != tempo and not kept.speed == tempo.speed == 1:
        raise TempoChanged(kept, tempo)


def _in_words(tempo: Tempo) -> str:
    if tempo.speed == 1:
        return "by the wall clock (speed 1)"
    return f"at speed {tempo.speed:g} since {tempo.epoch.isoformat()}"
