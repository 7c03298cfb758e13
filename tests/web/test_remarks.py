"""Facilitators leave each other short notes: sealed, for them alone, and gone after a while."""

import re

from sqlalchemy import func, select, text

from chat.core.ids import Millis
from chat.core.wire import Role
from chat.records import members
from chat.records.expiry import expire
from chat.records.keys import DAY, now
from chat.records.tables import remarks
from tests.web.place import Browser, Place, text_of


def path(place: Place) -> str:
    return f"/groups/{place.tuesday.id}/remarks"


async def kept(place: Place) -> int:
    async with place.store.reading() as c:
        return await c.scalar(select(func.count()).where(remarks.c.group_id == place.tuesday.id)) or 0


async def writes(place: Place, who: Browser, about: str = "", words: str = "Xylograph.") -> int:
    return (await who.sends(path(place), path(place), about=about, words=words)).status_code


async def test_a_note_is_read_by_the_groups_facilitators_alone_and_stands_nowhere_in_clear(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    gil = await place.person("gil", Role.FACILITATOR, place.tuesday)
    assert await writes(place, fran, str(ann.member)) == 303
    assert "Xylograph." in text_of(await gil.sees(path(place)))
    for other in (ann, gus):
        assert (await other.sees(path(place))).status_code == 404
        assert (await other.sends(path(place), None, words="mine")).status_code == 404
    async with place.store.reading() as c:
        assert "Xylograph" not in str((await c.execute(text("SELECT * FROM remarks"))).all())


async def test_it_goes_after_thirty_days_by_hand_or_with_the_membership(
    place: Place, ann: Browser, fran: Browser
) -> None:
    for about in (str(ann.member), "", ""):
        await writes(place, fran, about)
    (erasing, *_) = re.findall(rf'action="({path(place)}/[0-9a-f]+/erase)"', (await fran.sees(path(place))).text)
    await fran.sends(erasing, path(place))
    assert await kept(place) == 2
    async with place.store.erasing() as c:
        await members.leave(c, ann.member)  # type: ignore[arg-type]
    assert await kept(place) <= 2
    async with place.store.erasing() as c:
        assert await c.scalar(select(func.count()).where(remarks.c.about_id == ann.member)) == 0
        await expire(c, Millis(now() + 29 * DAY), place.site.ledger)
        assert await c.scalar(select(func.count()).where(remarks.c.group_id == place.tuesday.id))
        await expire(c, Millis(now() + 31 * DAY), place.site.ledger)
    assert await kept(place) == 0


async def test_a_group_says_how_long_its_notes_are_kept_and_everybody_is_told(
    place: Place, ann: Browser, fran: Browser
) -> None:
    customs = f"/groups/{place.tuesday.id}/customs"
    await fran.sends(customs, customs, remarks_days="7")
    assert "Kept for 7 days, locked: short notes" in text_of(await ann.sees(f"/groups/{place.tuesday.id}/agreement"))
    await writes(place, fran)
    assert "they are erased after 7 days" in text_of(await fran.sees(path(place)))
    async with place.store.erasing() as c:
        await expire(c, Millis(now() + 6 * DAY), place.site.ledger)
    assert await kept(place) == 1
    async with place.store.erasing() as c:
        await expire(c, Millis(now() + 8 * DAY), place.site.ledger)
    assert await kept(place) == 0


async def test_notes_are_read_on_the_page_of_the_group_before_a_meeting_by_facilitators_alone(
    place: Place, ann: Browser, fran: Browser
) -> None:
    gil = await place.person("gil", Role.FACILITATOR, place.tuesday)
    here = f"/groups/{place.tuesday.id}"
    assert "Notes of this group" not in text_of(await gil.sees(here))
    await writes(place, fran, str(ann.member))
    shown = await gil.sees(here)
    assert "Ann Xylograph. Fran, " in text_of(shown)
    assert '<details class="fold" open>' in shown.text
    assert "Xylograph" not in (await ann.sees(here)).text


async def test_what_is_wrong_is_said(place: Place, fran: Browser) -> None:
    assert await writes(place, fran, words="") == 422
    assert await writes(place, fran, words="x" * 301) == 422
    assert await writes(place, fran, about="nobody") == 422
    assert await kept(place) == 0
