"""Tests of parts alone: no server, and quick enough to run after every change."""

import gc


def pytest_collection_finish() -> None:
    """What is imported stays: don't look through it whenever a test's own objects are collected."""
    gc.collect()
    gc.freeze()
