"""Bad input: each kind has its own code and a sentence for people, and nobody else in the room notices."""

import json
from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import InvalidStatus

from chat.core.errors import Code, sentence
from chat.core.wire import Role
from chat.live.closing import Closing
from chat.live.transport import HearthProtocol
from chat.records import agreements, members
from tests.cast import Frame, Person
from tests.installation import Installation


@pytest.fixture
async def unmoved(ann: Person, bob: Person, fran: Person) -> AsyncIterator[Person]:
    """Bob, who afterwards has heard nothing but that somebody may have come or gone, and can go on talking."""
    before = len(bob.history)
    yield bob
    await bob.says("we go on")
    await fran.hears("said", text="we go on")
    noticed = {frame["type"] for frame in bob.history[before:]}
    assert noticed <= {"left", "arrived", "said", "accepted"}
    assert [frame["text"] for frame in bob.history[before:] if frame["type"] == "said"] == ["we go on"]


TOO_LONG: list[tuple[str, Frame]] = [
    ("say", {"text": "x" * 2001}),
    ("say", {"text": "short", "note": "x" * 81}),
    ("retract", {"n": 1, "words": "x" * 301}),
    ("announce", {"text": "x" * 2001}),
    ("mute", {"minutes": 5, "reason": "other", "words": "x" * 301}),
    ("remove", {"reason": "other", "words": "x" * 301}),
    ("bar", {"reason": "other", "words": "x" * 301}),
]


@pytest.mark.parametrize(("type_", "fields"), TOO_LONG, ids=[type_ for type_, _ in TOO_LONG])
async def test_too_many_words_are_refused_kindly(
    ann: Person, fran: Person, bob: Person, type_: str, fields: Frame
) -> None:
    await ann.says("something")
    await fran.hears("said", text="something")
    on = {"member": ann.member} if type_ in ("mute", "remove", "bar") else {}
    refused = await fran.is_refused(type_, **fields, **on)
    assert (refused["code"], refused["words"]) == ("too-long", sentence(Code.TOO_LONG))
    await ann.says("i am still here")


async def test_the_longest_message_of_the_widest_characters_goes_through(ann: Person, bob: Person) -> None:
    text = "".join(chr(0x10330 + n % 26) for n in range(2000))  # four bytes each; the same one all over would be a wall
    await ann.says(text)
    assert (await bob.hears("said"))["text"] == text


BROKEN = {
    "wrong JSON": ("{", "bad-json"),
    "nothing": ("", "bad-json"),
    "half a pair": ('{"type":"say","ref":"x","text":"\\ud800', "bad-json"),
    "nested without end": ("[" * 8000, "bad-value"),
    "not an object": ('["say"]', "bad-value"),
    "no type": ('{"ref":"x-1"}', "unknown-type"),
    "unknown type": ('{"type":"shout","ref":"x-1"}', "unknown-type"),
    "type of another kind": ('{"type":7,"ref":"x-1"}', "unknown-type"),
    "an event": ('{"type":"said","by":"x","text":"x","at":1}', "unknown-type"),
    "extra field": ('{"type":"say","ref":"x-1","text":"x","loud":true}', "unknown-field"),
    "missing field": ('{"type":"say","ref":"x-1"}', "bad-value"),
    "no ref": ('{"type":"say","text":"x"}', "bad-value"),
    "empty ref": ('{"type":"say","ref":"","text":"x"}', "bad-value"),
    "long ref": ('{"type":"say","ref":"' + "x" * 41 + '","text":"x"}', "bad-value"),
    "ref with a space": ('{"type":"say","ref":"x 1","text":"x"}', "bad-value"),
    "text of another kind": ('{"type":"say","ref":"x-1","text":["x"]}', "bad-value"),
    "no time": ('{"type":"mute","ref":"x-1","member":"x","minutes":0,"reason":"other"}', "bad-value"),
    "a reason of one's own": ('{"type":"remove","ref":"x-1","member":"x","reason":"because"}', "bad-value"),
    "binary": (b'{"type":"say","ref":"x-1","text":"x"}', "binary"),
    "empty binary": (b"", "binary"),
}


