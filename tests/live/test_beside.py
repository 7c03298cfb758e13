"""Words beside the talk reach those they are for, on every process, and are held to the same pace."""

from chat.core.wire import Role
from tests.cast import Person
from tests.installation import Installation


async def test_a_word_to_the_facilitators_reaches_them_wherever_they_sit_and_nobody_else(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    gus = await (await circle.person("Gus", Role.FACILITATOR, 1)).enters()
    await ann.does("confide", text="may I speak to you")
    for person in (fran, gus, ann):
        assert (await person.hears("confided"))["member"] == ann.member
    await fran.does("confide", member=ann.member, text="of course")
    await ann.hears("confided", by=fran.member)
    await gus.does("confer", text="I stay with Ann")
    await fran.hears("conferred")
    await bob.says("meanwhile")
    await ann.hears("said", text="meanwhile")
    assert not {"confided", "conferred"} & {frame["type"] for frame in bob.history}
    assert "conferred" not in {frame["type"] for frame in ann.history}
    assert await circle.ring() != [], "what Bob said"
    assert len(await circle.ring()) == 1, "and nothing that was said aside"


async def test_one_voice_does_not_fill_the_facilitators_line_either(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    for _ in range(30):  # at once: where each waits for its answer, a slow machine gives time enough between them
        await ann.asks("confide", text="again")
    await ann.is_answered()
    assert {frame["code"] for frame in ann.history if frame["type"] == "refused"} == {"too-fast"}
    assert (await bob.answer_to("confide", text="once"))["type"] == "accepted", "each has their own pace"
