"""A group's own way through a meeting: a good one is there from the start, and facilitators change it."""

from html import unescape

import pytest

from chat.core.wire import FloorKind
from chat.records import agreements, plans
from chat.records.tables import Text
from chat.records.tables import plans as plans_
from tests.web.place import Browser, Place, text_of
from web.plan import PHASES_MAX, TEXTS_MAX, Plan, default, plan_of


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
    assert [phase.name for phase in default().phases if phase.agreement] == ["Opening"]


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


async def test_a_group_chooses_in_which_part_its_agreement_is_read(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/plan"
    await fran.sends(path, path, **rows(name1="Talking", agreement0="yes"))
    assert [phase.agreement for phase in (await kept(place)).phases] == [True, False]
    assert (await fran.sees(path)).text.count(" checked") == 1


async def test_a_room_fetches_the_agreement_as_it_holds_now(place: Place, ann: Browser) -> None:
    async with place.store.writing() as c:
        await agreements.edit(c, place.tuesday.id, "# Kind\n\nWe listen <b>.\n\n- to each\n- to all", None)
    answer = await ann.sees(f"/groups/{place.tuesday.id}/agreement/text")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == [
        {"kind": "heading", "lines": ["Kind"]},
        {"kind": "paragraph", "lines": ["We listen <b>."]},
        {"kind": "points", "lines": ["to each", "to all"]},
    ]


async def test_what_is_wrong_is_said_and_what_was_typed_stays(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/plan"
    answer = await fran.sends(path, path, **rows(minutes0="soon", name1="", prompt1="Without a name"))
    assert answer.status_code == 422
    assert "from 0 to 240" in text_of(answer)
    assert "give at least one part a name" in text_of(answer)
    assert 'value="soon"' in answer.text
    assert "Without a name" in answer.text
    assert await kept(place) == default()


@pytest.mark.parametrize("many", ["241", "0000000009999", "9" * 5000, "-1", "1e2", "²"])
async def test_a_part_that_would_last_too_long_is_not_kept_and_shuts_nobody_out(
    many: str, place: Place, fran: Browser
) -> None:
    path = f"/groups/{place.tuesday.id}/plan"
    assert (await fran.sends(path, path, **rows(minutes0=many))).status_code == 422
    assert await kept(place) == default()
    assert (await fran.sees(await fran.opens_the_meeting(place.tuesday))).status_code == 200


@pytest.mark.parametrize("line", ["a" * 60, "x", '“Say” "it"'])
async def test_ready_words_that_the_records_have_no_room_for_are_given_back(
    line: str, place: Place, fran: Browser
) -> None:
    """SQLite would take them; PostgreSQL answers with an error."""
    path, one = f"/groups/{place.tuesday.id}/plan", "\n".join([line] * (600 // (len(line) + 1)))
    texts = "\r\n\r\n".join([one.replace("\n", "\r\n")] * TEXTS_MAX)
    answer, column = await fran.sends(path, path, **rows(texts=texts)), plans_.c.texts.type
    room = column.length if isinstance(column, Text) and column.length else 0
    async with place.store.reading() as c:
        saved = await plans.find(c, place.tuesday.id)
    if answer.status_code == 303:
        assert saved
        assert len(saved[1]) <= room
    else:
        assert "not enough room for all of these" in text_of(answer)
        assert one[:60] in unescape(answer.text), "what was typed stays"
        assert saved is None


async def test_only_facilitators_see_and_change_it(place: Place, ann: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/plan"
    assert (await ann.sees(path)).status_code == 404
    assert (await ann.sends(path, None, **rows())).status_code == 404
    assert await kept(place) == default()