@pytest.mark.parametrize(("frame", "code"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_frame_that_no_page_of_ours_sends_ends_its_connection_alone(
    ann: Person, unmoved: Person, frame: str | bytes, code: str
) -> None:
    await ann.sends(frame)
    assert await ann.is_closed() == Closing.BAD_FRAME
    assert ann.closed == (Closing.BAD_FRAME, code)
    assert sentence(Code(code))
    await ann.enters()


async def test_a_frame_too_big_for_any_message_ends_its_connection_alone(ann: Person, unmoved: Person) -> None:
    await ann.asks("say", text="x" * 17_000)
    assert await ann.is_closed() == 1009
    await ann.enters()


async def test_more_commands_than_a_person_can_give_end_their_connection_alone(ann: Person, bob: Person) -> None:
    for turn in range(200):
        await ann.asks("hand", up=not turn % 2)
        if ann.closed:
            break
    assert await ann.is_closed() == Closing.TOO_MANY
    await bob.says("we go on")


def origins(host: str) -> dict[str, str | None]:
    """Pages that are not ours, by what is wrong with them."""
    name, port = host.split(":")
    return {
        "missing": None,
        "null": "null",
        "empty": "",
        "sub-domain": f"http://evil.{host}",
        "suffix": f"http://{name}.evil.example:{port}",
        "other port": f"http://{name}:{int(port) + 1}",
        "no port": f"http://{name}",
        "user": f"http://{name}:{port}@evil.example",
        "in the path": f"http://evil.example/{host}",
        "another": "https://evil.example",
    }


@pytest.mark.parametrize("wrong", origins("x:1"))
@pytest.mark.parametrize("cookie", ["with a cookie", "without one"])
async def test_a_page_of_another_origin_gets_no_connection(
    circle: Installation, ann: Person, unmoved: Person, wrong: str, cookie: str
) -> None:
    host = ann.address.split("/")[2]
    evil = circle.browser("Ann", ann.member, 1, ann.cookie if cookie == "with a cookie" else "")
    with pytest.raises(InvalidStatus) as refused:
        await evil.connects(origin=origins(host)[wrong])
    assert refused.value.response.status_code == 403
    assert ann.closed is None


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43, "%00"])
async def test_without_a_visit_there_is_no_seat(circle: Installation, unmoved: Person, cookie: str) -> None:
    stranger = await circle.browser("nobody", unmoved.member, 0, cookie).connects()
    assert await stranger.is_closed() == Closing.SIGNED_OUT
    assert stranger.history == []


