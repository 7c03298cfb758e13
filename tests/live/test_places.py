"""A decision about somebody holds only for the place it was made on: coming and going cannot be undone by the late."""

from chat.core.decision import NOBODY, Lose, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, SeatId
from tests.cast import Person
from tests.installation import Installation


async def test_the_loss_of_an_old_seat_does_not_unseat_somebody_who_is_back(
    circle: Installation, ann: Person, fran: Person
) -> None:
    """The one process tells of a loss while the other has seated Ann again."""
    north = circle.lives[0]
    table = await north.rooms.hub.read(circle.room)
    old = table.room.member(MemberId(ann.member))
    assert old is not None
    await ann.enters()
    outcome = await north.rooms.desk.submit(table, NOBODY, Lose(frozenset({SeatId(old.seat)})))
    assert isinstance(outcome, Reject)
    assert outcome.code is Code.NOT_HERE  # judged again on the room as it is: nobody sits there any more
    await ann.says("still here")
    await fran.hears("said", text="still here")
    seen = await (await circle.browser("Fran", MemberId(fran.member), 0, fran.cookie).connects()).hears("room")
    assert ann.member in [person["id"] for person in seen["people"]]
