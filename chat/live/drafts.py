"""What waits for a facilitator is shown to whoever comes in: to facilitators all of it, to others their own."""

from msgspec.structs import replace

from chat.core import wire
from chat.core.ids import DraftId, MemberId
from chat.core.room import Room, drafts_for
from chat.live.bus import Bus, BusGone
from chat.live.envelope import Envelope
from chat.live.frames import Frames, frames
from chat.live.sealing import Unsealable

Drafts = dict[DraftId, wire.Withheld]


async def drafts_of(bus: Bus, envelope: Envelope, room: Room) -> Drafts:
    """Every message that waits in `room`, with its words. Raises BusGone."""
    found: Drafts = {}
    for draft, sealed in (await bus.waiting(room.id, list(room.drafts))).items():
        try:
            found[draft] = envelope.waiting(draft, sealed, room.epoch)
        except Unsealable:  # mended meanwhile: its writer has it back
            continue
    return found


async def draft_of(bus: Bus, envelope: Envelope, room: Room, draft: DraftId) -> wire.Withheld | None:
    """One of them; None if it waits no more, or cannot be reached."""
    if draft not in room.drafts:
        return None
    try:
        sealed = (await bus.waiting(room.id, [draft])).get(draft)
        return envelope.waiting(draft, sealed, room.epoch) if sealed else None
    except (BusGone, Unsealable):
        return None


def shown_to(room: Room, you: MemberId, drafts: Drafts) -> Frames:
    """What `you` may see of it, as frames. Why it waits is for facilitators; its writer is told again that help is to
    stand beside it.
    """
    member = room.member(you)
    facilitates = member is not None and member.role is wire.Role.FACILITATOR
    seen = [drafts[draft] for draft in drafts_for(room, you) if draft in drafts]
    cared = [wire.Cared(one.draft) for one in room.condition.alarms if one.draft in drafts and one.by == you]
    return frames([*(one if facilitates else replace(one, because=()) for one in seen), *cared])
