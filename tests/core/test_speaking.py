"""Words are said to everyone in one settled form, or not at all; and whoever said them may take them back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.core.commands.fitting import canonical
from chat.core.decision import Publish, Reject
from chat.core.errors import Code
from chat.core.ids import Millis, Number
from chat.core.room import Everyone, One
from chat.core.wire import (
    NOTE_MAX,
    REASON_WORDS_MAX,
    TEXT_MAX,
    Act,
    ActedOn,
    Announced,
    PausedBy,
    Reason,
    Retracted,
    RetractedBy,
    Role,
    Said,
)
from tests.core.circle import HOUSE, Circle, Somebody, refusal, told


def test_what_ann_says_is_told_to_everyone(circle: Circle, ann: Somebody) -> None:
    assert told(ann.says("Good to see you all."))
    said = Said(ann.id, "Good to see you all.", Millis(circle.now), n=Number(1), receipt="receipt")
    assert (circle.told, circle.to) == ([said], [Everyone()])


def test_messages_are_numbered_one_after_the_other_whoever_speaks(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    for speak in (ann.says, fran.announces, fran.says):
        speak("Hello.")
    assert circle.room.authors.told() == {1: ann.id, 2: fran.id, 3: fran.id}
    assert circle.room.number == 3


def test_speaking_costs_pace_and_changes_nobody_elses_verdict(ann: Somebody, fran: Somebody) -> None:
    said, announced = ann.says("Hello."), fran.announces("Welcome.")
    assert isinstance(said, Publish)
    assert (said.paced, said.raises) == (True, False)
    assert isinstance(announced, Publish)
    assert (announced.paced, announced.raises) == (False, False)


def test_a_content_note_goes_before_the_text(circle: Circle, ann: Somebody) -> None:
    ann.says("It was a hard week.", note=" about grief ")
    assert isinstance(circle.told[0], Said)
    assert circle.told[0].note == "about grief"


@pytest.mark.parametrize("note", [None, "", "  \r\n "])
def test_an_empty_content_note_is_none(circle: Circle, ann: Somebody, note: str | None) -> None:
    ann.says("Hello.", note)
    assert isinstance(circle.told[0], Said)
    assert circle.told[0].note is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("\r\n  Hello.\t\n", "Hello."),
        ("half a \ud83d face", "half a \ufffd face"),
        ("the other half \ude00", "the other half \ufffd"),
        ("two halves \ud83d\ude00", "two halves 😀"),
        ("👩\u200d👧 stay together", "👩\u200d👧 stay together"),
        ("a  b", "a  b"),
    ],
    ids=["line ends", "space around", "a first half", "a second half", "two halves", "a family", "space within"],
)
def test_text_is_said_in_one_settled_form(circle: Circle, ann: Somebody, typed: str, said: str) -> None:
    ann.says(typed)
    assert isinstance(circle.told[0], Said)
    assert circle.told[0].text == said


@given(st.text(st.characters() | st.sampled_from("\r\n ")))
@example("\ude00\ud83d \r\r\n\ud83d")
def test_settled_text_is_settled_and_can_be_sent(text: str) -> None:
    settled = canonical(text)
    assert canonical(settled) == settled
    assert settled.encode().decode() == settled
    assert "\r" not in settled


@pytest.mark.parametrize(
    "text", ["", " ", "\n\r\n\t", "\u00a0\u2003", "\u200b", "\u2060 \ufeff", "\u200b\u200d \u00ad"]
)
def test_nothing_that_can_be_seen_is_not_a_message(ann: Somebody, fran: Somebody, text: str) -> None:
    assert refusal(ann.says(text)) is Code.EMPTY
    assert refusal(ann.says(text, "about grief")) is Code.EMPTY
    assert refusal(fran.announces(text)) is Code.EMPTY


def test_the_longest_message_passes_and_one_character_more_does_not(ann: Somebody, fran: Somebody) -> None:
    for speak in (ann.says, fran.announces):
        assert told(speak("é" * TEXT_MAX))
        assert told(speak("🌱" * TEXT_MAX + "  \r\n"))
        assert refusal(speak("é" * (TEXT_MAX + 1))) is Code.TOO_LONG


def test_the_longest_content_note_passes_and_one_character_more_does_not(ann: Somebody) -> None:
    assert told(ann.says("Hello.", "n" * NOTE_MAX))
    assert refusal(ann.says("Hello.", "n" * (NOTE_MAX + 1))) is Code.TOO_LONG


def test_in_a_pause_nobody_speaks_but_a_facilitator_may_announce(ann: Somebody, fran: Somebody) -> None:
    fran.pauses()
    assert refusal(ann.says("Hello.")) is Code.ROOM_PAUSED
    assert refusal(fran.says("Hello.")) is Code.ROOM_PAUSED
    assert told(fran.announces("We take a breath."))


@pytest.mark.parametrize("by", list(PausedBy))
def test_a_room_opened_paused_stays_so_until_a_facilitator_resumes(by: PausedBy) -> None:
    circle = Circle(paused=by)
    fran, ann = Somebody(circle, "Fran", Role.FACILITATOR), Somebody(circle, "Ann", Role.MEMBER)
    fran.arrives()
    ann.arrives()
    assert refusal(ann.says("Hello.")) is Code.ROOM_PAUSED
    fran.resumes()
    assert told(ann.says("Hello."))


def test_somebody_muted_is_told_how_long_until_they_may_speak(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    fran.mutes(ann, minutes=2)
    circle.now += 30_000
    assert ann.says("Hello.") == Reject(Code.MUTED, wait=90_000)


def test_a_mute_is_over_to_the_millisecond_even_before_it_is_told(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    fran.mutes(ann, minutes=1)
    circle.now += 59_999
    assert ann.says("Hello.") == Reject(Code.MUTED, wait=1)
    circle.now += 1
    assert told(ann.says("Hello."))


def test_a_pause_is_named_before_a_mute_and_a_mute_before_the_words(ann: Somebody, fran: Somebody) -> None:
    fran.mutes(ann)
    assert refusal(ann.says("")) is Code.MUTED
    fran.pauses()
    assert refusal(ann.says("")) is Code.ROOM_PAUSED


def test_bob_takes_his_own_message_back_and_no_act_is_told(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    bob.says("Hello.")
    assert told(bob.retracts(1, Reason.OTHER, "w" * (REASON_WORDS_MAX + 1)))
    assert circle.seen_by(bob.id) == circle.seen_by(fran.id) == [Retracted(Number(1), RetractedBy.AUTHOR)]


def test_bob_may_take_back_what_he_said_when_muted_in_a_pause_or_back_again(
    circle: Circle, bob: Somebody, fran: Somebody
) -> None:
    for _ in range(3):
        bob.says("Hello.")
    fran.mutes(bob)
    assert told(bob.retracts(1))
    fran.pauses()
    assert told(bob.retracts(2))
    bob.leaves()
    bob.arrives()
    assert told(bob.retracts(3))


def test_nobody_but_a_facilitator_takes_back_what_another_said(ann: Somebody, bob: Somebody, fran: Somebody) -> None:
    ann.says("Hello.")
    assert refusal(bob.retracts(1)) is Code.NOT_ALLOWED
    assert told(fran.retracts(1))


def test_a_facilitators_retraction_is_seen_by_all_and_its_reason_by_the_author_alone(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    ann.says("My number is …")
    fran.retracts(1, Reason.CONTACT, "No numbers here, please.")
    gone = Retracted(Number(1), RetractedBy.FACILITATOR)
    why = ActedOn(
        Act.RETRACTION,
        ann.id,
        circle.moment.now,
        Role.FACILITATOR,
        Reason.CONTACT,
        "No numbers here, please.",
        None,
        HOUSE.appeal,
    )
    assert circle.seen_by(ann.id) == [gone, why]
    assert circle.seen_by(bob.id) == circle.seen_by(fran.id) == [gone]


def test_a_retraction_without_a_reason_still_gives_one(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    ann.says("Hello.")
    fran.retracts(1)
    assert ActedOn(
        Act.RETRACTION, ann.id, circle.moment.now, Role.FACILITATOR, Reason.OTHER, None, None, HOUSE.appeal
    ) in circle.seen_by(ann.id)
    assert circle.to[1] == One(ann.id)


def test_the_longest_words_with_a_retraction_pass_and_one_character_more_does_not(
    ann: Somebody, fran: Somebody
) -> None:
    ann.says("Hello.")
    assert refusal(fran.retracts(1, Reason.OTHER, "w" * (REASON_WORDS_MAX + 1))) is Code.TOO_LONG
    assert told(fran.retracts(1, Reason.OTHER, "w" * REASON_WORDS_MAX))


@pytest.mark.parametrize("n", [-1, 0, 2, 10**30])
def test_a_message_nobody_said_cannot_be_taken_back(ann: Somebody, fran: Somebody, n: int) -> None:
    ann.says("Hello.")
    assert refusal(ann.retracts(n)) is refusal(fran.retracts(n)) is Code.NO_SUCH_MESSAGE


def test_a_message_is_taken_back_once(ann: Somebody, fran: Somebody) -> None:
    ann.says("Hello.")
    ann.retracts(1)
    assert refusal(ann.retracts(1)) is refusal(fran.retracts(1)) is Code.NO_SUCH_MESSAGE


def test_an_announcement_can_be_taken_back_like_any_message(circle: Circle, fran: Somebody) -> None:
    fran.announces("Five minutes left.")
    assert isinstance(circle.told[0], Announced)
    assert told(fran.retracts(1))
    assert circle.room.authors.told() == {}
