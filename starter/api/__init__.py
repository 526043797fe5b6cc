"""The HTTP API: a way in for services and staff; ``python -m starter.api`` serves it."""

from starter.api.app import create_app

__all__ = ["create_app"]
