"""“Whoever is acted on is told what, why, for how long and how to ask for another look.”"""

import pytest

from chat.core.authority import RECORDED
from chat.core.decision import House
from chat.core.wire.facilitating import Act
from chat.live.closing import Closing
from chat.records import acts
from tests.cast import Frame, Person
from tests.installation import Installation

ACTS: dict[str, tuple[Frame, str, float | None]] = {
    "nudge": ({}, "nudge", None),
    "mute": ({"minutes": 5}, "mute", 5 * 60_000),
    "remove": ({}, "removal", None),
    "bar": ({"days": 2}, "bar", 2 * 86_400_000),
}
"""What is asked; what it is called; for how many milliseconds."""


@pytest.mark.parametrize("asked", ACTS)
@pytest.mark.parametrize("whose", ["on the same process", "on another"])
async def test_the_person_is_told_everything_and_the_room_only_what(
    ann: Person, bob: Person, fran: Person, asked: str, whose: str
) -> None:
    person, other = (bob, ann) if whose == "on the same process" else (ann, bob)
    fields, act, lasts = ACTS[asked]
    await fran.does(asked, member=person.member, reason="advice", words="let us listen first", **fields)
    told = await person.hears("acted-on")
    assert (told["act"], told["by"], told["reason"]) == (act, "facilitator", "advice")
    assert (told["words"], told["appeal"]) == ("let us listen first", House().appeal)
    if asked == "nudge":
        assert not {"muted", "removed", "acted-on"} & {frame["type"] for frame in other.history}
        return
    shown = await other.hears("muted" if asked == "mute" else "removed")
    if lasts is None:
        assert "until" not in told
    else:
        assert -1_000 < told["until"] - lasts - fran.room["at"] < 60_000  # Redis' clock was read anew meanwhile
    assert shown == {"type": shown["type"], "member": person.member} | (
        {"until": told["until"]} if asked == "mute" else {}
    )
    for somebody in (other, fran):
        assert "acted-on" not in [frame["type"] for frame in somebody.history]
        assert "listen first" not in str(somebody.history)


async def test_who_is_acted_on_while_their_connection_is_lost_is_told_when_they_are_back_until_they_have_read_it(
    ann: Person, bob: Person, fran: Person
) -> None:
    ann.vanishes()
    await fran.hears("left", member=ann.member)
    await fran.does("mute", member=ann.member, minutes=5, reason="hurtful", words="Please wait a moment.")
    await ann.enters(resume=True)
    (told,) = ann.room["acted"]
    assert (told["act"], told["by"], told["reason"]) == ("mute", "facilitator", "hurtful")
    assert told["until"] == ann.room["muted_until"]
    assert told["appeal"] == House().appeal
    assert told["had_words"], "that there were words is told, and not which: they are nowhere"
    assert "wait a moment" not in str(ann.history)
    await ann.goes()
    await ann.enters()
    assert ann.room["acted"] == [told]
    await ann.does("have-read", at=told["at"])
    await ann.goes()
    await ann.enters()
    for somebody in (ann, await bob.enters(), await fran.enters()):
        assert "acted" not in somebody.room


async def test_somebody_removed_reads_why_before_the_connection_ends(ann: Person, fran: Person) -> None:
    await fran.does("remove", member=ann.member, reason="safety")
    assert await ann.is_closed() == Closing.REMOVED
    assert [frame["type"] for frame in ann.history][-1] in ("acted-on", "removed")
    assert ann.heard("acted-on", act="removal", reason="safety")


async def test_whose_message_is_retracted_is_told_why_and_the_room_only_that(
    ann: Person, bob: Person, fran: Person
) -> None:
    n = await ann.says("have you tried…", before=fran)
    await fran.does("retract", n=n, reason="advice", words="ask first")
    for person in (ann, bob):
        assert await person.hears("retracted") == {"type": "retracted", "n": n, "by": "facilitator"}
    told = await ann.hears("acted-on")
    assert (told["act"], told["reason"], told["words"]) == ("retraction", "advice", "ask first")
    assert told["appeal"]
    assert "acted-on" not in [frame["type"] for frame in bob.history]


async def test_whoever_is_slowed_down_is_told_so_and_how_to_ask_for_another_look(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await fran.does("slow", member=ann.member, seconds=30)
    told = await ann.hears("acted-on")
    assert (told["act"], told["by"], told["appeal"]) == ("slow", "facilitator", House().appeal)
    await fran.does("slow", member=ann.member, seconds=0)
    await bob.hears("slowed", seconds=0)
    assert "acted-on" not in [frame["type"] for frame in bob.history]
    async with circle.store.reading() as c:
        assert [(act.act, act.to) for act in await acts.of(c, circle.group)] == [(Act.SLOW, ann.member)]


async def test_taking_back_ones_own_words_is_no_act(circle: Installation, ann: Person, bob: Person) -> None:
    n = await ann.says("oh")
    await ann.does("retract", n=n)
    assert (await bob.hears("retracted"))["by"] == "author"
    async with circle.store.reading() as c:
        assert await acts.of(c, circle.group) == []


async def test_every_act_is_written_down_without_words(circle: Installation, ann: Person, fran: Person) -> None:
    m = await ann.says("xylograph", before=fran)
    await fran.does("fold", n=m, note="xylograph")
    await fran.does("nudge", member=ann.member, reason="advice", words="xylograph")
    n = await ann.says("xylograph", before=fran)
    await fran.does("retract", n=n, reason="advice", words="xylograph")
    await fran.does("release", draft=await ann.waits_with("xylograph 07700 900123", before=fran), note="xylograph")
    await fran.does("hand-back", draft=await ann.waits_with("xylograph 07700 900124", before=fran), words="xylograph")
    await fran.does("mute", member=ann.member, minutes=5, reason="hurtful", words="xylograph")
    await fran.does("unmute", member=ann.member)
    await fran.does("slow", member=ann.member, seconds=10)
    await fran.does("slow", member=ann.member, seconds=0)
    await fran.does("pause")
    await fran.does("resume")
    await fran.does("remove", member=ann.member, reason="safety", words="xylograph")
    await fran.does("bar", member=ann.member, reason="safety", words="xylograph", days=1)
    async with circle.store.reading() as c:
        written = await acts.of(c, circle.group)
    assert {act.act for act in written} == set(RECORDED.values()) - {Act.CLOSE, Act.DECLINE}
    assert {act.outcome for act in written} == {"done"}
    assert {act.by for act in written} == {fran.member}
    assert {act.to for act in written if act.act not in (Act.PAUSE, Act.RESUME)} == {ann.member}
    assert "xylograph" not in str(written)
