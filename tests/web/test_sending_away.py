"""A link that has got about is taken back, and whoever came by it can be sent away: asked first, told, and undone."""

import re

from sqlalchemy import func, select, text

from chat.core.ids import Millis
from chat.core.wire import Act, Reason, Role
from chat.records import acts, bars, members
from chat.records.expiry import expire
from chat.records.keys import DAY, now
from chat.records.tables import invitations as rows
from tests.web.place import Browser, Place, at_once, text_of


def at(place: Place, name: str) -> str:
    return f"/groups/{place.tuesday.id}/{name}"


async def makes_a_link(place: Place, fran: Browser, uses: int = 5) -> str:
    made = await fran.sends(at(place, "invitations"), at(place, "invitations"), uses=str(uses), days="7")
    found = re.search(rf'value="{place.address}(/invitations/[^"]+)"', made.text)
    assert found
    return str(found[1])


async def comes(place: Place, word: str, link: str) -> Browser:
    """Somebody joins by a link."""
    who = await place.person(word)
    answer = await who.sends(link, link, name=word.title(), version="1", agree="yes")
    assert answer.status_code == 303
    async with place.store.reading() as c:
        who.member = next(one.id for one in await members.of(c, place.tuesday.id) if one.name == word.title())
    return who


async def question(place: Place, fran: Browser) -> str:
    """Where it is asked whether those who came by a link are to be sent away."""
    shown = await fran.sees(at(place, "invitations"))
    (where,) = re.findall(rf'href="({at(place, "invitations")}/[0-9a-f]+/send-away)"', shown.text)
    return str(where)


async def sends_away(fran: Browser, where: str) -> int:
    shown = (await fran.sees(where)).text
    people = re.search(r'name="people" value="(\w+)"', shown)
    assert people
    return (await fran.sends(where, where, people=people[1])).status_code


async def test_all_who_came_by_a_link_are_sent_away_told_why_and_may_come_back_one_by_one(
    place: Place, ann: Browser, fran: Browser
) -> None:
    link = await makes_a_link(place, fran)
    dora, eve = await comes(place, "dora", link), await comes(place, "eve", link)
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_, dora_ = await fran.enters(room), await ann.enters(room), await dora.enters(room)
    where = await question(place, fran)
    asked = text_of(await fran.sees(where))
    assert "Take this link back and send away 2 people?" in asked
    assert "Dora" in asked
    assert "Eve" in asked
    assert "Ann" not in asked
    assert await sends_away(fran, where) == 303
    told = await dora_.hears("acted-on")
    assert (told["act"], told["reason"], "until" in told) == ("bar", "invitation", False)
    assert told["appeal"]
    assert await at_once(dora_) == 4503
    await ann_.hears("removed", member=dora.member)
    for gone in (dora, eve):
        assert (await gone.sees(room)).status_code == 403
    assert (await (await place.person("mallory")).sees(link)).status_code == 404
    async with place.store.reading() as c:
        done = [one for one in await acts.of(c, place.tuesday.id) if one.act is Act.BAR]
    assert {(one.by, one.to, one.reason, one.outcome) for one in done} == {
        (fran.member, who.member, Reason.INVITATION, "done") for who in (dora, eve)
    }
    assert at(place, "another-look") in (await eve.sees(room)).text
    assert "You were asked to stay away" in text_of(await eve.sees(at(place, "another-look")))
    people = (await fran.sees(at(place, "people"))).text
    lifting = re.search(r'action="([^"]+/lift)">(?:(?!</form>).)*Let come back: Dora', people, re.DOTALL)
    assert lifting
    assert (await fran.sends(lifting[1], at(place, "people"))).status_code == 303
    await dora.enters(room)
    assert (await eve.sees(room)).status_code == 403
    every = text_of(await fran.sees(at(place, "acts")))
    assert "Fran let Dora come back" in every
    assert "None of these 3 was changed or taken out." in every
    await fran_.says("Good to have you back.")


async def test_two_links_of_one_day_are_told_apart_by_how_they_end(place: Place, fran: Browser) -> None:
    one, other = await makes_a_link(place, fran), await makes_a_link(place, fran, uses=1)
    assert one[-4:] != other[-4:]
    listed = (await fran.sees(at(place, "invitations"))).text
    found = re.search(rf'action="([^"]+/revoke)">(?:(?!</form>).)*the link that ends in {one[-4:]}"', listed, re.DOTALL)
    assert found
    await fran.sends(found[1], at(place, "invitations"))
    assert (await (await place.person("dora")).sees(one)).status_code == 404
    await comes(place, "eve", other)
    asked = text_of(await fran.sees(await question(place, fran)))
    assert f"ends in {other[-4:]}" in asked
    assert "Eve" in asked


