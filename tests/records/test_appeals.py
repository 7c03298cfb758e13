"""What somebody wrote for whoever looks again is sealed while it waits, and gone when its time is over."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chat.core.ids import MemberId, Millis
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason
from chat.records import acts, appeals, meetings, members
from chat.records.expiry import expire
from chat.records.keys import DAY
from chat.records.sealed import Locker
from chat.records.store import Store
from tests.records.conftest import LEDGER, NOON, Circle

LOCKER = Locker(b"a secret of the tests, 32 bytes long")


async def asks(store: Store, circle: Circle) -> bytes:
    """Ann, about a mute; what is kept of her words."""
    sealed = LOCKER.seal("xylograph", "appeal", "a1")
    async with store.writing() as c:
        room = (await meetings.open(c, circle.group.id, circle.fran.id, NOON)).id
        deed = acts.Deed(room, Act.MUTE, circle.fran.id, circle.ann.id, Reason.OTHER, NOON)
        act = await acts.open(c, LEDGER, deed)
        await appeals.ask(c, appeals.new("a1", (act, circle.ann.id), "facilitators", sealed, NOON))
    return sealed


def everywhere(file: Path) -> bytes:
    """The database, its log, and a copy of it made now."""
    copy = file.with_name("copy.db")
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    return b"".join(path.read_bytes() for path in file.parent.glob("*.db*"))


@pytest.mark.sqlite("reads its file")
@pytest.mark.parametrize("how", ["its time is over", "she leaves"])
async def test_no_byte_of_it_is_left_in_file_log_or_a_later_copy(
    store: Store, circle: Circle, tmp_path: Path, how: str
) -> None:
    sealed = await asks(store, circle)
    before = everywhere(tmp_path / "hearth.db")
    assert sealed[:32] in before
    assert b"xylograph" not in before
    async with store.erasing() as c:
        if how == "she leaves":
            await members.leave(c, circle.ann.id)
        else:
            await expire(c, Millis(NOON + 30 * DAY), LEDGER)
    after = everywhere(tmp_path / "hearth.db")
    assert all(sealed[at : at + 16] not in after for at in range(0, len(sealed), 16))


async def test_who_acted_is_not_the_one_who_looks_again_if_there_is_another(store: Store, circle: Circle) -> None:
    await asks(store, circle)
    async with store.writing() as c:
        group, fran = circle.group.id, circle.fran.id
        assert len(await appeals.to_answer(c, group, {fran}, NOON)) == 1, "there is nobody else"
        assert await appeals.to_answer(c, None, frozenset(), NOON) == [], "nor was an administrator asked"
        assert not await appeals.others_lead(c, group, fran)
        assert await appeals.others_lead(c, group, MemberId("gus"))
        assert await appeals.answer(c, "a1", "upheld", b"sealed")
        assert not await appeals.answer(c, "a1", "lifted", b"sealed")
        assert await appeals.to_answer(c, group, {fran}, NOON) == []
