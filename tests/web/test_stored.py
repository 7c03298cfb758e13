"""What the server holds of a room right now is shown to whoever is in it, in counts and seconds, and to nobody else."""

import asyncio

from httpx import Response

from chat.core.ids import RoomId
from chat.live.bus import keys
from tests.web.place import Browser, Place


def kept(answer: Response) -> dict[str, int]:
    """How many keys there are of each kind."""
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["keys"] for one in answer.json()["kept"]}


async def test_everybody_in_the_room_sees_how_much_of_what_is_said_is_held_and_for_how_long(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    holds, speaks = await fran.enters(room), await ann.enters(room)
    for text in ("A zebra came by.", "And a second one."):
        await speaks.says(text)
    await speaks.waits_with("You can ring me on 07700 900123.")
    await holds.hears("withheld")
    answer = await ann.sees(f"{room}/stored")
    told = answer.json()
    assert (told["present"], told["messages"], told["drafts"]) == (2, 2, 1)
    assert 0 <= told["oldest"] <= 60
    assert 0 <= told["waits"] <= 600
    assert kept(answer)["words"] == 2
    by_name = {one["name"]: one for one in told["kept"]}
    assert by_name["words"]["dies_in"] <= 60
    assert by_name["drafts"]["dies_in"] <= 600
    assert (await fran.sees(f"{room}/stored")).json()["messages"] == 2


async def test_it_names_nobody_and_repeats_nothing(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    await (await ann.enters(room)).says("A zebra came by.")
    said = (await ann.sees(f"{room}/stored")).text.lower()
    for private in ("zebra", "ann", "fran", ann.member, fran.member, room.rsplit("/", 1)[-1]):
        assert f'"{private}"' not in said
        assert private is None or len(private) < 5 or private not in said


async def test_every_key_there_is_of_the_room_is_among_them(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    speaks = await ann.enters(room)
    await speaks.says("A zebra came by.")
    await speaks.waits_with("You can ring me on 07700 900123.")
    shown = kept(await ann.sees(f"{room}/stored"))
    bus = place.app.state.site.live.rooms.bus
    found = [name for name in await every_key(bus, room) if not name.endswith(":due")]
    assert shown["history"] == 0
    assert sum(shown.values()) + 1 == len(found), "and one more, the list of drafts"
    assert set(shown) == set(keys.Keys.__slots__) - {"channel", "due"}


async def every_key(bus: object, room: str) -> list[str]:
    found = await bus._ask(keys.number(RoomId(room.rsplit("/", 1)[-1])), ("KEYS", f"*{room.rsplit('/', 1)[-1]}*"))  # type: ignore[attr-defined]
    return [name.decode() for name in found[0]]


async def test_it_is_shown_only_in_the_room(place: Place, ann: Browser, fran: Browser, gus: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    assert (await ann.sees(f"{room}/stored")).status_code == 409
    assert (await gus.sees(f"{room}/stored")).status_code == 404


async def test_it_answers_while_a_changed_agreement_waits_to_be_agreed_to(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    await ann.enters(room)
    edit = f"/groups/{place.tuesday.id}/agreement/edit"
    assert (await fran.sends(edit, edit, version="1", text="Be kind.")).status_code == 303
    assert (await ann.sees(f"{room}/stored")).json()["present"] == 2


async def test_it_is_not_shown_to_somebody_who_was_asked_to_leave(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    holds, seat = await fran.enters(room), await ann.enters(room)
    for act in ("remove", "bar"):
        await holds.does(act, member=seat.room["you"], reason="hurtful")
        assert (await ann.sees(f"{room}/stored")).status_code == 409


async def test_however_many_look_redis_is_asked_once_in_two_seconds(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    speaks = await ann.enters(room)
    before = (await ann.sees(f"{room}/stored")).json()
    await speaks.says("A zebra came by.")
    looking = place.app.state.site.live._looking
    tasks: set[int] = set()

    async def looks() -> None:
        await fran.sees(f"{room}/stored")
        tasks.update(id(task) for _, task in looking._asked.values())

    await asyncio.gather(*(looks() for _ in range(30)))
    assert before["messages"] == 0
    assert len(tasks) < 10, "30, if each had been asked for itself"
