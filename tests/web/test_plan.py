"""A group's own way through a meeting: a good one is there from the start, and facilitators change it."""

from chat.core.wire import FloorKind
from tests.web.place import Browser, Place, text_of
from web.plan import PHASES_MAX, Plan, default, plan_of


def rows(**others: str) -> dict[str, str]:
    """A form with one part, filled in."""
    return {"name0": "Arriving", "minutes0": "10", "floor0": "round", "prompt0": "Who is here?", "texts": ""} | others


async def kept(place: Place) -> Plan:
    async with place.store.reading() as c:
        return await plan_of(c, place.tuesday.id)


def test_the_default_fills_ninety_minutes() -> None:
    assert sum(phase.minutes for phase in default().phases) == 90
    assert len(default().phases) <= PHASES_MAX
    assert default().texts


async def test_a_facilitator_changes_the_plan_and_goes_back_to_the_one_that_came(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/plan"
    assert "Check-in" in (await fran.sees(path)).text
    answer = await fran.sends(path, path, **rows(texts="Welcome.\r\n\r\nTake your time."))
    assert answer.status_code == 303
    plan = await kept(place)
    assert [(phase.name, phase.minutes, phase.floor) for phase in plan.phases] == [("Arriving", 10, FloorKind.ROUND)]
    assert plan.texts == ("Welcome.", "Take your time.")
    await fran.sends(path, path, default="yes", **rows())
    assert await kept(place) == default()


async def test_what_is_wrong_is_said_and_what_was_typed_stays(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/plan"
    answer = await fran.sends(path, path, **rows(minutes0="soon", name1="", prompt1="Without a name"))
    assert answer.status_code == 422
    assert "from 0 to 240" in text_of(answer)
    assert "give at least one part a name" in text_of(answer)
    assert 'value="soon"' in answer.text
    assert "Without a name" in answer.text
    assert await kept(place) == default()


async def test_only_facilitators_see_and_change_it(place: Place, ann: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/plan"
    assert (await ann.sees(path)).status_code == 404
    assert (await ann.sends(path, None, **rows())).status_code == 404
    assert await kept(place) == default()
