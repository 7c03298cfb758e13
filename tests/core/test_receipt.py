"""A receipt is genuine for exactly what was said, by whom, when and where, and for nothing else."""

import hashlib
import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.core import receipt
from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId

KEY = b"k" * 32
WHERE = (RoomId("tuesday"), Epoch(7))
N = Number(12)
SAID = (MemberId("ann"), Millis(1_800_000_000_000), "about grief", "It was a hard week.")
GENUINE = receipt.tag(receipt.keyed(KEY), WHERE, N, SAID)


def test_a_genuine_receipt_is_recognised() -> None:
    assert receipt.verify(GENUINE, KEY, WHERE, N, SAID)


def test_a_receipt_is_what_anybody_with_the_key_can_work_out() -> None:
    parts = ["hearth receipt 1", "tuesday", "7", "12", "ann", "1800000000000", "about grief", "It was a hard week."]
    framed = b"".join(len(part).to_bytes(4, "big") + part.encode() for part in parts)
    assert hmac.digest(KEY, framed, hashlib.sha256)[:16].hex() == GENUINE


def test_receipts_given_today_can_still_be_verified_by_the_next_version() -> None:
    assert GENUINE == "68ee9c9beae5968ce3c8d0eebd83ca0d"


OTHER: dict[str, tuple[bytes, tuple[RoomId, Epoch], Number, tuple[MemberId, Millis, str, str]]] = {
    "key": (b"x" * 32, WHERE, N, SAID),
    "meeting": (KEY, (RoomId("wednesday"), WHERE[1]), N, SAID),
    "epoch": (KEY, (WHERE[0], Epoch(8)), N, SAID),
    "number": (KEY, WHERE, Number(13), SAID),
    "author": (KEY, WHERE, N, (MemberId("bob"), *SAID[1:])),
    "time": (KEY, WHERE, N, (SAID[0], Millis(SAID[1] + 1), *SAID[2:])),
    "note": (KEY, WHERE, N, (*SAID[:2], "", SAID[3])),
    "text": (KEY, WHERE, N, (*SAID[:3], "It was a hard week!")),
    "place of the words": (KEY, WHERE, N, (*SAID[:2], SAID[2] + SAID[3], "")),
}


@pytest.mark.parametrize("field", OTHER)
def test_another_value_in_any_field_is_not_genuine(field: str) -> None:
    assert not receipt.verify(GENUINE, *OTHER[field])


@pytest.mark.parametrize("forged", ["", "0" * 32, GENUINE[:-1], GENUINE + "0", GENUINE.upper(), "é" * 32, "\ud800"])
def test_a_forged_receipt_is_not_genuine_whatever_it_is_made_of(forged: str) -> None:
    assert not receipt.verify(forged, KEY, WHERE, N, SAID)


@given(st.text(), st.text())
@example("half a character \ud83d", "\ude00 and the other half")
def test_no_reported_words_can_stop_the_verifying(note: str, text: str) -> None:
    said = (SAID[0], SAID[1], note, text)
    assert receipt.verify(GENUINE, KEY, WHERE, N, said) == (said == SAID)
    assert receipt.verify(receipt.tag(receipt.keyed(KEY), WHERE, N, said), KEY, WHERE, N, said)
