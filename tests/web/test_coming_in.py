"""From a link to a group: an account, the agreement, a name."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from chat.core.ids import Millis
from chat.core.wire import Role
from chat.live.closing import Closing
from chat.records import accounts, agreements, invitations, members, starts, tables
from chat.records.keys import DAY, hashed, now
from chat.records.starts import Purpose
from chat.records.store import Store
from tests import databases
from tests.web.place import PASSWORD, Browser, Place, at_once, code_in, text_of
from web.naming import ANOTHER
from web.pages.invited import MADE, MOST


async def test_the_first_administrator_comes_by_a_link_that_works_once(new_place: Place) -> None:
    place = new_place
    async with place.store.writing() as c:
        link = f"/begin/{await starts.begin(c, now())}"
    first, second = place.stranger(), place.stranger()
    weak = await first.sends(link, link, word="heron", password="heronheron")
    assert weak.status_code == 422
    assert 'value="heron"' in weak.text
    assert "heronheron" not in weak.text
    late = await second.code(link)
    shown = await first.sends(link, link, word="heron", password=PASSWORD)
    assert re.search(r">heron\d{4}<", shown.text)
    assert (await first.sees("/admin")).status_code == 200
    form = {"form": late, "word": "otter", "password": PASSWORD}
    assert (await second.client.post(link, data=form)).status_code == 404
    async with place.store.reading() as c:
        assert await accounts.any_administrator(c)


async def test_one_more_administrator_comes_by_a_link_of_whoever_runs_the_server_also_while_there_is_one(
    place: Place, ada: Browser
) -> None:
    async with place.store.writing() as c:
        ended, token = await starts.administer(c, now()), await starts.administer(c, now())
    link, second = f"/begin/{token}", place.stranger()
    assert (await second.sees(f"/begin/{ended}")).status_code == 404
    assert "makes one more administrator" in text_of(await second.sees(link))
    weak = await second.sends(link, link, word="heron", password="heronheron")
    assert "makes one more administrator" in text_of(weak)
    await second.sends(link, link, word="heron", password=PASSWORD)
    assert (await second.sees("/admin")).status_code == 200
    assert (await ada.sees("/admin")).status_code == 200
    assert (await place.stranger().sees(link)).status_code == 404


def administrator(*more: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`hearth administrator` as somebody types it."""
    command, given = [sys.executable, "-m", "web.cli", "administrator", *more], {"PATH": os.environ["PATH"], **environ}
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


async def test_that_link_is_printed_at_a_terminal_and_lasts_a_day(tmp_path: Path) -> None:
    async with databases.migrated(tmp_path / "hearth.sqlite") as url, Store.open(url) as store:
        async with store.writing() as c:
            await accounts.create(c, "admin", "a hash", administrator=True)
        told = administrator(DATABASE_URL=url, HEARTH_URL="https://circle.example", HEARTH_DATA=str(tmp_path))
        link = re.search(r"https://circle.example/begin/(\S+)\n", told.stdout)
        assert link, told.stderr
        async with store.reading() as c:
            for later, works in ((DAY - 60_000, True), (DAY, False)):
                assert await starts.look(c, link[1], Purpose.ADMINISTER, Millis(now() + later)) is works


async def test_it_is_taken_from_whoever_left_but_not_from_the_only_one(tmp_path: Path) -> None:
    async with databases.migrated(tmp_path / "hearth.sqlite") as url, Store.open(url) as store:

        def end(login: str) -> tuple[int, str]:
            told = administrator("end", login, DATABASE_URL=url, HEARTH_DATA=str(tmp_path))
            return told.returncode, told.stdout + told.stderr

        async with store.writing() as c:
            ada = await accounts.create(c, "heron", "a hash", administrator=True)
            ann = await accounts.create(c, "otter", "a hash")
        for login, why in ((ada.login, "There is no other."), (ann.login, "No administrator"), ("nobody", "No admin")):
            code, words = end(login)
            assert code == 1
            assert words.startswith(f"Nothing was changed:\n  - {why}")
        async with store.writing() as c:
            bea = await accounts.create(c, "raven", "a hash", administrator=True)
        assert end(f" {ada.login.upper()}")[0] == 0
        async with store.reading() as c:
            assert await accounts.administrators(c) == {bea.id}
            assert await accounts.find(c, ada.id)


