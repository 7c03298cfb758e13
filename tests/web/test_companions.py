"""The companions of the demo: what they may say, when they say it, and how they behave towards people."""

import random
import re
from collections import Counter
from itertools import pairwise

import pytest

from chat.core.customs import Customs
from chat.core.decision import Reject
from chat.core.errors import Code
from chat.core.ids import MemberId
from chat.core.wire import NOTE_MAX, Finish, FloorKind, Hand, Next, Pass, PausedBy, Resume, Role, Say
from tests.web.evening import Evening, Heard, naming
from web.companions.deck import Deck
from web.companions.hearing import Meaning, understand
from web.companions.programme import Programme
from web.companions.script import Line, Scene, Script, read
from web.plan import default

pytestmark = pytest.mark.slow

SCRIPT = read()
LONGEST = 300
"""Characters of one message."""
MINUTE = 60.0
CHANCE = random.Random(1)  # noqa: S311  not for secrets
KEYS = {person.key for person in SCRIPT.people}
NOT_HERE = re.compile(
    r"\d[\d ()-]{4,}\d|https?:|www\.|@|\b[\w-]+\.(?:com|org|net|uk)\b"
    r"|\b(?:pills?|tablets?|overdos\w*|suicid\w*|dose|mg|prescri\w*|diagnos\w*|medicat\w*|antidepress\w*|knife|blade"
    r"|rope|bleed\w*|doctor|therap\w*|alcohol|drunk)\b",
    re.IGNORECASE,
)


def texts(script: Script) -> list[str]:
    """Everything that can ever be said."""
    lines = [line.text for scene in script.scenes for line in scene.lines]
    rounds = [t for r in script.rounds for t in (*r.asks, *r.thanks, *(a for some in r.answers.values() for a in some))]
    return lines + rounds + [t for voices in script.answers.values() for t in (*voices.facilitator, *voices.members)]


# The script


def test_every_line_is_said_by_somebody_known_and_is_written_once() -> None:
    assert not [text for text, times in Counter(texts(SCRIPT)).items() if times > 1]
    assert {line.by for scene in SCRIPT.scenes for line in scene.lines} == KEYS
    assert all(set(one.answers) == KEYS - {"maud"} for one in SCRIPT.rounds)


def test_no_line_is_long_or_names_a_number_an_address_or_a_method() -> None:
    for text in texts(SCRIPT):
        assert 0 < len(text.replace("{name}", "N" * 40)) <= LONGEST + 40, text
        assert len(text) <= LONGEST, text
        assert not NOT_HERE.search(text), text


def test_a_line_that_answers_somebody_comes_after_theirs() -> None:
    for scene in SCRIPT.scenes:
        for place, line in enumerate(scene.lines):
            assert line.to is None or line.to in {one.by for one in scene.lines[:place]}, line.text
            assert line.note is None or len(line.note) <= NOTE_MAX


def test_one_facilitator_and_five_members_with_announcements_kept_rare() -> None:
    assert SCRIPT.facilitator.key == "maud"
    assert len(SCRIPT.members) == 5
    announced = [line for scene in SCRIPT.scenes for line in scene.lines if line.announce]
    assert {line.by for line in announced} == {"maud"}
    assert len(announced) <= 2


def test_there_is_an_answer_to_everything_that_can_be_meant() -> None:
    assert set(SCRIPT.answers) == set(Meaning)
    assert all("{name}" in text for text in SCRIPT.answers[Meaning.GREETING].members)
    assert all("Get help now" in text for text in SCRIPT.answers[Meaning.DANGER].facilitator)


# The conversation by itself


@pytest.mark.parametrize("seed", range(5))
def test_half_an_hour_of_talk_repeats_nothing_at_a_human_pace(seed: int) -> None:
    evening = Evening(seed)
    evening.visitor("Alex")
    heard = evening.passes(30 * MINUTE)
    assert not [text for text, times in Counter(one.text for one in heard).items() if times > 1]
    gaps = [later.at - earlier.at for earlier, later in pairwise(heard)][3:]
    assert min(gaps) >= 2.0
    assert max(gaps) <= 24.0  # somebody who comes late is let in meanwhile
    assert 6.0 <= sum(gaps) / len(gaps) <= 11.0
    assert sum(5.0 <= gap <= 14.5 for gap in gaps) > 0.9 * len(gaps)


