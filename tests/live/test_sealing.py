"""What is sealed opens with its meeting's key alone, as what it was sealed as, and nowhere else."""

import pytest

from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.core.room import Place, Tell, Told
from chat.core.wire import Event, Said
from chat.live.bus import Commit, Outcome, Status
from chat.live.bus.committing import notice_of
from chat.live.envelope import Envelope, Head, Salts, committed, head
from chat.live.sealing import NONCE, Seal, Unsealable, derived
from tests.core.examples import EVENTS

ROOM, EPOCH = RoomId("r1"), Epoch(7)
SECRET, SALT = b"s" * 32, b"t" * 32
ANN = MemberId("ann")


@pytest.fixture
def seal() -> Seal:
    return Seal(derived(SECRET, SALT, b"notice"), ROOM)


def test_what_is_sealed_opens_again_and_does_not_show(seal: Seal) -> None:
    sealed = seal.seal(b"xylograph", EPOCH, "notice")
    assert b"xylograph" not in sealed
    assert seal.open(sealed, EPOCH, "notice") == b"xylograph"


def test_the_same_words_never_look_the_same(seal: Seal) -> None:
    assert len({seal.seal(b"xylograph", EPOCH, "notice")[:NONCE] for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("secret", "salt", "purpose", "room", "epoch", "kind"),
    [
        (b"x" * 32, SALT, b"notice", ROOM, EPOCH, "notice"),
        (SECRET, b"x" * 32, b"notice", ROOM, EPOCH, "notice"),
        (SECRET, b"", b"notice", ROOM, EPOCH, "notice"),
        (SECRET, SALT, b"receipt", ROOM, EPOCH, "notice"),
        (SECRET, SALT, b"notice", RoomId("r2"), EPOCH, "notice"),
        (SECRET, SALT, b"notice", ROOM, Epoch(8), "notice"),
        (SECRET, SALT, b"notice", ROOM, EPOCH, "condition"),
        (SECRET, SALT, b"notice", ROOM, EPOCH, "place ann"),
    ],
    ids=["secret", "salt", "no salt", "purpose", "room", "epoch", "kind", "person"],
)
def test_with_anything_else_it_stays_shut(
    seal: Seal, secret: bytes, salt: bytes, purpose: bytes, room: RoomId, epoch: Epoch, kind: str
) -> None:
    sealed = seal.seal(b"xylograph", EPOCH, "notice")
    with pytest.raises(Unsealable):
        Seal(derived(secret, salt, purpose), room).open(sealed, epoch, kind)


@pytest.mark.parametrize("place", [0, NONCE - 1, NONCE, -1])
def test_with_one_bit_changed_it_stays_shut(seal: Seal, place: int) -> None:
    sealed = bytearray(seal.seal(b"xylograph", EPOCH, "notice"))
    sealed[place] ^= 1
    with pytest.raises(Unsealable):
        seal.open(bytes(sealed), EPOCH, "notice")


@pytest.mark.parametrize("junk", [b"", b"x", b"x" * NONCE, b"x" * 40])
def test_junk_stays_shut(seal: Seal, junk: bytes) -> None:
    with pytest.raises(Unsealable):
        seal.open(junk, EPOCH, "notice")


def test_one_persons_place_is_nobody_elses() -> None:
    envelope = Envelope(ROOM, SECRET, Salts(SALT, SALT))
    sealed = envelope.place(ANN, Place(removed=True), EPOCH)
    with pytest.raises(Unsealable):
        envelope._seal.open(sealed, EPOCH, "place bob")


def test_every_process_finds_the_same_number_and_receipt_in_a_notice() -> None:
    tells = (Tell(Said(ANN, "one", Millis(5))),)
    first, second = (Envelope(ROOM, SECRET, Salts(SALT, b"u" * 32)) for _ in range(2))
    notice = Head(EPOCH, Told(1, 9, Number(4)), Millis(5), first.notice(tells, EPOCH))
    assert first.told(notice) == second.told(notice)
    (told,) = first.told(notice)
    assert isinstance(told.event, Said)
    assert (told.event.n, len(told.event.receipt)) == (4, 32)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("before", [(), (Tell(Said(ANN, "before", Millis(4))),)])
def test_the_process_that_tells_something_tells_its_own_people_what_all_others_read(
    event: Event, before: tuple[Tell, ...]
) -> None:
    tells = (*before, Tell(event))
    first, second = (Envelope(ROOM, SECRET, Salts(SALT, b"u" * 32)) for _ in range(2))
    commit = Commit(ROOM, EPOCH, 1, 8, Millis(4), False, first.notice(tells, EPOCH), tells=tells)
    outcome = Outcome(Status.TOLD, 1, 9, Number(4), Millis(5))
    own, published = committed(commit, outcome), head(notice_of(commit, outcome))
    assert (own.epoch, own.told, own.at) == (published.epoch, published.told, published.at)
    assert first.told(own) == second.told(published)
    assert "before" not in repr(commit)
    assert "before" not in repr(own)


@pytest.mark.parametrize("junk", [b"", b"x", b"1 2 3 4\nx", b"1 2 3 4 5 6\nx", b"a b c d e\nx"])
def test_what_is_no_notice_is_not_taken_for_one(junk: bytes) -> None:
    with pytest.raises(Unsealable):
        head(junk)


def test_neither_salts_nor_heads_show_what_they_hold() -> None:
    assert "t" * 8 not in repr(Salts(SALT, SALT))
    assert "xylograph" not in repr(Head(EPOCH, Told(1, 2, Number(3)), Millis(4), b"xylograph"))
