"""What the programs of a run are told, as ``casewright.settings`` has it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from casewright.domain.tempo import Tempo
from casewright.embedded.ports import LOOPBACK
from starter.run.folder import DataFolder
from starter.run.servers import Servers
from starter.run.wishes import CHECKOUT, Wishes

_USUAL = {"HANDBOOK": CHECKOUT / "handbook", "PEOPLE": CHECKOUT / "sandbox" / "people.yaml"}


@dataclass(frozen=True)
class Places:
    """Where the parts of a run answer."""

    temporal_ui: str | None
    """None: the Temporal isn't ours."""
    api_port: int
    sandbox_port: int

    @property
    def api_url(self) -> str:
        """The API."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def sandbox_url(self) -> str:
        """The sandbox: its page, its mailbox, and the payment gateway."""
        return f"http://{LOOPBACK}:{self.sandbox_port}"


def environment(
    folder: DataFolder, wishes: Wishes, tempo: Tempo, servers: Servers, sandbox_url: str, smtp_port: int
) -> dict[str, str]:
    """Settings that follow from what runs; a handbook or people of one's own are left as they are set."""
    keys = folder.keys()
    told = {
        "TEMPORAL_ADDRESS": servers.temporal.address,
        "TEMPORAL_NAMESPACE": wishes.temporal_namespace,
        **({} if wishes.temporal_address else {"TEMPORAL_TLS": "false", "TEMPORAL_API_KEY": ""}),
        "DATABASE_URL": servers.database.application,
        "MIGRATION_DATABASE_URL": servers.database.owner,
        "INTAKE_KEY": keys.intake_key.get_secret_value(),
        "GATEWAY_URL": sandbox_url,
        "GATEWAY_API_KEY": keys.gateway_api_key.get_secret_value(),
        "CHAT_URL": f"{sandbox_url}/chat/api",
        "CHAT_TOKEN": "xoxb-sandbox",
        "SMS_URL": f"{sandbox_url}/sms",
        "SMS_ACCOUNT": "ACsandbox",
        "SMS_TOKEN": "sandbox",
        "IDENTITY_URL": f"{sandbox_url}/identity",
        "IDENTITY_TOKEN": "test_sandbox",
        "SHOP_URL": f"{sandbox_url}/shop/v1",
        "SHOP_TOKEN": "test_sandbox",
        "CARRIER_URL": f"{sandbox_url}/carrier/v1",
        "CARRIER_TOKEN": "test_sandbox",
        "LINK_KEY": keys.link_key.get_secret_value(),
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(smtp_port),
        "ANCHORS": str(folder.anchors),
        "ANCHOR_KEY": keys.anchor_key.get_secret_value(),
    }
    told |= {name: str(usual_or_set(name)) for name in _USUAL}
    ours = {f"CASEWRIGHT_{name}": value for name, value in told.items()}
    # Everything is on this machine: a proxy that is set for the rest of the world must not be asked.
    reached = [os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or "", LOOPBACK, "localhost"]
    direct = ",".join(part for part in reached if part)
    return {**ours, **tempo_told(tempo), "NO_PROXY": direct, "no_proxy": direct}


def tempo_told(tempo: Tempo) -> dict[str, str]:
    """The tempo as the worker, the API and the sandbox take it."""
    return {"CASEWRIGHT_EPOCH": tempo.epoch.isoformat(), "CASEWRIGHT_SPEED": str(tempo.speed)}


def usual_or_set(name: str) -> Path:
    """The handbook or the file of people: the environment's, else the checkout's."""
    return Path(os.environ.get(f"CASEWRIGHT_{name}") or _USUAL[name]).absolute()
