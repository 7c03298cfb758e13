"""Danger is heard and never stopped; a method waits; what is thrown at somebody waits, and telling of it passes."""

import pytest

from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.verdict import Allow, Hold, RuleName
from tests.core.rules.asking import speaks, verdict

DANGER = {
    "outright": "i want to kill myself",
    "in short": "kms",
    "in one word": "iwanttodie",
    "with a slip": "i wnat to die",
    "with signs": "k!ll myself",
    "set apart": "s.u.i.c.i.d.e thats what im thinking about",
    "drawn out": "i want to dieeeeee",
    "taken": "i took 30 paracetamol an hour ago",
    "by another": "hes got a knife and hes outside my door",
    "another person": "my daughter has taken an overdose",
    "in all earnest": "ok real talk i'm actively suicidal",
    "of late": "tried to kill myself last night",
    "Spanish": "quiero morir",
    "German": "ich will sterben",
}
NONE = {
    "an exam": "this exam is killing me",
    "hunger": "I could murder a curry",
    "grief": "he died by suicide",
    "a son": "i lost my son to suicide",
    "a clock": "gonna kill that alarm clock",
    "one word": "batteries",
    "minutes": "i took 30 minutes to get here",
    "an overdose long ago": "back in 2009 I took an overdose, I have two kids now",
    "long ago": "I tried to kill myself at 17. I'm 40 now and so glad it failed",
    "no longer": "I used to be suicidal, ten years ago",
    "not": "I'm not suicidal, just sad",
    "help with a form": "I need help with my PIP form",
    "a battery": "the battery is about to die",
}
HURT = {
    "an insult": "you absolute moron",
    "at the end": "shut up you stupid cow",
    "a slur": "we dont want faggots here",
    "hidden": "you f*ggot",
    "with digits": "r3tard",
    "in much talk": "we had soup at my sister's and it rained all day and we dont want faggots here",
    "set apart": "c u n t",
    "a kind of people": "all addicts are scum",
    "contempt": "no wonder he left you",
}
TOLD = {
    "told": "he called me a faggot in front of my class",
    "shouted": "some lad shouted faggot from a car",
    "a voice": "the voices say I'm disgusting",
    "oneself": "I was a junkie for ten years",
    "an illness": "this illness is a bitch",
    "the absent": "my ex is a complete arsehole",
    "a word in quotation marks": 'is "retarded" still on letters?',
    "affection": "you daft thing",
    "part of a word": "scunthorpe general",
    "support": "you're not a burden",
}


@pytest.mark.parametrize("name", DANGER)
def test_danger_is_let_through_with_help(name: str) -> None:
    heard = verdict(DANGER[name])
    assert isinstance(heard, Allow), name
    assert heard.help, name


@pytest.mark.parametrize("name", NONE)
def test_what_only_sounds_like_it_rings_no_alarm(name: str) -> None:
    assert verdict(NONE[name]) == Allow(), name


def test_a_method_waits_and_rings() -> None:
    heard = verdict("how many paracetamol would it take to die")
    assert isinstance(heard, Hold)
    assert (heard.rules, heard.help) == ((RuleName.ALARM, RuleName.METHOD), True)
    assert isinstance(verdict("how many paracetamol can I take with my tablets"), Allow)


@pytest.mark.parametrize("name", HURT)
def test_what_is_thrown_waits(name: str) -> None:
    assert isinstance(verdict(HURT[name]), Hold), name


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_passes(name: str) -> None:
    assert not speaks(RuleName.HURT, TOLD[name]), name


def test_how_strict_is_the_groups_choice() -> None:
    assert not speaks(RuleName.HURT, HURT["an insult"], Policy(hurt=Level.GENTLE))
    assert speaks(RuleName.HURT, HURT["a slur"], Policy(hurt=Level.GENTLE))
    assert speaks(RuleName.HURT, TOLD["the absent"], Policy(hurt=Level.STRICT))
    assert not speaks(RuleName.ALARM, "i cant do this anymore", Policy(alarm=Level.GENTLE))
    assert speaks(RuleName.ALARM, DANGER["outright"], Policy(alarm=Level.GENTLE))
    assert speaks(RuleName.ALARM, NONE["long ago"], Policy(alarm=Level.STRICT))


def test_a_group_may_allow_a_phrase_but_not_silence_an_alarm() -> None:
    ours = Policy(allowed=frozenset({"moron", "kill myself"}))
    assert not speaks(RuleName.HURT, HURT["an insult"], ours)
    assert speaks(RuleName.ALARM, DANGER["outright"], ours)
