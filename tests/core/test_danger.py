"""Words of danger are heard, wherever they are said: refused for now, aside to the facilitators, or in a side room."""

import pytest
from msgspec.structs import replace

from chat.core.decision import Decision, Publish, Reject, ReportCame, SendAway, Worry
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.moderation.policy import Level
from chat.core.room import RoomEvent, snapshot
from chat.core.room.apply import ALARMED_FOR, ALARMS_MAX
from chat.core.wire import (
    Act,
    ActedOn,
    Alarmed,
    Cared,
    Flagged,
    FloorKind,
    LookedAfter,
    Reason,
    Removed,
    Reported,
    Role,
    Where,
    Withheld,
)
from tests.core.circle import NOBODY, Circle, Somebody, refusal, told

DANGER = "I want to die."
BRIDGE = "Which bridge is high enough?"
SILENCES = {
    "muted": lambda ann, fran: fran.mutes(ann),
    "room-paused": lambda ann, fran: fran.pauses(),
    "quiet-now": lambda ann, fran: fran.sets_the_floor(FloorKind.QUIET),
    "facilitators-speak": lambda ann, fran: fran.sets_the_floor(FloorKind.FACILITATORS),
    "listening": lambda ann, fran: ann.listens(),
}


def kinds(events: list[RoomEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def worried(circle: Circle, who: Somebody) -> Decision:
    return circle.asks(NOBODY, Worry(who.id))


@pytest.mark.parametrize("silence", SILENCES)
def test_words_of_danger_that_cannot_be_said_now_are_refused_and_known_for_what_they_are(
    ann: Somebody, fran: Somebody, silence: str
) -> None:
    SILENCES[silence](ann, fran)
    ordinary, danger = ann.says("Good to see you."), ann.says(DANGER)
    assert isinstance(ordinary, Reject)
    assert isinstance(danger, Reject)
    assert (ordinary.code, ordinary.help) == (Code(silence), False)
    assert (danger.code, danger.help) == (Code(silence), True)


def test_a_content_note_is_heard_too_and_so_is_a_rule_that_cannot_be_proposed(ann: Somebody, fran: Somebody) -> None:
    too_long = ann.proposes(f"{DANGER} {'We end on time. ' * 20}")
    assert isinstance(too_long, Reject)
    assert (too_long.code, too_long.help) == (Code.RULE_TOO_LONG, True)
    fran.mutes(ann)
    ordinary, danger = ann.says("A hard week.", "about work"), ann.says("A hard week.", DANGER)
    assert isinstance(ordinary, Reject)
    assert isinstance(danger, Reject)
    assert (ordinary.help, danger.help) == (False, True)


def test_the_facilitators_hear_of_it_without_a_word_and_the_writer_is_not_punished(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.mutes(ann)
    until = ann.place and ann.place.muted_until
    assert told(worried(circle, ann))
    now = circle.moment.now
    assert circle.seen_by(fran.id) == [Alarmed(ann.id, now, where=Where.UNSENT), Flagged(ann.id, now)]
    assert circle.seen_by(ann.id) == circle.seen_by(bob.id) == []
    assert ann.place
    assert ann.place.muted_until == until
    assert refusal(worried(circle, ann)) is Code.ALREADY_SO, "pressing again and again is heard once"
    circle.now += 30_000
    assert told(worried(circle, ann))
    ann.leaves()
    assert refusal(worried(circle, ann)) is Code.NOT_HERE


def test_an_eye_that_is_kept_on_somebody_keeps_nobody_from_hearing_that_they_may_be_in_danger(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    ann.says("It was a long week.")
    assert told(fran.flags(1))
    fran.mutes(ann)
    assert told(worried(circle, ann))
    assert Alarmed(ann.id, circle.moment.now, where=Where.UNSENT) in circle.seen_by(fran.id)
    assert refusal(worried(circle, ann)) is Code.ALREADY_SO


def test_words_of_danger_aside_are_heard_with_an_alarm_and_answered_with_help(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    ann.confides("May I pass today?")
    assert set(kinds(circle.told)) == {"Confided", "ToldAside"}
    ann.confides(DANGER)
    now = circle.moment.now
    assert circle.seen_by(fran.id)[1:] == [Alarmed(ann.id, now, where=Where.ASIDE), Flagged(ann.id, now)]
    assert circle.seen_by(ann.id)[1:] == [Cared(where=Where.ASIDE)]
    assert circle.seen_by(bob.id) == []
    fran.confides("Do you want to die? " + DANGER, ann)
    assert set(kinds(circle.told)) == {"Confided", "ToldAside"}, "a facilitator who asks is no alarm"
    fran.chooses(alarm=Level.OFF)
    ann.confides(DANGER)
    assert set(kinds(circle.told)) == {"Confided", "ToldAside"}, "the group's own choice"


def test_facilitators_hear_that_a_report_came_and_nobody_else_does(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    assert told(circle.asks(NOBODY, ReportCame()))
    assert circle.seen_by(fran.id) == [Reported()]
    assert circle.seen_by(ann.id) == circle.seen_by(bob.id) == []
    fran.leaves()
    assert refusal(circle.asks(NOBODY, ReportCame())) is Code.NOBODY_HOLDS


def test_all_who_came_by_a_link_leave_at_once_each_told_why(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    away = SendAway((ann.id, bob.id, gus.id, MemberId("never here")))
    assert told(circle.asks(NOBODY, away))
    for gone in (ann, bob):
        (why, *_) = [
            event for event, to in zip(circle.told, circle.to, strict=True) if getattr(to, "member", "") == gone.id
        ]
        assert why == ActedOn(
            Act.BAR, gone.id, circle.moment.now, Role.FACILITATOR, Reason.INVITATION, appeal=circle.house.appeal
        )
        assert Removed(gone.id) in circle.seen_by(fran.id)
        assert refusal(gone.arrives()) is Code.REMOVED
    assert gus.here, "a facilitator is nobody whom a link brought"
    assert refusal(circle.asks(NOBODY, away)) is Code.ALREADY_SO


def still_heard(circle: Circle, who: Somebody) -> tuple[Alarmed, ...]:
    """What somebody who comes now is shown of it."""
    return snapshot(circle.room, who.id, circle.moment.now).alarms


def test_an_alarm_waits_for_a_facilitator_who_is_just_coming_back(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.is_lost()
    ann.says(DANGER)
    said_at = circle.moment.now
    circle.now += 1000
    worried(circle, bob)
    fran.arrives()
    assert still_heard(circle, fran) == (
        Alarmed(ann.id, said_at),
        Alarmed(bob.id, circle.moment.now, where=Where.UNSENT),
    )
    assert still_heard(circle, ann) == still_heard(circle, bob) == (), "nobody else learns whose words they were"
    circle.now += ALARMED_FOR - 1
    assert [one.by for one in still_heard(circle, fran)] == [bob.id]
    circle.now += 1
    assert still_heard(circle, fran) == ()


def test_of_one_person_the_newest_alarm_is_kept_and_what_is_old_goes_with_the_next(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    ann.confides(DANGER)
    bob.says(DANGER)
    circle.now += 60_000
    bob.says(DANGER)
    assert circle.room.condition.alarms == (
        Alarmed(ann.id, Millis(circle.now - 60_000), where=Where.ASIDE),
        Alarmed(bob.id, circle.moment.now),
    )
    circle.now += ALARMED_FOR - 60_000
    ann.says(DANGER)
    assert [one.by for one in circle.room.condition.alarms] == [bob.id, ann.id]
    assert all(one.where is Where.ROOM for one in circle.room.condition.alarms)


def test_no_more_alarms_are_kept_than_a_page_can_show(circle: Circle) -> None:
    many = [Somebody(circle, f"Somebody {n}", Role.MEMBER) for n in range(ALARMS_MAX + 1)]
    for one in many[:ALARMS_MAX]:
        circle.house = replace(circle.house, cap=99)
        one.arrives()
        worried(circle, one)
    assert len(circle.room.condition.alarms) == ALARMS_MAX
    many[-1].arrives()
    worried(circle, many[-1])
    assert [one.by for one in circle.room.condition.alarms] == [one.id for one in many[1:]]


def test_what_waited_and_was_read_by_a_facilitator_alarms_nobody_any_more_and_what_went_back_unread_does(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    drafts = []
    for who in (ann, ann, bob):
        who.says(BRIDGE)
        (held,) = [event for event in circle.told if isinstance(event, Withheld)]
        drafts.append(held)
        circle.lot += 1
    assert [one.draft for one in circle.room.condition.alarms] == [held.draft for held in drafts]
    fran.hands_back(drafts[0])
    ann.takes_back(drafts[1])
    fran.releases(drafts[2])
    assert [one.draft for one in still_heard(circle, fran)] == [drafts[1].draft]
    assert circle.room.drafts == {}


def test_whoever_facilitates_says_that_they_look_after_it_and_the_others_know(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    ann.says(DANGER)
    ann.confides(DANGER)
    bob.says(DANGER)
    fran.looks_after(ann)
    assert circle.seen_by(gus.id) == circle.seen_by(fran.id) == [LookedAfter(ann.id, fran.id)]
    assert circle.seen_by(ann.id) == circle.seen_by(bob.id) == []
    assert [(one.by, one.helper) for one in still_heard(circle, gus)] == [
        (ann.id, fran.id),
        (ann.id, fran.id),
        (bob.id, None),
    ]
    assert refusal(fran.looks_after(ann)) is Code.ALREADY_SO
    gus.looks_after(ann)
    assert {one.helper for one in still_heard(circle, fran) if one.by == ann.id} == {gus.id}


def test_words_of_danger_after_that_are_new_and_nobody_looks_after_who_worries_nobody(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    ann.says(DANGER)
    fran.looks_after(ann)
    circle.now += 30_000
    ann.says(DANGER)
    assert [one.helper for one in still_heard(circle, fran)] == [None]
    assert refusal(fran.looks_after(bob)) is Code.ALREADY_SO


def test_two_alarms_at_once_are_both_kept(circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody) -> None:
    """What a commit writes of the whole room must not undo what another has just written of it."""
    for decision in (ann.says(DANGER), ann.confides(DANGER), worried(circle, bob)):
        assert isinstance(decision, Publish)
        assert decision.raises
    circle.now += 30_000
    ordinary = ann.confides("May I pass today?")
    assert isinstance(ordinary, Publish)
    assert not ordinary.raises


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_words_of_danger_that_nobody_is_there_to_read_aside_are_heard_by_who_comes(
    circle: Circle, ann: Somebody, fran: Somebody, where: str
) -> None:
    if where == "outside":
        ann.leaves()
        fran.sets_the_door(open=False)
        ann.arrives()
        assert ann.waits
    fran.is_lost()
    ordinary, danger = ann.confides("May I pass today?"), ann.confides(DANGER)
    for no, of_danger in ((ordinary, False), (danger, True)):
        assert isinstance(no, Reject)
        assert (no.code, no.help) == (Code.NOBODY_HOLDS, of_danger)
    assert told(worried(circle, ann)), "as the desk asks then"
    fran.arrives()
    assert [(one.by, one.where) for one in still_heard(circle, fran)] == [(ann.id, Where.UNSENT)]
