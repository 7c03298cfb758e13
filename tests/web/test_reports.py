"""A report from the room's page to whoever reads it, and back: verified, sealed, and answered."""

import re
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import delete, select, update

from chat.core.wire import Role
from chat.records import agreements, members, reports
from chat.records.keys import DAY, now
from chat.records.tables import accounts, meetings, metadata
from tests.cast import Frame, Person
from tests.web.place import PASSWORD, Browser, Place, text_of
from web.reporting import REFUSED_A_DAY

pytestmark = pytest.mark.slow

HURT = "You people never get anything right."


@pytest.fixture
async def room(place: Place, fran: Browser) -> str:
    """The path of Tuesday's room, open."""
    return await fran.opens_the_meeting(place.tuesday)


def quoted(seat: Person, said: Frame, *, reported: bool = True) -> Frame:
    """A message as a page keeps it: what it was shown, and the room's epoch."""
    fields = ("n", "by", "at", "text", "receipt", "note")
    return {key: said[key] for key in fields if key in said} | {"epoch": seat.room["epoch"], "reported": reported}


async def reports_(browser: Browser, room: str, *messages: Frame, **fields: Any) -> Response:
    """Sends a report as the page does."""
    code = (await browser.sees(f"{room}/reports")).json()["form"]
    body = {"messages": messages, "why": "hurtful", **fields}
    return await browser.client.post(f"{room}/reports", json=body, headers={"x-form": code})


async def hurt(room: str, fran: Browser, ann: Browser, bob: Browser) -> tuple[Person, Frame]:
    """Fran holds the room; Bob says something there that Ann hears."""
    await fran.enters(room)
    listening, talking = await ann.enters(room), await bob.enters(room)
    await talking.says(HURT)
    return listening, await listening.hears("said")


async def closes(fran: Browser, room: str) -> None:
    """Fran ends the meeting."""
    holding = await fran.enters(room)
    await holding.asks("close")
    await holding.is_closed()


@pytest.fixture
async def bob(place: Place) -> Browser:
    """Takes part in Tuesday's group, too."""
    return await place.person("bob", Role.MEMBER, place.tuesday)


async def the_report(reader: Browser, at: str) -> str:
    """The address of the one report on a list."""
    found = re.search(rf'href="({at}/[0-9a-f]+)"', (await reader.sees(at)).text)
    assert found
    return found[1]


