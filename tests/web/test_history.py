"""A group may keep what is said for a while: a facilitator asks, and it begins when everybody has said yes."""

import asyncio
import re
from functools import partial

import pytest
from sqlalchemy import update

from chat.core.wire import Role
from chat.live.frames import CLASSES, Padding
from chat.records import agreements, histories, members
from chat.records.tables import accounts
from tests.cast import Person
from tests.web.place import Browser, Place, text_of
from tests.web.test_guests import a_link, comes
from tests.web.test_sending_away import comes as dora_comes
from tests.web.test_sending_away import makes_a_link, question, sends_away
from web import exporting
from web.expiring import expiring
from web.exporting import Exporting
from web.guests import erase_gone


async def chooses(place: Place, fran: Browser, hours: int) -> None:
    """On the page "How we meet" of Tuesday's group, where nobody waits."""
    path = f"/groups/{place.tuesday.id}/customs"
    answer = await fran.sends(path, path, waiting="no", door="0", history=str(hours))
    assert answer.status_code == 303


async def agrees(place: Place, *people: Browser) -> None:
    for one in people:
        path = f"/groups/{place.tuesday.id}/agreement"
        version = re.search(r'name="version" value="(\d+)"', (await one.sees(path)).text)
        assert version
        assert (await one.sends(path, path, agree="yes", version=version[1])).status_code == 303


async def holds(place: Place) -> int:
    async with place.store.reading() as c:
        return await histories.hours(c, place.tuesday.id)


async def all_but_bob_agree(place: Place, fran: Browser, ann: Browser) -> tuple[Browser, Person]:
    """To six hours, in an open meeting: Bob, and who holds it."""
    bob = await place.person("bob", Role.MEMBER, place.tuesday)
    room = await fran.opens_the_meeting(place.tuesday)
    holds_it = await fran.enters(room)
    await chooses(place, fran, 6)
    question = await holds_it.hears_within(20, "asked-again")
    await holds_it.does("agree", version=question["question"]["version"])
    await agrees(place, ann)
    return bob, holds_it


async def opened(place: Place, fran: Browser, ann: Browser) -> tuple[str, Person, Person]:
    """A room of a group that keeps what is said for a day, with both in it."""
    await chooses(place, fran, 24)
    await agrees(place, fran, ann)
    room = await fran.opens_the_meeting(place.tuesday)
    return room, await fran.enters(room), await ann.enters(room)


async def test_it_begins_only_when_everybody_has_said_yes_and_only_facilitators_see_who_has_not(
    place: Place, fran: Browser, ann: Browser
) -> None:
    bob = await place.person("bob", Role.MEMBER, place.tuesday)
    await chooses(place, fran, 0)
    await agrees(place, fran, ann, bob)
    await chooses(place, fran, 24)
    assert await holds(place) == 0
    asked = text_of(await ann.sees(f"/groups/{place.tuesday.id}/agreement"))
    assert "New: what is said in the room is kept for 1 day, locked, once everybody has agreed." in asked
    await agrees(place, fran, ann)
    assert await holds(place) == 0
    page = f"/groups/{place.tuesday.id}"
    assert "1 of 3 has not answered yet: Bob." in text_of(await fran.sees(f"{page}/customs"))
    assert "1 of 3 has not answered yet." in text_of(await fran.sees(page))
    assert "Bob" not in text_of(await ann.sees(page))
    assert "not answered" not in text_of(await ann.sees(page))
    assert "What is said in the room is not kept." in text_of(await ann.sees(page))
    await agrees(place, bob)
    assert await holds(place) == 24
    assert "is kept for 1 day, locked, as everybody here has agreed" in text_of(await ann.sees(page))
    assert "not answered" not in text_of(await fran.sees(page))


async def test_it_begins_when_the_last_who_has_not_answered_leaves(place: Place, fran: Browser, ann: Browser) -> None:
    bob, holds_it = await all_but_bob_agree(place, fran, ann)
    path = f"/groups/{place.tuesday.id}/leave"
    assert (await bob.sends(path, path)).status_code == 303
    await holds_it.hears_within(20, "history-set", hours=6)
    assert await holds(place) == 6


async def test_a_facilitator_takes_it_back_before_anybody_has_answered(
    place: Place, fran: Browser, ann: Browser
) -> None:
    await chooses(place, fran, 168)
    await chooses(place, fran, 0)
    await agrees(place, fran, ann)
    assert await holds(place) == 0
    assert "nothing is kept" in text_of(await fran.sees(f"/groups/{place.tuesday.id}/customs"))


async def test_who_joins_agrees_as_they_join_and_holds_nothing_up(place: Place, fran: Browser, ann: Browser) -> None:
    await chooses(place, fran, 24)
    await agrees(place, fran, ann)
    await place.person("cem", Role.MEMBER, place.tuesday)
    assert await holds(place) == 24


async def test_what_was_said_is_read_by_whoever_is_in_the_room_and_by_nobody_else(
    place: Place, fran: Browser, ann: Browser, gus: Browser
) -> None:
    room, _, speaks = await opened(place, fran, ann)
    assert speaks.room["kept"] == 24
    await speaks.says("A zebra came by.")
    answer = await fran.sees(f"{room}/earlier")
    assert [one["text"] for one in answer.json()["messages"]] == ["A zebra came by."]
    assert answer.headers["cache-control"] == "no-store"
    bob = await place.person("bob", Role.MEMBER, place.tuesday)
    assert (await bob.sees(f"{room}/earlier")).status_code == 409, "in the group, and not in the room"
    assert (await gus.sees(f"{room}/earlier")).status_code == 404
    assert (await place.stranger().sees(f"{room}/earlier")).status_code in (303, 401)
    for nonsense in ("x", "1", "1.x", "9" * 60 + ".1"):
        assert (await fran.sees(f"{room}/earlier?before={nonsense}")).status_code == 200


