"""Somebody looks in without an account, is a member like any other meanwhile, and nothing of them is left."""

import re

import pytest
from sqlalchemy import ColumnElement, select

from chat.core.customs import Customs
from chat.core.ids import MemberId
from chat.core.wire import Role
from chat.live.closing import Closing
from chat.records import accounts, agreements, invitations, members, tables
from chat.records.expiry import expire
from chat.records.keys import HOUR, later, now
from tests.cast import Person
from tests.web.place import Browser, Place, text_of
from tests.web.test_everything import named
from web.customs import keep
from web.terms import settle

NAME = "Winter Wren"


async def a_link(fran: Browser, place: Place, **how: str) -> str:
    """One that Fran makes; it allows guests unless she does not tick that."""
    at = f"/groups/{place.tuesday.id}/invitations"
    made = await fran.sends(at, at, uses="5", days="7", **({"guests": "yes"} | how))
    found = re.search(r'value="[^"]*(/invitations/[^"]+)"', made.text)
    assert found
    assert "<svg" in made.text, "to be photographed"
    await agrees(fran, place)
    return found[1]


async def agrees(who: Browser, place: Place) -> None:
    """To what holds now."""
    at = f"/groups/{place.tuesday.id}/agreement"
    async with place.store.reading() as c:
        version = (await agreements.current(c, place.tuesday.id)).version
    assert (await who.sends(at, at, version=str(version), agree="yes")).status_code == 303


async def comes(place: Place, link: str, name: str = NAME) -> Browser:
    """A guest, who has agreed and chosen a name."""
    browser = place.stranger()
    await browser.sends(f"{link}/guest", link)
    assert "What you should know" in text_of(await browser.sees(link))
    version = re.findall(r'name="version" value="(\d+)"', (await browser.sees(link)).text)[0]
    joined = await browser.sends(link, link, agree="yes", name=name, version=version)
    assert joined.headers.get("location") == f"/groups/{place.tuesday.id}", text_of(joined)
    browser.login = "guest"
    return browser


async def guests(place: Place) -> set[str]:
    """All there are now, of earlier tests, too."""
    async with place.store.reading() as c:
        return set(await c.scalars(select(tables.accounts.c.id).where(tables.accounts.c.guest_until > 0)))


def here(place: Place) -> tuple[ColumnElement[bool], ...]:
    """Whoever has that name in this group; in groups of other tests somebody may have it, too."""
    return tables.members.c.name == NAME, tables.members.c.group_id == place.tuesday.id


async def enters(browser: Browser, room: str) -> Person:
    """In the room; and who they are there."""
    seat = await browser.enters(room)
    browser.member = MemberId(seat.room["you"])
    return seat


async def test_a_guest_agrees_speaks_and_is_marked_as_one_and_signing_out_erases_everything(
    place: Place, fran: Browser
) -> None:
    link, others = await a_link(fran, place), await guests(place)
    room = await fran.opens_the_meeting(place.tuesday)
    holding = await fran.enters(room)
    guest = await comes(place, link)
    seat = await enters(guest, room)
    arrived = await holding.hears("arrived")
    assert (arrived["person"]["name"], arrived["person"]["guest"]) == (NAME, True)
    await seat.says("I only wanted to see how it is.")
    assert f"{NAME} · guest" in text_of(await fran.sees(f"/groups/{place.tuesday.id}/people"))
    assert "You are here as a guest" in text_of(await guest.sees("/account"))
    assert guest.member
    await guest.sends("/sign-out", "/account")
    assert await seat.is_closed() in (Closing.SIGNED_OUT, Closing.NO_SUCH_ROOM)
    async with place.store.reading() as c:
        assert guest.member not in await named(c)
        assert list(await c.scalars(select(tables.members.c.id).where(*here(place)))) == []
    assert await guests(place) == others


async def test_whoever_has_no_password_is_not_asked_for_one_before_they_are_erased(place: Place, fran: Browser) -> None:
    guest = await comes(place, await a_link(fran, place))
    assert 'href="/account/erase"' in (await guest.sees("/account/everything")).text
    answer = await guest.sees("/account/erase")
    assert "Your password" not in text_of(answer)
    assert "Leave and erase everything" in text_of(answer)
    assert "Reports that are there already stay until their time is over" in text_of(answer)


async def test_the_cookie_of_a_guest_ends_with_the_browser_and_on_the_server_after_an_evening(
    place: Place, fran: Browser
) -> None:
    link, browser, others = await a_link(fran, place), place.stranger(), await guests(place)
    answer = await browser.sends(f"{link}/guest", link)
    assert (answer.status_code, answer.headers["location"]) == (303, link), answer.text
    assert not any("Max-Age" in one or "expires" in one.lower() for one in answer.headers.get_list("set-cookie")
                   if one.startswith("visit="))  # fmt: skip
    guest = await comes(place, link)
    ledger = place.site.ledger
    async with place.store.erasing() as c:
        assert set(await accounts.guests_gone(c, now())) <= others
        gone = await accounts.guests_gone(c, later(now(), 7 * HOUR))
        assert len(set(gone) - others) == 2, "an evening is over"
        await expire(c, later(now(), 7 * HOUR), ledger)
        assert await accounts.guests_gone(c, later(now(), 100 * HOUR)) == []
        assert list(await c.scalars(select(tables.members.c.id).where(*here(place)))) == []
    assert (await guest.sees(f"/groups/{place.tuesday.id}")).headers["location"].startswith("/sign-in")


