"""All the words of a message are weighed together: danger is heard in words no list has; nothing weighed is kept."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.moderation import packing, phrasing
from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.policy import EVERYTHING
from chat.core.moderation.reading import read
from chat.core.moderation.scale import LONGEST_NUMBER, Scale, Weight, Weights, prepared, row
from chat.core.moderation.verdict import Allow, Hold, Refuse, RuleName
from tests.core.rules.asking import lexicon, verdict
from tests.core.rules.teach import LEARNT, digest

NUMBERS = st.integers(-3000, 3000)
WEIGHT = st.builds(Weight, NUMBERS, NUMBERS, NUMBERS)
WORD = st.sampled_from(["red", "otter", "river", "stone"])
TALK = "we had soup at my sister's and the kids played in the garden until it rained. "
LONG = 16_000
"""Characters: as long as a frame can be."""


def weighed_by(learnt: Weights, words: list[str]) -> Weight:
    scale = Scale(prepared(learnt))
    return scale.weigh(row([scale.entry(word, "") for word in words]))


@given(st.dictionaries(WORD, WEIGHT), WEIGHT, st.lists(WORD, max_size=12))
def test_three_weights_in_one_number_are_added_as_if_each_were_alone(
    learnt: dict[str, Weight], bias: Weight, words: list[str]
) -> None:
    each = [learnt.get(word, Weight(0, 0, 0)) for word in words]
    weighed = weighed_by(Weights(bias=bias, words=learnt), words)
    assert weighed == tuple(map(sum, zip(bias, *each, strict=True)))


@pytest.mark.parametrize(("digits", "weight"), [(LONGEST_NUMBER, 7), (LONGEST_NUMBER + 1, 0)])
def test_a_long_number_weighs_nothing_by_its_digits(digits: int, weight: int) -> None:
    learnt = Weights(bias=Weight(0, 0, 0), grams={"<00": Weight(7, 7, 7)})
    assert weighed_by(learnt, ["0" * digits]) == Weight(weight, weight, weight)


def test_a_sentence_of_danger_is_heard_in_the_middle_of_much_talk() -> None:
    heard = verdict(TALK * 2 + "tonight i am going to take every tablet in this house. " + TALK)
    assert (isinstance(heard, Allow), heard.help) == (True, True)
    assert verdict(TALK * 4) == Allow()


@pytest.mark.parametrize(
    "text",
    [
        "i have nobody left so by friday i mean to be in the ground beside her",
        "im sat on the floor with the razr and its allready bleeding",
        "dad has thrown mum down the stairs and she isnt moving",
        "he keeps knocking me about and i cant get out of the flat",
    ],
)
def test_danger_is_heard_in_words_that_no_list_has(text: str) -> None:
    assert not {"danger", "method", "alone"} & read(text, lexicon()).lists
    assert verdict(text).help


def test_no_word_that_was_weighed_is_kept() -> None:
    known = lexicon()
    before = len(known._book), len(known.scale.words), len(known.scale._senses)
    read("zanzibarly quixotrophe perihelionish sooooomething iwanttodie kilm mysefl", known)
    assert (len(known._book), len(known.scale.words), len(known.scale._senses)) == before


def test_what_is_shipped_was_taught_by_these_lessons() -> None:
    assert LEARNT.read_text("utf-8").split("\n")[0] == f"# lessons {digest()}"


@pytest.mark.parametrize(
    "piece",
    ["a", "a ", ".", "a.", "0 ", "07700 ", "o0 ", "@", "a@", "a@b.", "1 the ", "dot ", "A B ", "Mr ", "my name is ",
     "kill ", "you ", "***", "k!l", "7 a road ", "my insta ", "d i e ", "aaab", "\u200b", "٣ ", "é", "💊", "'\"", "((",
     "www.", "no ", "flat 1 ", "a-", "pills took ", "[at]", " dot com", "\n"],
)  # fmt: skip
def test_no_long_message_takes_more_than_its_length(piece: str) -> None:
    text = (piece * LONG)[:LONG]
    assert isinstance(verdict(text), Allow | Hold | Refuse)
    long, short = (min(_taken(part) for _ in range(3)) for part in (text, text[: LONG // 8]))
    # Eight times the length; what explodes takes sixty-four times as long and more.
    assert long < max(25 * short, 0.25)


def _taken(text: str) -> float:
    """Seconds of CPU; of several tries the least counts, as others use the machine, too."""
    start = time.process_time()
    verdict(text)
    return time.process_time() - start


@pytest.mark.parametrize("text", ["", "a" * 80, "qwzx", "zanzibarly quixotrophe"])
def test_what_is_not_understood_rings_no_alarm(text: str) -> None:
    assert not verdict(text).help


def test_where_nothing_was_learnt_the_lists_speak_alone() -> None:
    untaught = packing.lexicon({"slurs": phrasing.add((), ["zonk"])})
    assert judge(Draft("Hello."), untaught, EVERYTHING) == Allow()
    assert judge(Draft("zonk"), untaught, EVERYTHING).rules == (RuleName.HURT,)
