"""Nobody who meets Ann in two groups, or holds one of them, can tell that she is the same person."""

import asyncio
import json
import re

from chat.core.wire import Role
from chat.live.closing import Closing
from chat.records import accounts, groups, members
from chat.records.keys import now
from tests.cast import Person
from tests.web.place import Browser, Place, text_of
from web.routes import routes

LIKE_AN_ID = re.compile(r"(?<![\w/-])[\w-]{12,}(?![\w-])")
"""Ids, marks, receipts, tokens and faces; a face is six digits and looked at by itself."""
A_FACE = re.compile(r'"face":"(\w+)"')


async def two_rooms(place: Place, ann: Browser, fran: Browser, gus: Browser) -> tuple[str, str]:
    """Ann is Winter Wren on Fridays; both groups meet."""
    await place.joins(ann, place.friday, "Winter Wren")
    return await fran.opens_the_meeting(place.tuesday), await gus.opens_the_meeting(place.friday)


async def test_whoever_sits_in_one_room_is_kindly_asked_to_leave_it_before_coming_into_another(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    tuesday, friday = await two_rooms(place, ann, fran, gus)
    await fran.enters(tuesday)
    await gus.enters(friday)
    first = await ann.enters(tuesday)
    assert await (await ann.connects(friday)).is_closed() == Closing.ELSEWHERE
    await first.says("I am still here.")
    again = await ann.enters(tuesday)  # the same room on another page is not another room
    second = await ann.connects(friday, claims="?leaves=1")
    await second.hears("room")
    assert await again.is_closed() == Closing.LEFT
    assert await (await ann.connects(tuesday)).is_closed() == Closing.ELSEWHERE


async def test_of_two_rooms_opened_at_the_same_moment_nobody_sits_in_both(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    tuesday, friday = await two_rooms(place, ann, fran, gus)
    await fran.enters(tuesday)
    await gus.enters(friday)
    for _ in range(5):
        both = await asyncio.gather(ann.connects(tuesday), ann.connects(friday))
        async with asyncio.timeout(20):
            while any(seat.closed is None and not seat.history for seat in both) or not any(s.closed for s in both):
                await asyncio.sleep(0.05)
        for seat in both:
            await seat.rests()


async def test_another_account_in_both_rooms_is_asked_nothing(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    tuesday, friday = await two_rooms(place, ann, fran, gus)
    await fran.enters(tuesday)
    await gus.enters(friday)
    bob = await place.person("bob", Role.MEMBER, place.friday)
    await asyncio.gather(ann.enters(tuesday), bob.enters(friday))


def seen_in(text: str) -> set[str]:
    return set(LIKE_AN_ID.findall(text)) | set(A_FACE.findall(text))


async def everything_shown(place: Place, browser: Browser, group: str, room: str, seats: list[Person]) -> str:
    """All pages of one group that a facilitator or member can open, and every frame their seats were sent."""
    ids = {"group": group, "room": room.removeprefix("/rooms/")}
    paths = {route.path for route in routes() if "GET" in (getattr(route, "methods", None) or ())}  # type: ignore[attr-defined]
    shown = []
    for path in sorted(paths):
        if re.findall(r"{(\w+)}", path) and set(re.findall(r"{(\w+)}", path)) <= set(ids):
            shown.append((await browser.sees(path.format(**ids))).text)
    frames = [json.dumps(frame, separators=(",", ":")) for seat in seats for frame in seat.history]
    return "\n".join([*shown, *frames])


async def test_no_page_and_no_frame_of_two_groups_has_anything_of_one_account_in_common(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    """What facilitators see of Ann in one group and in the other, with every trace that she can leave."""
    tuesday, friday = await two_rooms(place, ann, fran, gus)
    seats: dict[str, list[Person]] = {}
    for who, room in ((fran, tuesday), (gus, friday)):
        holding = await who.enters(room)
        hers = await ann.connects(room, claims="?leaves=1")
        mine = (await hers.hears("room"))["you"]
        await hers.says("I am glad to be here.")
        await hers.asks("confide", text="A word to you alone.")
        await hers.asks("hand", up=True)
        await holding.asks("mute", member=mine, minutes=1, reason="advice")
        await holding.asks("remove", member=mine, reason="other")
        await hers.is_closed()  # or what is still told here may be told at the very moment at which she comes there
        seats[room] = [holding, hers]
    first = await everything_shown(place, fran, place.tuesday.id, tuesday, seats[tuesday])
    second = await everything_shown(place, gus, place.friday.id, friday, seats[friday])
    first += await everything_shown(place, ann, place.tuesday.id, tuesday, [])
    second += await everything_shown(place, ann, place.friday.id, friday, [])
    common = seen_in(first) & seen_in(second)
    bare = await place.stranger().sees("/sign-in")
    codes = set(re.findall(r'name="form" value="(\w+)"', (await ann.sees("/account")).text))
    assert {one for one in common - seen_in(bare.text) - codes if re.search(r"\d", one)} == set()
    async with place.store.reading() as c:
        account = await accounts.by_login(c, ann.login)
    assert account
    for shown, elsewhere in ((first, "Winter Wren"), (second, '"Ann"')):
        assert not any(one in shown for one in (account.account.id, ann.login, elsewhere))


async def test_the_suggested_name_and_an_error_tell_nothing_of_another_group(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    """A name of one's own in another group gets the sentence that a stranger's name gets, in the same page."""
    async with place.store.writing() as c:
        other = await groups.create(c, "Sundays")
        anybody = await accounts.by_login(c, fran.login)
        assert anybody
        await members.join(c, other.id, anybody.account.id, "Heron", Role.FACILITATOR, 1, now())
    await place.joins(gus, other, "Otter")
    link = await place.invitation()
    mine = await gus.sends(link, link, name="Otter", version="1", agree="yes")
    theirs = await gus.sends(link, link, name="Ann", version="1", agree="yes")
    same = [re.sub(r"How about .*?\?|Otter|Ann\b", "", text_of(answer)) for answer in (mine, theirs)]
    assert same[0] == same[1]
