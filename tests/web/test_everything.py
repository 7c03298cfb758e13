"""Everybody can see what is kept, all of what is kept about themselves, and have it erased."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.wire import Role
from chat.core.wire.frame import Reason
from chat.live.closing import Closing
from chat.records import bars, everything, tables
from tests.web.conftest import website
from tests.web.place import PASSWORD, Browser, Place, at_once, text_of
from web import data_map


async def named(c: AsyncConnection) -> set[str | None]:
    """Every account and member that any row names."""
    columns = [column for table in tables.metadata.sorted_tables for column in everything.people_in(table)]
    return {one for column in columns for one in await c.scalars(select(column))}


async def test_everybody_can_read_what_is_kept_without_signing_in(place: Place) -> None:
    shown = text_of(await place.stranger().sees("/kept"))
    for kept in (*data_map.in_database(), *data_map.in_redis()):
        assert kept.until in shown
        assert all(why in shown for _, why in kept.fields)


async def test_everything_about_me_has_exactly_the_fields_of_the_data_map(place: Place, ann: Browser) -> None:
    taken = json.loads((await ann.sees("/account/everything.json")).content)
    fields = {kept.name: [name for name, _ in kept.fields] for kept in data_map.in_database()}
    assert {"accounts", "members", "visits", "consents"} <= {table for table, rows in taken.items() if rows}
    for table, rows in taken.items():
        for row in rows:
            assert list(row) == fields[table]
    whose = {table.name for table in tables.metadata.sorted_tables if list(everything.people_in(table))}
    assert set(taken) == whose


async def test_everything_about_me_shows_no_secret_and_nobody_else(place: Place, ann: Browser, fran: Browser) -> None:
    assert ann.member
    assert fran.member
    async with place.store.writing() as c:
        await bars.set_(c, place.tuesday.id, ann.member, None, None, Reason.SAFETY, fran.member)
        hashes = [
            one for one in await c.scalars(select(tables.accounts.c.password_hash)) if len(one) > 1
        ]  # guests: none
    assert hashes
    answer = await ann.sees("/account/everything.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="everything.json"'
    (bar,) = json.loads(answer.content)["bars"]
    assert (bar["reason"], bar["set_by"]) == ("safety", everything.SOMEBODY_ELSE)
    assert fran.member not in answer.text
    assert not any(one in answer.text for one in hashes)
    assert "safety" in text_of(await ann.sees("/account/everything"))


async def test_whoever_is_deleted_is_out_of_every_room_and_group_at_once(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat = await ann.enters(room)
    wrong = await ann.sends("/account/erase", "/account/erase", present="not it")
    assert wrong.status_code == 422
    answer = await ann.sends("/account/erase", "/account/erase", present=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/goodbye?erased")
    assert await at_once(seat) in (Closing.SIGNED_OUT, Closing.NO_SUCH_ROOM)
    assert (await ann.sees("/account")).status_code == 303
    async with place.store.reading() as c:
        assert ann.member not in await named(c)
        assert ann.login not in list(await c.scalars(select(tables.accounts.c.login)))


@pytest.mark.sqlite("its file is read byte by byte")
async def test_nothing_of_somebody_deleted_is_left_in_the_file(tmp_path: Path, redis_url: str) -> None:
    async with website(tmp_path, f"{redis_url}?db=4") as place:
        file = next(tmp_path.glob("*.sqlite"))
        zinnia = await place.person("zinnia", Role.MEMBER, place.tuesday)
        assert zinnia.member
        traces = [zinnia.login.encode(), zinnia.member.encode(), b"Zinnia"]
        await place.store.forget()
        assert all(trace in file.read_bytes() for trace in traces)
        await zinnia.sends("/account/erase", "/account/erase", present=PASSWORD)
        left = b"".join(one.read_bytes() for one in tmp_path.glob("*.sqlite*"))
        assert [trace for trace in traces if trace in left] == []
        with closing(sqlite3.connect(file)) as now_, closing(sqlite3.connect(tmp_path / "copy")) as copy:
            now_.backup(copy)
        assert [trace for trace in traces if trace in (tmp_path / "copy").read_bytes()] == []


async def test_a_groups_only_facilitator_may_be_deleted_and_its_room_is_held_by_nobody(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat = await ann.enters(room)
    await fran.sends("/account/erase", "/account/erase", present=PASSWORD)
    assert await seat.hears("left", member=fran.member)
    async with place.store.reading() as c:
        assert fran.member not in await named(c), "she opened the meeting"
