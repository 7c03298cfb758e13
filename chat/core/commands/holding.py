"""Words are read before the room hears them: they go out, wait for a facilitator, or go back to their writer.

Nobody's fault is told to anybody but facilitators. Words of danger are never stopped for being that: they go out or
wait like any others, facilitators hear at once (or as soon as one is there: the room remembers whose words they were,
and so what tells of them raises the revision), and their writer sees where help is. Facilitators' own words wait for
nobody (who could let them through has written them), but danger is heard in them, too.
"""

from msgspec.structs import replace

from chat.core.commands.fitting import canonical, unfit
from chat.core.commands.leaving import flagged
from chat.core.decision import Decision, Moment, Publish, Reject, Worry
from chat.core.errors import Code
from chat.core.ids import DraftId, MemberId, Millis
from chat.core.moderation.draft import Draft, Standing
from chat.core.moderation.judge import judge
from chat.core.moderation.policy import Policy, policy_of
from chat.core.moderation.rules.pace import every
from chat.core.moderation.verdict import Allow, Hold, Refuse, Verdict
from chat.core.room import Facilitators, Member, One, Place, Room, Tell
from chat.core.wire import (
    REASON_WORDS_MAX,
    Alarmed,
    Cared,
    HandBack,
    How,
    Left,
    LookAfter,
    LookedAfter,
    Release,
    Removed,
    Role,
    Said,
    Settled,
    Settling,
    TakeBack,
    Unheard,
    Where,
    Withheld,
)

SHIELD_PACE = 10
"""Seconds between two messages of one person behind the shield."""
HEARD_FOR = 30_000
"""Milliseconds in which facilitators, once told of somebody's words of danger, are not told that more were refused."""


def judged(room: Room, member: Member, said: Said, moment: Moment) -> Decision:
    """What comes of words that could be said now, under what the group has chosen."""
    policy = _policy(room)
    standing = Standing(said=_said(room, member, policy), recent=moment.pen.recent)
    verdict = judge(Draft(with_note(said.text, said.note), moment.pen.fingerprint, standing), moment.lexicon, policy)
    if member.role is Role.FACILITATOR:
        return Publish((Tell(said), *_danger(said, verdict)), raises=verdict.help, paced=True)
    slow = _slow(room, member, policy)
    match verdict:
        case Allow():
            return Publish(
                (Tell(said), *_danger(said, verdict), *_minded(said, verdict, moment)),
                raises=verdict.help,
                paced=True,
                slow=slow,
            )
        case Hold(rules=rules):
            draft = DraftId(moment.lot)
            held = Withheld(draft, member.id, said.text, said.at, rules, said.note, said.rule)
            told = (Tell(held, Facilitators()), *_danger(said, verdict, draft), *_minded(said, verdict, moment))
            return Publish(told, raises=verdict.help, paced=True, slow=slow)
        case Refuse():
            return Reject(Code.SAID_BEFORE)


def with_note(text: str, note: str | None) -> str:
    """All that is read of a message: its content note is heard, too."""
    return f"{text}\n{note}" if note else text


def refused(room: Room, no: Reject, words: str, moment: Moment) -> Reject:
    """Words that cannot be said now go back to their writer; if they are of danger, that is heard all the same."""
    return replace(no, help=_of_danger(room, words, moment))


def beside(room: Room, member: Member, words: str, moment: Moment) -> tuple[Tell, ...]:
    """What is told besides, if somebody's private words to the facilitators are of danger."""
    if member.role is Role.FACILITATOR or not _of_danger(room, words, moment):
        return ()
    alarm = Alarmed(member.id, moment.now, where=Where.ASIDE)
    return Tell(alarm, Facilitators()), Tell(Cared(where=Where.ASIDE), One(member.id)), flagged(member.id, moment)


def worry(room: Room, command: Worry, moment: Moment) -> Decision:
    """Facilitators hear at once that somebody who cannot speak just now may be in danger; no words, and no blame.

    Also of somebody aside, where no facilitator is left to hear it; and aside, of somebody in the group.
    """
    place = room.places.get(command.member, Place())
    here = bool(place.member or room.outside(command.member) or room.apart(command.member))
    if not here and not room.condition.beside:
        return Reject(Code.NOT_HERE)
    if any(one.by == command.member and moment.now - one.at < HEARD_FOR for one in room.condition.alarms):
        return Reject(Code.ALREADY_SO)
    alarm = Alarmed(command.member, moment.now, where=Where.UNSENT)
    told = (flagged(command.member, moment),) if here else ()
    return Publish((Tell(alarm, Facilitators()), *told), raises=True)


def look_after(room: Room, member: Member, command: LookAfter) -> Decision:
    """Whoever takes over from another says so in the same way."""
    if all(one.by != command.member or one.helper == member.id for one in room.condition.alarms):
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(LookedAfter(command.member, member.id), Facilitators()),), raises=True)


def _of_danger(room: Room, words: str, moment: Moment) -> bool:
    return judge(Draft(words), moment.lexicon, _policy(room)).help


