"""Whoever was acted on asks somebody else to look again; the answer holds, and who acted does not give it."""

import asyncio
import re

import pytest
from sqlalchemy import func, select, text, update

from chat.core.ids import MemberId, Millis, RoomId
from chat.core.wire import Role
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason
from chat.records import acts, meetings
from chat.records.expiry import expire
from chat.records.keys import DAY, fresh_id, now
from chat.records.tables import accounts, appeals
from tests.web.place import Browser, Place, text_of
from web.pages.people import DID
from web.render import moment

WORDS = "I only told my own story. Xylograph."


@pytest.fixture
async def gil(place: Place) -> Browser:
    """Facilitates Tuesday's group with Fran."""
    return await place.person("gil", Role.FACILITATOR, place.tuesday)


def path(place: Place, name: str) -> str:
    return f"/groups/{place.tuesday.id}/{name}"


async def asks(place: Place, who: Browser, reader: str = "facilitators", words: str = WORDS) -> None:
    """About whatever the form offers first."""
    shown = await who.sees(path(place, "another-look"))
    (which, *_) = re.findall(r'<option value="([0-9a-f]+)"', shown.text)
    fields = {"act": which, "reader": reader, "words": words}
    assert (await who.sends(path(place, "another-look"), path(place, "another-look"), **fields)).status_code == 303


async def look_at(who: Browser, at: str) -> str:
    """The address of the first that waits for an answer; empty if none does."""
    found = re.search(rf'action="({at}/[0-9a-f]+)"', (await who.sees(at)).text)
    return found[1] if found else ""


