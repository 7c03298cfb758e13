"""Whoever tries the room is answered: soon, by name, by one or two people, and never over their own words."""

import random

from msgspec import Struct
from msgspec.structs import replace

from chat.core.ids import MemberId
from web.companions.deck import Deck
from web.companions.hearing import Meaning
from web.companions.script import Key, Script

SOON = (2.5, 4.5)
"""Seconds between what was said and the first answer."""
AT_THE_DOOR = (1.2, 2.5)
"""Seconds before somebody who has come in is welcomed."""
SECOND_VOICE = (3.5, 6.0)
"""Seconds between two people's answers."""
LONGEST = 9.0
"""Seconds after which somebody who goes on writing is answered all the same."""
PATIENCE = 4.0
"""Seconds that the others wait for somebody's answer."""
LAPSES = 45.0
"""Seconds after which an answer (to somebody before a pause, say) would be out of place."""
_ORDER = tuple(Meaning)
_VOICES = {
    Meaning.GREETING: "both", Meaning.HEAVY: "both", Meaning.FAREWELL: "both", Meaning.ASKED: "members",
    Meaning.DANGER: "facilitator", Meaning.SCRIPTED: "facilitator", Meaning.ARRIVAL: "facilitator",
    Meaning.HAND: "facilitator", Meaning.QUIET: "facilitator", Meaning.REOPENED: "facilitator",
    Meaning.UNMUTED: "member", Meaning.RETRACTED: "member",
}  # fmt: skip
"""Who answers. `both`: the facilitator and somebody else; `members`: two others; not named: anybody, or nobody."""
_OFTEN = {Meaning.PLAIN: 0.75, Meaning.THANKS: 0.6, Meaning.RESUMED: 0.8}
"""How probable an answer is where none is needed."""


class Visitor(Struct, frozen=True):
    """Somebody who is no companion."""

    id: MemberId
    name: str
    facilitates: bool


class Reply(Struct, frozen=True):
    """An answer that waits for its moment. Holds what was meant, not what was said."""

    at: float
    since: float
    meaning: Meaning
    to: Visitor | None
    holding: bool
    """By the facilitator's companion, else by one of the others."""
    who: Key | None = None
    """By exactly this companion."""


class Answering:
    """Decides who answers what and when; is told the time and given chance."""

    def __init__(self, script: Script, chance: random.Random) -> None:
        self._chance = chance
        self._facilitator = script.facilitator.key
        self._members = [person.key for person in script.members]
        self._decks = {
            (meaning, holding): Deck(texts, chance)
            for meaning, voices in script.answers.items()
            for holding, texts in ((True, voices.facilitator), (False, voices.members))
            if texts
        }
        self._replies: list[Reply] = []
        self._last: Key | None = None

    def waiting(self, now: float) -> bool:
        """Whether somebody is still to be answered; one who would have answered and cannot is not waited for."""
        return any(now - reply.at < PATIENCE for reply in self._replies)

    def heard(self, meaning: Meaning, to: Visitor | None, now: float, *, asked: Key | None = None) -> None:
        """Something that may deserve an answer; `asked`: the companion who was named."""
        earlier = [reply for reply in self._replies if to and reply.to and reply.to.id == to.id]
        since = min([now, *(reply.since for reply in earlier)])
        meaning = min([meaning, *(reply.meaning for reply in earlier)], key=_ORDER.index)
        self._replies = [reply for reply in self._replies if reply not in earlier]
        if not earlier and asked is None and self._chance.random() > _OFTEN.get(meaning, 1.0):
            return
        soon = AT_THE_DOOR if meaning is Meaning.ARRIVAL else SOON
        at = max(now + 1.0, min(now + self._chance.uniform(*soon), since + LONGEST))
        first, *more = self._voices(meaning)
        named = asked if asked and (meaning, False) in self._decks and asked != self._facilitator else None
        self._replies.append(Reply(at, since, meaning, to, first and not named, named))
        for holding in more:
            at += self._chance.uniform(*SECOND_VOICE)
            self._replies.append(Reply(at, since, meaning, to, holding))

    def by(self, who: Key, meaning: Meaning, now: float) -> None:
        """One companion answers for themselves."""
        at = now + self._chance.uniform(*SECOND_VOICE)
        self._replies.append(Reply(at, now, meaning, None, who == self._facilitator, who))

    def _voices(self, meaning: Meaning) -> list[bool]:
        match _VOICES.get(meaning):
            case "both":
                return [True, False]
            case "members":
                return [False, False]
            case "facilitator":
                return [True]
            case "member":
                return [False]
            case _:
                usable = [holding for holding in (True, False, False) if (meaning, holding) in self._decks]
                return [self._chance.choice(usable)]

    def due(self, now: float, able: set[Key]) -> tuple[Key, str, Reply] | None:
        """Who answers now, and with what words."""
        self._replies = [reply for reply in self._replies if now - reply.at < LAPSES]
        for reply in sorted(self._replies, key=lambda one: one.at):
            if reply.at > now:
                return None
            who, holding = self._who(reply, able)
            if who is None:
                continue
            self._replies.remove(reply)
            self._last = who if who != self._facilitator else self._last
            text = self._decks[reply.meaning, holding].draw().replace("{name}", reply.to.name if reply.to else "")
            return who, text, reply
        return None

    def again(self, reply: Reply, who: Key, at: float) -> None:
        """It was not taken; the same person tries once more."""
        self._replies.append(replace(reply, at=at, who=who, holding=who == self._facilitator))

    def _who(self, reply: Reply, able: set[Key]) -> tuple[Key | None, bool]:
        """Somebody who can speak now, and whether with the facilitator's words; anybody else rather than nobody."""
        if reply.who in able:
            return reply.who, reply.holding
        if reply.who and reply.to is None:  # nobody else can say it for them
            return None, False
        if reply.meaning is Meaning.DANGER and self._facilitator not in able:
            return min(able), True
        members = sorted(able & set(self._members) - {self._last}) or sorted(able & set(self._members))
        member = self._chance.choice(members) if members and (reply.meaning, False) in self._decks else None
        holds = self._facilitator in able and (reply.meaning, True) in self._decks
        if (reply.holding and holds) or member is None:
            return (self._facilitator if holds else None), True
        return member, False