async def test_where_lengths_are_hidden_those_of_what_was_said_earlier_are_too(
    place: Place, fran: Browser, ann: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Padding, "on", True)
    room, _, speaks = await opened(place, fran, ann)
    for text in ("Yes.", "A zebra came by, and after it came another one, and both of them looked at us for a while."):
        await speaks.says(text)
        answer = await fran.sees(f"{room}/earlier")
        assert answer.json()["messages"][-1]["text"] == text
        assert len(answer.content) in CLASSES


async def test_leaving_the_group_takes_ones_words_along(place: Place, fran: Browser, ann: Browser) -> None:
    room, _, speaks = await opened(place, fran, ann)
    await speaks.says("A zebra came by.")
    assert "Tuesday evening keeps it now" in text_of(await ann.sees("/account/everything"))
    gus = await place.person("gus", Role.FACILITATOR, place.friday)
    assert "None of your groups keeps it now" in text_of(await gus.sees("/account/everything"))
    lines = place.app.state.site.live.rooms.bus.history
    assert len(await lines(room.rsplit("/", 1)[-1])) == 1
    path = f"/groups/{place.tuesday.id}/leave"
    await ann.sends(path, path)
    assert await lines(room.rsplit("/", 1)[-1]) == []
    assert (await fran.sees(f"{room}/earlier")).json()["messages"] == []


async def test_what_a_guest_said_goes_with_them_although_they_only_closed_their_browser(
    place: Place, fran: Browser, ann: Browser
) -> None:
    guest = await comes(place, await a_link(fran, place))
    await agrees(place, ann)
    await chooses(place, fran, 24)
    await agrees(place, fran, ann, guest)
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    await (await guest.enters(room)).says("A zebra came by.")
    lines = place.app.state.site.live.rooms.bus.history
    assert len(await lines(room.rsplit("/", 1)[-1])) == 1
    async with place.store.writing() as c:
        await c.execute(update(accounts).where(accounts.c.guest_until > 0).values(guest_until=1))
    async with expiring(place.store, place.site.ledger, partial(erase_gone, place.site)), asyncio.timeout(20):
        while await lines(room.rsplit("/", 1)[-1]):
            await asyncio.sleep(0.01)
    async with place.store.reading() as c:
        assert not [one for one in await members.of(c, place.tuesday.id) if one.guest]


async def test_what_those_said_who_are_sent_away_for_their_link_goes_also_from_former_meetings(
    place: Place, fran: Browser, ann: Browser
) -> None:
    dora = await dora_comes(place, "dora", await makes_a_link(place, fran))
    await chooses(place, fran, 24)
    await agrees(place, fran, ann, dora)
    room = await fran.opens_the_meeting(place.tuesday)
    holds_it = await fran.enters(room)
    await (await dora.enters(room)).says("A zebra came by.")
    await holds_it.asks("close")
    await holds_it.is_closed()
    lines = place.app.state.site.live.rooms.bus.history
    assert len(await lines(room.rsplit("/", 1)[-1])) == 1
    assert await sends_away(fran, await question(place, fran)) == 303
    assert await lines(room.rsplit("/", 1)[-1]) == []


async def test_deleting_ones_account_does_so_too(place: Place, fran: Browser, ann: Browser) -> None:
    room, _, speaks = await opened(place, fran, ann)
    await speaks.says("A zebra came by.")
    await ann.sends("/account/erase", "/account/erase", present="copper lantern willow seventeen")
    assert await place.app.state.site.live.rooms.bus.history(room.rsplit("/", 1)[-1]) == []


async def test_the_server_says_how_much_it_keeps_and_what_could_be_handed_over(
    place: Place, fran: Browser, ann: Browser
) -> None:
    room, _, speaks = await opened(place, fran, ann)
    await speaks.says("A zebra came by.")
    told = (await ann.sees(f"{room}/stored")).json()
    assert (told["history"]["hours"], told["history"]["messages"]) == (24, 1)
    assert {one["name"]: one["keys"] for one in told["kept"]}["history"] == 1
    async with place.store.reading() as c:
        limits = (await agreements.current(c, place.tuesday.id)).limits
        me = await members.by_id(c, place.tuesday.id, ann.member) if ann.member else None
    assert limits
    assert me
    export = Exporting(place.store, b"x" * 32, opens=False)
    said = export.told(await export.group(place.tuesday.id))
    assert exporting.KEPT_NOW.format(24) in said
    assert "zebra" not in said
    shown = text_of(await ann.sees(f"/groups/{place.tuesday.id}/limits"))
    assert "As long as it is, they could be made to open it and hand it over." in shown


async def test_switched_off_it_is_gone_and_the_room_hears_of_it(place: Place, fran: Browser, ann: Browser) -> None:
    room, holds_it, speaks = await opened(place, fran, ann)
    await speaks.says("A zebra came by.")
    await chooses(place, fran, 0)
    await holds_it.hears_within(20, "history-set", hours=0)
    await speaks.hears_within(20, "history-set", hours=0)
    assert await place.app.state.site.live.rooms.bus.history(room.rsplit("/", 1)[-1]) == []
    async with place.store.reading() as c:
        assert await histories.meetings_of(c, place.tuesday.id) == []
