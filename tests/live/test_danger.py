"""Words of danger are heard at once on every process, also when they are refused, or said aside."""

import pytest

from chat.core.wire import Role
from tests.cast import Person
from tests.faults.link import Link
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


async def test_the_alarm_for_words_that_could_not_be_said_waits_for_a_facilitator_who_is_just_coming_back(
    ann: Person, bob: Person, fran: Person, gus: Person
) -> None:
    """Words of danger that were refused are shown to nobody: of these the alarm is all that facilitators ever hear."""
    await fran.does("mute", member=bob.member, minutes=5, reason="other")
    for one in (fran, gus):
        one.vanishes()
        await ann.hears("left", member=one.member)
    assert (await bob.is_refused("say", text=DANGER))["help"]
    for one in (fran, gus):  # on both processes
        await one.enters(resume=True)
        (alarm,) = one.room["alarms"]
        assert alarm == {"type": "alarmed", "by": bob.member, "at": alarm["at"], "where": "unsent"}
    await ann.goes()
    await ann.enters()
    assert "alarms" not in ann.room


async def test_it_waits_for_a_facilitator_who_comes_first_to_a_process_and_in_a_room_put_together_again(
    circle: Installation, bob: Person, fran: Person
) -> None:
    n = await bob.says(DANGER)
    alarm = await fran.hears("alarmed", n=n)
    fran.vanishes()
    await bob.hears("left", member=fran.member)
    await fran.enters(resume=True)
    assert fran.room["alarms"] == [{key: alarm[key] for key in ("type", "by", "at")}]
    assert [frame["at"] for frame in fran.history if frame.get("n") == n and frame["type"] == "said"] == [alarm["at"]]
    for key in await circle.redis_keys():
        await circle.redis.delete(key)
    await fran.asks("pause")
    again = await fran.hears("room", paused="mending")
    assert again["alarms"] == fran.room["alarms"]


async def test_an_alarm_that_a_facilitators_process_did_not_hear_is_told_when_it_hears_again(
    circle: Installation, ann: Person, fran: Person
) -> None:
    """Ann sits on the second process, Fran on the first, which hears nothing for a moment; nobody is seen to go."""
    table = circle.table(0)
    table.waiting = []
    await ann.does("confide", text=DANGER)
    table.waiting = None
    circle.lives[0].rooms.hub.reload_soon(table)
    (alarm,) = (await fran.hears("room"))["alarms"]
    assert (alarm["by"], alarm["where"]) == (ann.member, "aside")


async def test_an_alarm_in_a_side_room_waits_there(
    circle: Installation, ann: Person, fran: Person, gus: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    fran_aside.vanishes()
    await ann_aside.hears("left", member=fran.member)
    await ann_aside.says(DANGER)
    await fran_aside.enters(resume=True)
    assert [one["by"] for one in fran_aside.room["alarms"]] == [ann.member]


async def test_words_of_danger_said_to_a_facilitator_whose_connection_broke_aside_are_heard_in_the_group(
    circle: Installation, ann: Person, bob: Person, fran: Person, gus: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    await ann_aside.says(DANGER)
    await fran_aside.hears("alarmed")
    await gus.stays_without("alarmed", 2)
    fran_aside.vanishes()
    await ann_aside.hears("left", member=fran.member)
    alarm = await gus.hears("alarmed", by=ann.member)  # who knows whether it reached her
    assert "text" not in alarm
    await gus.stays_without("alarmed", 2)
    assert not any(frame["type"] == "alarmed" for frame in bob.history)


async def test_private_words_of_danger_that_come_too_fast_are_heard_all_the_same(bob: Person, fran: Person) -> None:
    for count in range(25):
        await bob.asks("confide", text=f"Please {count}")
    refused = await bob.answer_to("confide", text=DANGER)
    assert (refused["code"], refused["help"]) == ("too-fast", True)
    await fran.hears("alarmed", by=bob.member, where="unsent")


async def test_words_of_danger_while_redis_hangs_are_heard_when_it_answers(linked: Installation, link: Link) -> None:
    fran = await (await linked.person("Fran", Role.FACILITATOR, 0)).enters()
    bob = await (await linked.person("Bob", Role.MEMBER, 1)).enters()
    await fran.meets(bob)
    await fran.does("mute", member=bob.member, minutes=5, reason="too-much")
    await bob.hears("muted")
    link.holding = True
    refused = await bob.answer_to("say", text=DANGER)
    assert (refused["code"], refused["help"]) == ("muted", True)
    assert not fran.heard("alarmed")
    link.cut()
    link.let_go()
    await fran.hears("alarmed", by=bob.member, where="unsent")
    await bob.hears("room")
    assert (await bob.is_refused("say", text=DANGER))["help"]
    await fran.stays_without("alarmed", 2)


@pytest.mark.parametrize("known", ["known", "not known yet"])
@pytest.mark.parametrize("how", ["say", "confide"])
async def test_words_of_danger_that_could_be_said_but_for_redis_are_refused_with_help_and_heard_when_it_answers(
    linked: Installation, link: Link, known: str, how: str
) -> None:
    fran = await (await linked.person("Fran", Role.FACILITATOR, 0)).enters()
    bob = await (await linked.person("Bob", Role.MEMBER, 1)).enters()
    await fran.meets(bob)
    link.holding = True
    if known == "known":
        await bob.hears("interrupted")
    asked = await bob.asks(how, text=DANGER)
    if known == "not known yet":
        await bob.hears("interrupted")
        link.cut()
        link.let_go()
    refused = await bob.hears("refused", ref=asked)
    assert (refused["code"], refused.get("help")) == ("interrupted", True)
    link.cut()
    link.let_go()
    assert (await fran.hears("alarmed", by=bob.member))["where"] == "unsent"