def test_they_go_on_for_hours_without_two_rounds_alike() -> None:
    evening = Evening()
    evening.visitor("Alex")
    heard = [one.text for one in evening.passes(120 * MINUTE)]
    assert len(heard) > 600
    pairs = Counter(pairwise(heard))
    assert pairs.most_common(1)[0][1] <= 6
    assert all(earlier != later for earlier, later in pairwise(heard))


def test_the_first_words_come_at_once_and_call_whoever_came_in_by_name() -> None:
    alex = Evening().visitor("Alex")
    welcome, *others = alex.hears(15)
    assert welcome.by == "maud"
    assert "Alex" in welcome.text
    assert others
    assert alex.evening.heard[0].at < 104.0


def test_nobody_talks_into_an_empty_room() -> None:
    assert Evening().passes(5 * MINUTE) == []


def test_hands_go_up_before_some_lines_and_down_after() -> None:
    evening = Evening()
    evening.visitor("Alex")
    evening.passes(10 * MINUTE)
    hands = [deed for deed in evening.deeds if isinstance(deed.command, Hand)]
    assert len(hands) >= 4
    for up, down in zip(hands[::2], hands[1::2], strict=False):
        assert isinstance(up.command, Hand)
        assert isinstance(down.command, Hand)
        assert (up.who, up.command.up, down.command.up) == (down.who, True, False)


def test_a_line_that_answers_what_was_not_said_is_not_said() -> None:
    lines = (Line("tam", "one"), Line("bea", "two", to="tam"), Line("maud", "three", to="bea"), Line("wren", "four"))
    script = Script(SCRIPT.people, SCRIPT.late, (Scene("welcome", lines),), SCRIPT.rounds, SCRIPT.answers)
    programme = Programme(script, CHANCE)
    programme.begin()
    programme.left_out(programme.next())
    assert programme.next().text == "four"


def test_a_deck_gives_everything_once_before_anything_again() -> None:
    deck = Deck("abcde", CHANCE)
    drawn = [deck.draw() for _ in range(50)]
    for start in range(0, 50, 5):
        assert set(drawn[start : start + 5]) == set("abcde")
    assert all(one != two for one, two in pairwise(drawn))
    small = Deck("ab", CHANCE)
    assert all(one != two for one, two in pairwise(small.draw() for _ in range(50)))


# Towards people


@pytest.mark.parametrize("seed", range(8))
def test_a_greeting_is_answered_by_name_within_seconds_by_one_or_two(seed: int) -> None:
    evening = Evening(seed)
    alex = evening.visitor("Alex")
    evening.passes(40)
    alex.says("Hello everyone")
    answers = naming("Alex", alex.hears(15))
    assert 1 <= len(answers) <= 2
    assert answers[0].at - (evening.now - 15) <= 6
    assert len({one.by for one in answers}) == len(answers)


def test_something_sad_is_answered_kindly_and_left_to_stand() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(40)
    alex.says("I'm so tired and lonely since she died")
    heard = alex.hears(30)
    kind = [t.replace("{name}", "Alex") for t in texts_of(Meaning.HEAVY)]
    assert [one.text in kind for one in heard[:2]] == [True, True]
    assert all(one.at - heard[1].at >= 11.5 for one in heard[2:])


def test_what_could_be_danger_gets_an_honest_answer_and_the_way_to_real_help() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(40)
    alex.says("hi all, honestly I don\u2019t want to be here any more")
    first = alex.hears(10)[0]
    assert first.by == "maud"
    assert "Get help now" in first.text
    assert "script" in first.text


def test_it_is_not_always_the_same_member_who_answers() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(40)
    answering = []
    for _ in range(6):
        alex.says("Good evening")
        answering.append(next(one.by for one in alex.hears(15) if "Alex" in one.text and one.by != "maud"))
    assert all(one != other for one, other in pairwise(answering))


