"""Only frames of the protocol cross the socket, in exactly these bytes, and none shows words in a log."""

import contextlib
import json
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from chat.core.decision import Publish
from chat.core.errors import BadFrame, Code, sentence
from chat.core.ids import Ref
from chat.core.room import Seated, Tell
from chat.core.wire import Answer, Command, Event, Refused, Role, Said, Say, Snapshot, decode, encode
from tests.core.circle import Circle, Somebody
from tests.core.examples import ANSWERS, COMMANDS, EVENTS

GOLDEN = Path(__file__).parent.parent / "golden" / "frames.json"


def golden(family: str) -> list[str]:
    """The frames of one family exactly as they stand in the file, one on each line."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    start = lines.index(f'"{family}": [') + 1
    end = next(i for i in range(start, len(lines)) if lines[i].startswith("]"))
    return [line.removesuffix(",") for line in lines[start:end]]


def test_the_golden_frames_are_readable_by_any_json_reader() -> None:
    families = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert {family: len(frames) for family, frames in families.items()} == {
        "commands": len(COMMANDS),
        "events": len(EVENTS),
        "answers": len(ANSWERS),
    }


def test_every_command_a_browser_may_send_is_understood_from_its_golden_bytes() -> None:
    assert [decode(line) for line in golden("commands")] == list(COMMANDS)
    assert [decode(line.encode()) for line in golden("commands")] == list(COMMANDS)


def test_every_event_and_answer_is_sent_in_its_golden_bytes() -> None:
    assert [encode(event).decode() for event in EVENTS] == golden("events")
    assert [encode(answer).decode() for answer in ANSWERS] == golden("answers")


@pytest.mark.parametrize(
    ("union", "examples"),
    [(Command, COMMANDS), (Event, EVENTS), (Answer, ANSWERS)],
    ids=["commands", "events", "answers"],
)
def test_no_frame_joins_the_protocol_without_an_example(union: object, examples: tuple[Struct, ...]) -> None:
    assert {type(example) for example in examples} == set(get_args(union))


BROKEN: dict[str, tuple[bytes, Code]] = {
    "nothing": (b"", Code.BAD_JSON),
    "no JSON": (b"hello", Code.BAD_JSON),
    "half a frame": (b'{"type":"say","ref":"a","text":"x', Code.BAD_JSON),
    "two frames in one": (b'{"type":"leave","ref":"a"}{"type":"leave","ref":"b"}', Code.BAD_JSON),
    "not UTF-8": (b'{"type":"say","ref":"a","text":"\xff"}', Code.BAD_JSON),
    "half a character": (rb'{"type":"say","ref":"a","text":"\ud83d"}', Code.BAD_JSON),
    "no type": (b'{"ref":"a"}', Code.UNKNOWN_TYPE),
    "a type nobody knows": (b'{"type":"shout","ref":"a"}', Code.UNKNOWN_TYPE),
    "a type that quotes our own errors": (b'{"type":"unknown field","ref":"a"}', Code.UNKNOWN_TYPE),
    "a number for a type": (b'{"type":5,"ref":"a"}', Code.UNKNOWN_TYPE),
    "two types": (b'{"type":"leave","ref":"a","type":"close"}', Code.UNKNOWN_TYPE),
    "an event, which only the room tells": (b'{"type":"closed","at":1}', Code.UNKNOWN_TYPE),
    "a field too many": (b'{"type":"say","ref":"a","text":"x","mood":"y"}', Code.UNKNOWN_FIELD),
    "a well without a bottom, before any type": (b'{"x":' + b"[" * 15_000, Code.BAD_JSON),
    "a field deep as the sea": (b'{"type":"leave","ref":"a","x":' + b"[" * 15_000, Code.UNKNOWN_FIELD),
    "no object": (b"[]", Code.BAD_VALUE),
    "no text": (b'{"type":"say","ref":"a"}', Code.BAD_VALUE),
    "a number for a text": (b'{"type":"say","ref":"a","text":3}', Code.BAD_VALUE),
    "a reason nobody may give": (b'{"type":"retract","ref":"a","n":1,"reason":"revenge"}', Code.BAD_VALUE),
    "a reason in our own words": (b'{"type":"retract","ref":"a","n":1,"reason":"unknown field"}', Code.BAD_VALUE),
    "half a message": (b'{"type":"retract","ref":"a","n":1.5}', Code.BAD_VALUE),
    "a number without end": (b'{"type":"retract","ref":"a","n":' + b"9" * 9_000 + b"}", Code.BAD_VALUE),
    "a mute of no time": (b'{"type":"mute","ref":"a","member":"b","minutes":0,"reason":"other"}', Code.BAD_VALUE),
    "a mute over two hours": (b'{"type":"mute","ref":"a","member":"b","minutes":121,"reason":"other"}', Code.BAD_VALUE),
    "a bar of no time": (b'{"type":"bar","ref":"a","member":"b","days":0,"reason":"other"}', Code.BAD_VALUE),
    "a bar of over ten years": (b'{"type":"bar","ref":"a","member":"b","days":3651,"reason":"other"}', Code.BAD_VALUE),
    "an empty ref": (b'{"type":"leave","ref":""}', Code.BAD_VALUE),
    "a ref too long": (b'{"type":"leave","ref":"' + b"a" * 41 + b'"}', Code.BAD_VALUE),
    "a ref with a space": (b'{"type":"leave","ref":"a b"}', Code.BAD_VALUE),
    "a ref of two lines": (rb'{"type":"leave","ref":"a\n"}', Code.BAD_VALUE),
}  # fmt: skip


@pytest.mark.parametrize("frame", BROKEN.values(), ids=BROKEN.keys())
def test_a_frame_no_browser_of_ours_sends_is_refused_with_its_own_code(frame: tuple[bytes, Code]) -> None:
    data, code = frame
    with pytest.raises(BadFrame) as refused:
        decode(data)
    assert refused.value.code is code


def test_text_with_half_a_character_in_it_is_refused_like_broken_bytes() -> None:
    with pytest.raises(BadFrame) as refused:
        decode('{"type":"say","ref":"a","text":"\ud800"}')
    assert refused.value.code is Code.BAD_JSON


def test_the_longest_ref_is_taken_and_comes_back_unchanged() -> None:
    ref = "Az09_-" + "a" * 34
    assert decode(f'{{"type":"leave","ref":"{ref}"}}').ref == ref


CANARY = "quetzalcoatlus"


@pytest.mark.parametrize(
    "frame",
    [
        f"{CANARY}",
        f'"{CANARY}"',
        f'{{"type":"{CANARY}"}}',
        f'{{"type":"say","ref":"a","text":"{CANARY}","{CANARY}":1}}',
        f'{{"type":"say","ref":"{CANARY} {CANARY}","text":"{CANARY}"}}',
        f'{{"type":"say","ref":"a","text":["{CANARY}"]}}',
        f'{{"type":"remove","ref":"a","member":"b","reason":"{CANARY}"}}',
        f'{{"type":"say","ref":"a","text":"{CANARY}\\ud800"}}',
        f'{{"type":"say","ref":"a","text":"{CANARY}\ud800"}}',
    ],
    ids=lambda frame: ascii(frame)[1:30],
)
def test_the_error_about_a_bad_frame_carries_nothing_of_it(frame: str) -> None:
    with pytest.raises(BadFrame) as refused:
        decode(frame)
    error = refused.value
    assert error.__context__ is None
    assert error.__cause__ is None
    assert CANARY not in f"{error!r} {error} {error.args}"


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_whatever_is_sent_is_a_command_or_a_bad_frame_and_nothing_else_goes_wrong(data: bytes | str) -> None:
    with contextlib.suppress(BadFrame):
        assert isinstance(decode(data), get_args(Command))


def test_every_code_has_a_sentence_of_its_own_for_people() -> None:
    sentences = {code: sentence(code) for code in Code}
    assert len(set(sentences.values())) == len(Code)
    for code, words in sentences.items():
        assert words.endswith("."), code
        assert "-" not in words, code


OURS = {(Refused, "words")}
"""Fields called like somebody's words that hold a sentence of ours."""
WORDS = {"text", "note", "words", "name"}


