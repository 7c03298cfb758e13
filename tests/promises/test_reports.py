"""“A report can be verified without a stored message; a forged one is refused.”

What a report needs is the server's secret, one row of the records, and whoever has heard the words: nothing else has
kept them. Every kind of forgery, a hundred thousand of them, is in `tests/core/test_report.py`.
"""

from pathlib import Path

import httpx
import pytest

from chat.core import receipt
from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.core.wire import Role
from chat.live.sealing import derived
from chat.records import meetings
from chat.records.keys import now
from tests.cast import Frame, Person
from tests.installation import Installation
from tests.servers import Servers, a_valkey, served_for_real


async def verified(circle: Installation, epoch: int, said: Frame) -> bool:
    """What a server can still say about a message that somebody hands it, from its secret and the records alone."""
    async with circle.store.reading() as c:
        salt = await meetings.receipt_salt(c, circle.room, now())
    assert salt is not None
    where = RoomId(circle.room), Epoch(epoch)
    what = MemberId(said["by"]), Millis(said["at"]), said.get("note", ""), said["text"]
    return receipt.verify(said["receipt"], derived(circle.secret, salt, b"receipt"), where, Number(said["n"]), what)


async def test_a_message_can_be_verified_after_the_meeting_by_whoever_heard_it(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await ann.says("  something\r\nhurtful ", note="anger")
    await fran.does("announce", text="let us pause a moment")
    heard = [await bob.hears("said"), await bob.hears("announced")]
    assert heard[0] == await ann.hears("said")  # on another process: the same receipt
    await fran.asks("close")
    await bob.is_closed()
    assert await circle.redis_keys() == []
    for said in heard:
        assert await verified(circle, bob.room["epoch"], said)


FORGERIES: dict[str, Frame] = {
    "words": {"text": "something else"},
    "a space": {"text": "something "},
    "author": {"by": "0" * 32},
    "time": {"at": 1},
    "number": {"n": 2},
    "note": {"note": "x"},
    "receipt": {"receipt": "0" * 32},
    "half a receipt": {"receipt": "0" * 16},
    "no receipt": {"receipt": ""},
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_forged_report_is_refused(circle: Installation, ann: Person, bob: Person, forged: Frame) -> None:
    await ann.says("something")
    said = await bob.hears("said")
    assert await verified(circle, bob.room["epoch"], said)
    assert not await verified(circle, bob.room["epoch"], said | forged)
    assert not await verified(circle, bob.room["epoch"] + 1, said)


async def test_a_message_of_another_meeting_is_not_one_of_this(circle: Installation, ann: Person, bob: Person) -> None:
    await ann.says("something")
    said = await bob.hears("said")
    await circle.begins()
    assert not await verified(circle, bob.room["epoch"], said)


async def reported(servers: Servers, process: int, who: Person, *messages: Frame) -> list[str]:
    """What the server answers to each message of a report that somebody's page hands in."""
    path = f"/rooms/{servers.room}/reports"
    async with httpx.AsyncClient(base_url=servers.address(process), cookies={"visit": who.cookie}) as browser:
        code = (await browser.get(path)).json()["form"]
        fields = ("n", "by", "at", "text", "receipt", "note")
        sent = [{key: one[key] for key in fields if key in one} | {"epoch": who.room["epoch"]} for one in messages]
        body = {"messages": [one | {"reported": True} for one in sent], "why": "hurtful"}
        answer = await browser.post(path, json=body, headers={"x-form": code})
    findings: list[str] = answer.json()["findings"]
    assert (answer.status_code == 201) == (set(findings) == {"genuine"})
    return findings


async def test_a_report_needs_neither_the_process_that_told_the_message_nor_redis(tmp_path: Path) -> None:
    async with a_valkey(tmp_path / "redis") as valkey, served_for_real(tmp_path, valkey.url, 1) as servers:
        await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 0)).enters()
        bob = await (await servers.person("Bob", Role.MEMBER, 0)).enters()
        await bob.says("  something\r\nhurtful ", note="anger")
        said = await ann.hears("said")
        await servers.servers[0].is_killed()
        await servers.starts()
        assert await reported(servers, 1, ann, said) == ["genuine"]
        await valkey.is_killed()
        assert await reported(servers, 1, ann, said) == ["genuine"]
        assert await reported(servers, 1, ann, said, said | {"text": "forged"}) == ["genuine", "does-not-match"]