async def test_a_mute_is_lifted_by_another_facilitator_and_the_person_speaks_at_once(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("mute", member=ann_.room["you"], minutes=30, reason="advice", words="let us listen")
    await asks(place, ann)
    assert await look_at(fran, path(place, "looks")) == "", "who acted does not answer"
    shown = text_of(await gil.sees(path(place, "looks")))
    assert "Fran muted Ann" in shown
    assert WORDS in shown
    there = await look_at(gil, path(place, "looks"))
    answer = await gil.sends(there, path(place, "looks"), outcome="lifted", words="You were right.")
    assert answer.status_code == 303
    await ann_.hears("unmuted", member=ann_.room["you"])
    await ann_.says("Thank you.")
    read = text_of(await ann.sees(path(place, "another-look")))
    assert "It has been lifted. “You were right.”" in read
    assert "Gil" not in read
    assert await look_at(gil, path(place, "looks")) == "", "it is answered once"


def test_every_act_reads_as_a_sentence_with_who_was_acted_on_in_it() -> None:
    assert set(DID) == set(Act)
    of_the_room = {Act.PAUSE, Act.RESUME, Act.CLOSE, Act.STEP_IN, Act.REPORT_READ}
    assert {act for act, did in DID.items() if "{}" not in did} == of_the_room
    assert not [did for did in DID.values() if did.endswith(":")]


async def test_of_what_was_done_the_time_is_told_and_of_a_mute_when_it_ends(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("mute", member=ann_.room["you"], minutes=10, reason="advice")
    async with place.store.reading() as c:
        mute = next(one for one in await acts.of(c, place.tuesday.id) if one.until)
    began, ends = moment(mute.at), moment(mute.until or Millis(0))
    assert re.fullmatch(r"\d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC", ends)
    shown = text_of(await ann.sees(path(place, "another-look")))
    assert f"You were muted, {began}" in shown
    await asks(place, ann)
    assert f"Fran muted Ann until {ends}" in text_of(await gil.sees(path(place, "looks")))
    assert f"Fran muted Ann Giving advice · {began}" in text_of(await gil.sees(path(place, "acts")))
    for read in (shown, text_of(await ann.sees("/account"))):
        assert f"You were muted until {ends}" in read
        assert f"Giving advice · {began}" in read


async def test_somebody_barred_reads_why_and_asks_from_there_and_comes_back_when_it_is_lifted(
    place: Place, ann: Browser, fran: Browser, ada: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("bar", member=ann_.room["you"], reason="hurtful", days=14)
    await ann_.is_closed()
    barred = await ann.sees(room)
    assert barred.status_code == 403
    assert "A facilitator asked you to stay away until" in text_of(barred)
    assert "The reason they gave: hurtful words." in text_of(barred)
    assert path(place, "another-look") in barred.text
    await asks(place, ann, "administrator")
    assert await look_at(fran, path(place, "looks")) == ""
    there = await look_at(ada, "/admin/looks")
    assert (await ada.sends(there, "/admin/looks", outcome="lifted", words="")).status_code == 303
    await ann.enters(room)
    assert "An administrator let Ann come back" in text_of(await fran.sees(path(place, "acts")))


async def asked_about_a_bar(place: Place, ann: Browser, fran: Browser, gil: Browser) -> str:
    """Where Gil answers: Fran has barred Ann, until somebody lifts it."""
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("bar", member=ann_.room["you"], reason="hurtful")
    await asks(place, ann)
    return await look_at(gil, path(place, "looks"))


async def test_a_bar_is_changed_to_some_weeks_or_stays_as_it_was(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    there = await asked_about_a_bar(place, ann, fran, gil)
    for wrong in ({"outcome": "changed", "weeks": "0"}, {"outcome": "else"}, {"outcome": "upheld", "words": "x" * 501}):
        assert (await gil.sends(there, path(place, "looks"), **wrong)).status_code == 422
    await gil.sends(there, path(place, "looks"), outcome="changed", weeks="2", words="Two weeks are enough.")
    assert "It has been changed." in text_of(await ann.sees(path(place, "another-look")))
    assert "until they say otherwise" not in text_of(await ann.sees(f"/groups/{place.tuesday.id}"))
    assert "stay away until" in text_of(await ann.sees(f"/groups/{place.tuesday.id}"))


async def test_nothing_comes_of_it_by_itself_and_what_was_written_stays_beside_what_is_wrong(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    there = await asked_about_a_bar(place, ann, fran, gil)
    which, kind = there.rpartition("/")[2], "Two weeks may be enough, Ann."
    for field, said in {"outcome": {}, "weeks": {"outcome": "changed", "weeks": "many"}}.items():
        wrong = await gil.sends(there, path(place, "looks"), words=kind, **{"outcome": "", **said})
        assert wrong.status_code == 422
        assert f'href="#{field}-{which}"' in wrong.text
        assert f'id="{field}-{which}"' in wrong.text
        assert f'aria-describedby="{field}-{which}-error"' in wrong.text
        assert f"\n{kind}</textarea>" in wrong.text
    assert 'value="changed" selected' in wrong.text
    assert 'value="many"' in wrong.text
    assert "It has not been answered yet." in text_of(await ann.sees(path(place, "another-look")))


async def test_the_only_facilitator_answers_if_there_is_no_other(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("nudge", member=ann_.room["you"], reason="advice")
    await asks(place, ann)
    assert await look_at(fran, path(place, "looks"))


async def test_an_administrator_who_acted_does_not_look_again_if_there_is_another(place: Place, ann: Browser) -> None:
    hera = await place.person("hera", Role.FACILITATOR, place.tuesday, administrator=True)
    ada = await place.person("ada", administrator=True)
    room = await hera.opens_the_meeting(place.tuesday)
    hera_, ann_ = await hera.enters(room), await ann.enters(room)
    await hera_.does("nudge", member=ann_.room["you"], reason="advice")
    await asks(place, ann, reader="administrator")
    assert await look_at(hera, "/admin/looks") == ""
    assert "Asked to look again (" not in text_of(await hera.sees("/admin"))
    assert await look_at(ada, "/admin/looks")


async def test_an_administrator_who_asks_does_not_answer_themself(place: Place, fran: Browser) -> None:
    ada = await place.person("ada", Role.MEMBER, place.tuesday, administrator=True)
    eve = await place.person("eve", administrator=True)
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ada_ = await fran.enters(room), await ada.enters(room)
    await fran_.does("bar", member=ada_.room["you"], reason="hurtful")
    await asks(place, ada, reader="administrator")
    async with place.store.reading() as c:
        which = await c.scalar(select(appeals.c.id).where(appeals.c.member_id == ada_.room["you"]))
    assert which not in (await ada.sees("/admin/looks")).text
    assert (await ada.sends(f"/admin/looks/{which}", None, outcome="lifted")).status_code == 404
    assert "stay away" in text_of(await ada.sees(f"/groups/{place.tuesday.id}"))
    assert (await eve.sends(f"/admin/looks/{which}", None, outcome="lifted")).status_code == 303
    assert "stay away" not in text_of(await ada.sees(f"/groups/{place.tuesday.id}"))


async def test_nobody_asks_those_of_whom_there_is_nobody_but_themself(place: Place) -> None:
    async with place.store.writing() as c:  # whom tests before this one made
        await c.execute(update(accounts).values(administrator=False))
    eve = await place.person("eve", Role.FACILITATOR, place.tuesday, administrator=True)
    async with place.store.writing() as c:
        act = acts.Deed(None, Act.MUTE, None, eve.member, Reason.FLAGGED, now(), group=place.tuesday.id)
        which = await acts.open(c, place.site.ledger, act)
    there = path(place, "another-look")
    assert "There is nobody here but you who could answer" in text_of(await eve.sees(there))
    for reader in ("facilitators", "administrator"):
        sent = await eve.sends(there, None, act=which, words="why", reader=reader)
        assert "nobody but you to answer" in text_of(sent)
    await place.person("hera", administrator=True)
    shown = await eve.sees(there)
    assert "The people who run this service" in shown.text
    assert "Another facilitator of the group" not in shown.text
    assert (await eve.sends(there, there, act=which, words="why", reader="administrator")).status_code == 303


async def test_of_two_who_answer_at_one_moment_one_does(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    iva = await place.person("iva", Role.FACILITATOR, place.tuesday)
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("mute", member=ann_.room["you"], minutes=30, reason="advice")
    await asks(place, ann)
    there, at = await look_at(gil, path(place, "looks")), path(place, "looks")
    forms = [await who.code(at) for who in (gil, iva)]
    answers = await asyncio.gather(*(
        who.client.post(there, data={"form": form, "outcome": outcome})
        for who, form, outcome in zip((gil, iva), forms, ("upheld", "lifted"), strict=True)
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    async with place.store.reading() as c:
        done = [one.act for one in await acts.on(c, place.tuesday.id, MemberId(ann_.room["you"]))]
    assert len(done) == 2, f"{done}: the mute, and one answer"


async def test_nobody_asks_about_what_was_not_done_to_them_nor_twice(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    bob = await place.person("bob", Role.MEMBER, place.tuesday)
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("nudge", member=ann_.room["you"], reason="advice")
    async with place.store.reading() as c:
        (act,) = await acts.of(c, place.tuesday.id)
    for who, typed in ((bob, {"act": act.id}), (ann, {"act": "x"}), (ann, {"act": act.id, "words": ""})):
        sent = await who.sends(path(place, "another-look"), path(place, "another-look"), **{"words": "why", **typed})
        assert sent.status_code == 422
    for _ in range(2):
        await ann.sends(path(place, "another-look"), None, act=act.id, words="why", reader="facilitators")
    async with place.store.reading() as c:
        assert await c.scalar(select(func.count()).select_from(appeals).where(appeals.c.act_id == act.id)) == 1


async def test_whoever_asks_again_from_an_older_page_reads_that_it_was_asked_and_what_they_wrote(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("nudge", member=ann_.room["you"], reason="advice")
    await asks(place, ann)
    sent = await ann.sends(path(place, "another-look"), path(place, "another-look"), act="x", words="And one thing.")
    assert sent.status_code == 422
    assert "that you have not asked about already" in text_of(sent)
    assert "You wrote: “And one thing.”" in text_of(sent)
    pointed_at = re.findall(r'class="summary".*?</div>', sent.text, re.DOTALL)[0]
    assert "href=" not in pointed_at


async def test_what_was_done_to_somebody_is_there_however_much_was_done_to_others_since(
    place: Place, ann: Browser, fran: Browser, gil: Browser
) -> None:
    """Where everything waits for a facilitator, an evening has hundreds of messages that one lets through."""
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("mute", member=ann_.room["you"], minutes=30, reason="advice")
    async with place.store.writing() as c:
        for n in range(250):
            release = (Act.RELEASE, fran.member, gil.member, None, Millis(now() + n))
            await acts.open(c, place.site.ledger, acts.Deed(RoomId(room.split("/")[2]), *release))
    assert "You were muted" in text_of(await ann.sees(path(place, "another-look")))
    await asks(place, ann)
    assert await look_at(gil, path(place, "looks"))
    newest = await gil.sees(path(place, "acts"))
    assert "Fran muted Ann" not in text_of(newest)
    older = re.search(r'href="(\?past=200)">Older ones', newest.text)
    assert older, "and whoever facilitates reads on"
    rest = await gil.sees(path(place, f"acts{older[1]}"))
    assert "Fran muted Ann" in text_of(rest)
    assert 'href="?past=0">Newer ones' in rest.text
    assert "Older ones" not in rest.text
    for odd in ("-1", "x", "9" * 30):
        assert (await gil.sees(path(place, f"acts?past={odd}"))).status_code == 200


async def test_the_words_stand_nowhere_in_clear_and_go_after_thirty_days_or_with_the_membership(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("nudge", member=ann_.room["you"], reason="advice")
    await asks(place, ann)
    async with place.store.reading() as c:
        whole = str((await c.execute(text("SELECT * FROM appeals"))).all())
    assert "Xylograph" not in whole
    async with place.store.erasing() as c:
        await expire(c, Millis(now() + 29 * DAY), place.site.ledger)
        assert await c.scalar(select(func.count()).where(appeals.c.member_id == ann.member)) == 1
        await expire(c, Millis(now() + 31 * DAY), place.site.ledger)
        assert await c.scalar(select(func.count()).where(appeals.c.member_id == ann.member)) == 0


async def test_everybody_sees_what_was_done_to_them_without_names_and_facilitators_see_all_of_it_proved(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("mute", member=ann_.room["you"], minutes=5, reason="too-much")
    own = text_of(await ann.sees("/account"))
    assert "You were muted until" in own
    assert "Fran" not in own
    assert "You were muted" not in text_of(await fran.sees("/account"))
    every = text_of(await fran.sees(path(place, "acts")))
    assert "Fran muted Ann" in every
    assert "This one was not changed, and none was taken out." in every
    async with place.store.writing() as c:
        await c.execute(text("UPDATE acts SET reason = 'other' WHERE group_id = :group"), {"group": place.tuesday.id})
    assert "This list was changed" in text_of(await fran.sees(path(place, "acts")))


async def test_what_was_done_in_a_talk_aside_is_not_taken_for_the_meetings_and_no_reason_is_made_up(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room, side = await fran.opens_the_meeting(place.tuesday), RoomId(fresh_id())
    fran_, ann_ = await fran.enters(room), await ann.enters(room)
    await fran_.does("slow", member=ann_.room["you"], seconds=30)
    assert fran.member
    assert ann.member
    async with place.store.writing() as c:
        assert await meetings.open_beside(c, side, RoomId(room.rsplit("/", 1)[1]), fran.member, ann.member, now())
        await acts.open(c, place.site.ledger, acts.Deed(side, Act.CLOSE, None, None, None, now()))
    every = text_of(await fran.sees(path(place, "acts")))
    assert "The room itself closed the meeting (in a talk aside)" in every
    assert "Fran slowed Ann down" in every
    for shown in (every, text_of(await ann.sees(path(place, "another-look"))), text_of(await ann.sees("/account"))):
        assert "Something else" not in shown