async def test_without_consent_to_the_agreement_as_it_is_now_there_is_no_seat(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    async with circle.store.writing() as c:
        await agreements.edit(c, circle.group, "Be kind.", fran.member)
    again = await circle.browser("Ann", ann.member, 1, ann.cookie).connects()
    assert await again.is_closed() == Closing.AGREEMENT
    assert again.history == []
    async with circle.store.writing() as c:
        version = (await agreements.current(c, circle.group)).version
        await agreements.consent(c, ann.member, version)
    await circle.browser("Ann", ann.member, 1, ann.cookie).enters()


async def test_a_barred_member_gets_no_seat(circle: Installation, ann: Person, bob: Person, fran: Person) -> None:
    await fran.does("bar", member=ann.member, reason="safety")
    await ann.is_closed()
    again = await circle.browser("Ann", ann.member, 0, ann.cookie).connects()
    assert await again.is_closed() == Closing.BARRED
    assert again.history == []


async def test_a_closed_room_has_no_seats(circle: Installation, ann: Person, fran: Person) -> None:
    await fran.asks("close")
    assert await ann.is_closed() == Closing.CLOSED
    again = await circle.browser("Ann", ann.member, 0, ann.cookie).connects()
    assert await again.is_closed() == Closing.CLOSED
    assert again.history == []


@pytest.mark.parametrize("room", ["0" * 32, "x", "%00", "{p001}:due"])
async def test_a_room_that_never_was_has_no_seats(circle: Installation, unmoved: Person, room: str) -> None:
    unmoved_elsewhere = circle.browser("Bob", unmoved.member, 1, unmoved.cookie)
    unmoved_elsewhere.address = unmoved.address.replace(circle.room, room)
    await unmoved_elsewhere.connects()
    assert await unmoved_elsewhere.is_closed() == Closing.NO_SUCH_ROOM


@pytest.fixture
async def elsewhere(circle: Installation, ann: Person, fran: Person) -> Person:
    """Zoe, who takes part in another group's meeting on the same server, where she has said something."""
    ours = circle.group, circle.room
    await circle.begins()
    gil = await (await circle.person("Gil", Role.FACILITATOR, 0)).enters()
    zoe = await (await circle.person("Zoe", Role.MEMBER, 1)).enters()
    for turn in range(3):
        await zoe.says(f"elsewhere {turn}")
    await gil.hears("said", text="elsewhere 2")
    circle.group, circle.room = ours
    return zoe


async def test_who_is_in_another_group_gets_no_seat_here(
    circle: Installation, elsewhere: Person, unmoved: Person
) -> None:
    zoe = await circle.browser("Zoe", elsewhere.member, 0, elsewhere.cookie).connects()
    assert await zoe.is_closed() == Closing.NO_SUCH_ROOM
    assert zoe.history == []


@pytest.mark.parametrize("act", ["mute", "remove", "bar", "unmute"])
@pytest.mark.parametrize("whose", ["somebody of another room", "nobody"])
async def test_a_facilitator_has_no_power_over_anybody_in_another_room(
    circle: Installation, elsewhere: Person, unmoved: Person, fran: Person, act: str, whose: str
) -> None:
    who = elsewhere.member if whose.startswith("somebody") else "0" * 32
    fields = {"mute": {"minutes": 5, "reason": "other"}, "unmute": {}}.get(act, {"reason": "other"})
    refused = await fran.is_refused(act, member=who, **fields)
    assert refused["code"] == ("already-so" if act == "unmute" else "no-such-member")
    await elsewhere.says("untouched")


@pytest.mark.parametrize("n", [0, -1, 2, 3, 10**12])
async def test_message_numbers_of_another_room_mean_nothing_here(
    elsewhere: Person, ann: Person, unmoved: Person, fran: Person, n: int
) -> None:
    assert (await fran.is_refused("retract", n=n))["code"] == "no-such-message"
    assert not elsewhere.heard("retracted")


async def test_nobody_takes_back_what_somebody_else_said(ann: Person, bob: Person, fran: Person) -> None:
    n = await ann.says("mine")
    await bob.hears("said", text="mine")  # which a process of its own has heard by then
    assert (await bob.is_refused("retract", n=n))["code"] == "not-allowed"
    assert not ann.heard("retracted")


MEMBERS_MAY_NOT: list[tuple[str, Frame]] = [
    ("announce", {"text": "hear hear"}),
    ("pause", {}),
    ("resume", {}),
    ("mute", {"member": "x", "minutes": 1, "reason": "other"}),
    ("unmute", {"member": "x"}),
    ("remove", {"member": "x", "reason": "other"}),
    ("bar", {"member": "x", "reason": "other"}),
    ("close", {}),
]


@pytest.mark.parametrize(("type_", "fields"), MEMBERS_MAY_NOT, ids=[type_ for type_, _ in MEMBERS_MAY_NOT])
async def test_a_member_who_asks_for_what_facilitators_do_is_told_no(
    ann: Person, unmoved: Person, type_: str, fields: Frame
) -> None:
    refused = await ann.is_refused(type_, **fields)
    assert (refused["code"], refused["words"]) == ("not-allowed", sentence(Code.NOT_ALLOWED))


async def test_facilitators_do_not_do_it_to_each_other(fran: Person, gus: Person, ann: Person) -> None:
    for type_, fields in MEMBERS_MAY_NOT[3:4] + MEMBERS_MAY_NOT[5:7]:
        assert (await fran.is_refused(type_, **fields | {"member": gus.member}))["code"] == "not-on-a-facilitator"


async def test_every_refusal_names_the_command_it_answers(ann: Person, fran: Person) -> None:
    await ann.sends(json.dumps({"type": "say", "ref": "p-1", "text": " "}))
    assert (await ann.hears("refused"))["ref"] == "p-1"


async def test_who_has_left_the_group_gets_no_seat(circle: Installation, ann: Person, fran: Person) -> None:
    await ann.asks("leave")
    await ann.is_closed()
    async with circle.store.writing() as c:
        await members.leave(c, ann.member)
    again = await circle.browser("Ann", ann.member, 1, ann.cookie).connects()
    assert await again.is_closed() == Closing.NO_SUCH_ROOM


async def test_the_line_of_somebody_who_sits_keeps_nothing_of_the_handshake(circle: Installation, ann: Person) -> None:
    (line,) = [seat._line for live in circle.lives for seat in live.rooms.hub.seats() if seat.member == ann.member]
    assert isinstance(line, HearthProtocol)
    assert not line.scope
    assert (line.request, line.response) == (None, None)
