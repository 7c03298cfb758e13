"""`hearth acts verify` says whether any act was changed behind Hearth's back, by its exit status, too."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chat.core.ids import Millis
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.records import accounts, acts, groups, meetings, members
from chat.records.acts import Deed
from chat.records.ledger import Ledger
from chat.records.store import Store
from config.migrate import migrate
from web.cli import main

SECRET = "a secret of the tests, 32 bytes long"


async def an_evening(url: str) -> None:
    """Fran mutes somebody three times."""
    await migrate(url)
    ledger = Ledger(SECRET.encode())
    async with Store.open(url) as store, store.writing() as c:
        group = await groups.create(c, "Tuesday evening")
        account = await accounts.create(c, "fran", "a hash")
        fran = await members.join(c, group.id, account.id, "Fran", Role.FACILITATOR, 1)
        room = (await meetings.open(c, group.id, fran.id, Millis(1))).id
        for at in range(3):
            act = await acts.open(c, ledger, Deed(room, Act.MUTE, fran.id, None, Reason.OTHER, Millis(at)))
            await acts.close(c, ledger, act, "done")


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A file with an evening's acts."""
    file = tmp_path / "hearth.sqlite"
    asyncio.run(an_evening(f"sqlite:///{file}"))
    return file


def verifies(records: Path, secret: str = SECRET) -> Result:
    environ = {"HEARTH_DATA": str(records.parent), "DATABASE_URL": f"sqlite:///{records}", "HEARTH_SECRET": secret}
    return CliRunner().invoke(main, ["acts", "verify"], env=environ)


def test_a_whole_chain_is_said_to_be_whole(records: Path) -> None:
    done = verifies(records)
    assert done.exit_code == 0
    assert "3 acts" in done.stdout
    assert done.stdout.endswith(": whole\n")
    assert "Fran" not in done.stdout


@pytest.mark.parametrize(
    "tampering", ["DELETE FROM acts WHERE seq = 2", "DELETE FROM acts", "UPDATE acts SET act = 'bar' WHERE seq = 3"]
)
def test_what_was_changed_is_said_and_shown_by_the_exit_status(records: Path, tampering: str) -> None:
    with closing(sqlite3.connect(records)) as database, database:
        database.execute(tampering)
    done = verifies(records)
    assert done.exit_code == 1
    assert "whole" not in done.stdout


def test_without_the_servers_secret_nothing_is_proved(records: Path, tmp_path: Path) -> None:
    assert verifies(records, "another secret, and a long one, too").exit_code == 1
    environ = {"HEARTH_DATA": str(tmp_path / "nowhere"), "DATABASE_URL": f"sqlite:///{records}"}
    done = CliRunner().invoke(main, ["acts", "verify"], env=environ)
    assert done.exit_code == 2
    assert not (tmp_path / "nowhere" / "secret").exists()
