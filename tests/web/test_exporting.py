"""`hearth export` prints all that the server could be made to give: nothing more is in the database about somebody."""

import json
from collections.abc import Mapping

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.wire import Role
from chat.core.wire.frame import Reason
from chat.records import bars, invitations
from chat.records.giving import sealed_in
from chat.records.keys import now
from chat.records.tables import metadata
from tests.web.conftest import SECRET
from tests.web.place import Browser, Place
from web import exporting
from web.exporting import BOXES, PURPOSES, Exporting, NobodySuch


async def everything(c: AsyncConnection) -> dict[str, list[dict[str, object]]]:
    """Every row of every table."""
    return {t.name: [dict(row._mapping) for row in await c.execute(select(t))] for t in metadata.sorted_tables}


def opened(place: Place) -> Exporting:
    return Exporting(place.store, SECRET, opens=True)


async def an_evening(place: Place, ann: Browser, fran: Browser) -> str:
    """Ann and Fran leave as many rows as people do: a meeting, a bar, a mute, an invitation, a report, a note."""
    assert ann.member
    assert fran.member
    room = await fran.opens_the_meeting(place.tuesday)
    holds, speaks = await fran.enters(room), await ann.enters(room)
    n = await speaks.says("A zebra came by.")
    said = await holds.hears("said", n=n)
    await holds.does("mute", member=ann.member, minutes=5, reason="other")
    sent = {key: said[key] for key in ("n", "by", "at", "text", "receipt")}
    report = {"messages": [sent | {"epoch": holds.room["epoch"], "reported": True}], "why": "other", "own": ""}
    answer = await json_sent(fran, f"{room}/reports", report)
    assert answer.status_code == 201, answer.text
    await fran.sends(
        f"/groups/{place.tuesday.id}/remarks", f"/groups/{place.tuesday.id}/remarks", words="Ann was tired."
    )
    async with place.store.writing() as c:
        await bars.set_(c, place.tuesday.id, ann.member, None, None, Reason.SAFETY, fran.member)
    return room


async def json_sent(browser: Browser, where: str, what: Mapping[str, object]) -> Response:
    return await browser.client.post(where, json=what, headers={"x-form": await browser.code("/account")})


async def test_what_is_printed_about_a_person_is_all_there_is(place: Place, ann: Browser, fran: Browser) -> None:
    await an_evening(place, ann, fran)
    export = await opened(place).person(ann.login.upper())
    async with place.store.reading() as c:
        there = await everything(c)
    account = next(row["id"] for row in there["accounts"] if row["login"] == ann.login)
    me = {str(account), str(ann.member), ann.login}
    for table, rows in there.items():
        about = [row for row in rows if me & {str(value) for value in row.values()}]
        missing = [row for row in about if row not in export.rows[table]]
        assert not missing, table
        if table not in ("reports", "throttle"):
            assert len(about) == len(export.rows[table]), f"{table}: and nothing that is not about her"
    assert {"accounts", "visits", "members", "consents", "mutes", "bars", "acts"} <= {
        t for t, r in export.rows.items() if r
    }


async def test_what_is_sealed_about_them_is_found_and_opened_with_the_secret(
    place: Place, ann: Browser, fran: Browser
) -> None:
    await an_evening(place, ann, fran)
    about, by = await opened(place).person(ann.login), await opened(place).person(fran.login)
    assert len(about.rows["reports"]) == 1, "she said what was reported"
    assert len(by.rows["reports"]) == 1, "she reported it, which nobody is shown"
    assert "A zebra came by." in opened(place).told(about)
    closed = Exporting(place.store, SECRET, opens=False)
    assert "A zebra came by." not in closed.told(about)
    assert "the server's secret opens it" in closed.told(about)
    assert exporting.OPEN_NOW in closed.told(about)


async def test_what_is_printed_about_a_group_is_all_there_is(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    room = (await an_evening(place, ann, fran)).rsplit("/", 1)[-1]
    async with place.store.writing() as c:
        account = next(iter(await c.scalars(select(metadata.tables["members"].c.account_id))))
        await invitations.create(c, place.tuesday.id, Role.MEMBER, account, now())
    export = await opened(place).group(str(place.tuesday.id))
    async with place.store.reading() as c:
        there = await everything(c)
    its = {str(place.tuesday.id), room} | {str(r["id"]) for r in there["members"] if r["group_id"] == place.tuesday.id}
    for table, rows in there.items():
        about = [row for row in rows if its & {str(value) for value in row.values()}]
        assert sorted(map(repr, about)) == sorted(map(repr, export.rows[table])), table
    printed = json.loads(opened(place).as_json(export))
    assert {one["name"] for one in printed["members"]} == {"Ann", "Fran"}
    assert "Gus" not in json.dumps(printed)


async def test_each_row_has_exactly_the_fields_of_the_data_map(place: Place, ann: Browser, fran: Browser) -> None:
    await an_evening(place, ann, fran)
    printed = json.loads(opened(place).as_json(await opened(place).group(str(place.tuesday.id))))
    assert set(printed) == set(metadata.tables)
    for table, rows in printed.items():
        assert all(list(row) == [column.name for column in metadata.tables[table].columns] for row in rows)


async def test_nobody_by_that_name_is_said_to_be_nobody(place: Place) -> None:
    with pytest.raises(NobodySuch):
        await opened(place).person("nobody0000")
    with pytest.raises(NobodySuch):
        await opened(place).group("Friday and others")


def test_every_sealed_column_can_be_opened_by_whoever_has_the_secret() -> None:
    sealed = {(table.name, one.name) for table in metadata.sorted_tables for one in sealed_in(table)}
    assert sealed == set(PURPOSES) | BOXES
    assert not set(PURPOSES) & BOXES, "and a box cannot"
