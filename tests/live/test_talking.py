"""Two processes, one room: what is said in one is heard in the other, once and in order."""

import itertools

import pytest

from tests.cast import Person
from tests.installation import Installation


async def test_what_ann_says_is_heard_by_everyone_in_both_processes(ann: Person, bob: Person, fran: Person) -> None:
    n = await ann.says("hello everybody")
    for person in (ann, bob, fran):
        heard = await person.hears("said", n=n)
        assert (heard["text"], heard["by"]) == ("hello everybody", ann.member)
        assert len(heard["receipt"]) == 32


async def test_a_command_sent_again_after_a_reconnect_is_answered_and_not_repeated(ann: Person, bob: Person) -> None:
    ref = await ann.asks("say", text="only once")
    first = await ann.hears("accepted", ref=ref)
    ann.vanishes()
    await ann.enters(resume=True)
    await ann.asks("say", ref=ref, text="only once")
    again = await ann.hears("accepted", ref=ref)
    assert again["n"] == first["n"]
    await ann.says("and on")
    await bob.hears("said", text="only once")
    assert (await bob.hears("said"))["text"] == "and on"


async def test_everybody_sees_the_same_order(ann: Person, bob: Person, fran: Person) -> None:
    for turn in range(6):
        for person in (ann, bob, fran):
            await person.asks("say", text=f"{person.name} {turn}")
    heard = []
    for person in (ann, bob, fran):
        heard.append([(said := await person.hears("said"))["n"] and (said["n"], said["text"]) for _ in range(18)])
    assert heard[0] == heard[1] == heard[2] == sorted(heard[0])


async def test_a_page_may_ask_whether_its_line_still_holds_and_nobody_else_is_told(ann: Person, bob: Person) -> None:
    bob.frames.clear()
    await ann.does("here")
    await ann.says("and on")
    await bob.hears("said", text="and on")
    assert bob.frames == []


async def test_what_was_sent_just_before_the_page_went_is_still_said(ann: Person, bob: Person) -> None:
    await ann.asks("say", text="goodbye then")
    await ann.asks("leave")
    ann.vanishes()
    await bob.hears("said", text="goodbye then")
    await bob.hears("left", member=ann.member, how="left")


async def test_what_cannot_be_said_now_is_judged_once_and_what_was_said_is_answered_as_before(
    circle: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await ann.answer_to("say", ref="once-1", text="before the mute")
    await fran.does("mute", member=ann.member, minutes=5, reason="other")
    await ann.hears("muted")
    lots = itertools.count(1)
    monkeypatch.setattr(circle.lives[1].rooms.desk.reader, "_lots", lots)  # each time words are judged it takes one
    assert (await ann.is_refused("say", text="and after"))["code"] == "muted"
    assert next(lots) == 2
    ann.frames.clear()
    assert await ann.answer_to("say", ref="once-1", text="before the mute") == said
