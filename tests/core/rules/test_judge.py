"""The judge: the strictest word counts, help is never lost, and what breaks holds without a word."""

import logging

import msgspec
import pytest

from chat.core.errors import Code
from chat.core.moderation.draft import Draft, Standing
from chat.core.moderation.judge import judge
from chat.core.moderation.policy import EVERYTHING, Level, Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules import ORDER
from chat.core.moderation.rules.pace import every
from chat.core.moderation.rules.repeat import REMEMBERED, fingerprint, remember
from chat.core.moderation.rules.rule import Rule, Says
from chat.core.moderation.verdict import Allow, Hold, Refuse, RuleName
from tests.core.rules.asking import lexicon

KEY = b"k" * 32
LONG = "We had soup at my sister's and then it rained all day"


def saying(*says: tuple[RuleName, Says | None]) -> tuple[tuple[RuleName, Rule], ...]:
    """Rules that always say the same."""

    def always(word: Says | None) -> Rule:
        return lambda draft, reading, policy: word

    return tuple((name, always(word)) for name, word in says)


def judged(text: str, standing: Standing = Standing(), policy: Policy = EVERYTHING) -> Allow | Hold | Refuse:  # noqa: B008
    return judge(Draft(text, fingerprint(text, KEY), standing), lexicon(), policy)


def test_the_order_of_the_house() -> None:
    assert [name for name, _ in ORDER] == list(RuleName)


def test_refuse_wins_over_hold_and_hold_over_allow() -> None:
    help_, hold, refuse = (RuleName.ALARM, Says.HELP), (RuleName.HURT, Says.HOLD), (RuleName.PACE, Says.REFUSE)
    for rules, kind in (((), Allow), ((help_,), Allow), ((help_, hold), Hold), ((hold, refuse, help_), Refuse)):
        heard = judge(Draft("x"), lexicon(), EVERYTHING, saying(*rules))
        assert isinstance(heard, kind)
        assert heard.rules == tuple(name for name, _ in rules)
        assert heard.help == (help_ in rules)


def test_a_rule_that_breaks_holds_and_tells_nobody_what_it_read(caplog: pytest.LogCaptureFixture) -> None:
    def breaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
        raise ValueError(draft.text)

    with caplog.at_level(logging.DEBUG):
        heard = judge(Draft("perihelion"), lexicon(), EVERYTHING, ((RuleName.NAMES, breaks),))
    assert heard == Hold(rules=(RuleName.NAMES,))
    assert "perihelion" not in caplog.text + repr(heard)


def test_a_reading_that_breaks_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(text: str, *_: object) -> Reading:
        raise ValueError(text)

    monkeypatch.setattr("chat.core.moderation.judge.read", breaks)
    heard = judge(Draft("x"), lexicon(), EVERYTHING)
    assert isinstance(heard, Hold)
    assert heard.help


def test_nothing_shows_words() -> None:
    assert "perihelion" not in repr(Draft("perihelion")) + repr(Policy(words=frozenset({"perihelion"})))


def test_whoever_may_not_speak_is_refused_and_still_helped() -> None:
    heard = judged("i want to die", Standing(silenced=Code.MUTED))
    assert isinstance(heard, Refuse)
    assert (heard.rules, heard.help) == ((RuleName.QUIET, RuleName.ALARM), True)
    assert judged("hello", Standing(wait=900)) == Refuse(rules=(RuleName.PACE,))


def test_slow_mode_is_between_nothing_and_two_minutes() -> None:
    assert [every(Policy(pace=seconds)) for seconds in (-1, 0, 30, 9999)] == [0, 0, 30_000, 120_000]


def test_the_third_time_comes_back() -> None:
    recent: tuple[bytes, ...] = ()
    kinds = []
    for text in (LONG, LONG.upper(), LONG + "!!", "something else entirely, said once"):
        kinds.append(type(judged(text, Standing(recent=recent))))
        recent = remember(recent, fingerprint(text, KEY))
    assert kinds == [Allow, Allow, Refuse, Allow]


def test_short_words_and_words_of_danger_may_be_said_as_often_as_they_are_meant() -> None:
    for text in ("thank you", "i want to die, i really want to die"):
        again = Standing(recent=(fingerprint(text, KEY),) * REMEMBERED)
        assert isinstance(judged(text, again), Allow)


def test_a_fingerprint_is_of_the_seat_alone_and_five_are_remembered() -> None:
    assert fingerprint(LONG, KEY) != fingerprint(LONG, b"j" * 32)
    recent: tuple[bytes, ...] = ()
    for number in range(9):
        recent = remember(recent, bytes([number]))
    assert recent == tuple(bytes([number]) for number in range(4, 9))


def test_walls_wait_and_a_shout_does_not() -> None:
    assert judged("WHY DOES NOBODY EVER ANSWER THE PHONE AT THE COUNCIL " * 3) == Hold(rules=(RuleName.REPEAT,))
    assert judged("THEY MOVED MY APPOINTMENT AGAIN AND NOBODY THERE CAN TELL ME WHY IT IS SO AT ALL") == Hold(
        rules=(RuleName.REPEAT,)
    )
    assert judged("WE ARE HOME AND BOTH OF THEM ARE WELL AND FAST ASLEEP") == Allow()
    assert judged("😂" * 15) == Hold(rules=(RuleName.REPEAT,))
    assert judged("one year today " + "🎉" * 14) == Allow()
    assert judged("a" * 52) == Hold(rules=(RuleName.REPEAT,))
    assert judged("hello " * 9 + "anybody") == Hold(rules=(RuleName.REPEAT,))
    assert judged("ha ha ha ha ha ha ha ha ha ha") == Allow()
    assert judged("I DID IT, ONE WHOLE YEAR TODAY!!! 🎉🎉🎉") == Allow()
    assert isinstance(judged("I WANT TO DIE I WANT TO DIE " * 6), Allow)
    assert judged("😂" * 30, policy=Policy(repeat=Level.OFF)) == Allow()


def test_whoever_is_new_waits_if_the_group_wants_it() -> None:
    three = Policy(newcomer=3)
    assert [type(judged("hello", Standing(said=said), three)) for said in (0, 2, 3, None)] == [Hold, Hold, Allow, Allow]


def test_everything_waits_if_the_group_wants_it_and_help_comes_at_once() -> None:
    assert judged("hello", policy=Policy(review=True)) == Hold(rules=(RuleName.REVIEW,))
    assert judged("i want to die", policy=Policy(review=True)).help


def test_a_policy_and_a_verdict_cross_a_wire_and_come_back() -> None:
    policy = Policy(contact=Level.OFF, newcomer=2, words=frozenset({"Oakhanger"}))
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Policy) == policy
    assert msgspec.json.encode(EVERYTHING) == b"{}"
    heard = judged("ring 07700 900123")
    assert msgspec.json.decode(msgspec.json.encode(heard), type=Allow | Hold | Refuse) == heard
