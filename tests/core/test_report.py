"""A report says what was said, in what order and what is missing; whatever was forged is found, message by message."""

import random
import string

from msgspec.structs import replace

from chat.core import receipt
from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.core.report import Anew, Finding, Line, Missing, Quoted, examine, in_order, lines

KEY, ANOTHER = b"k" * 32, b"another meeting's key, 32 bytes!"
ROOM, WEDNESDAY = RoomId("tuesday"), RoomId("wednesday")
ANN, BOB = MemberId("ann"), MemberId("bob")
NOON = 1_800_000_000_000
FORGERIES = 100_000
WORDS = ["It was a hard week.", "line\nbreaks\n", "👩‍👩‍👧‍👦 and é", "a\u00a0b", "x" * 2000, "no", ""]


def said(n: int, text: str = "", *, epoch: int = 7, by: MemberId = ANN, note: str = "", at: int = 0) -> Quoted:
    """A message as it was really said in Tuesday's room."""
    quoted = Quoted(Epoch(epoch), Number(n), by, Millis(at or NOON + 1000 * n), text or f"Message {n}.", "", note)
    return replace(quoted, receipt=tag_of(quoted))


def tag_of(quoted: Quoted, room: RoomId = ROOM, key: bytes = KEY) -> str:
    what = (quoted.by, quoted.at, quoted.note, quoted.text)
    return receipt.tag(receipt.keyed(key), (room, quoted.epoch), quoted.n, what)


def shown(order: tuple[Quoted, ...]) -> list[int | tuple[int, int] | str]:
    """The lines of a report, briefly: a number, what is missing, or that the counting began anew."""

    def brief(line: Line) -> int | tuple[int, int] | str:
        match line:
            case Quoted(n=n):
                return n
            case Missing(first=first, last=last):
                return (first, last)
            case Anew():
                return "anew"

    return [brief(line) for line in lines(order)]


EVENING = tuple(said(n, WORDS[n % len(WORDS)], by=(ANN, BOB)[n % 2], note="grief" * (n % 3 == 0)) for n in range(1, 41))


def test_every_genuine_message_is_found_genuine_while_its_key_is_there_and_none_false_afterwards() -> None:
    assert examine(EVENING, ROOM, KEY) == (Finding.GENUINE,) * 40
    assert examine(EVENING, ROOM, None) == (Finding.LAPSED,) * 40


def test_a_report_of_twenty_messages_with_three_left_out_shows_exactly_which() -> None:
    twenty = [said(n) for n in range(11, 31) if n not in (14, 22, 23)]
    random.Random(1).shuffle(twenty)  # noqa: S311 - guards nothing
    assert shown(in_order(twenty)) == [11, 12, 13, (14, 14), *range(15, 22), (22, 23), *range(24, 31)]


def test_a_message_sent_twice_stands_once_and_stays_reported() -> None:
    twice = (said(3), replace(said(3), reported=True), said(3), said(5))
    order = in_order(twice)
    assert shown(order) == [3, (4, 4), 5]
    assert order[0].reported


def test_where_the_room_began_to_count_anew_it_says_so() -> None:
    order = in_order([said(2, epoch=1, at=NOON + 9_000), said(8, epoch=5, at=NOON), said(9, epoch=5, at=NOON + 1_000)])
    assert shown(order) == [8, 9, "anew", 2]


def forge(chance: random.Random) -> Quoted:
    """A genuine message with something about it changed."""
    one, other = chance.sample(EVENING, 2)
    match chance.randrange(10):
        case 0:  # a bit of the receipt
            bits = int(one.receipt, 16) ^ (1 << chance.randrange(128))
            return replace(one, receipt=f"{bits:032x}")
        case 1:  # two messages' receipts swapped
            return replace(one, receipt=other.receipt)
        case 2:  # a receipt cut off, or too long
            cut = chance.choice([one.receipt[: chance.randrange(32)], one.receipt + "0", one.receipt.upper() + " "])
            return replace(one, receipt=cut)
        case 3:  # from another epoch
            return replace(one, epoch=Epoch(chance.randrange(2**48)))
        case 4:  # from another meeting, or under its key
            return replace(one, receipt=chance.choice([tag_of(one, WEDNESDAY), tag_of(one, ROOM, ANOTHER)]))
        case 5:  # words that were said by somebody else, or at another time
            return replace(one, by=MemberId("cem")) if chance.random() < 0.5 else replace(one, at=Millis(one.at + 1))
        case 6:  # the end of one field put before the next
            at = chance.randrange(len(one.note + one.text) + 1)
            return replace(one, note=(one.note + one.text)[:at], text=(one.note + one.text)[at:])
        case 7:  # one character changed, or a line end
            at = chance.randrange(len(one.text) + 1)
            return replace(one, text=one.text[:at] + chance.choice(string.printable) + one.text[at + 1 :])
        case 8:  # the words of two put together
            return replace(one, text=one.text + other.text)
        case _:  # a receipt out of thin air
            return replace(one, receipt=f"{chance.getrandbits(128):032x}")


def test_of_a_hundred_thousand_forged_messages_none_is_taken_for_genuine() -> None:
    chance, genuine = random.Random(5), set(EVENING)  # noqa: S311 - the same forgeries each time
    forged: list[Quoted] = []
    while len(forged) < FORGERIES:
        one = forge(chance)
        if one not in genuine:  # what was changed into itself is no forgery
            forged.append(one)
    assert set(examine(forged, ROOM, KEY)) == {Finding.DIFFERENT}
    assert Finding.GENUINE not in examine(EVENING, WEDNESDAY, KEY)
    assert Finding.GENUINE not in examine(EVENING, ROOM, ANOTHER)


def test_without_the_key_a_transcript_with_receipts_proves_nothing_to_an_outsider() -> None:
    """Whoever has no key can give any words receipts of this form, and a key of their own under which they are genuine.

    So what somebody shows around could have been made up by them, and an outsider has nothing to tell it by.
    """
    key = random.Random(9).randbytes(32)  # noqa: S311 - any key will do
    invented = [replace(said(n), text=f"Ann said something she never said, {n}.") for n in range(1, 21)]
    with_receipts = [replace(one, receipt=tag_of(one, ROOM, key)) for one in invented]
    assert set(examine(with_receipts, ROOM, key)) == {Finding.GENUINE}
    assert set(examine(with_receipts, ROOM, KEY)) == {Finding.DIFFERENT}  # only the server can tell
    for one, true in zip(with_receipts, EVENING, strict=False):
        assert len(one.receipt) == len(true.receipt)
        assert set(one.receipt + true.receipt) <= set("0123456789abcdef")


def test_a_report_shows_nobodys_words_where_it_might_be_written_down() -> None:
    assert "hard week" not in repr(said(1, "It was a hard week.", note="hard week"))