def test_they_do_not_talk_over_somebody_who_goes_on_writing() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(60)
    for _ in range(3):
        alex.says("So there was this thing on the train")
        assert alex.hears(2) == []


@pytest.mark.parametrize("seed", range(6))
def test_after_somebody_has_spoken_there_is_room_for_more_of_theirs(seed: int) -> None:
    evening = Evening(seed)
    alex = evening.visitor("Alex")
    evening.passes(60)
    alex.says("I had soup for lunch")
    assert all("Alex" in one.text for one in alex.hears(7.5))


def test_somebody_who_goes_on_and_on_is_answered_all_the_same() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(60)
    heard = []
    alex.says("Hello everyone")
    for _ in range(7):
        heard += alex.hears(1.5)
        alex.says("And another thing")
    assert naming("Alex", heard)


def test_what_weighs_more_is_answered_though_something_lighter_follows() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(60)
    alex.says("I've been so lonely")
    alex.hears(1)
    alex.says("anyway, thanks")
    kind = [t.replace("{name}", "Alex") for t in texts_of(Meaning.HEAVY)]
    assert alex.hears(8)[0].text in kind


def test_answers_to_two_people_at_once_come_one_after_the_other() -> None:
    evening = Evening()
    visitors = [evening.visitor(name) for name in ("Alex", "Sam", "Kim")]
    evening.passes(60)
    for visitor in visitors:
        visitor.says("Hello all")
    heard = visitors[0].hears(40)
    assert all(naming(name, heard) for name in ("Alex", "Sam", "Kim"))
    assert all(later.at - earlier.at >= 2 for earlier, later in pairwise(heard))


def test_an_answer_sent_too_fast_is_given_a_little_later() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(60)
    alex.says("I feel so alone")
    evening.refuses = Reject(Code.TOO_FAST, 3000)
    assert len(naming("Alex", alex.hears(25))) == 2


def test_danger_is_answered_also_while_the_facilitators_companion_is_away() -> None:
    evening = Evening()
    alex, _ = evening.visitor("Alex"), evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(40)
    evening.circle.away("maud")
    alex.says("I want to die")
    assert "Get help now" in alex.hears(8)[0].text


def test_a_companion_who_is_named_answers_themselves() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(60)
    alex.says("Joss, how is the little one?")
    assert alex.hears(10)[0].by == "joss"


def test_what_one_visitor_says_to_another_is_left_to_them() -> None:
    evening = Evening()
    alex, _ = evening.visitor("Alex"), evening.visitor("Sam")
    evening.passes(60)
    alex.says("Sam, can you see this?")
    assert naming("Alex", alex.hears(20)) == []


def test_a_raised_hand_is_seen_and_waited_for() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(60)
    alex.does(alex.somebody.hand, True)
    heard = alex.hears(11)
    assert [one.by for one in heard] == ["maud"]
    assert "Alex" in heard[0].text


def test_somebody_quiet_is_asked_in_once() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(10 * MINUTE)
    asked = [t.replace("{name}", "Alex") for t in texts_of(Meaning.QUIET)]
    assert len([one for one in evening.heard if one.text in asked]) == 1
    assert alex.somebody.here


def texts_of(meaning: Meaning) -> list[str]:
    """All answers to one meaning."""
    return [*SCRIPT.answers[meaning].facilitator, *SCRIPT.answers[meaning].members]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Hello!", Meaning.GREETING),
        ("good evening everyone", Meaning.GREETING),
        ("hi, how are you all?", Meaning.GREETING),
        ("hiya", Meaning.GREETING),
        ("Hi. I feel so alone", Meaning.HEAVY),
        ("It's been a hard week", Meaning.HEAVY),
        ("i am feeling low today", Meaning.HEAVY),
        ("Sometimes I want to die", Meaning.DANGER),
        ("I might kill myself", Meaning.DANGER),
        ("hello, are you real people?", Meaning.SCRIPTED),
        ("is this a demo", Meaning.SCRIPTED),
        ("how was everyone's week?", Meaning.ASKED),
        ("Does it get easier?", Meaning.QUESTION),
        ("Thanks, that helps", Meaning.THANKS),
        ("I've got to go now, goodbye", Meaning.FAREWELL),
        ("I had soup for lunch", Meaning.PLAIN),
        ("high time for a tea", Meaning.PLAIN),
    ],
)
def test_what_somebody_means_is_understood_well_enough(text: str, meaning: Meaning) -> None:
    assert understand(text) is meaning


