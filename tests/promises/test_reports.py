"""“A report can be verified without a stored message; a forged one is refused.”

The page that takes a report comes later; here is what it will stand on.
"""

import pytest

from chat.core import receipt
from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.live.sealing import derived
from chat.records import meetings
from chat.records.keys import now
from tests.cast import Frame, Person
from tests.installation import Installation


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
