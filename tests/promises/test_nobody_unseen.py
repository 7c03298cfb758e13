"""“Nobody listens unseen: whoever can read the room is on the list of people, operators included.”"""

from sqlalchemy import update

from chat.core.wire import Role
from chat.live.closing import Closing
from chat.records.tables import accounts, members
from tests.cast import Person
from tests.installation import Installation
from tests.live.test_aside import step_aside


def listed(person: Person) -> set[str]:
    """Who is here, as one person's page has been told."""
    here: set[str] = set()
    for frame in person.history:
        match frame["type"]:
            case "room":
                here = {one["id"] for one in frame["people"]}
            case "arrived":
                here.add(frame["person"]["id"])
            case "left" | "removed":
                here.discard(frame["member"])
    return here


async def test_whoever_reads_a_message_was_on_everybodys_list_before_it(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    people = [ann, bob, fran]
    for turn in range(4):
        newcomer = await (await circle.person(f"Guest {turn}", Role.MEMBER, turn % 2)).enters()
        people.append(newcomer)
        n = await ann.says(f"to whoever is here {turn}")
        for person in people:
            await person.hears("said", n=n)
            assert listed(person) == {one.member for one in people}


async def test_whoever_has_gone_is_off_the_list_and_reads_nothing_more(ann: Person, bob: Person, fran: Person) -> None:
    bob.vanishes()
    await fran.hears("left", member=bob.member)
    await ann.says("without bob")
    await fran.hears("said")
    assert bob.member not in listed(fran)
    assert bob.texts() == []


async def test_an_administrator_sits_down_by_name_or_not_at_all(circle: Installation, ann: Person) -> None:
    stranger = await circle.person("Olga", Role.MEMBER, 0)
    other = await elsewhere(circle)
    async with circle.store.writing() as c:
        await c.execute(update(accounts).values(administrator=True))
        await c.execute(update(members).where(members.c.id == stranger.member).values(group_id=other))
    await stranger.connects()
    assert await stranger.is_closed() == Closing.NO_SUCH_ROOM
    assert stranger.history == []
    named = await circle.person("Olga again", Role.MEMBER, 0)
    await named.enters()
    assert (await ann.hears("arrived"))["person"]["name"] == "Olga again"


async def elsewhere(circle: Installation) -> str:
    """Another group."""
    here = circle.group, circle.room
    await circle.begins()
    other = circle.group
    circle.group, circle.room = here
    return other


async def test_nothing_reaches_a_connection_before_its_person_is_announced(
    circle: Installation, ann: Person, fran: Person
) -> None:
    dee = await circle.person("Dee", Role.MEMBER, 1)
    for turn in range(16):
        await ann.asks("say", text=f"word {turn}")
        if turn == 10:
            await dee.connects()
    await ann.is_answered()
    await dee.hears("room")
    await ann.says("last")
    await fran.hears("said", text="last")
    await dee.hears("said", text="last")
    told = [frame["type"] for frame in fran.history]
    after = [f["n"] for f in fran.history[told.index("arrived", told.index("said")) :] if f["type"] == "said"]
    assert [f["n"] for f in dee.history if f["type"] == "said"] == after


async def test_two_pages_of_one_person_are_one_reader(circle: Installation, ann: Person, bob: Person) -> None:
    other = await circle.browser("Ann", ann.member, 0, ann.cookie).enters()
    assert await ann.is_closed() == Closing.REPLACED
    await bob.says("to one ann")
    await other.hears("said")
    assert ann.texts() == []
    assert [person["id"] for person in other.room["people"]].count(ann.member) == 1


async def test_whoever_waits_is_seen_by_the_facilitators_and_reads_nothing(
    circle: Installation, fran: Person, ann: Person
) -> None:
    await fran.does("adopt", customs={})
    dora = await (await circle.person("Dora", Role.MEMBER, 1)).connects()
    await dora.hears("waiting-room")
    assert (await fran.hears("waiting"))["caller"]["id"] == dora.member
    for text in ("Said while Dora waits.", "And more."):
        await ann.says(text)
    await fran.does("announce", text="Announced while Dora waits.")
    await ann.hears("announced")
    assert dora.member not in listed(ann)
    assert {frame["type"] for frame in dora.history} == {"waiting-room"}
    await fran.does("admit", member=dora.member)
    await dora.hears("room")
    await ann.hears("arrived")
    assert dora.member in listed(ann)
    assert dora.texts() == []


async def test_whoever_can_read_a_side_room_is_on_its_list_and_reads_nothing_of_the_group(
    circle: Installation, ann: Person, bob: Person, fran: Person, gus: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    for turn in range(4):
        n = await ann_aside.says(f"between us {turn}")
        await fran_aside.hears("said", n=n)
        await bob.says(f"among the group {turn}")
        await gus.hears("said", text=f"among the group {turn}")
    assert listed(fran_aside) == {fran.member, ann.member}
    for outside in (bob, gus):
        assert not [frame for frame in outside.history if "between us" in frame.get("text", "")]
    for aside in (fran, ann, fran_aside, ann_aside):
        assert not [frame for frame in aside.history if "among the group" in frame.get("text", "")]