# Towards whoever facilitates


def test_a_pause_silences_them_until_the_room_goes_on() -> None:
    evening = Evening()
    fran = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(60)
    fran.does(fran.somebody.pauses)
    done = len(evening.deeds)
    assert fran.hears(5 * MINUTE) == []
    assert [deed for deed in evening.deeds[done:] if isinstance(deed.command, Say | Resume)] == []
    fran.does(fran.somebody.resumes)
    assert fran.hears(20)


def test_nothing_is_said_while_the_room_is_interrupted() -> None:
    evening = Evening()
    evening.visitor("Alex")
    evening.passes(60)
    evening.is_interrupted()
    assert evening.passes(60) == []


def test_somebody_muted_reads_along_and_is_gracious_afterwards() -> None:
    evening = Evening()
    fran = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(60)
    fran.does(fran.somebody.mutes, evening.people["tam"], 5)
    heard = fran.hears(4 * MINUTE)
    assert len(heard) > 10
    assert "tam" not in {one.by for one in heard}
    fran.does(fran.somebody.unmutes, evening.people["tam"])
    assert next(one.text for one in fran.hears(15) if one.by == "tam") in texts_of(Meaning.UNMUTED)


def test_what_answers_somebody_muted_is_left_out_too() -> None:
    evening = Evening()
    fran = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(5)
    fran.does(fran.somebody.mutes, evening.people["tam"], 10)
    heard = [one.text for one in fran.hears(3 * MINUTE)]
    assert "I'm here. Quiet today. I might mostly read." in heard
    assert not [text for text in heard if "Tam. Thank you" in text]


def test_nobody_waits_for_the_thanks_of_somebody_who_has_gone() -> None:
    evening = Evening()
    fran = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(60)
    fran.does(fran.somebody.mutes, evening.people["tam"], 5)
    fran.does(fran.somebody.unmutes, evening.people["tam"])
    fran.does(fran.somebody.removes, evening.people["tam"])
    evening.circle.away("tam")
    assert fran.hears(25)


def test_a_message_taken_back_by_a_facilitator_is_taken_well() -> None:
    evening = Evening()
    fran = evening.visitor("Robin", Role.FACILITATOR)
    while not evening.heard or evening.heard[-1].by != "tam":
        evening.passes(1)
    fran.does(fran.somebody.retracts, evening.room.room.number)
    assert next(one.text for one in fran.hears(12) if one.by == "tam") in texts_of(Meaning.RETRACTED)


def test_whoever_is_removed_is_gone_and_the_others_go_on() -> None:
    evening = Evening()
    fran = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(60)
    fran.does(fran.somebody.removes, evening.people["bea"])
    evening.circle.away("bea")
    heard = fran.hears(30 * MINUTE)
    assert "bea" not in {one.by for one in heard}
    assert len(heard) > 100


def test_with_nobody_left_to_talk_to_the_facilitators_companion_is_silent() -> None:
    evening = Evening()
    fran = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(60)
    for key in KEYS - {"maud"}:
        fran.does(fran.somebody.removes, evening.people[key])
        evening.circle.away(key)
    evening.passes(10)
    assert fran.hears(5 * MINUTE) == []


def test_a_pause_with_no_facilitator_left_is_ended_after_a_minute() -> None:
    evening = Evening()
    alex, fran = evening.visitor("Alex"), evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(30)
    fran.does(fran.somebody.pauses)
    fran.does(fran.somebody.leaves)
    assert alex.hears(55) == []
    evening.passes(20)
    assert evening.room.room.condition.paused is None
    assert [one for one in evening.heard if one.text in texts_of(Meaning.REOPENED)]


