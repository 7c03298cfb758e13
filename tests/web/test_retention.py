"""Whoever runs the server can see what is kept until when, and have erased what is past its time."""

import os
import subprocess
import sys
from pathlib import Path

from chat.core.ids import Millis
from chat.core.wire import Role
from chat.records import accounts, acts, agreements, everything, groups, starts
from chat.records.expiry import expire
from chat.records.keys import DAY, now
from chat.records.ledger import Ledger
from chat.records.store import Store
from chat.records.tables import metadata
from tests import databases
from tests.conftest import in_a_task_of_its_own
from tests.web.conftest import OWN, website
from tests.web.place import text_of
from web.retention import retention

SECRET = "a secret of the tests, 32 bytes long"


def hearth(url: str, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "HEARTH_DATA": str(data), "HEARTH_SECRET": SECRET}
    return subprocess.run(
        [sys.executable, "-m", "web.cli", "retention", *words], env=environ, capture_output=True, text=True, check=False
    )


async def test_acts_are_kept_as_long_as_the_installation_has_set_and_that_is_what_people_read(
    tmp_path: Path, redis_url: str
) -> None:
    async with in_a_task_of_its_own(website(tmp_path, f"{redis_url}?db={OWN}", HEARTH_ACTS_DAYS="14")) as place:
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        ada = await place.person("ada", administrator=True)
        room = await fran.opens_the_meeting(place.tuesday)
        holding = await fran.enters(room)
        await holding.does("pause")
        await holding.asks("close")
        await holding.is_closed()
        assert "14 days after the meeting" in text_of(await fran.sees("/kept"))
        assert "It is erased 14 days after the meeting" in text_of(await fran.sees(f"/groups/{place.tuesday.id}/acts"))
        await ada.sends("/admin/groups", "/admin", name="Wednesday")
        async with place.store.erasing() as c:
            (group,) = [one for one in await groups.all_(c) if one.name == "Wednesday"]
            assert "for 14 days, without anything that was said" in (await agreements.current(c, group.id)).text
            await expire(c, Millis(now() + 13 * DAY), place.site.ledger)
            assert len(await acts.of(c, place.tuesday.id)) == 2
            await expire(c, Millis(now() + 16 * DAY), place.site.ledger)
            assert await acts.of(c, place.tuesday.id) == []


async def test_every_page_and_command_says_how_long_this_installation_keeps_things(
    tmp_path: Path, redis_url: str
) -> None:
    chosen = {
        "HEARTH_ACTS_DAYS": "14",
        "HEARTH_VISIT_HOURS": "1",
        "HEARTH_VISIT_DAYS": "3",
        "HEARTH_CONTACT_MONTHS": "6",
    }
    said = ("unused for 1 hour, or 3 days old", "14 days after the meeting closed", "6 months after it was given")
    async with in_a_task_of_its_own(website(tmp_path, f"{redis_url}?db={OWN}", **chosen)) as place:
        ann = await place.person("ann", Role.MEMBER, place.tuesday)
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        shown = text_of(await ann.sees("/kept"))
        assert [words for words in said if words not in shown] == []
        assert said[0] in text_of(await ann.sees("/account/everything"))
        room = await fran.opens_the_meeting(place.tuesday)
        holds = await fran.enters(room)
        await ann.enters(room)
        await holds.does("mute", member=ann.member, minutes=5, reason="other")
        assert "erased 14 days after the meeting" in text_of(await ann.sees("/account"))


async def test_looking_changes_nothing_and_running_erases_what_is_over(tmp_path: Path) -> None:
    async with databases.migrated(tmp_path / "hearth.sqlite") as url, Store.open(url) as store:
        async with store.writing() as c:
            account = await accounts.create(c, "heron", "no password")
            await starts.demo(c, account.id, now())
        later = Millis(now() + 30 * DAY)
        for run, left in ((False, 1), (True, 0)):
            held = {one.name: one for one in await retention(store, later, Ledger(SECRET.encode()), run=run)}
            assert (held["starts"].rows, held["starts"].over) == (1, 1)
            assert (held["accounts"].rows, held["accounts"].over) == (1, 0)
            async with store.reading() as c:
                assert (await everything.sizes(c))["starts"] == left


async def test_the_command_says_it_for_every_table(tmp_path: Path) -> None:
    async with databases.migrated(tmp_path / "hearth.sqlite") as url:
        said = hearth(url, tmp_path)
        assert said.returncode == 0, said.stderr
        assert len(said.stdout.splitlines()) == len(metadata.tables)
        assert "past their time" in said.stdout
        assert "erased" in hearth(url, tmp_path, "--run").stdout


def test_a_database_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    said = hearth(f"sqlite:///{tmp_path}/nowhere/at/all.db", tmp_path)
    assert said.returncode == 1
    assert f"There is no database in {tmp_path}/nowhere/at. Is DATABASE_URL right?" in said.stderr
    assert "Traceback" not in said.stderr
