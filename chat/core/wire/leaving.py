"""Leaving suddenly: whom facilitators keep an eye on, who went at a hard moment, and a word from them afterwards."""

from enum import StrEnum

from chat.core.ids import MemberId, Millis, Number
from chat.core.wire.attending import How
from chat.core.wire.frame import Asked, Frame, hidden


class Flag(Asked, frozen=True):
    """A facilitator is worried by message `n`: should its author leave soon, the facilitators are told."""

    n: Number


class Flagged(Frame, frozen=True):
    """To the facilitators: something this person said needs care. The room remembers when, and nothing of what."""

    member: MemberId
    at: Millis


class WentSuddenly(Frame, frozen=True):
    """To the facilitators: somebody went in their own turn (`turn`), or soon after something that needed care."""

    member: MemberId
    how: How
    at: Millis
    turn: bool = False


class Word(StrEnum):
    """What somebody who has gone may still tell the facilitators, in one press."""

    OK = "ok"
    REACH_OUT = "reach-out"


class SentWord(Frame, frozen=True):
    """To the facilitators: a word from somebody who has gone."""

    member: MemberId
    name: str
    word: Word
    at: Millis

    def __repr__(self) -> str:
        return hidden(self, self.name)