def test_a_room_that_paused_by_itself_is_taken_up_again() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(30)
    evening.circle.away("maud")
    maud = evening.people["maud"]
    assert maud.is_lost()
    evening.passes(25)
    assert evening.room.room.condition.paused is PausedBy.ITSELF
    evening.comes("maud")
    evening.passes(10)
    assert evening.room.room.condition.paused is None
    assert alex.hears(20)


@pytest.mark.parametrize("code", [Code.TOO_FAST, Code.BUSY, Code.ROOM_PAUSED, Code.INTERRUPTED])
def test_what_could_not_be_said_just_now_is_said_a_little_later(code: Code) -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    evening.passes(60)
    evening.refuses = Reject(code, 3000)
    while evening.refuses:
        evening.passes(1)
    missed = next(deed.command.text for deed in reversed(evening.deeds) if isinstance(deed.command, Say))
    assert [one.text for one in alex.hears(20)].count(missed) == 1


def test_a_line_refused_for_good_takes_with_it_what_answers_it() -> None:
    evening = Evening()
    alex = evening.visitor("Alex")
    while not evening.heard or evening.heard[-1].by != "joss":
        evening.passes(1)
    evening.refuses = Reject(Code.MUTED)
    heard = [one.text for one in alex.hears(60)]
    assert not [text for text in heard if text.startswith("There's room, Tam")]
    assert "I'm here. Quiet today. I might mostly read." in heard


# Turns


def test_in_a_round_everybody_says_a_few_words_or_passes_and_the_visitor_is_waited_for() -> None:
    evening = Evening(seed=3)
    robin, alex = evening.visitor("Robin", Role.FACILITATOR), evening.visitor("Alex")
    robin.does(robin.somebody.sets_the_floor, FloorKind.ROUND)
    floor = evening.room.floor
    members = [key for key, one in evening.people.items() if one.role is Role.MEMBER and one.here]
    for _ in range(20):
        evening.passes(15)
        if evening.room.floor.turn == alex.somebody.id:
            alex.says("I am here, that is enough for today.")
            alex.does(alex.somebody.is_done)
    assert evening.room.floor.kind is FloorKind.FACILITATORS
    asked = {evening.people[key].id for key in members} | {alex.somebody.id}
    assert {*evening.room.floor.had, *evening.room.floor.passed} == asked
    assert floor.kind is FloorKind.ROUND
    assert len(evening.room.floor.had) > len(evening.room.floor.passed)


def test_in_a_queue_companions_raise_their_hands_and_speak_when_they_have_the_floor() -> None:
    evening = Evening(seed=4)
    robin = evening.visitor("Robin", Role.FACILITATOR)
    robin.does(robin.somebody.sets_the_floor, FloorKind.QUEUE)
    evening.passes(30)
    up = [member for member in evening.room.room.seated() if member.hand_at is not None]
    assert 1 <= len(up) <= 2
    robin.does(robin.somebody.gives_the_floor)
    who = evening.room.floor.turn
    heard = evening.passes(20)
    assert [one.by for one in heard] == [evening._name(who)] if who else False
    assert evening.room.floor.turn is None


def test_in_a_quiet_moment_nobody_speaks() -> None:
    evening = Evening(seed=5)
    robin = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(30)
    robin.does(robin.somebody.sets_the_floor, FloorKind.QUIET)
    assert evening.passes(60) == []
    robin.does(robin.somebody.sets_the_floor, FloorKind.OPEN)
    assert evening.passes(60) != []


# A whole meeting


