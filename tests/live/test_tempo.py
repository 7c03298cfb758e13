"""No person can ask so fast as to be kept waiting here; a program can, and costs nobody anything."""

import itertools

import pytest
from msgspec.structs import replace

from chat.core.decision import House
from chat.core.wire import (
    Call,
    Close,
    Confer,
    Confide,
    Gesture,
    Hand,
    Here,
    Leave,
    Mute,
    Pause,
    Remove,
    Rest,
    Retract,
    Role,
    Say,
    Shield,
)
from chat.live import tempo
from chat.live.closing import Closing
from chat.live.rehearsal import ROOMY
from chat.live.tempo import Tempo, is_counted
from tests.cast import Frame, Person
from tests.core.test_authority import ASKED
from tests.installation import Installation

DANGER = "I want to die."
PACE = 50
"""Milliseconds that the room itself lets somebody wait, in these tests."""
# One row a house: what it has set, how many are asked in a row, and how many seconds later one more may be.
HOUSES = {
    "as it comes": (House(), 32, 0.5),
    "where people hardly speak": (House(pace_every=3_600_000, pace_burst=1), 32, 0.5),
    "where they speak a lot": (House(pace_every=400, pace_burst=20), 80, 0.1),
    "that rehearses": (replace(House(), **ROOMY), 4000, 0.0025),
}


@pytest.mark.parametrize(("house", "at_once", "every"), HOUSES.values(), ids=HOUSES)
def test_so_many_in_a_row_and_then_one_each_so_often(house: House, at_once: int, every: float) -> None:
    one = Tempo(house)
    assert [one.wait(1000.0) for _ in range(at_once)] == [0] * at_once
    assert 0 < one.wait(1000.0) <= every * 1000 + 1
    assert one.wait(1000.0 + every * 0.9)
    assert not one.wait(1000.0 + every * 1.001)
    assert one.wait(1000.0 + every * 1.002)
    assert [one.wait(9000.0) for _ in range(at_once + 1)].count(0) == at_once


def test_an_evening_of_somebody_who_cannot_stop_is_no_program() -> None:
    one, now = Tempo(House()), 1000.0
    for turn in range(7200):
        now += 0.2 if turn % 100 < 30 else 0.8  # thirty times five a second, and then a little slower
        assert not one.wait(now)


@pytest.fixture
async def dee(circle: Installation, ann: Person, fran: Person) -> Person:
    """Takes part on the process of Ann, in a house that lets one person say what it does where nobody has set more."""
    dee = await circle.person("Dee", Role.MEMBER, 1)
    circle.table(1).tempos[dee.member] = Tempo(House())
    return await dee.enters()


async def until_too_fast(person: Person, type_: str, *asked: Frame) -> tuple[int, Frame]:
    """Asks again and again; gives how often it was looked at, and the answer that it is too fast."""
    for turn, fields in zip(range(200), itertools.cycle(asked), strict=False):
        answer = await person.answer_to(type_, **fields)
        if answer.get("code") == "too-fast" and answer["wait"] > PACE:
            return turn, answer
    raise AssertionError("on and on")


async def test_who_is_muted_and_goes_on_is_not_judged_any_more_and_what_they_said_is_answered_as_before(
    circle: Installation, dee: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await dee.answer_to("say", ref="once-1", text="before the mute")
    await fran.does("mute", member=dee.member, minutes=5, reason="other")
    await dee.hears("muted")
    many, refused = await until_too_fast(dee, "say", {"text": DANGER})
    assert tempo.AT_ONCE - 1 <= many < 2 * tempo.AT_ONCE
    assert refused["wait"] <= 500
    assert "help" not in refused, "nobody has read it"
    lots = itertools.count(1)
    monkeypatch.setattr(circle.lives[1].rooms.desk.reader, "_lots", lots)  # each time words are judged it takes one
    for _ in range(20):
        await dee.answer_to("say", text=DANGER)
    assert next(lots) < 20
    dee.frames.clear()
    assert await dee.answer_to("say", ref="once-1", text="before the mute") == said


async def test_who_comes_again_is_no_faster(dee: Person) -> None:
    await until_too_fast(dee, "confide", {"text": "Please."})
    await dee.enters()
    assert (await until_too_fast(dee, "say", {"text": "Please."}))[0] < 5


# One row for each: what is asked again and again, and what everybody hears of it.
TOGGLES: dict[str, tuple[list[tuple[str, Frame]], set[str]]] = {
    "a hand": ([("hand", {"up": True}), ("hand", {"up": False})], {"raised", "lowered"}),
    "taking part": ([("listen", {}), ("take-part", {})], {"listening", "taking-part"}),
    "a break": ([("rest", {}), ("return", {})], {"resting", "returned"}),
}


@pytest.mark.parametrize(("toggle", "heard"), TOGGLES.values(), ids=TOGGLES)
async def test_who_changes_their_mind_all_the_time_is_told_to_wait_and_nobody_else_is_told(
    dee: Person, fran: Person, toggle: list[tuple[str, Frame]], heard: set[str]
) -> None:
    answers = [await dee.answer_to(type_, **fields) for type_, fields in toggle * 40]
    done = [answer for answer in answers if answer["type"] == "accepted"]
    assert tempo.AT_ONCE - 2 <= len(done) < 2 * tempo.AT_ONCE
    fast = [answer for answer in answers if answer.get("code") == "too-fast"]
    assert fast[0]["words"] == "You are quite fast. Take a breath, and try again in a moment."
    await dee.asks("leave")
    assert await dee.is_closed() == Closing.LEFT, "nobody is kept from going"
    await fran.hears("left", member=dee.member)
    assert sum(frame["type"] in heard for frame in fran.history) == len(done)


async def test_who_holds_the_room_is_not_kept_waiting(circle: Installation, dee: Person, fran: Person) -> None:
    circle.table(0).tempos[fran.member] = Tempo(House())
    await fran.enters()
    await until_too_fast(fran, "hand", {"up": True}, {"up": False})
    await fran.does("pause")
    await dee.hears("paused")
    for _ in range(2 * tempo.AT_ONCE):
        await fran.does("here")


def test_everything_else_has_a_tempo_whoever_asks() -> None:
    free = {type(command) for command in ASKED.values() if not is_counted(command, Role.FACILITATOR)}
    assert {Pause, Mute, Remove, Close, Shield, Call, Here, Leave} <= free
    assert not {Say, Hand, Confide, Confer, Rest, Retract, Gesture} & free
    assert {type(command) for command in ASKED.values() if not is_counted(command, Role.MEMBER)} == {Here, Leave}
