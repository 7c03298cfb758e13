"""A facilitator takes somebody out of the group who does not come any more: asked first, told, and erased."""

import asyncio
import re

from sqlalchemy import func, select, update

from chat.core.ids import Millis
from chat.core.wire import Act, Reason, Role
from chat.records import acts, members
from chat.records.expiry import expire
from chat.records.keys import DAY, now
from chat.records.tables import consents, partings, visits
from chat.records.tables import members as rows
from tests.web.place import Browser, Place, at_once, text_of
from tests.web.test_history import all_but_bob_agree, holds

TOLD = "You are not in “Tuesday evening” any more"


def at(place: Place, who: Browser) -> str:
    return f"/groups/{place.tuesday.id}/people/{who.member}/take-out"


async def are_sure(place: Place) -> None:
    """As if everybody had typed their password just now."""
    async with place.store.writing() as c:
        await c.execute(update(visits).values(sure_until=now() + 60 * 60_000))


async def takes_out(place: Place, fran: Browser, who: Browser, why: str = "away") -> int:
    await are_sure(place)
    return (await fran.sends(at(place, who), why=why)).status_code


async def in_the_group(place: Place) -> set[str]:
    async with place.store.reading() as c:
        return {one.name for one in await members.of(c, place.tuesday.id)}


async def test_history_begins_when_the_last_who_never_answered_is_taken_out(
    place: Place, fran: Browser, ann: Browser
) -> None:
    bob, holds_it = await all_but_bob_agree(place, fran, ann)
    assert await holds(place) == 0
    assert "taken out of the group" in text_of(await fran.sees(f"/groups/{place.tuesday.id}/customs"))
    assert at(place, bob) in (await fran.sees(f"/groups/{place.tuesday.id}/people")).text
    assert await takes_out(place, fran, bob) == 303
    assert await holds(place) == 6
    await holds_it.hears_within(20, "history-set", hours=6)


async def test_who_is_taken_out_is_erased_and_reads_why_until_they_have(
    place: Place, fran: Browser, ann: Browser
) -> None:
    await are_sure(place)
    assert "Take Ann out of the group?" in text_of(await fran.sees(at(place, ann)))
    answer = await fran.sends(at(place, ann))
    assert (answer.status_code, "Please choose why." in text_of(answer)) == (422, True)
    assert await in_the_group(place) == {"Ann", "Fran"}
    assert await takes_out(place, fran, ann) == 303
    assert await in_the_group(place) == {"Fran"}
    async with place.store.reading() as c:
        assert await c.scalar(select(func.count()).where(consents.c.member_id == ann.member)) == 0
        (act,) = await acts.of(c, place.tuesday.id)
        assert (act.act, act.by, act.to, act.reason) == (Act.TAKE_OUT, fran.member, None, Reason.AWAY)
        assert (await place.site.ledger.verify(c, place.tuesday.id))[0].faults == ()
    assert "Fran took somebody out of the group" in text_of(await fran.sees(f"/groups/{place.tuesday.id}/acts"))
    assert (await ann.sees(f"/groups/{place.tuesday.id}")).status_code == 404
    page = text_of(await ann.sees("/"))
    assert TOLD in page
    assert "You had not been there for a long while." in page
    (mine,) = (await ann.sees("/account/everything.json")).json()["partings"]
    assert mine["reason"] == "away"
    await fran.sends(f"/partings/{mine['id']}/read")
    assert TOLD in text_of(await ann.sees("/")), "it is hers to have read"
    assert (await ann.sends(f"/partings/{mine['id']}/read")).status_code == 303
    assert TOLD not in text_of(await ann.sees("/"))
    assert TOLD not in text_of(await fran.sees("/"))


async def test_what_nobody_reads_is_erased_after_thirty_days(place: Place, fran: Browser, ann: Browser) -> None:
    await takes_out(place, fran, ann, "asked")
    for days, left in ((29, 1), (31, 0)):
        async with place.store.erasing() as c:
            await expire(c, Millis(now() + days * DAY), place.site.ledger)
            kept = select(func.count()).where(partings.c.group_id == place.tuesday.id)
            assert await c.scalar(kept) == left, days


