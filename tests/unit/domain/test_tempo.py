"""Virtual time: there and back, in order, and the wall clock itself at speed 1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from casewright.domain.tempo import WALL_CLOCK, Tempo

EPOCH = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR_A_SECOND = Tempo(epoch=EPOCH, speed=3600)
TEMPOS = st.builds(Tempo, epoch=st.just(EPOCH), speed=st.sampled_from((0.5, 1, 60, 3600, 86_400)))
INSTANTS = st.timedeltas(timedelta(days=-8), timedelta(days=30)).map(EPOCH.__add__)
"""A month at a day a second is 7,000 years: not much more is before the year 9999."""


def test_a_second_after_the_epoch_is_an_hour_of_a_demonstration() -> None:
    assert HOUR_A_SECOND.virtual(EPOCH) == EPOCH
    assert HOUR_A_SECOND.virtual(EPOCH + timedelta(seconds=1)) == EPOCH + timedelta(hours=1)
    assert HOUR_A_SECOND.virtual(EPOCH - timedelta(seconds=1)) == EPOCH - timedelta(hours=1)


def test_a_day_of_a_demonstration_really_takes_its_share() -> None:
    assert HOUR_A_SECOND.real_span(timedelta(days=1)) == timedelta(seconds=24)
    assert WALL_CLOCK.real_span(timedelta(days=1)) == timedelta(days=1)


@settings(max_examples=50)
@given(TEMPOS, INSTANTS)
def test_an_instant_comes_back_from_virtual_time_as_it_went(tempo: Tempo, real: datetime) -> None:
    # Whole microseconds of virtual time: below speed 1 they are coarser than real ones.
    assert abs(tempo.real(tempo.virtual(real)) - real) <= timedelta(microseconds=1)


@settings(max_examples=50)
@given(INSTANTS, INSTANTS)
def test_at_speed_1_virtual_time_is_the_wall_clock_whatever_the_epoch(epoch: datetime, real: datetime) -> None:
    assert Tempo(epoch=epoch).virtual(real) == real
    assert Tempo(epoch=epoch).real(real) == real


@settings(max_examples=50)
@given(TEMPOS, INSTANTS, INSTANTS)
def test_what_comes_later_is_never_earlier_in_virtual_time(tempo: Tempo, one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert tempo.virtual(earlier) <= tempo.virtual(later)


def test_now_is_the_virtual_instant_of_the_wall_clocks_now() -> None:
    before = datetime.now(UTC)
    now = HOUR_A_SECOND.now()
    assert HOUR_A_SECOND.virtual(before) <= now <= HOUR_A_SECOND.virtual(datetime.now(UTC))


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan"), 100_001])
def test_a_speed_that_makes_no_time_is_refused(speed: float) -> None:
    with pytest.raises(ValidationError):
        Tempo(epoch=EPOCH, speed=speed)