async def test_a_guest_who_was_asked_to_leave_does_not_come_back_by_the_same_link(place: Place, fran: Browser) -> None:
    link = await a_link(fran, place)
    room = await fran.opens_the_meeting(place.tuesday)
    holding = await fran.enters(room)
    guest = await comes(place, link)
    seat = await enters(guest, room)
    await holding.does("mute", member=guest.member, minutes=5, reason="advice")
    await seat.hears("acted-on", act="mute")
    await holding.does("remove", member=guest.member, reason="hurtful")
    assert await seat.is_closed() == Closing.REMOVED
    assert await (await guest.connects(room)).is_closed() == Closing.REMOVED
    assert (await place.stranger().sees(link)).status_code == 404


async def test_before_the_first_guest_can_come_everybody_is_asked_and_for_the_next_link_nobody(
    place: Place, fran: Browser, ann: Browser
) -> None:
    limits = f"/groups/{place.tuesday.id}/limits"
    async with place.store.writing() as c:
        await settle(c, place.site.limits, place.tuesday.id)
    for one in (fran, ann):
        await agrees(one, place)
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat = await ann.enters(room)
    assert "come as guests" not in text_of(await ann.sees(limits))
    link = await a_link(fran, place)
    await seat.hears("asked-again")
    assert "People can come as guests, by a link that a facilitator gave them." in text_of(await ann.sees(limits))
    assert "New: people can come as guests" in text_of(await ann.sees(f"/groups/{place.tuesday.id}/agreement"))
    await agrees(ann, place)
    at = f"/groups/{place.tuesday.id}/invitations"
    which = re.findall(rf"{at}/(\w+)/revoke", (await fran.sees(at)).text)[0]
    await fran.sends(f"{at}/{which}/revoke", at)
    assert (await place.stranger().sees(link)).status_code == 404
    async with place.store.writing() as c:
        assert not await settle(c, place.site.limits, place.tuesday.id), "nobody is asked because it is over"
    assert "come as guests" in text_of(await ann.sees(limits)), "they have agreed to it"
    await a_link(fran, place)
    async with place.store.reading() as c:
        assert (await agreements.current(c, place.tuesday.id)).version == 3


async def test_everybody_is_asked_again_about_guests_if_customs_changed_while_no_link_let_one_in(
    place: Place, fran: Browser
) -> None:
    customs, at = f"/groups/{place.tuesday.id}/customs", f"/groups/{place.tuesday.id}/invitations"
    await a_link(fran, place)
    which = re.findall(rf"{at}/(\w+)/revoke", (await fran.sees(at)).text)[0]
    await fran.sends(f"{at}/{which}/revoke", at)
    await fran.sends(customs, customs, reports_days="7", reports_hours="24")
    await agrees(fran, place)
    async with place.store.reading() as c:
        before = (await agreements.current(c, place.tuesday.id)).version
    assert "again if “How we meet”" in text_of(await fran.sees(at))
    await a_link(fran, place)
    async with place.store.reading() as c:
        assert (await agreements.current(c, place.tuesday.id)).version == before + 1


async def test_facilitators_see_of_somebody_who_waits_that_they_are_a_guest(place: Place, fran: Browser) -> None:
    async with place.store.writing() as c:
        await keep(c, place.tuesday.id, Customs(waiting=True))
    link = await a_link(fran, place)
    room = await fran.opens_the_meeting(place.tuesday)
    holding, guest = await fran.enters(room), await comes(place, link)
    await guest.connects(room)
    caller = (await holding.hears("waiting"))["caller"]
    assert (caller["name"], caller["guest"]) == (NAME, True)


async def test_a_link_that_does_not_allow_it_brings_no_guest(place: Place, fran: Browser) -> None:
    link, browser = await a_link(fran, place, guests=""), place.stranger()
    assert "Come as a guest" not in text_of(await browser.sees(link))
    answer = await browser.sends(f"{link}/guest", link)
    assert answer.headers["location"] == link
    assert (await browser.sees("/account")).status_code == 303


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPERVISOR, Role.FACILITATOR])
async def test_a_guest_of_one_group_comes_into_no_other_by_a_link_that_allows_no_guests(
    role: Role, place: Place, fran: Browser
) -> None:
    guest = await comes(place, await a_link(fran, place))
    async with place.store.writing() as c:
        anybody = await accounts.create(c, "somebody", "")
        _, token = await invitations.create(c, place.friday.id, role, anybody.id, now())
    link = f"/invitations/{token}"
    assert "You are here as a guest, and this link does not" in text_of(await guest.sees(link))
    sent = await guest.sends(link, link, agree="yes", name="Quiet Otter", version="1")
    assert sent.status_code == 422
    assert "You are here as a guest, and this link does not" in text_of(sent)
    async with place.store.reading() as c:
        assert await members.of(c, place.friday.id) == []
        assert await invitations.look(c, token, now()), "the link waits for whom it is for"


async def test_nobody_vouches_for_a_guest(place: Place, fran: Browser) -> None:
    link = await a_link(fran, place)
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    guest = await comes(place, link)
    await enters(guest, room)
    at = f"/groups/{place.tuesday.id}/people"
    assert (await fran.sends(f"{at}/{guest.member}/vouch", at)).status_code == 404
