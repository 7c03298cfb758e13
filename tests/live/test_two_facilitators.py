"""Two facilitators act in two processes, each on what it knows: no act is lost, doubled or bypassed, by the fence."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.core.authority import RECORDED
from chat.core.decision import ReportCame, SendAway, Worry
from chat.core.ids import DraftId
from chat.live.bus import Bus, committing
from tests.live.two_facilitators import COMMANDS, Ear, evening

FENCE = re.compile(r"  if at ~= revision then return answer\('moved'\) end\n")
steps = st.lists(
    st.one_of(st.tuples(st.integers(0, 1), st.sampled_from(sorted(COMMANDS))), st.integers(0, 1)), max_size=25
)
"""Somebody acts on what their process knows; or a process hears what it has not heard yet."""


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(plan=steps)
async def test_no_act_is_lost_doubled_or_bypassed(redis_url: str, plan: list[tuple[int, str] | int]) -> None:
    ear = Ear()
    async with Bus.open(redis_url, ear) as bus:
        assert await evening(bus, ear, plan) == ""


PRESSED_AT_ONCE: list[tuple[int, str] | int] = [(0, "ann says"), 0, 1, (0, "release"), (1, "release")]
PAUSED_MEANWHILE: list[tuple[int, str] | int] = [(0, "ann says"), 0, 1, (0, "pause"), (1, "release")]
MUTED_MEANWHILE: list[tuple[int, str] | int] = [(1, "mute"), (0, "ann says")]


SENT_AWAY_MEANWHILE: list[tuple[int, str] | int] = [(1, "send away"), (0, "bob says")]
REMOVED_MEANWHILE: list[tuple[int, str] | int] = [(0, "ann says"), 0, 1, (0, "remove"), (1, "release")]
SHIELDED_MEANWHILE: list[tuple[int, str] | int] = [(1, "shield"), (0, "bob says")]
# By its author: of two acts on one person, the second does not find that person's place as it was.
TAKEN_BACK_AT_ONCE: list[tuple[int, str] | int] = [(0, "bob takes back what he said"), (1, "retract")]
TAKEN_BACK_MEANWHILE: list[tuple[int, str] | int] = [(1, "bob takes back what he said"), (0, "fold")]
BYPASSED = (
    *(PRESSED_AT_ONCE, PAUSED_MEANWHILE, MUTED_MEANWHILE, SENT_AWAY_MEANWHILE, REMOVED_MEANWHILE),
    *(SHIELDED_MEANWHILE, TAKEN_BACK_AT_ONCE, TAKEN_BACK_MEANWHILE),
)


def test_every_act_that_is_recorded_is_drawn() -> None:
    drawn = {type(made(0, DraftId(0))) for _, made in COMMANDS.values()}
    assert set(RECORDED) | {SendAway, Worry, ReportCame} <= drawn


@pytest.mark.parametrize("plan", BYPASSED)
async def test_without_the_fence_acts_are_doubled_and_bypassed(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, plan: list[tuple[int, str] | int]
) -> None:
    ear = Ear()
    async with Bus.open(redis_url, ear) as bus:
        assert await evening(bus, ear, plan) == ""
    without, count = FENCE.subn("", committing.SCRIPT)
    assert count == 1
    monkeypatch.setattr(committing, "SCRIPT", without)
    ear = Ear()
    async with Bus.open(redis_url, ear) as bus:
        assert await evening(bus, ear, plan) != ""