async def test_whoever_is_no_administrator_any_more_is_kept_out_at_once(place: Place, ada: Browser) -> None:
    bea = await place.person("bea", administrator=True)
    async with place.store.writing() as c:
        assert await accounts.end_administering(c, bea.login)
    assert (await bea.sees("/admin")).status_code == (await place.stranger().sees("/nowhere")).status_code
    assert (await ada.sees("/admin")).status_code == 200


async def test_whoever_is_no_administrator_any_more_comes_back_by_no_link_that_they_made_as_one(
    place: Place, ada: Browser
) -> None:
    bea = await place.person("bea", Role.FACILITATOR, place.friday, administrator=True)
    kept = []
    async with place.store.writing() as c:
        known = await accounts.by_login(c, bea.login)
        assert known
        for group, role in itertools.product((place.tuesday, place.friday), Role):
            _, token = await invitations.create(c, group.id, role, known.account.id, now(), 60, 5)
            kept.append((group, role, f"/invitations/{token}"))
        assert await accounts.end_administering(c, bea.login)
    again = place.stranger()
    works = [(group, role) for group, role, link in kept if (await again.sees(link)).status_code == 200]
    of_tuesday = [(place.tuesday, Role.MEMBER)]  # which no administrator makes
    assert works == [*of_tuesday, (place.friday, Role.MEMBER), (place.friday, Role.SUPERVISOR)]


@pytest.mark.sqlite("is about its file")
def test_where_no_server_is_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    told = administrator(HEARTH_DATA=str(tmp_path))
    assert (told.returncode, told.stdout) == (1, "")
    assert f"There is no database in {tmp_path}. Is HEARTH_DATA right?" in told.stderr
    assert not list(tmp_path.iterdir())


async def test_somebody_new_goes_the_whole_way(place: Place) -> None:
    link, dan = await place.invitation(), place.stranger()
    shown = await dan.sends(f"{link}/account", link, word="otter", password=PASSWORD)
    login = re.search(r">(otter\d{4})<", shown.text)
    assert login
    assert f'href="{link}"' in shown.text
    assert login[1] not in (await dan.sees(link)).text  # shown once
    joining = await dan.sees(link)
    assert "We are here to support each other" in joining.text
    answer = await dan.sends(link, link, agree="yes", name="Slow River", version="1")
    assert answer.headers["location"] == f"/groups/{place.tuesday.id}"
    assert "Slow River" in (await dan.sees(answer.headers["location"])).text
    assert (await place.stranger().sees(link)).status_code == 404  # for one person


async def test_an_account_form_sent_twice_makes_one_account(place: Place) -> None:
    link, dan = await place.invitation(), place.stranger()
    code = await dan.code(link)
    await dan.client.post(f"{link}/account", data={"form": code, "word": "otter", "password": PASSWORD})
    again = await dan.sends(f"{link}/account", "/account", word="otter", password=PASSWORD)
    assert (again.status_code, again.headers["location"]) == (303, link)


async def test_whoever_loads_the_page_with_their_new_name_again_is_told_where_it_stands(place: Place) -> None:
    links = {await place.invitation(): "/account"}
    async with place.store.writing() as c:
        links[f"/begin/{await starts.administer(c, now())}"] = ""
    for link, end in links.items():
        dan = place.stranger()
        sent = {"form": await dan.code(link), "word": "otter", "password": PASSWORD}
        shown = await dan.client.post(link + end, data=sent)
        login = re.search(r">(otter\d{4})<", shown.text)
        assert login
        assert "We show the codes only now" in shown.text
        again = await dan.client.post(link + end, data=sent)
        assert (again.status_code, "You are signed in already" in again.text) == (403, True)
        assert "was open for a while" not in again.text
        assert 'href="/account"' in again.text
        assert f"Your sign-in name is <b>{login[1]}</b>" in (await dan.sees("/account")).text


async def test_somebody_with_an_account_signs_in_and_goes_on(place: Place, gus: Browser) -> None:
    link, browser = await place.invitation(), place.stranger()
    wrong = await browser.sends(f"{link}/sign-in", f"{link}/sign-in", login=gus.login, password="not it")
    assert wrong.status_code == 422
    right = await browser.sends(f"{link}/sign-in", f"{link}/sign-in", login=gus.login, password=PASSWORD)
    assert right.headers["location"] == link