def _policy(room: Room) -> Policy:
    return policy_of(room.condition.customs.policy, room.condition.own, review=room.condition.shielded)


def release(room: Room, command: Release, moment: Moment) -> Decision:
    """The room hears it as its writer's; by it stands when it was written, and so that somebody let it through."""
    if command.draft not in room.drafts:
        return Reject(Code.NO_SUCH_DRAFT)
    if room.condition.paused:
        return Reject(Code.PAUSED_NOW)
    draft, note = moment.draft, canonical(command.note or "") or None
    if draft is None or draft.draft != command.draft:
        return Reject(Code.NO_SUCH_DRAFT)
    if _gone(room, draft.by):
        return Reject(Code.NO_SUCH_MEMBER)
    if no := unfit(draft.text, note):
        return no
    said = Said(draft.by, draft.text, moment.now, note or draft.note, written=draft.at, rule=draft.rule)
    return Publish((*settled(draft.by, Settled(draft.draft, Settling.RELEASED)), Tell(said)), raises=True)


def hand_back(room: Room, command: HandBack) -> Decision:
    """Its writer gets it back, with a few words if there are any."""
    waiting = room.drafts.get(command.draft)
    if waiting is None:
        return Reject(Code.NO_SUCH_DRAFT)
    if command.words and len(command.words) > REASON_WORDS_MAX:
        return Reject(Code.TOO_LONG)
    back = Settled(command.draft, Settling.HANDED_BACK, command.words)
    return Publish(settled(waiting.by, back), raises=True)


def take_back(room: Room, member: Member, command: TakeBack) -> Decision:
    """One's own, while it still waits."""
    waiting = room.drafts.get(command.draft)
    if waiting is None or waiting.by != member.id:
        return Reject(Code.NO_SUCH_DRAFT)
    return Publish(settled(member.id, Settled(command.draft, Settling.TAKEN_BACK)), raises=True)


def followed(room: Room, publish: Publish, moment: Moment, *, ticks: bool) -> Publish:
    """What waits goes back when its writer has left or was asked to, and when nobody has decided in time.

    It waits on while a connection is lost: whoever comes back finds it as it was. `ticks`: also what crossed its
    writer's going, which had been decided before anybody there had heard that something waits.
    """
    if not room.drafts:
        return publish
    gone = {who: how for tell in publish.tells for who, how in _goes(tell)}
    back: list[Tell] = []
    for draft, waiting in room.drafts.items():
        how = gone.get(waiting.by) or (_gone(room, waiting.by) if ticks else None)
        if how:
            back += settled(waiting.by, Settled(draft, how))
        elif ticks and waiting.at + moment.house.waits <= moment.now:
            back += settled(waiting.by, Settled(draft, Settling.LATE))
    if not back:
        return publish
    return Publish((*back, *publish.tells), raises=True, paced=publish.paced, slow=publish.slow)


def due(room: Room, moment: Moment) -> Millis | None:
    """When the first of what waits goes back; None if nothing does."""
    return min((_until(room, one, moment) for one in room.drafts.values()), default=None)


def _until(room: Room, one: Unheard, moment: Moment) -> Millis:
    return moment.now if _gone(room, one.by) else Millis(one.at + moment.house.waits)


def settled(writer: MemberId, how: Settled) -> tuple[Tell, Tell]:
    """Told to facilitators and to its writer."""
    return Tell(how, Facilitators()), Tell(how, One(writer))


def _gone(room: Room, who: MemberId) -> Settling | None:
    """How somebody has gone, of whom nothing waits any more; None if they are here, or lost or aside for a while."""
    place = room.places.get(who, Place())
    if place.removed:
        return Settling.REMOVED
    return None if place.member or place.lost_at is not None or room.apart(who) else Settling.LEFT


def _goes(tell: Tell) -> list[tuple[MemberId, Settling]]:
    match tell.event:
        case Left(member=who, how=How.LEFT):
            return [(who, Settling.LEFT)]
        case Removed(member=who):
            return [(who, Settling.REMOVED)]
        case _:
            return []


def _danger(said: Said, verdict: Verdict, draft: DraftId | None = None) -> tuple[Tell, ...]:
    if not verdict.help:
        return ()
    return Tell(Alarmed(said.by, said.at, draft), Facilitators()), Tell(Cared(draft), One(said.by))


def _minded(said: Said, verdict: Verdict, moment: Moment) -> tuple[Tell, ...]:
    """Should a member go soon after such words, their going is sudden."""
    return (flagged(said.by, moment),) if verdict.help else ()


def _said(room: Room, member: Member, policy: Policy) -> int | None:
    """How many of a newcomer's messages this meeting has heard; asked only where it matters, for it is counted."""
    if not member.new or policy.newcomer == 0:
        return None
    return room.authors.count(member.id)


def _slow(room: Room, member: Member, policy: Policy) -> int:
    slowest = max(room.places[member.id].slow, SHIELD_PACE if room.condition.shielded else 0)
    return max(every(policy), slowest * 1000)
