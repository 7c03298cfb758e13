"""People in two processes are asked again where they sit; what they answer is written down before they speak on."""

import asyncio

import pytest

from chat.core.ids import MemberId
from chat.live import lease
from chat.live.closing import Closing
from chat.records import agreements
from chat.records.tables import consents
from tests.cast import Person
from tests.installation import Installation

WITHIN = 20.0
"""Seconds, at most; it takes a tenth of one where nothing else runs."""
KIND, QUIET = "Be kind.", "Be kind.\nBe quiet."


async def changes(circle: Installation, text: str) -> int:
    """A facilitator saves another agreement on its page; nobody is told yet."""
    async with circle.store.writing() as c:
        return await agreements.edit(c, circle.group, text, None, '{"reports_days": 14}')


async def agreed(circle: Installation, who: MemberId) -> list[tuple[int, bytes | None]]:
    """What is kept of somebody's consents."""
    async with circle.store.reading() as c:
        rows = await c.execute(consents.select().where(consents.c.member_id == who).order_by(consents.c.version))
        return [(row.version, row.digest) for row in rows]


async def test_everybody_is_asked_in_the_room_with_what_is_new_and_speaks_on_once_they_have_agreed(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    version = await changes(circle, QUIET)
    await circle.lives[0].agreement_changed(circle.group)
    for person in (ann, bob, fran):
        question = (await person.hears_within(WITHIN, "asked-again"))["question"]
        assert question["version"] == version
        assert question["changed"]
        assert (await person.is_refused("say", text="before my answer"))["code"] == "asked-again"
    await ann.does("agree", version=version)
    await ann.says("I have agreed")
    for person in (bob, fran):
        assert (await person.hears_within(WITHIN, "said"))["text"] == "I have agreed", "reading goes on"
        assert not person.heard("agreed")
    newest = agreements.digest(QUIET, '{"reports_days": 14}')
    assert (await agreed(circle, ann.member))[-1] == (version, newest)
    assert version not in [number for number, _ in await agreed(circle, bob.member)]
    await bob.asks("leave")
    left = await ann.hears_within(WITHIN, "left")
    assert (left["member"], left["how"]) == (bob.member, "left")
    again = await circle.browser("Bob", bob.member, 0, bob.cookie).connects()
    assert await again.is_closed() == Closing.AGREEMENT


async def test_what_is_new_is_told_since_what_each_has_agreed_to(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    first = await changes(circle, KIND)
    await circle.lives[0].agreement_changed(circle.group)
    await ann.hears_within(WITHIN, "asked-again")
    await ann.does("agree", version=first)
    await bob.hears_within(WITHIN, "asked-again")
    second = await changes(circle, QUIET)
    await circle.lives[1].agreement_changed(circle.group)
    ann_is_asked = (await ann.hears_within(WITHIN, "asked-again"))["question"]
    bob_is_asked = (await bob.hears_within(WITHIN, "asked-again"))["question"]
    assert ann_is_asked == {"version": second, "changed": ["New in the agreement: “Be quiet.”"]}
    assert bob_is_asked["version"] == second
    assert bob_is_asked["changed"] != ann_is_asked["changed"]
    assert (await bob.is_refused("agree", version=first))["code"] == "asked-again"


async def test_if_the_notice_is_lost_the_regular_look_at_every_seat_asks(
    circle: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "CHECK_EVERY", 0.1)
    version = await changes(circle, KIND)
    for person in (ann, fran):
        assert (await person.hears_within(WITHIN, "asked-again"))["question"]["version"] == version
    assert ann.closed is None


async def test_somebody_on_their_way_in_is_asked_as_they_sit_down(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    """Bob's visit and consent were looked at; then the agreement changed, before he sat."""
    await bob.goes()
    await ann.hears_within(WITHIN, "left", member=bob.member)
    hub = circle.lives[1].rooms.hub
    await fran.hears_within(WITHIN, "left", member=bob.member)
    door = hub._doors.setdefault(circle.room, asyncio.Lock())
    async with door:
        again = await circle.browser("Bob", bob.member, 1, bob.cookie).connects()
        await asyncio.sleep(0.5)  # he has been admitted, and stands before the room
        version = await changes(circle, KIND)
        await circle.lives[0].agreement_changed(circle.group)
        await ann.hears_within(WITHIN, "asked-again")
    room = await again.hears_within(WITHIN, "room")
    assert room["asked"]["version"] == version
    assert (await again.is_refused("say", text="hello"))["code"] == "asked-again"


async def test_with_the_records_gone_nobody_agrees_and_is_told_so(
    circle: Installation, ann: Person, fran: Person
) -> None:
    version = await changes(circle, KIND)
    await circle.lives[0].agreement_changed(circle.group)
    await ann.hears_within(WITHIN, "asked-again")
    circle.records_are_gone()
    try:
        assert (await ann.is_refused("agree", version=version))["code"] == "not-recorded"
    finally:
        circle.records_are_back()
    assert version not in [number for number, _ in await agreed(circle, ann.member)]


async def test_another_groups_agreement_is_of_no_concern(circle: Installation, ann: Person, fran: Person) -> None:
    ours = circle.group
    await circle.begins()
    await circle.lives[0].agreement_changed(circle.group)
    assert circle.group != ours
    await ann.says("still here")


async def test_a_rule_that_a_member_proposes_becomes_one_by_a_facilitators_press_and_everybody_is_asked(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await changes(circle, KIND)
    async with circle.store.writing() as c:
        version = (await agreements.current(c, circle.group)).version
    await circle.lives[0].agreement_changed(circle.group)
    for person in (ann, bob, fran):
        await person.hears_within(WITHIN, "asked-again")
        await person.does("agree", version=version)
    await ann.says("We end on time.", rule=True)
    for person in (bob, fran):
        assert (await person.hears_within(WITHIN, "said", rule=True))["text"] == "We end on time."
    assert (await bob.is_refused("take-up", text="We end on time."))["code"] == "not-allowed"
    await fran.does("take-up", text="We end on time.")
    for person in (ann, bob, fran):
        question = (await person.hears_within(WITHIN, "asked-again"))["question"]
        assert question["changed"] == ["New in the agreement: “We end on time.”"]
        await person.does("agree", version=question["version"])
    assert (await fran.is_refused("take-up", text="We end on time."))["code"] == "already-so"
    await fran.does("take-up", text="We  listen.")
    async with circle.store.reading() as c:
        text = (await agreements.current(c, circle.group)).text
    assert text == f"{KIND}\n\n# Rules of our own\n\n- We end on time.\n- We listen."
