"""Facilitators go by steps when somebody may be in danger; which were taken is known, not what it was about."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from chat.core.ids import MemberId, Millis
from chat.core.wire import Role
from chat.records import crises, members
from chat.records.crises import Taken
from chat.records.expiry import expire
from chat.records.keys import DAY, now
from chat.records.tables import crisis_steps
from tests.web.place import Browser, Place, text_of
from web.crisis import read

OWN = '[[steps]]\nstep = "tell"\ntitle = "Ring the bell"\nwhat = "Softly."\n'


def path(place: Place) -> str:
    return f"/groups/{place.tuesday.id}/crisis"


async def kept(place: Place) -> int:
    async with place.store.reading() as c:
        return await c.scalar(select(func.count()).where(crisis_steps.c.group_id == place.tuesday.id)) or 0


async def test_a_step_is_known_to_the_groups_facilitators_who_are_reminded_to_reach_out(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    gil = await place.person("gil", Role.FACILITATOR, place.tuesday)
    answer = await fran.sends(path(place), path(place), member=str(ann.member), step="tell")
    assert answer.status_code == 303
    assert "Ann : Tell them what happens next Fran," in text_of(await gil.sees(path(place)))
    assert "Ann: somebody took care of them lately" in text_of(await gil.sees(f"/groups/{place.tuesday.id}"))
    for other in (ann, gus):
        assert (await other.sees(path(place))).status_code == 404
        assert "took care" not in text_of(await other.sees(f"/groups/{place.tuesday.id}"))
    mine = (await ann.sees("/account/everything.json")).json()["crisis_steps"]
    assert [(one["step"], one["by_id"]) for one in mine] == [("tell", "somebody else")]
    await gil.sends(path(place), path(place), member=str(ann.member), step="follow-up")
    assert "took care" not in text_of(await fran.sees(f"/groups/{place.tuesday.id}"))


async def test_the_rooms_page_marks_a_step_of_somebody_in_this_group_only(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    told = (await fran.sees(f"{path(place)}/steps")).json()
    headers = {"X-Form": told["form"]}
    for member, status in ((str(ann.member), 204), (str(gus.member), 422)):
        asked = {"member": member, "step": "contact"}
        assert (await fran.client.post(f"{path(place)}/steps", json=asked, headers=headers)).status_code == status
    (one,) = (await fran.sees(f"{path(place)}/steps")).json()["taken"]
    assert (one["member"], one["step"], one["by"]) == (ann.member, "contact", "Fran")


async def test_a_step_goes_after_ninety_days_or_with_the_person(place: Place, ann: Browser, fran: Browser) -> None:
    assert ann.member
    for member in (str(ann.member), str(fran.member)):
        await fran.sends(path(place), path(place), member=member, step="room")
    async with place.store.erasing() as c:
        await members.leave(c, ann.member)
    assert await kept(place) == 1
    for days, left in ((89, 1), (91, 0)):
        async with place.store.erasing() as c:
            await expire(c, Millis(now() + days * DAY), place.site.ledger)
        assert await kept(place) == left


async def test_what_is_wrong_is_said(place: Place, fran: Browser, gus: Browser) -> None:
    for member, step in (("", "tell"), (str(gus.member), "tell"), (str(fran.member), "gossip")):
        assert (await fran.sends(path(place), path(place), member=member, step=step)).status_code == 422
    assert await kept(place) == 0


def test_whoever_was_cared_for_is_to_be_reached_out_to_for_a_week() -> None:
    ann = MemberId("ann")
    before, after = (Taken(ann, "tell", None, Millis(day * DAY)) for day in (1, 3))
    reached = Taken(ann, "follow-up", None, Millis(2 * DAY))
    assert crises.to_follow_up([before], Millis(2 * DAY)) == [ann]
    assert crises.to_follow_up([reached, before], Millis(2 * DAY)) == []
    assert crises.to_follow_up([after, reached, before], Millis(3 * DAY)) == [ann]
    assert crises.to_follow_up([before], Millis(8 * DAY)) == []


def test_an_organisation_brings_steps_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    assert [one.title for one in read(tmp_path / "own.toml")] == ["Ring the bell"]
    assert [one.step for one in read()] == ["tell", "aside", "contact", "room", "debrief", "follow-up"]
    (tmp_path / "own.toml").write_text(OWN.replace('"tell"', '"gossip"'), encoding="utf-8")
    with pytest.raises(ValueError, match="gossip"):
        read(tmp_path / "own.toml")