def test_while_no_visitor_leads_the_companions_go_through_a_whole_meeting() -> None:
    evening = Evening(seed=6, plan=default())
    alex = evening.visitor("Alex")
    begun: list[str] = []
    turns: set[MemberId] = set()
    for _ in range(400):
        evening.passes(4)
        now = evening.room.room.condition.begun
        if now and now.phase.name not in begun[-1:]:
            begun.append(now.phase.name)
        turn = evening.room.floor.turn
        turns |= {turn} if turn else set()
        if turn == alex.somebody.id:
            alex.does(alex.somebody.passes if evening.room.floor.kind is FloorKind.ROUND else alex.somebody.is_done)
    assert begun[:7] == ["Gathering", "Opening", "Check-in", "Sharing", "Closing round", "Goodbye", "Sharing"]
    assert turns == {alex.somebody.id, *(evening.people[one.key].id for one in evening.script.members)}
    done = [type(deed.command) for deed in evening.deeds]
    assert done.count(Finish) > 10, "they take turns"
    assert done.count(Pass) >= 1, "somebody passes"
    assert done.count(Next) >= 3, "hands go up, and are given the floor"
    assert [one for one in evening.heard if one.by == "maud" and one.text == default().texts[0]]


def test_what_is_said_in_a_round_answers_what_was_asked() -> None:
    evening = Evening(seed=6, plan=default())
    evening.visitor("Alex")
    while (begun := evening.room.room.condition.begun) is None or begun.phase.floor is not FloorKind.ROUND:
        evening.passes(1)
    asked = next(one for one in evening.script.rounds if begun.phase.prompt in one.asks)
    heard: list[Heard] = []
    while evening.room.floor.kind is FloorKind.ROUND:
        heard += evening.passes(1)
    assert len(heard) >= 3
    assert all(one.text in asked.answers[one.by] for one in heard)


def test_a_visitor_who_does_nothing_with_their_turn_is_not_waited_for_for_ever() -> None:
    evening = Evening(seed=7, plan=default())
    evening.visitor("Alex")
    evening.passes(8 * MINUTE)
    begun = evening.room.room.condition.begun
    assert begun is not None
    assert begun.phase.name == "Sharing"


def test_nothing_of_a_part_is_missed_by_going_and_coming_back() -> None:
    evening = Evening(seed=7, plan=default())
    alex = evening.visitor("Alex")
    evening.passes(MINUTE)
    alex.does(alex.somebody.leaves)
    evening.passes(10 * MINUTE)
    alex.does(alex.somebody.arrives)
    evening.passes(30)
    begun = evening.room.room.condition.begun
    assert begun is not None
    assert begun.phase.name == "Gathering"


def test_a_visitor_who_facilitates_leads_the_meeting_themselves() -> None:
    evening = Evening(seed=8, plan=default())
    evening.visitor("Robin", Role.FACILITATOR)
    evening.visitor("Alex")
    evening.passes(5 * MINUTE)
    assert evening.room.room.condition.begun is None
    assert evening.room.floor.kind is FloorKind.OPEN


# At the door


def test_the_facilitators_companion_lets_in_who_waits_within_seconds() -> None:
    evening = Evening(customs=Customs())
    alex = evening.visitor("Alex")
    assert alex.somebody.waits
    evening.passes(2)
    assert alex.somebody.here
    assert all(evening.people[person.key].here for person in SCRIPT.people)


def test_a_visitor_who_facilitates_is_left_to_let_in_who_waits_for_a_while() -> None:
    evening = Evening(customs=Customs())
    evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(5)
    alex = evening.visitor("Alex")
    evening.passes(20)
    assert alex.somebody.waits
    evening.passes(10)
    assert alex.somebody.here


def test_somebody_comes_late_when_a_visitor_facilitates_and_then_just_listens() -> None:
    evening = Evening(customs=Customs())
    evening.passes(60)
    assert not evening.circle.late_comes(evening.now)
    robin = evening.visitor("Robin", Role.FACILITATOR)
    evening.passes(10)
    assert evening.circle.late_comes(evening.now)
    late = evening.people[SCRIPT.late.key]
    evening.comes(SCRIPT.late.key)
    assert late.waits
    robin.does(robin.somebody.admits, late)
    heard = evening.passes(12)
    assert [one.text for one in heard if one.by == SCRIPT.late.key] == [SCRIPT.late.says]
    assert evening.room.room.places[late.id].listens
