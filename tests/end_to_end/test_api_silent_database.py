"""A database that falls silent: the API says so in time, and comes back by itself."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import httpx

from casewright.client import Client
from casewright.handbook import Handbook
from casewright.records import pool as pools
from starter.api import create_app
from tests.end_to_end.api_calls import Api, about, fresh_key, name_everybody
from tests.end_to_end.frozen_line import line_to
from tests.world import World

PATIENCE = 1.0
IN_TIME = 10.0


async def test_a_silent_database_is_a_clear_no_within_seconds_and_is_found_again(workerless: World) -> None:
    await name_everybody(workerless)
    url = urlsplit(workerless.settings.database_url.get_secret_value())
    place = parse_qs(url.query)
    async with line_to(f"{place['host'][0]}/.s.PGSQL.{place.get('port', ['5432'])[0]}") as line:
        behind = url._replace(netloc=f"{url.username}:{url.password}@{line.address}", query="").geturl()
        pool = await pools.connect(behind, patience=PATIENCE)
        client = await Client.connect(workerless.settings, pool=pool)
        app = create_app(client, pool, Handbook.load(workerless.settings.handbook))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://api") as http:
            api, key = Api(workerless, http), fresh_key()
            assert (await api.call("agent-1", "GET", "/tickets")).status_code == 200
            line.freeze()
            for method, path, body in (
                ("POST", "/tickets", about("ada")),
                ("GET", "/tickets", None),
                ("GET", "/ready", None),
            ):
                began = time.monotonic()
                answer = await api.call("portal", method, path, json=body, headers={"Idempotency-Key": key})
                assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
                assert time.monotonic() - began < IN_TIME
            assert (await api.call("portal", "GET", "/health")).status_code == 200
            assert not await workerless.client.knows(workerless.client.ticket_of("portal", key))
            line.thaw()
            assert (await api.submit("ada", key)).status_code == 201
        await pool.close()