async def test_a_free_name_is_suggested_and_only_after_consent_is_it_said_that_one_is_taken(
    place: Place, ann: Browser, gus: Browser
) -> None:
    link = await place.invitation()
    joining = await gus.sees(link)
    assert re.search(r'id="name" name="name" value="\w+ \w+"', joining.text)
    before = await gus.sends(link, link, name="ANN", version="1")
    assert before.status_code == 422
    assert "tick the box" in text_of(before)
    assert ANOTHER not in text_of(before)
    after = await gus.sends(link, link, name="ANN", version="1", agree="yes")
    assert ANOTHER in text_of(after)
    assert 'value="ANN"' in after.text
    assert "How about" in after.text


@pytest.mark.parametrize(
    "name",
    ["Ann Smith", "dan fitzgerald", "dan@example.org", "07700 900123", "@annm", "77 00 90", "Mrs Baker", "ANN", "Gus"],
)
async def test_a_name_that_says_who_somebody_is_or_could_be_mixed_up_gets_the_same_kind_sentence(
    place: Place, ann: Browser, gus: Browser, name: str
) -> None:
    """Gus is called Gus in Friday's group, and is not to be known again by it."""
    link = await place.invitation()
    answer = await gus.sends(link, link, name=name, version="1", agree="yes")
    assert answer.status_code == 422
    assert re.findall(r'id="name-error">([^<]+)<', answer.text) == [ANOTHER]
    assert answer.text.count(ANOTHER) == 2  # beside the box and at the top


@pytest.mark.parametrize("name", ["Dan", "Mary Ann", "Slow River", "little bird", "Amber Acorn", "Dan S", "Kitten 22"])
async def test_a_first_name_and_friendly_words_are_welcome(place: Place, gus: Browser, name: str) -> None:
    link = await place.invitation()
    answer = await gus.sends(link, link, name=name, version="1", agree="yes")
    assert answer.headers.get("location") == f"/groups/{place.tuesday.id}"


async def test_an_agreement_that_changed_while_somebody_read_it_is_shown_again(place: Place, gus: Browser) -> None:
    link = await place.invitation()
    async with place.store.writing() as c:
        await agreements.edit(c, place.tuesday.id, "Be kinder still.", None)
    answer = await gus.sends(link, link, name="Gus", version="1", agree="yes")
    assert answer.status_code == 422
    assert "Be kinder still." in answer.text
    async with place.store.reading() as c:
        assert await members.of(c, place.tuesday.id) == []


async def test_links_that_never_were_were_used_or_were_taken_back_look_the_same(place: Place, fran: Browser) -> None:
    at = f"/groups/{place.tuesday.id}/invitations"
    made = await fran.sends(at, at, uses="1", days="7")
    link = made.text.split(f'value="{place.address}')[1].split('"')[0]
    assert link not in (await fran.sees(at)).text  # shown once
    which = (await fran.sees(at)).text.split(f'action="{at}/')[1].split("/")[0]
    await fran.sends(f"{at}/{which}/revoke")
    stranger = place.stranger()
    taken_back, never = await stranger.sees(link), await stranger.sees("/invitations/nothing")
    assert (taken_back.status_code, taken_back.content) == (never.status_code, never.content)
    assert taken_back.status_code == 404


@pytest.mark.parametrize("way", ["account", "guest"])
async def test_nobody_fills_the_records_by_a_link(way: str, place: Place) -> None:
    async with place.store.writing() as c:
        anybody = await accounts.create(c, "somebody", "")
        _, token = await invitations.create(c, place.tuesday.id, Role.MEMBER, anybody.id, now(), guests=True)

    async def made() -> int:
        async with place.store.reading() as c:
            return await c.scalar(select(func.count()).select_from(tables.accounts)) or 0

    link, before = f"/invitations/{token}", await made()
    typed = {"word": "otter", "password": PASSWORD}
    assert (await place.stranger().sends(f"{link}/{way}", link, **typed)).status_code < 400
    assert await made() == before + 1
    async with place.store.writing() as c:
        for _ in range(MOST - 1):
            await place.site.throttle.failed(c, MADE, token, now())
    assert (await place.stranger().sends(f"{link}/{way}", link, **typed)).status_code == 404
    assert await made() == before + 1


