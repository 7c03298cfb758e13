"""Words of danger are heard at once on every process, also when they are refused, or said aside."""

import pytest

from tests.cast import Person
from tests.installation import Installation
from tests.live.test_aside import step_aside

DANGER = "I want to die."


async def test_words_of_danger_of_somebody_muted_are_refused_with_help_and_facilitators_hear_without_them(
    ann: Person, bob: Person, fran: Person
) -> None:
    await fran.does("mute", member=bob.member, minutes=5, reason="too-much")
    await bob.hears("muted")
    assert "help" not in await bob.is_refused("say", text="Let me say something.")
    refused = await bob.is_refused("say", text=DANGER)
    assert (refused["code"], refused["help"]) == ("muted", True)
    alarmed = await fran.hears("alarmed", by=bob.member)
    assert alarmed == {"type": "alarmed", "by": bob.member, "at": alarmed["at"], "where": "unsent"}
    assert (await bob.is_refused("say", text=DANGER))["help"], "help stands there each time"
    n = await ann.says("Good evening.")
    await fran.hears("said", n=n)
    assert [frame["type"] for frame in fran.history].count("alarmed") == 1
    assert not any(frame["type"] in ("alarmed", "flagged") for frame in (*ann.history, *bob.history))


@pytest.mark.parametrize("read", ["read", "not read yet"])
async def test_words_of_danger_that_come_too_soon_in_slow_mode_are_heard_all_the_same(
    circle: Installation, bob: Person, fran: Person, read: str
) -> None:
    await fran.does("adopt", customs={"waiting": False, "door": 0, "policy": {"pace": 60}})
    await bob.hears("adopted")
    await bob.says("Good evening.")
    assert "help" not in await bob.is_refused("say", text="And another thing.")
    if read == "not read yet":  # the phrases of a server that has just started: words wait for them
        for live in circle.lives:
            live.rooms.desk.reader._lexicon = None
    refused = await bob.is_refused("say", text=DANGER)
    assert (refused["code"], refused["help"]) == ("slow-mode", True)
    assert (await fran.hears("alarmed", by=bob.member))["where"] == "unsent"


async def test_words_of_danger_to_the_facilitators_alone_ring_and_their_writer_sees_help(
    ann: Person, bob: Person, fran: Person
) -> None:
    await bob.does("confide", text=DANGER)
    await fran.hears("confided", text=DANGER)
    assert (await fran.hears("alarmed", by=bob.member))["where"] == "aside"
    assert (await bob.hears("cared"))["where"] == "aside"
    assert not any(frame["type"] in ("alarmed", "confided", "cared") for frame in ann.history)


async def test_words_of_danger_in_a_side_room_are_heard_there(
    circle: Installation, ann: Person, fran: Person, gus: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    n = await ann_aside.says(DANGER)
    assert (await fran_aside.hears("alarmed"))["n"] == n
    assert (await ann_aside.hears("cared"))["n"] == n
