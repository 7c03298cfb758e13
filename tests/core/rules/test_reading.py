"""However words are dressed they are read the same, and nothing that can be written breaks the reading."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.core.moderation import packing, phrasing
from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.normal import fold, parted, plainly
from chat.core.moderation.phrases import Found
from chat.core.moderation.policy import EVERYTHING
from chat.core.moderation.reading import read
from chat.core.moderation.verdict import Allow, Hold, Refuse
from tests.core.rules.asking import lexicon, verdict

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u3164"
LIKE = {
    "a": "аａ𝐚á",
    "e": "еｅ𝖊ê",
    "i": "іｉｉí",
    "o": "оｏοö",
    "s": "ѕｓ",
    "c": "сç",
    "p": "рｐ",
    "k": "кｋ",
    "h": "һｈ",
}
PHRASES = ("kill myself", "purple otter", "faggot", "i want to die")
ANYTHING = st.text(st.characters(codec=None), max_size=80)


@cache
def small() -> Lexicon:
    """A few phrases and no knowledge of the language."""
    return packing.lexicon({"said": phrasing.add((), PHRASES)}, {"im": "i am", "really": ""})


@given(ANYTHING)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    words = plainly(parted(fold(text)), {"im": "i am"})
    assert plainly(parted(fold(" ".join(words))), {"im": "i am"}) == words


@given(st.sampled_from(PHRASES), st.data())
def test_nothing_unseen_and_no_look_alike_hides_a_phrase(phrase: str, data: st.DataObject) -> None:
    dressed = "".join(
        data.draw(st.sampled_from([letter, letter.upper(), *LIKE.get(letter, "")]))
        + data.draw(st.text(UNSEEN, max_size=2))
        for letter in phrase
    )
    assert "said" in read(f"well {dressed}, you know", small()).lists


@given(st.sampled_from(PHRASES), st.data())
def test_no_letter_drawn_out_hides_a_phrase(phrase: str, data: st.DataObject) -> None:
    drawn = "".join(letter * (data.draw(st.sampled_from([1, 1, 3, 7])) if letter != " " else 1) for letter in phrase)
    assert "said" in read(drawn, small()).lists


@pytest.mark.parametrize(("drawn", "meant"), [("looooser", "loser"), ("abyssssss", "abyss"), ("abys", "abys")])
def test_a_word_drawn_out_is_one_of_a_phrase_before_it_is_one_said_often(drawn: str, meant: str) -> None:
    world = packing.World(ordinary=frozenset({"looser", "abyss"}), usual=frozenset({"looser", "abyss"}))
    known = Lexicon(packing.pack({"said": phrasing.add((), ("you loser",))}, None, world))
    assert known.plain([drawn]) == [meant]


@pytest.mark.parametrize(
    "written",
    ["k!ll myself", "k1ll mys3lf", "f*ggot", "i w a n t t o d i e", "f.a.g.g.o.t", "k i l l m y s e l f", 
     "iwanttodie", "#iwanttodie", "kill mysefl", "kill myyself", "i really want to die", "ｋｉｌｌ　ｍｙｓｅｌｆ"],
)  # fmt: skip
def test_habits_of_hiding(written: str) -> None:
    assert "said" in read(written, small()).lists


@pytest.mark.parametrize("innocent", ["skill myself", "kill. myself", "kill my shelf", "f***", "i want to diet"])
def test_a_part_of_a_word_or_two_sentences_are_no_phrase(innocent: str) -> None:
    assert "said" not in read(innocent, small()).lists


@settings(deadline=None)
@given(ANYTHING)
def test_nothing_that_can_be_written_breaks_a_rule(text: str) -> None:
    assert isinstance(verdict(text), Allow | Hold | Refuse)
    assert len(read(text, lexicon()).views) in (1, 2, 3)


def found(lists: dict[str, frozenset[phrasing.Chain]], text: str) -> Found:
    return read(text, packing.lexicon(lists)).views[0].found


def test_lists_are_added_to_and_taken_from() -> None:
    few = phrasing.add((), ["[red|blue] otter", "[took|had] .. [pill|pills]"])
    assert found({"x": few}, "i had all those pills") == {"x": [(1, 5)]}
    assert found({"x": few}, "i had. no pills") == {}
    fewer = phrasing.remove(few, ["blue otter"])
    assert found({"x": fewer}, "red otter blue otter") == {"x": [(0, 2)]}


def test_a_list_that_names_what_is_not_there_says_where() -> None:
    with pytest.raises(phrasing.Malformed, match="line 2"):
        phrasing.read("fine\n<nowhere> perihelion")


def test_every_policy_is_asked_for_every_rule() -> None:
    assert EVERYTHING.review is False