async def test_facilitators_invite_members_and_administrators_facilitators(
    place: Place, fran: Browser, ada: Browser
) -> None:
    for browser, at, role in (
        (fran, f"/groups/{place.tuesday.id}/invitations", Role.MEMBER),
        (ada, f"/admin/groups/{place.tuesday.id}/invitations", Role.FACILITATOR),
    ):
        made = await browser.sends(at, at, uses="1", days="7")
        link = made.text.split(f'value="{place.address}')[1].split('"')[0]
        dan = await place.person("dan")
        await dan.sends(link, link, name=f"Dan the {role}", version="1", agree="yes")
        async with place.store.reading() as c:
            assert (await members.of(c, place.tuesday.id))[-1 if role is Role.MEMBER else 0].role is role


async def test_an_invitation_for_nobody_or_for_ever_is_refused_and_the_numbers_are_kept(
    place: Place, fran: Browser
) -> None:
    at = f"/groups/{place.tuesday.id}/invitations"
    answer = await fran.sends(at, at, uses="0", days="9999")
    assert answer.status_code == 422
    assert 'value="9999"' in answer.text
    assert "from 1 to 60" in text_of(answer)


async def test_a_changed_agreement_asks_everybody_again(place: Place, ann: Browser, fran: Browser) -> None:
    group = f"/groups/{place.tuesday.id}"
    old = await fran.sends(f"{group}/agreement/edit", f"{group}/agreement/edit", version="7", text="Mine.")
    assert old.status_code == 422
    assert "Mine." in old.text
    room = await fran.opens_the_meeting(place.tuesday)
    seats = await fran.enters(room), await ann.enters(room)
    saved = await fran.sends(
        f"{group}/agreement/edit", f"{group}/agreement/edit", version="1", text="# Kind\n\n- to each\n- to all <b>"
    )
    assert saved.status_code == 303
    for seat in seats:
        asked = await seat.hears_within(20, "asked-again")
        assert asked["question"]["version"] == 2
        assert (await seat.is_refused("say", text="hello"))["code"] == "asked-again"
    assert await (await ann.connects(room)).is_closed() == Closing.AGREEMENT
    shown = await ann.sees(f"{group}/agreement")
    assert "<h2>Kind</h2>" in shown.text
    assert "The words of the agreement have changed in several places." in text_of(shown)
    assert "<li>to all &lt;b&gt;</li>" in shown.text
    assert (await ann.sends(f"{group}/agreement", version="2")).status_code == 422
    assert (await ann.sends(f"{group}/agreement", version="1", agree="yes")).status_code == 409
    assert (await ann.sends(f"{group}/agreement", version="2", agree="yes")).status_code == 303
    assert "You have agreed" in (await ann.sees(f"{group}/agreement")).text
    for older in ({"version": "2"}, {"version": "1", "agree": "yes"}):  # from a page that was open before they agreed
        late = await ann.sends(f"{group}/agreement", "/account", **older)
        assert "You have agreed" in late.text
        assert "Something is not right yet" not in late.text
    await ann.enters(room)


async def test_nobody_opens_a_meeting_or_enters_a_room_before_they_have_agreed(
    place: Place, ann: Browser, fran: Browser
) -> None:
    group = f"/groups/{place.tuesday.id}"
    room = await fran.opens_the_meeting(place.tuesday)
    assert await fran.opens_the_meeting(place.tuesday) == room  # one at a time
    await fran.enters(room)
    assert not (await ann.enters(room)).room.get("paused")
    async with place.store.writing() as c:
        await agreements.edit(c, place.tuesday.id, "Be kinder still.", None)
    assert (await fran.sends(f"{group}/meeting", "/account")).headers["location"] == f"{group}/agreement"
    assert (await ann.sees(room)).headers["location"] == f"{group}/agreement"


