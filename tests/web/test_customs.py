"""How a group meets is chosen by its facilitators, on a page of its own."""

import re
from importlib.resources import files

import pytest

from chat.core.customs import DROP_IN, Customs, Step
from chat.core.moderation.policy import Level, Levels
from chat.records import groups
from tests.web.place import Browser, Place, text_of
from web.customs import customs_of
from web.levels import RULES


async def kept(place: Place) -> Customs:
    async with place.store.reading() as c:
        return await customs_of(c, place.tuesday.id)


async def test_a_facilitator_chooses_and_goes_back_to_the_usual_way(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    assert "empty: 15" in text_of(await fran.sees(path))
    assert (await fran.sends(path, path, cap="8")).status_code == 303
    assert await kept(place) == Customs(cap=8)
    assert 'value="8"' in (await fran.sees(path)).text
    await fran.sends(path, path, turn="6", cuts_off="yes", known_as="The Tuesday lamp")
    assert await kept(place) == Customs(turn=6, cuts_off=True, known_as="The Tuesday lamp")
    shown = (await fran.sees(path)).text
    assert 'value="The Tuesday lamp"' in shown
    assert "checked" in shown
    await fran.sends(path, path)
    assert await kept(place) == Customs()


async def test_what_is_wrong_is_said_and_what_was_typed_stays(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    for typed in ("2", "1001", "a few", "1" * 400, "\uff13"):
        answer = await fran.sends(path, path, cap=typed)
        assert answer.status_code == 422
        assert "3 to 1000 people" in text_of(answer)
        assert f'value="{typed}"' in answer.text
    assert await kept(place) == DROP_IN


async def test_only_facilitators_see_and_change_them(place: Place, ann: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    assert (await ann.sees(path)).status_code == 404
    assert (await ann.sends(path, None, cap="8")).status_code == 404
    assert await kept(place) == DROP_IN


async def test_how_long_reports_last_and_how_many_flags_mute_is_the_groups_to_say(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    chosen = {
        "reports_hours": "24",
        "reports_days": "7",
        "remarks_days": "8",
        "flags_on_message": "2",
        "flags_on_person": "4",
    }
    assert (await fran.sends(path, path, **chosen)).status_code == 303
    assert await kept(place) == Customs(
        reports_hours=24, reports_days=7, remarks_days=8, flags_on_message=2, flags_on_person=4
    )
    for name, typed in zip(chosen, ("23", "61", "6", "1", "x"), strict=True):
        answer = await fran.sends(path, path, **chosen | {name: typed})
        assert (name, answer.status_code) == (name, 422)
        assert f'value="{typed}"' in answer.text


async def test_what_waits_for_a_facilitator_is_the_groups_to_say(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    assert "What waits for a facilitator" in text_of(await fran.sees(path))
    chosen = {"contact": "off", "hurt": "strict", "newcomer": "3", "review": "1", "pace": "30"}
    assert (await fran.sends(path, path, **chosen)).status_code == 303
    policy = Levels(contact=Level.OFF, hurt=Level.STRICT, newcomer=3, review=True, pace=30)
    assert await kept(place) == Customs(policy=policy)
    assert 'value="3"' in (await fran.sees(path)).text
    answer = await fran.sends(path, path, **chosen | {"newcomer": "11", "contact": "whatever", "pace": "999"})
    assert answer.status_code == 422
    await fran.sends(path, path, newcomer="", contact="whatever", pace="999")
    assert await kept(place) == Customs(policy=Levels(pace=120))


def test_a_room_says_of_its_rules_what_the_groups_page_says() -> None:
    room = files("web").joinpath("static/holding.js").read_text("utf-8")
    said = dict(re.findall(r'^  (\w+): \["(.*)" \}\],$', room, re.MULTILINE))
    for rule, (about, meanings) in RULES.items():
        words = ", ".join(f'{level}: "{meaning}"' for level, meaning in meanings.items())
        assert said[rule] == f'{about}", {{ {words}'.removesuffix('"')


async def test_whether_people_wait_and_when_the_door_closes_is_the_groups_to_say(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    assert (await fran.sends(path, path, waiting="no", door="0")).status_code == 303
    assert await kept(place) == DROP_IN
    await fran.sends(path, path, waiting="yes", door="10")
    assert await kept(place) == Customs(door=10)
    answer = await fran.sends(path, path, waiting="no", door="121")
    assert answer.status_code == 422
    assert "from 0 to 120" in text_of(answer)
    assert await kept(place) == Customs(door=10)


async def test_a_new_group_waits_unless_it_says_otherwise(place: Place, ada: Browser) -> None:
    await ada.sends("/admin/groups", "/admin", name="Thursday")
    async with place.store.reading() as c:
        (made,) = [group for group in await groups.all_(c) if group.name == "Thursday"]
        assert await customs_of(c, made.id) == Customs()
        assert Customs().waiting


async def test_a_group_chooses_its_steps_and_its_topics(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    chosen = {"step-bar": "no", "mute_minutes": "15", "bar_weeks": "0", "topics": "loss\r\n\r\n  war and  flight\r\n"}
    assert (await fran.sends(path, path, **chosen)).status_code == 303
    assert await kept(place) == Customs(
        steps=(Step.NUDGE, Step.MUTE), mute_minutes=15, bar_weeks=0, topics=("loss", "war and flight")
    )
    shown = (await fran.sees(path)).text
    assert 'value="15"' in shown
    assert "war and flight" in shown
    assert '<option value="no" selected>' in shown


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("mute_minutes", "0", "1 to 120 minutes"),
        ("bar_weeks", "521", "0 to 520 weeks"),
        ("topics", "\n".join("abcdefg"), "room for 6 topics"),
        ("topics", "x" * 41, "at most 40 characters"),
    ],
)
async def test_what_is_wrong_with_a_step_is_said(
    place: Place, fran: Browser, field: str, typed: str, said: str
) -> None:
    path = f"/groups/{place.tuesday.id}/customs"
    answer = await fran.sends(path, path, **{field: typed})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert typed in answer.text
    assert await kept(place) == DROP_IN