async def test_the_whole_way_of_a_report_on_both_sides(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await listening.says("That was not kind.")
    own = await listening.hears("said")
    await listening.says("Not in this report.")
    await listening.hears("said")
    await listening.says("Good night.")
    last = await listening.hears("said")
    beside = [quoted(listening, one, reported=False) for one in (last, own)]
    answer = await reports_(ann, room, *beside, quoted(listening, said), own="It hurt me.")
    assert answer.status_code == 201
    told = answer.json()
    assert told["findings"] == ["genuine"] * 3
    assert told["missing"] == [[3, 3]]

    at = f"/groups/{place.tuesday.id}/reports"
    assert "Reports (1 new)" in text_of(await fran.sees(f"/groups/{place.tuesday.id}"))
    assert "Nobody has opened it yet" in text_of(await ann.sees(f"{at}/mine"))
    assert HURT not in (await fran.sees(at)).text
    which = await the_report(fran, at)
    read = text_of(await fran.sees(which))
    order = [read.index(words) for words in (HURT, "That was not kind.", "Message 3 was said here", "Good night.")]
    assert order == sorted(order)
    assert "It hurt me." in read
    assert "wishes not to be known" in read
    assert "Fran, " in read.split("Who has opened it")[1]
    assert "Fran opened a report" in text_of(await fran.sees(f"/groups/{place.tuesday.id}/acts"))
    assert "Somebody has read it" in text_of(await ann.sees(f"{at}/mine"))

    assert (await fran.sends(which, which, outcome="talked", words="Thank you.\r\nWe spoke.")).status_code == 303
    mine = text_of(await ann.sees(f"{at}/mine"))
    assert "Somebody talked with the person." in mine
    assert "Thank you. We spoke." in mine
    assert "Fran" not in mine
    assert "Bob" not in mine
    assert "You have made none" in text_of(await bob.sees(f"{at}/mine"))
    assert "Reports (" not in text_of(await fran.sees(f"/groups/{place.tuesday.id}"))


async def test_an_answer_takes_the_place_of_another_only_when_its_writer_has_read_that_one(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await reports_(ann, room, quoted(listening, said))
    at = f"/groups/{place.tuesday.id}/reports"
    which = await the_report(fran, at)
    assert (await fran.sends(which, which, outcome="talked", words="We spoke.")).status_code == 303
    gil = await place.person("gil", Role.FACILITATOR, place.tuesday)
    late = await gil.sends(which, which, outcome="left", words="Nothing to see.", stands="")  # opened before Fran's
    assert late.status_code == 409
    assert "Somebody else has answered meanwhile." in text_of(late)
    assert "Whoever reported it reads: Somebody talked with the person. We spoke." in text_of(late)
    assert "\nNothing to see.</textarea>" in late.text
    mine = text_of(await ann.sees(f"{at}/mine"))
    assert "We spoke." in mine
    assert "Nothing to see." not in mine
    stands = re.search(r'name="stands" value="([^"]+)"', late.text)
    assert stands
    again = await gil.sends(which, which, outcome="left", words="Both of us looked.", stands=stands[1])
    assert again.status_code == 303
    assert "Both of us looked." in text_of(await ann.sees(f"{at}/mine"))


async def test_a_reporter_who_wishes_to_be_known_is(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    holding = await fran.enters(room)
    await reports_(ann, room, quoted(listening, said), named=True)
    await holding.hears("reported")
    assert "reported" not in [frame["type"] for frame in listening.history]
    at = f"/groups/{place.tuesday.id}/reports"
    assert "Reported by Ann" in text_of(await fran.sees(await the_report(fran, at)))


async def test_of_a_hidden_report_and_of_one_about_a_facilitator_nobody_in_the_room_hears(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    holding = await fran.enters(room)
    listening, talking = await ann.enters(room), await bob.enters(room)
    await talking.says(HURT)
    hidden = quoted(listening, await listening.hears("said"))
    await holding.says("Be quiet now.")
    about_fran = quoted(listening, await listening.hears("said"))
    await reports_(ann, room, hidden)
    assert (await reports_(ann, room, about_fran, named=True)).json()["reader"] == "administrator"
    await reports_(ann, room, hidden, named=True)
    n = await talking.says("Good night.")
    await holding.hears("said", n=n)  # after whatever was told before
    assert [frame["type"] for frame in holding.history].count("reported") == 1


async def test_tries_that_are_refused_again_and_again_are_not_looked_at_any_more_that_day(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    forged = quoted(listening, said) | {"text": "I will find you."}
    answers = [(await reports_(ann, room, forged)).status_code for _ in range(REFUSED_A_DAY + 1)]
    assert answers == [422] * REFUSED_A_DAY + [429]
    genuine = await reports_(ann, room, quoted(listening, said))
    assert (genuine.status_code, genuine.json()["findings"]) == (429, [])
    async with place.store.writing() as c:
        await c.execute(delete(metadata.tables["throttle"]))
    assert (await reports_(ann, room, quoted(listening, said))).status_code == 201


async def test_whoever_leaves_before_they_are_reported_does_not_read_it_when_they_come_back_to_facilitate(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    gil = await place.person("gil", Role.FACILITATOR, place.tuesday)
    await gil.enters(room)
    talking, listening = await fran.enters(room), await ann.enters(room)
    await talking.says(HURT)
    said = await listening.hears("said")
    assert (await fran.sends(f"/groups/{place.tuesday.id}/leave")).status_code == 303
    assert (await reports_(ann, room, quoted(listening, said))).status_code == 201
    fran.member = await place.joins(fran, place.tuesday, "Fern", Role.FACILITATOR)
    at = f"/groups/{place.tuesday.id}/reports"
    which = await the_report(gil, at)
    assert which not in (await fran.sees(at)).text
    assert (await fran.sees(which)).status_code == 404
    assert (await fran.sends(which, None, outcome="left")).status_code == 404
    assert "Reports (" not in text_of(await fran.sees(f"/groups/{place.tuesday.id}"))
    assert HURT in text_of(await gil.sees(which))


async def test_whoever_leaves_or_is_erased_reads_beforehand_that_a_report_of_what_they_said_stays(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    assert (await reports_(ann, room, quoted(listening, said))).status_code == 201
    which = await the_report(fran, f"/groups/{place.tuesday.id}/reports")
    assert "but for reports that are there already" in text_of(await bob.sees("/account/erase"))
    assert "Reports that are there already stay" in text_of(await bob.sees(f"/groups/{place.tuesday.id}/leave"))
    assert (await bob.sends("/account/erase", "/account/erase", present=PASSWORD)).status_code == 303
    read = text_of(await fran.sees(which))
    assert HURT in read
    assert "Bob" in read


async def test_a_report_about_a_facilitator_is_seen_by_administrators_alone(
    place: Place, room: str, ann: Browser, fran: Browser, ada: Browser
) -> None:
    holding, listening = await fran.enters(room), await ann.enters(room)
    await holding.says(HURT)
    said = await listening.hears("said")
    answer = await reports_(ann, room, quoted(listening, said))
    assert answer.json()["reader"] == "administrator"
    theirs = f"/groups/{place.tuesday.id}/reports"
    assert "There are none." in text_of(await fran.sees(theirs))
    assert "Reports (" not in text_of(await fran.sees(f"/groups/{place.tuesday.id}"))
    which = await the_report(ada, "/admin/reports")
    assert HURT in text_of(await ada.sees(which))
    for path in (which, which.replace("/admin/reports", theirs)):
        assert (await fran.sees(path)).status_code == 404
        assert (await fran.sends(path, outcome="left")).status_code == 404
    assert "opened a report" not in text_of(await fran.sees(f"/groups/{place.tuesday.id}/acts"))
    assert (await ada.sends(which, which, outcome="acted")).status_code == 303
    assert "Something was done about it." in text_of(await ann.sees(f"{theirs}/mine"))


@pytest.fixture
async def hera(place: Place) -> Browser:
    """Facilitates Tuesday's group and administers, with one account."""
    return await place.person("hera", Role.FACILITATOR, place.tuesday, administrator=True)


async def about(hera: Browser, ann: Browser, place: Place) -> Response:
    """Ann hands in what Hera said in Tuesday's room."""
    room = await hera.opens_the_meeting(place.tuesday)
    holding, listening = await hera.enters(room), await ann.enters(room)
    await holding.says(HURT)
    return await reports_(ann, room, quoted(listening, await listening.hears("said")))


async def test_a_report_about_an_administrator_is_read_by_others_and_not_by_them(
    place: Place, ann: Browser, hera: Browser, ada: Browser
) -> None:
    assert (await about(hera, ann, place)).json()["reader"] == "administrator"
    before = text_of(await hera.sees("/admin"))
    assert "Read reports (" in text_of(await ada.sees("/admin"))
    which = await the_report(ada, "/admin/reports")
    assert which not in (await hera.sees("/admin/reports")).text
    assert (await hera.sees(which)).status_code == 404
    assert (await hera.sends(which, outcome="left")).status_code == 404
    assert HURT in text_of(await ada.sees(which))
    assert text_of(await hera.sees("/admin")) == before  # that somebody has opened it does not show, either
    assert "At the moment nobody" not in text_of(await ann.sees(f"/groups/{place.tuesday.id}/reports/mine"))


async def test_who_has_left_the_group_does_not_read_what_was_reported_of_them_there(
    place: Place, ann: Browser, fran: Browser, hera: Browser, ada: Browser
) -> None:
    await about(hera, ann, place)
    which = await the_report(ada, "/admin/reports")
    async with place.store.writing() as c:
        assert hera.member
        await members.leave(c, hera.member)
    assert (await hera.sees(which)).status_code == 404
    assert which not in (await hera.sees("/admin/reports")).text


async def test_once_its_words_are_erased_administrators_in_its_group_do_not_see_a_report(
    place: Place, ann: Browser, hera: Browser, ada: Browser
) -> None:
    await about(hera, ann, place)
    which = await the_report(ada, "/admin/reports")
    async with place.store.writing() as c:
        this = metadata.tables["reports"].c.id == which.rsplit("/", 1)[1]
        await c.execute(update(metadata.tables["reports"]).where(this).values(until=now(), content=None))
    assert (await hera.sees(which)).status_code == 404
    assert (await ada.sees(which)).status_code == 200


async def test_a_report_that_nobody_else_could_read_waits_and_its_reporter_is_told_so(new_place: Place) -> None:
    hera = await new_place.person("hera", Role.FACILITATOR, new_place.tuesday, administrator=True)
    ann = await new_place.person("ann", Role.MEMBER, new_place.tuesday)
    mine = f"/groups/{new_place.tuesday.id}/reports/mine"
    assert (await about(hera, ann, new_place)).status_code == 201
    assert "There are none." in text_of(await hera.sees("/admin/reports"))
    assert "nobody else is there who could read it, so it waits" in text_of(await ann.sees(mine))
    ada = await new_place.person("ada", administrator=True)
    assert HURT in text_of(await ada.sees(await the_report(ada, "/admin/reports")))
    assert "so it waits" not in text_of(await ann.sees(mine))


async def test_a_facilitators_words_that_stand_beside_do_not_keep_a_report_from_the_facilitators(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await (await fran.enters(room)).says("Please be kind.")
    beside = quoted(listening, await listening.hears("said"), reported=False)
    assert (await reports_(ann, room, quoted(listening, said), beside)).json()["reader"] == "facilitators"


FORGED: dict[str, Frame] = {
    "words": {"text": "You people are lovely."},
    "author": {"by": "f" * 32},
    "time": {"at": 1},
    "number": {"n": 2},
    "epoch": {"epoch": 1},
    "note": {"note": "x"},
    "receipt": {"receipt": "0" * 32},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
async def test_a_report_with_anything_forged_in_it_is_refused_message_by_message(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser, forged: Frame
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await listening.says("That was not kind.")
    true = quoted(listening, await listening.hears("said"))
    answer = await reports_(ann, room, quoted(listening, said) | forged, true)
    assert answer.status_code == 422
    told = answer.json()
    assert (told["result"], told["findings"]) == ("not-kept", ["does-not-match", "genuine"])
    async with place.store.reading() as c:
        assert await reports.of(c, place.tuesday.id, now()) == []


async def test_a_message_of_another_meeting_is_refused(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await closes(fran, room)
    another = await fran.opens_the_meeting(place.tuesday)
    answer = await reports_(ann, another, quoted(listening, said))
    assert answer.json()["findings"] == ["does-not-match"]
    assert (await reports_(ann, room, quoted(listening, said))).status_code == 201


async def test_after_the_window_a_report_is_not_called_false(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await closes(fran, room)
    this = meetings.c.id == room.rsplit("/", 1)[1]
    async with place.store.writing() as c:
        until = await c.scalar(select(meetings.c.reports_until).where(this))
        assert until
        assert 0 <= now() + 3 * DAY - until < 60_000
        await c.execute(update(meetings).where(this).values(reports_until=now()))
    for message in (quoted(listening, said), quoted(listening, said) | {"text": "forged"}):
        answer = await reports_(ann, room, message)
        assert (answer.status_code, answer.json()["findings"]) == (422, ["no-longer"])


async def test_the_group_says_how_long_a_report_can_be_made_and_is_kept(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    customs = f"/groups/{place.tuesday.id}/customs"
    await fran.sends(customs, customs, reports_hours="24", reports_days="7")
    async with place.store.writing() as c:  # the limits are part of what everybody agrees to: she is asked again
        assert fran.member
        await agreements.consent(c, fran.member, (await agreements.current(c, place.tuesday.id)).version)
    until = (await reports_(ann, room, quoted(listening, said))).json()["until"]
    assert 0 <= now() + 7 * DAY - until < 60_000
    await closes(fran, room)
    async with place.store.reading() as c:
        until = await c.scalar(select(meetings.c.reports_until).where(meetings.c.id == room.rsplit("/", 1)[1]))
    assert until
    assert 0 <= now() + DAY - until < 60_000


async def test_somebody_who_was_asked_to_leave_can_still_report(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    holding = await fran.enters(room)
    for act in ("remove", "bar"):
        await holding.does(act, member=ann.member, reason="other")
        assert (await reports_(ann, room, quoted(listening, said))).status_code == 201


async def test_a_retracted_message_can_be_reported(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await (await bob.enters(room)).does("retract", n=said["n"])
    assert (await reports_(ann, room, quoted(listening, said))).status_code == 201


async def test_nobody_outside_the_group_can_report_or_read(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser, gus: Browser, ada: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await reports_(ann, room, quoted(listening, said))
    which = await the_report(fran, f"/groups/{place.tuesday.id}/reports")
    for outsider in (gus, ada):
        form = {"x-form": (await outsider.code("/account"))}
        body = {"messages": [quoted(listening, said)], "why": "hurtful"}
        assert (await outsider.client.post(f"{room}/reports", json=body, headers=form)).status_code == 404
        assert (await outsider.sees(which)).status_code == 404
        assert (await outsider.sees(f"/admin/reports/{which.rsplit('/', 1)[1]}")).status_code == 404
    for member in (ann, bob):
        assert (await member.sees(which)).status_code == 404


async def test_a_report_counts_only_from_our_own_page(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    body, code = {"messages": [quoted(listening, said)], "why": "hurtful"}, await ann.code("/account")
    sent = {"x-form": code, "content-type": "application/json"}
    for headers in (
        {"content-type": "application/json"},
        sent | {"x-form": await bob.code("/account")},
        sent | {"content-type": "text/plain"},
        sent | {"origin": "https://elsewhere.example"},
        sent | {"sec-fetch-site": "cross-site"},
    ):
        assert (await ann.client.post(f"{room}/reports", json=body, headers=headers)).status_code == 403
    assert (await ann.client.post(f"{room}/reports", json=body, headers=sent)).status_code == 201


BROKEN = ["{", "[]", '{"messages": [], "why": "hurtful"}', '{"messages": 1, "why": "hurtful"}', '{"xylograph": 1}']


@pytest.mark.parametrize("body", BROKEN)
async def test_what_no_page_of_ours_sends_is_not_understood_and_not_quoted(
    place: Place, room: str, ann: Browser, body: str
) -> None:
    headers = {"x-form": await ann.code("/account"), "content-type": "application/json"}
    answer = await ann.client.post(f"{room}/reports", content=body, headers=headers)
    assert answer.status_code == 400
    assert "xylograph" not in answer.text


async def test_a_report_that_is_far_too_long_is_not_read(place: Place, room: str, ann: Browser) -> None:
    headers = {"x-form": await ann.code("/account"), "content-type": "application/json"}
    answer = await ann.client.post(f"{room}/reports", content="x" * 200_000, headers=headers)
    assert answer.status_code == 413


async def test_nobody_buries_reports_under_their_own(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    for _ in range(20):
        assert (await reports_(ann, room, quoted(listening, said))).status_code == 201
    assert (await reports_(ann, room, quoted(listening, said))).status_code == 429
    assert (await reports_(bob, room, quoted(listening, said))).status_code == 201


async def test_the_records_tell_neither_what_was_reported_nor_who_did(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await reports_(ann, room, quoted(listening, said), own="xylograph", named=True)
    which = await the_report(fran, at := f"/groups/{place.tuesday.id}/reports")
    await fran.sends(which, which, outcome="acted", words="xylograph too")
    assert "xylograph too" in text_of(await ann.sees(f"{at}/mine"))
    async with place.store.reading() as c:
        account = await c.scalar(select(accounts.c.id).where(accounts.c.login == ann.login))
        for table in (metadata.tables["reports"], metadata.tables["report_looks"]):
            for row in await c.execute(select(table)):
                for value in row:
                    kept = value if isinstance(value, bytes) else str(value).encode()
                    for hidden in (HURT, "xylograph", ann.member, account, "Ann"):
                        assert str(hidden).encode() not in kept


async def test_a_decision_without_an_outcome_keeps_what_was_typed(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    listening, said = await hurt(room, fran, ann, bob)
    await reports_(ann, room, quoted(listening, said))
    which = await the_report(fran, f"/groups/{place.tuesday.id}/reports")
    answer = await fran.sends(which, which, words="We will see.")
    assert answer.status_code == 422
    assert "Please choose what came of it." in text_of(answer)
    assert "We will see." in text_of(answer)
    long = await fran.sends(which, which, outcome="acted", words="x" * 1001)
    assert long.status_code == 422


async def test_what_was_reported_never_becomes_markup(
    place: Place, room: str, ann: Browser, bob: Browser, fran: Browser
) -> None:
    await fran.enters(room)
    listening, talking = await ann.enters(room), await bob.enters(room)
    await talking.says("<script>alert(1)</script>", note="<b>")
    await reports_(ann, room, quoted(listening, await listening.hears("said")), own="<i>")
    page = (await fran.sees(await the_report(fran, f"/groups/{place.tuesday.id}/reports"))).text
    assert "&lt;script&gt;" in page
    for raw in ("<script>alert", "<b><", "<i>"):
        assert raw not in page
