"""What lets somebody be found outside waits; helplines, dates, doses and talk about services pass."""

from itertools import product

import pytest

from chat.core.moderation.draft import Draft
from chat.core.moderation.lexicon import Known
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading, read
from chat.core.moderation.rules import contact
from chat.core.moderation.rules.contact import links, phones, places
from chat.core.moderation.verdict import RuleName
from tests.core.rules.asking import lexicon, speaks

HOLD = {
    "a mobile": "07700 900123",
    "in international form": "+44 7700 900123",
    "with brackets": "(020) 7946 0123 after six",
    "dotted": "415.555.0176",
    "spelled out": "oh seven seven double oh nine double oh one two three",
    "spaced out": "0 7 7 0 0 9 0 0 1 2 3",
    "with the letter o": "o7700 9oo123",
    "short, and asking to be called": "ring me on 555 0123",
    "Spanish": "mi numero es 612 345 678",
    "wide digits": "０７７００ ９００１２３",
    "e-mail": "quietotter@example.com",
    "e-mail in words": "quietotter at gmail dot com",
    "e-mail with brackets": "quietotter (at) proton [dot] me",
    "a link": "https://example.org/x",
    "a link that is bent": "hxxps://example.org",
    "a bare host": "look at lanternpath.org",
    "a short link": "t.me/quietharbour",
    "a host in words": "www dot bramble dot org",
    "a handle": "my insta is moth_in_a_jar",
    "a handle, no sign in it": "my insta is tealeafmoth",
    "a request": "add me on snap",
    "the same name": "insta, same name as here",
    "a number behind a name": "hollyhock#4471",
    "a postcode": "LS6 9ZZ",
    "an American one": "IL 60614-0133",
    "an Eircode": "D02 ZZ99",
    "a street": "14 Larkspur Road",
    "a German street": "ich wohne Lindenstraße 12",
    "a box": "PO Box 2041",
}
ALLOW = {
    "a helpline": "116 123",
    "an American helpline": "988",
    "an emergency": "999 or 112",
    "free numbers": "0800 068 4141",
    "a date": "2026-01-05 to 2026-06-30",
    "a date with dots": "05.01.2026",
    "a date to ring on": "ring me on 2026-01-05",
    "a span of years": "2019-2021",
    "a dose": "20mg x2, up from 10",
    "money": "£1,204.50 a month",
    "times": "12:30 01:15 02:50 04:05",
    "moods": "3 4 3 6 7 2 5",
    "steps": "100 200 300 400",
    "no space after a full stop": "so tired.im going to bed.night all",
    "a service by name": "deleted insta and tiktok, best thing I did",
    "somebody here": "@fran thank you",
    "half a postcode": "im in se15",
    "a vitamin": "my b12 was low on the 1st",
    "a ward": "I'm at 7 st marys",
    "years in a road": "40 years in our road",
    "a road": "walked down Mill Lane",
}


@pytest.mark.parametrize("name", HOLD)
def test_it_waits(name: str) -> None:
    assert speaks(RuleName.CONTACT, HOLD[name]), name


@pytest.mark.parametrize("name", ALLOW)
def test_it_passes(name: str) -> None:
    assert not speaks(RuleName.CONTACT, ALLOW[name]), name


def test_the_numbers_of_helplines_are_those_somebody_entered() -> None:
    theirs = "020 7946 0123"
    known = Known(numbers=frozenset({"02079460123"}))
    assert phones.found(theirs, spelled=False, known=Known(), asked=True)
    assert not phones.found(theirs, spelled=False, known=known, asked=True)


def test_how_strict_is_the_groups_choice() -> None:
    gentle, strict = Policy(contact=Level.GENTLE), Policy(contact=Level.STRICT)
    assert speaks(RuleName.CONTACT, HOLD["a mobile"], gentle)
    assert not speaks(RuleName.CONTACT, HOLD["a street"], gentle)
    assert speaks(RuleName.CONTACT, ALLOW["half a postcode"], strict)
    assert not speaks(RuleName.CONTACT, HOLD["a mobile"], Policy(contact=Level.OFF))


PIECES = (
    *HOLD.values(), "", "0", "o", ".", " ", "-", "@", "com", ".com", "dot", "(at)", "gmail", "http", ":",
    "](", "<a href", "slash", "\n", "é", "\u200b", "LS6", "9ZZ", "box",
)  # fmt: skip


def test_no_dear_look_that_is_left_out_would_have_found_anything() -> None:
    missed = [pair for pair in product(PIECES, PIECES, ["", " "]) if _there(pair) and not _held(pair)]
    assert missed == []


def _there(pair: tuple[str, str, str]) -> bool:
    reading = _read(pair)
    folded, known = reading.folded, reading.lexicon.known
    spelled, asked = "digits" in reading.lists, "reach" in reading.lists
    return (
        phones.found(folded, spelled=spelled, known=known, asked=asked)
        or links.found(folded, known)
        or places.found(reading, strict=False)
    )


def _held(pair: tuple[str, str, str]) -> bool:
    reading = _read(pair)
    return contact.speaks(Draft(reading.text), reading, Policy()) is not None


def _read(pair: tuple[str, str, str]) -> Reading:
    one, other, between = pair
    return read(one + between + other, lexicon())