def wordy(frame: Struct) -> set[str]:
    """The fields of a frame that hold what a person wrote."""
    return {name for name in frame.__struct_fields__ if name in WORDS and (type(frame), name) not in OURS}


@given(frame=st.sampled_from((*COMMANDS, *EVENTS)), word=st.text(min_size=4))
def test_a_frame_shows_how_long_its_words_are_and_never_the_words(frame: Command | Event, word: str) -> None:
    marked = f"«{word}»"
    filled = msgspec.structs.replace(frame, **dict.fromkeys(wordy(frame), marked))
    assert marked not in repr(filled)
    assert marked not in str(filled)
    assert ("characters" in repr(filled)) == bool(wordy(frame) or hasattr(frame, "phase"))


def test_nobodys_name_shows_where_people_are_listed() -> None:
    for frame in (*EVENTS, *ANSWERS):
        for name in ("Quiet Heron", "Warm Lantern", "Slow River"):
            assert name not in repr(frame)
    listed = next(answer for answer in ANSWERS if isinstance(answer, Snapshot) and answer.people)
    assert "Slow River" in encode(listed).decode()


def test_no_field_that_could_hold_words_has_been_forgotten_above() -> None:
    """A new text field is either named here as harmless, or hidden by its frame and known to the test above."""
    harmless = {"ref", "member", "by", "you", "id", "receipt", "appeal", "epoch", "room"}
    for frame in (*COMMANDS, *EVENTS, *ANSWERS):
        for field in msgspec.structs.fields(frame):
            holds_text = field.type in (str, str | None) or getattr(field.type, "__supertype__", None) is str
            assert not holds_text or field.name in harmless | WORDS, (type(frame), field.name)


def test_a_notice_shows_no_words_either() -> None:
    said = next(event for event in EVENTS if isinstance(event, Said))
    assert said.text not in repr(Publish((Tell(said),)))


def test_a_seated_person_shows_their_id_alone() -> None:
    ann = Somebody(Circle(), "Annabella", Role.MEMBER)
    assert "Annabella" not in repr(Seated(ann.seated()))


def test_saying_shows_its_length() -> None:
    assert repr(Say(Ref("a"), "Hello.", "hm")) == "<Say of 8 characters>"