async def test_it_can_be_done_before_the_group_has_met_and_stands_among_the_acts_all_the_same(
    place: Place, fran: Browser
) -> None:
    dora = await comes(place, "dora", await makes_a_link(place, fran))
    assert await sends_away(fran, await question(place, fran)) == 303
    async with place.store.erasing() as c:
        (act,) = await acts.of(c, place.tuesday.id)
        assert (act.room, act.to, act.act) == (None, dora.member, Act.BAR)
        await expire(c, Millis(now() + 89 * DAY), place.site.ledger)
        assert await acts.of(c, place.tuesday.id) == [act]
        assert (await place.site.ledger.verify(c, place.tuesday.id))[0].faults == ()
        await expire(c, Millis(now() + 91 * DAY), place.site.ledger)
        assert await acts.of(c, place.tuesday.id) == []
        assert (await place.site.ledger.verify(c, place.tuesday.id))[0].faults == ()


async def test_a_used_up_link_is_erased_and_for_thirty_days_it_is_known_who_came_by_it(
    place: Place, fran: Browser
) -> None:
    link = await makes_a_link(place, fran, uses=1)
    dora = await comes(place, "dora", link)
    async with place.store.erasing() as c:
        await expire(c, now(), place.site.ledger)
        kept = (await c.execute(select(rows).where(rows.c.group_id == place.tuesday.id))).one()
        assert kept.token_hash is None
    assert f"One person came by the link that ends in {link[-4:]}" in text_of(await fran.sees(at(place, "invitations")))
    assert await sends_away(fran, await question(place, fran)) == 303
    async with place.store.erasing() as c:
        assert [bar.member for bar in await bars.of(c, place.tuesday.id, now())] == [dora.member]
        await expire(c, Millis(now() + 38 * DAY), place.site.ledger)
        assert await c.scalar(select(func.count()).where(rows.c.group_id == place.tuesday.id)) == 0
        named = text("SELECT count(invitation_id) FROM members WHERE group_id = :group")
        assert await c.scalar(named, {"group": place.tuesday.id}) == 0


async def test_nobody_is_sent_away_who_was_not_shown_nor_by_another_groups_facilitator(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    link = await makes_a_link(place, fran)
    await comes(place, "dora", link)
    where = await question(place, fran)
    shown = re.search(r'name="people" value="(\w+)"', (await fran.sees(where)).text)
    assert shown
    await comes(place, "eve", link)
    answer = await fran.sends(where, where, people=shown[1])
    assert answer.status_code == 409
    assert "Please look again" in text_of(answer)
    for other in (ann, gus):
        assert (await other.sees(where)).status_code == 404
        assert (await other.sends(where, None, people=shown[1])).status_code == 404
    async with place.store.reading() as c:
        assert await bars.of(c, place.tuesday.id, now()) == []


async def test_whoever_is_barred_cannot_come_again_by_the_same_link_as_somebody_else(
    place: Place, fran: Browser
) -> None:
    link = await makes_a_link(place, fran)
    dora = await comes(place, "dora", link)
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, dora_ = await fran.enters(room), await dora.enters(room)
    await fran_.does("bar", member=dora.member, reason="hurtful", days=7)
    assert await at_once(dora_) == 4503
    assert (await dora.sends("/sign-out", "/account")).status_code == 303
    assert (await dora.sees(link)).status_code == 404
    typed = {"word": "otter", "password": "copper lantern willow"}
    assert (await dora.sends(f"{link}/account", "/sign-in", **typed)).status_code == 404


async def test_somebody_who_talks_aside_is_told_why_and_leaves_too(place: Place, fran: Browser) -> None:
    dora = await comes(place, "dora", await makes_a_link(place, fran))
    gia = await place.person("gia", Role.FACILITATOR, place.tuesday)
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, gia_, dora_ = await fran.enters(room), await gia.enters(room), await dora.enters(room)
    await fran_.does("step-aside", member=dora.member)
    await dora_.hears("asked-aside", by=fran.member)
    await dora_.asks("go-aside")
    side = f"/rooms/{(await dora_.hears('aside'))['room']}"
    aside = await dora.enters(side)
    await fran.enters(side)
    assert await sends_away(gia, await question(place, gia)) == 303
    told = await aside.hears("acted-on")  # who is only found gone when everybody is looked at again is told nothing
    assert (told["act"], told["reason"]) == ("bar", "invitation")
    assert await aside.is_closed() == 4503
    await gia_.hears("removed", member=dora.member)
