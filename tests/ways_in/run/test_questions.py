"""What a started program is asked: it is believed only what it says itself."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from sandbox import running_sandbox
from starter.run import questions
from starter.run.programs import NotYet


async def test_another_programs_answer_is_not_taken_for_ours() -> None:
    async with running_sandbox() as sandbox:
        ask = questions.page(f"{sandbox.http_url}/_sandbox/clock")
        await ask(os.getpid())
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
        try:
            with pytest.raises(NotYet, match="doesn't listen"):
                await ask(other.pid)
        finally:
            other.kill()
            await other.wait()


async def test_a_program_that_has_ended_listens_nowhere() -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    with pytest.raises(NotYet):
        await questions.page("http://127.0.0.1:9/ready")(ended.pid)
