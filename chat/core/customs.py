"""How a group does things in its room: chosen by its facilitators, and no secret to anybody who sits there."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chat.core.moderation.policy import Levels

CAP_LEAST, CAP_MOST = 3, 1000

TURN_MOST = 60
"""Minutes."""
Turn = Annotated[int, Meta(ge=1, le=TURN_MOST)]

KNOWN_AS_MAX = 40
"""Characters."""

DOOR_MOST = 120
"""Minutes."""

DoorMinutes = Annotated[int, Meta(ge=0, le=DOOR_MOST)]
Cap = Annotated[int, Meta(ge=CAP_LEAST, le=CAP_MOST)]
ReportsHours = Annotated[int, Meta(ge=24, le=168)]
ReportsDays = Annotated[int, Meta(ge=7, le=60)]
REMARKS_LEAST, REMARKS_MOST = 7, 90
"""Days."""
RemarksDays = Annotated[int, Meta(ge=REMARKS_LEAST, le=REMARKS_MOST)]
Flags = Annotated[int, Meta(ge=2, le=50)]
TOPICS_MAX, TOPIC_MAX = 6, 40
"""Content notes that a group has ready; characters in each, so that a button fits a phone."""
Topics = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=TOPIC_MAX)], ...], Meta(max_length=TOPICS_MAX)]
MUTE_MOST, BAR_MOST = 120, 520
"""Minutes, weeks."""
MuteMinutes = Annotated[int, Meta(ge=1, le=MUTE_MOST)]
BarWeeks = Annotated[int, Meta(ge=0, le=BAR_MOST)]
HistoryHours = Literal[0, 1, 6, 24, 72, 168]
"""For how long what is said may be kept: not at all, an hour, … seven days."""


class Step(StrEnum):
    """What a facilitator may do to somebody besides asking them to leave a meeting, which every group needs."""

    NUDGE = "nudge"
    MUTE = "mute"
    BAR = "bar"


class Customs(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One group's choice. Encodes to JSON as what differs from the default, so a default can be bettered later.

    Kept with the group, put into its room when that opens, and changed for one meeting by `adopt`. A field may be
    added, with a default; none is ever renamed.
    """

    waiting: bool = True
    """Whoever comes waits until a facilitator lets them in; not so in a drop-in group."""
    door: DoorMinutes = 5
    """Minutes from the end of the gathering until the door closes for whoever was not here yet; 0: it stays open."""
    cap: Cap | None = None
    """People in the room; None: as many as the installation has set."""
    turn: Turn | None = None
    """How long a turn is, as a wish; None: as the installation has it."""
    cuts_off: bool = False
    """A turn ends by itself at its time; else it is only said that it is over."""
    known_as: Annotated[str, Meta(max_length=KNOWN_AS_MAX)] = ""
    """What the group goes by outside, towards whoever is on call: neutral, not its name. Empty: a code."""
    reports_hours: ReportsHours = 72
    """After a meeting has closed, in which a report of it can still be verified."""
    reports_days: ReportsDays = 30
    """The words of a report are kept, sealed; then they are erased."""
    remarks_days: RemarksDays = 30
    """Facilitators' short notes are kept, sealed, from the day each is written; then they are erased."""
    flags_on_message: Flags = 3
    flags_on_person: Flags = 5
    """While no facilitator watches: so many flags, on one message or on what one person said, mute that person until
    a facilitator looks."""
    steps: tuple[Step, ...] = tuple(Step)
    """Which steps this group takes."""
    mute_minutes: MuteMinutes = 10
    """How long a mute is unless a facilitator says otherwise."""
    bar_weeks: BarWeeks = 4
    """How long somebody is asked to stay away; 0: until a facilitator lifts it."""
    topics: Topics = ("grief", "violence", "self-harm", "eating", "alcohol or drugs", "illness or dying")
    """Content notes to choose from; everybody may also write their own."""
    history: HistoryHours = 0
    """For how many hours the group wants what is said to be kept; 0: not at all. It is a wish: what is kept in a room
    is its `History`, and follows when everybody of the group has agreed."""
    policy: Levels = Levels()
    """Which messages wait for a facilitator, and how slow the talk is."""


DROP_IN = Customs(waiting=False, door=0)
"""Anybody of the group comes in and goes as they like."""
