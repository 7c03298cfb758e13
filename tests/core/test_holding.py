"""Words are read before the room hears them; what waits is decided once, by a facilitator, and goes back in time."""

import pytest
from msgspec.structs import replace

from chat.core.commands import holding
from chat.core.decide import decide
from chat.core.decision import Pen, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import DraftId, MemberId
from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Level
from chat.core.moderation.verdict import Hold, RuleName
from chat.core.room import RoomEvent, snapshot
from chat.core.wire import (
    Alarmed,
    Cared,
    Flagged,
    Leave,
    Reason,
    Release,
    Remove,
    Removed,
    Role,
    Said,
    Settled,
    Settling,
    Suggested,
    Unheard,
    Withheld,
)
from tests.core.circle import REF, Circle, Somebody, refusal, told

NUMBER = "My number is 07700 900123, call me."
DANGER = "I want to die."
BRIDGE = "Tell me which bridge is high enough."


def withheld(somebody: Somebody, text: str, note: str | None = None) -> Withheld:
    """Says something that waits."""
    somebody.circle.lot += 1
    assert told(somebody.says(text, note))
    held = somebody.circle.told[0]
    assert isinstance(held, Withheld)
    return held


def kinds(events: list[RoomEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


# One row a case: what is said, what the room hears at once, and what else is told to whom.
CASES = {
    "an ordinary message": ("Good to see you.", "Said"),
    "a telephone number": (NUMBER, "Withheld"),
    "words of danger": (DANGER, "Said Alarmed Cared Flagged"),
    "a way to die": (BRIDGE, "Withheld Alarmed Cared Flagged"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_what_comes_of_words(circle: Circle, ann: Somebody, fran: Somebody, text: str, expected: str) -> None:
    circle.lot = 7
    assert told(ann.says(text))
    assert " ".join(kinds(circle.told)) == expected


def test_a_held_message_reaches_facilitators_alone_and_has_no_number(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    held = withheld(ann, NUMBER, note="a number")
    assert held == Withheld(DraftId(1), ann.id, NUMBER, held.at, (RuleName.CONTACT,), "a number")
    assert fran.circle.seen_by(fran.id) == [held]
    assert circle.seen_by(ann.id) == circle.seen_by(bob.id) == []
    assert circle.room.number == 0
    assert circle.room.drafts == {DraftId(1): Unheard(ann.id, held.at)}


def test_a_note_is_read_like_the_words_it_stands_before(ann: Somebody, fran: Somebody) -> None:
    withheld(ann, "Hello.", note=NUMBER)


def test_it_is_heard_as_its_writers_when_it_is_released_and_says_when_it_was_written(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    held = withheld(ann, NUMBER)
    circle.now += 60_000
    assert told(fran.releases(held, note="a number"))
    said = circle.told[-1]
    assert isinstance(said, Said)
    assert (said.by, said.text, said.note, said.written) == (ann.id, NUMBER, "a number", held.at)
    assert said.at == held.at + 60_000
    assert kinds(circle.seen_by(bob.id)) == ["Said"]
    assert kinds(circle.seen_by(ann.id)) == ["Settled", "Said"]
    assert circle.room.drafts == {}


def test_one_of_two_facilitators_decides(ann: Somebody, fran: Somebody, gus: Somebody) -> None:
    gus.arrives()
    held = withheld(ann, NUMBER)
    before = ann.circle.room.revision
    assert told(fran.hands_back(held, "Without the number, please."))
    assert ann.circle.room.revision == before + 1
    assert refusal(gus.releases(held)) is Code.NO_SUCH_DRAFT
    assert refusal(gus.hands_back(held)) is Code.NO_SUCH_DRAFT


def test_its_writer_gets_it_back_with_a_facilitators_words(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    held = withheld(ann, NUMBER)
    fran.hands_back(held, "Without the number, please.")
    back = Settled(held.draft, Settling.HANDED_BACK, "Without the number, please.")
    assert circle.seen_by(ann.id) == circle.seen_by(fran.id) == [back]
    assert circle.seen_by(bob.id) == []


def test_its_writer_takes_it_back_and_nobody_else_can(ann: Somebody, bob: Somebody, fran: Somebody) -> None:
    held = withheld(ann, NUMBER)
    assert refusal(bob.takes_back(held)) is Code.NO_SUCH_DRAFT
    assert told(ann.takes_back(held))
    assert refusal(fran.releases(held)) is Code.NO_SUCH_DRAFT


def test_after_ten_minutes_it_goes_back(circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody) -> None:
    held = withheld(ann, NUMBER)
    assert not told(circle.seconds_pass(599))
    assert holding.due(circle.room, circle.moment) == held.at + 600_000
    assert told(circle.seconds_pass(1))
    assert circle.seen_by(ann.id) == circle.seen_by(fran.id) == [Settled(held.draft, Settling.LATE)]
    assert circle.seen_by(bob.id) == []
    assert refusal(fran.releases(held)) is Code.NO_SUCH_DRAFT


def test_it_goes_back_when_its_writer_is_removed_before_they_are(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    held, other = withheld(ann, NUMBER), withheld(bob, NUMBER)
    fran.removes(ann)
    seen = circle.seen_by(ann.id)
    assert seen.index(Settled(held.draft, Settling.REMOVED)) < seen.index(Removed(ann.id))
    assert list(circle.room.drafts) == [other.draft]


def test_it_goes_back_when_its_writer_leaves_and_waits_while_they_are_lost(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    held, other = withheld(ann, NUMBER), withheld(bob, NUMBER)
    bob.is_lost()
    ann.leaves()
    assert Settled(held.draft, Settling.LEFT) in circle.seen_by(fran.id)
    assert list(circle.room.drafts) == [other.draft]
    assert told(fran.releases(other))


@pytest.mark.parametrize("how", ["removed", "left"])
def test_what_crosses_its_writers_going_is_not_released_and_goes_back_by_itself(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, how: str
) -> None:
    actor, goes = (fran.actor, Remove(REF, ann.id, Reason.HURTFUL)) if how == "removed" else (ann.actor, Leave(REF))
    going = decide(circle.room, actor, goes, circle.moment)  # in a process that has not heard of what waits
    assert isinstance(going, Publish)
    held, other = withheld(ann, NUMBER), withheld(bob, NUMBER)
    circle.commit(going)
    assert refusal(fran.releases(held)) is Code.NO_SUCH_MEMBER
    assert holding.due(circle.room, circle.moment) == circle.now
    assert told(circle.seconds_pass(0))
    assert circle.seen_by(fran.id) == [Settled(held.draft, Settling(how))]
    assert list(circle.room.drafts) == [other.draft]


def test_whose_connection_is_lost_when_time_passes_finds_it_waiting(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    held = withheld(ann, NUMBER)
    ann.is_lost()
    assert not told(circle.seconds_pass(300))
    assert told(fran.releases(held))


def test_a_release_after_its_writers_mute_is_the_facilitators_act(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    held = withheld(ann, NUMBER)
    fran.mutes(ann)
    assert told(fran.releases(held))
    said = circle.told[-1]
    assert isinstance(said, Said)
    assert said.written == held.at


def test_nothing_is_released_into_a_pause(ann: Somebody, fran: Somebody) -> None:
    held = withheld(ann, NUMBER)
    fran.pauses()
    assert refusal(fran.releases(held)) is Code.PAUSED_NOW
    fran.resumes()
    assert told(fran.releases(held))


def test_what_cannot_be_fetched_any_more_is_not_released(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    held = withheld(ann, NUMBER)
    circle.released = replace(held, draft=DraftId(99))
    assert refusal(fran.asks(Release(REF, held.draft))) is Code.NO_SUCH_DRAFT
    circle.released = None
    assert refusal(fran.asks(Release(REF, held.draft))) is Code.NO_SUCH_DRAFT


def test_danger_is_heard_at_once_without_its_words_and_help_is_shown_to_the_writer_alone(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    ann.says("Hello.")
    ann.says(DANGER)
    assert circle.seen_by(fran.id)[1:] == [
        Alarmed(ann.id, circle.moment.now, n=circle.room.number),
        Flagged(ann.id, circle.moment.now),  # should they go soon, it was sudden
    ]
    assert circle.seen_by(ann.id)[1:] == [Cared(n=circle.room.number)]
    assert kinds(circle.seen_by(bob.id)) == ["Said"]


def test_a_facilitators_words_wait_for_nobody_and_danger_is_heard_in_them(
    circle: Circle, ann: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    fran.says(NUMBER)
    assert kinds(circle.told) == ["Said"]
    fran.says(DANGER)
    assert kinds(circle.seen_by(gus.id)) == ["Said", "Alarmed"]


def test_a_group_chooses_what_waits_and_is_judged_by_it_at_once(ann: Somebody, fran: Somebody) -> None:
    withheld(ann, NUMBER)
    assert told(fran.chooses(contact=Level.OFF))
    ann.says(NUMBER)
    assert kinds(ann.circle.told) == ["Said"]
    assert told(fran.chooses(review=True))
    withheld(ann, "Hello.")


def test_a_groups_own_words_wait_and_are_told_to_its_facilitators_alone(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    assert told(fran.heeds("Oakhanger"))
    assert circle.seen_by(ann.id) == []
    assert kinds(circle.seen_by(fran.id)) == ["Heeded"]
    withheld(ann, "We could meet in Oakhanger.")
    assert refusal(fran.heeds("Oakhanger")) is Code.ALREADY_SO
    assert "Oakhanger" not in repr(circle.room.condition)


def test_the_first_messages_of_somebody_new_wait_if_the_group_wants_that(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    fran.chooses(newcomer=1)
    dee = Somebody(circle, "Dee", Role.MEMBER)
    dee.new = True
    dee.arrives()
    held = withheld(dee, "Hello, I am new here.")
    withheld(dee, "Is somebody there?")
    fran.releases(held)
    for somebody in (dee, ann):
        somebody.says("Thank you.")
        assert kinds(circle.told) == ["Said"]


def test_behind_the_shield_nobody_new_comes_in_and_those_who_are_here_come_back(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    fran.shields()
    dee = Somebody(circle, "Dee", Role.MEMBER)
    dee.arrives()
    assert not dee.here
    ann.arrives("south")
    bob.is_lost()
    bob.arrives()
    gus.arrives()
    assert ann.here
    assert bob.here
    assert gus.here
    fran.shields(up=False)
    assert dee.here, "a drop-in group lets in whoever waited"


def test_many_strangers_by_one_invitation_are_told_to_facilitators_once_and_nothing_is_done(
    circle: Circle, fran: Somebody
) -> None:
    def stranger(n: int, link: str) -> Somebody:
        somebody = Somebody(circle, f"S{n}", Role.MEMBER)
        somebody.new, somebody.link = True, link
        return somebody

    for n in range(20):  # by many invitations
        stranger(n, f"link {n % 7}").arrives()
    for n in range(20, 25):
        assert "Suggested" not in kinds(circle.told)
        stranger(n, "link 0").arrives()
    assert circle.seen_by(fran.id)[-1] == Suggested(8)
    assert kinds(circle.seen_by(MemberId("s1"))) == ["Seated"]
    stranger(30, "link 0").arrives()
    assert kinds(circle.told) == ["Seated"]
    assert not circle.room.condition.shielded


def test_what_was_said_before_goes_back_to_its_writer(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    circle.pen = Pen(b"mark", (b"mark", b"mark"))
    assert refusal(ann.says("I have said this before and I will again.")) is Code.SAID_BEFORE
    assert told(ann.says(DANGER + " And I have said so before."))


def test_slow_mode_is_what_the_room_or_the_person_has_whichever_is_slower(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    def slowness(who: Somebody) -> int:
        decision = who.says("Hello.")
        assert isinstance(decision, Publish)
        return decision.slow

    assert slowness(ann) == 0
    fran.chooses(pace=5)
    fran.slows(ann, 30)
    assert (slowness(ann), slowness(bob), slowness(fran)) == (30_000, 5_000, 0)
    assert circle.room.person(ann.seated()).slow == 30
    fran.shields()
    assert (slowness(ann), circle.room.condition.shielded) == (30_000, True)
    assert slowness(bob) == 10_000
    withheld(bob, "Hello.")
    fran.slows(ann, 0)
    fran.shields(up=False)
    assert (slowness(ann), slowness(bob)) == (5_000, 5_000)


def test_a_slow_mode_for_one_person_outlasts_their_leaving(ann: Somebody, fran: Somebody) -> None:
    fran.slows(ann, 30)
    ann.leaves()
    ann.arrives()
    decision = ann.says("Hello.")
    assert isinstance(decision, Publish)
    assert decision.slow == 30_000


def test_a_rule_that_breaks_holds(
    circle: Circle, ann: Somebody, fran: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("chat.core.moderation.judge.read", breaks)
    held = withheld(ann, "Hello.")
    assert set(held.because) == set(RuleName)


def test_whoever_comes_in_sees_of_what_waits_only_what_is_theirs(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    held, other = withheld(ann, NUMBER), withheld(bob, NUMBER)
    now = circle.moment.now
    assert snapshot(circle.room, ann.id, now).drafts == (held.draft,)
    assert snapshot(circle.room, fran.id, now).drafts == (held.draft, other.draft)
    assert snapshot(circle.room, MemberId("dee"), now).drafts == ()


def test_no_words_show_when_what_waits_is_printed(ann: Somebody, fran: Somebody) -> None:
    held = withheld(ann, NUMBER, note="a number")
    shown = repr((held, Settled(held.draft, Settling.HANDED_BACK, NUMBER), fran.circle.room, Hold(), Draft(NUMBER)))
    assert "07700" not in shown
    assert "a number" not in shown


def test_a_lost_writer_is_no_reason_to_decide(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    withheld(ann, NUMBER)
    assert not isinstance(ann.is_lost(), Reject)
    assert kinds(circle.told) == ["Left"]