async def test_leaving_a_group_erases_the_name_and_the_only_facilitator_stays(
    place: Place, ann: Browser, fran: Browser
) -> None:
    group = f"/groups/{place.tuesday.id}"
    room = await fran.opens_the_meeting(place.tuesday)
    holding, seat = await fran.enters(room), await ann.enters(room)
    assert (await fran.sends(f"{group}/leave")).status_code == 422
    assert (await ann.sends(f"{group}/leave")).status_code == 303
    assert await at_once(seat) == Closing.NO_SUCH_ROOM
    assert (await holding.hears("left"))["how"] == "left"
    assert await (await ann.connects(room)).is_closed() == Closing.NO_SUCH_ROOM
    async with place.store.reading() as c:
        assert [one.name for one in await members.of(c, place.tuesday.id)] == ["Fran"]


async def test_a_demonstration_link_signs_in_with_one_press(place: Place, ann: Browser) -> None:
    async with place.store.writing() as c:
        kept = await accounts.by_login(c, ann.login)
        assert kept
        link = f"/demo/{await starts.demo(c, kept.account.id, now())}"
    visitor = place.stranger()
    assert (await visitor.sees(link)).headers["location"] == f"/groups/{place.tuesday.id}"
    assert code_in((await visitor.sees("/account")).text)
    assert (await place.stranger().sees("/demo/nothing")).status_code == 404


async def test_somebody_is_invited_just_to_listen(place: Place, fran: Browser) -> None:
    at = f"/groups/{place.tuesday.id}/invitations"
    shown = await fran.sends(at, at, uses="1", days="7", how="listen")
    assert "To listen: One use left, until" in text_of(shown)
    link = re.search(r'value="[^"]*(/invitations/[^"]+)"', shown.text)
    assert link
    dan = await place.person("dan")
    assert "You are invited to listen in this group" in text_of(await dan.sees(link[1]))
    await dan.sends(link[1], link[1], agree="yes", name="Dan", version="1")
    async with place.store.reading() as c:
        assert [one.listens for one in await members.of(c, place.tuesday.id) if one.name == "Dan"] == [True]
    assert "Dan · invited to listen" in text_of(await fran.sees(f"/groups/{place.tuesday.id}/people"))


async def test_an_administrator_who_takes_a_link_for_facilitators_is_one_and_reads_so_beforehand(
    place: Place, ada: Browser
) -> None:
    invite = f"/admin/groups/{place.tuesday.id}/invitations"
    await ada.sends("/sure", "/sure", present=PASSWORD)
    assert "a facilitator there, you too" in text_of(await ada.sees(invite))
    link = await place.invitation(Role.FACILITATOR)
    await ada.sends(link, link, agree="yes", name="Ada", version="1")
    assert "Here you are Ada , and you facilitate" in text_of(await ada.sees(f"/groups/{place.tuesday.id}"))


async def test_an_administrator_steps_in_as_everybody_does_and_it_is_written_down(
    place: Place, fran: Browser, ada: Browser
) -> None:
    await fran.sends(f"/groups/{place.tuesday.id}/meeting", f"/groups/{place.tuesday.id}")
    admin = f"/admin/groups/{place.tuesday.id}"
    form = await ada.code(f"{admin}/invitations")
    async with place.store.writing() as c:
        mine = tables.visits.c.token_hash == hashed(ada.cookie)
        await c.execute(tables.visits.update().where(mine).values(sure_until=0))
    answer = await ada.client.post(f"{admin}/step-in", data={"form": form})
    assert answer.headers["location"].startswith("/sure"), "a browser left open is not enough"
    await ada.sends("/sure", "/sure", present=PASSWORD)
    link = (await ada.sends(f"{admin}/step-in", f"{admin}/invitations")).headers["location"]
    assert "to stand by this group as supervisor" in text_of(await ada.sees(link))
    assert (await ada.sees(f"/groups/{place.tuesday.id}")).status_code == 404, "not before they have agreed"
    await ada.sends(link, link, agree="yes", name="Ada", version="1")
    assert "Here you are Ada , as supervisor" in text_of(await ada.sees(f"/groups/{place.tuesday.id}"))
    people = text_of(await fran.sees(f"/groups/{place.tuesday.id}/people"))
    assert "Ada · supervisor" in people
    done = text_of(await fran.sees(f"/groups/{place.tuesday.id}/acts"))
    assert "Ada joined as supervisor during a meeting" in done
    assert (await ada.sees(f"/groups/{place.tuesday.id}/people")).status_code == 404
