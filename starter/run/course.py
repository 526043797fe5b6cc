"""The course of a run: claim the data, start everything, play the samples, show them, stay, stop."""

from __future__ import annotations

import asyncio
import functools
import sys
import time

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import httpx
from temporalio.service import RPCError

from casewright.records import pool as pools
from casewright.records.postgres import Pool
from casewright.records.watcher import JournalWatcher
from starter.run.addresses import addresses, in_words
from starter.run.board import Board
from starter.run.door import open_door
from starter.run.environment import usual_or_set
from starter.run.folder import DataFolder
from starter.run.follow import follow
from starter.run.pace import settled_tempo
from starter.run.player import Player
from starter.run.problem import RunProblem
from starter.run.racing import first
from starter.run.report import report
from starter.run.run_info import announced
from starter.run.samples import load_samples
from starter.run.show import until_settled
from starter.run.stack import Stack, running_stack
from starter.run.table import table
from starter.run.voice import keep_log, results, say
from starter.run.wishes import Wishes
from starter.run.wording import counts

_POOL_SIZE = 8
_DIAGNOSIS_SECONDS = 15.0
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, httpx.HTTPError, RPCError)
"""How it shows that a part gives no answer."""


class Interrupted(Exception):
    """Whoever started the run asked for its end, and everything is stopped."""


async def run(wishes: Wishes) -> int:
    """Everything that `make run` does; returns the exit code.

    Raises:
        RunProblem: a step failed; the message says what to do.
        EmbeddedServerError: likewise.
        Interrupted: cancelled, and all is stopped.
    """
    folder = DataFolder(wishes.data)
    try:
        with folder.claimed():
            if wishes.fresh:
                say(f"removing what earlier runs kept in {folder.root}")
                folder.clear()
            keep_log(folder.logs / "run.log")
            tempo = settled_tempo(folder, wishes.speed, say)
            async with running_stack(folder, wishes, tempo, say) as stack:
                code = await _with_samples(wishes, folder, stack)
                say("stopping everything")
            return code
    except asyncio.CancelledError as asked:
        say("everything is stopped; the data are kept")
        raise Interrupted from asked


async def _with_samples(wishes: Wishes, folder: DataFolder, stack: Stack) -> int:
    codes: list[int] = []

    async def work() -> None:
        try:
            codes.append(await _play(wishes, folder, stack))
        except LOST as error:
            # Something that we asked is gone: whoever watches it will tell which, and why.
            await asyncio.sleep(_DIAGNOSIS_SECONDS)
            raise RunProblem(
                f"Something gave no answer ({type(error).__name__}: {error}): see {folder.logs}"
            ) from error

    # Whichever ends first: the work, or something that the work needs.
    await first(stack.watch(), work())
    return codes[0]


async def _play(wishes: Wishes, folder: DataFolder, stack: Stack) -> int:
    application, began = stack.servers.database.application, stack.tempo.now()
    pool: Pool = await pools.connect(application, max_size=_POOL_SIZE)
    try:
        people = usual_or_set("PEOPLE")
        async with JournalWatcher(pool, application) as watcher, open_door(stack.places.api_url, people) as door:
            with announced(folder, stack):
                samples = load_samples(wishes.samples)
                board = Board(samples, pool, stack.servers.client, stack.places.sandbox_url, stack.tempo)
                player = Player(board, door, pool, watcher, folder.keys().generation)
                code = await _settle(wishes, folder, stack, board, player)
                if not wishes.once:
                    console = results()
                    console.print(in_words(stack, folder), highlight=False, soft_wrap=True)
                    tell = functools.partial(console.print, highlight=False, markup=False, soft_wrap=True)
                    await follow(pool, stack.tempo, began, tell)
                return code
    finally:
        await pool.close()


async def _settle(wishes: Wishes, folder: DataFolder, stack: Stack, board: Board, player: Player) -> int:
    started, start = time.monotonic(), stack.seconds_to_start
    console = results(stderr=wishes.as_json)
    say(f"everything is up; {len(board.standings)} samples on their way")
    # The player may wait for ever for a moment that never comes: the board's verdict ends it.
    await first(_play_and_stay(player), until_settled(board, console))
    settled = time.monotonic() - started
    if wishes.as_json:
        document = report(board, addresses(stack), start, settled)
        sys.stdout.write(document.model_dump_json(indent=2) + "\n")
    else:
        title = f"{counts(board.standings)} in {settled:.1f} s"
        console.print(table(board.standings, head=board.head, title=title, width=console.width))
    return 0 if board.all_as_expected else 1


async def _play_and_stay(player: Player) -> None:
    await player.play()
    await asyncio.Event().wait()