async def test_whoever_is_in_the_room_leaves_it_and_hears_why_first(place: Place, fran: Browser, ann: Browser) -> None:
    bob = await place.person("bob", Role.MEMBER, place.tuesday)
    room = await fran.opens_the_meeting(place.tuesday)
    _, anns, bobs = [await who.enters(room) for who in (fran, ann, bob)]
    await takes_out(place, fran, ann, "asked")
    why = await anns.hears("acted-on")
    assert (why["act"], why["reason"]) == ("take-out", "asked")
    assert await at_once(anns) == 4503
    await bobs.hears("removed", member=ann.member)
    assert not bobs.heard("acted-on")
    assert await (await ann.connects(room)).is_closed() == 4506


async def test_a_facilitator_can_be_taken_out_and_never_the_last_one(place: Place, fran: Browser) -> None:
    ben = await place.person("ben", Role.FACILITATOR, place.tuesday)
    seat = await ben.enters(await ben.opens_the_meeting(place.tuesday))
    assert await takes_out(place, fran, fran) == 404, "that is leaving"
    assert await takes_out(place, fran, ben, "other") == 303
    assert await at_once(seat) == 4506
    dan = await place.person("dan", Role.FACILITATOR, place.tuesday)
    await are_sure(place)
    code, other = await fran.code("/account"), await dan.code("/account")
    both = await asyncio.gather(
        fran.client.post(at(place, dan), data={"form": code, "why": "other"}),
        dan.client.post(at(place, fran), data={"form": other, "why": "other"}),
    )
    assert sorted(answer.status_code for answer in both) == [303, 404]
    assert len(await in_the_group(place)) == 1


async def test_a_facilitator_who_is_taken_out_comes_back_by_no_link_that_they_have_kept(
    place: Place, fran: Browser, ann: Browser
) -> None:
    gil = await place.person("gil", Role.FACILITATOR, place.tuesday)
    links = {}
    for who in (gil, fran):
        invites = f"/groups/{place.tuesday.id}/invitations"
        made = await who.sends(invites, invites, uses="9", days="60")
        links[who] = re.findall(r'value="[^"]*(/invitations/[^"]+)"', made.text)[0]
    await are_sure(place)
    people = f"/groups/{place.tuesday.id}/people"
    vouched = await gil.sends(f"{people}/{ann.member}/vouch", people)
    as_ann = re.findall(r'value="[^"]*(/recover/[^"]+)"', vouched.text)[0]
    assert "The links that they have made end, too." in text_of(await fran.sees(at(place, gil)))
    assert "The links that they" not in text_of(await fran.sees(at(place, ann)))
    assert await takes_out(place, fran, gil, "other") == 303
    again = place.stranger()
    assert [(await again.sees(one)).status_code for one in (links[gil], as_ann, links[fran])] == [404, 404, 200]


async def test_it_is_for_this_groups_facilitators_with_their_password_typed_and_not_for_guests(
    place: Place, fran: Browser, ann: Browser, gus: Browser
) -> None:
    async with place.store.writing() as c:
        await c.execute(update(visits).values(sure_until=0))
    for answer in (await fran.sees(at(place, ann)), await fran.sends(at(place, ann), why="away")):
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sure?to={at(place, ann)}")
    bob = await place.person("bob", Role.MEMBER, place.tuesday)
    await are_sure(place)
    for who in (gus, bob):
        assert (await who.sees(at(place, ann))).status_code == 404
        assert (await who.sends(at(place, ann), why="away")).status_code == 404
    theirs = f"/groups/{place.friday.id}/people/{ann.member}/take-out"
    assert (await gus.sends(theirs, why="away")).status_code == 404
    async with place.store.writing() as c:
        await c.execute(update(rows).where(rows.c.id == ann.member).values(guest=True))
    assert (await fran.sends(at(place, ann), why="away")).status_code == 404
    assert at(place, ann) not in (await fran.sees(f"/groups/{place.tuesday.id}/people")).text
    assert "Ann" in await in_the_group(place)
