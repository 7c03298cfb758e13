"""What somebody should know before they come in, in plain words, made from how this place is really set up.

People agree to the agreement of their group and to this, together. It cannot drift: what a sentence speaks of is a
field of `Limits`, which is filled from the settings and the group's customs, and kept with each version of the
agreement (as JSON). A field that is added has as its default what held before it was there.
"""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chat.core.customs import Customs
from chat.records import appeals, crises, ledger
from chat.records.keys import DAY


class Limits(Struct, frozen=True, kw_only=True):
    """What holds in one group's rooms. A change of any of these asks everybody again."""

    run_by: str = ""
    on_call: bool = False
    """Somebody outside is told when a room needs them."""
    open_line: bool = False
    """People come over a network without https."""
    reads_first: bool = False
    """A facilitator reads every message before the others do."""
    guests: bool = False
    """A link of this group lets people in without an account."""
    acts_days: int = ledger.KEPT_FOR
    remarks_days: int = 30
    reports_hours: int = 72
    """After a meeting, in which a report can be checked."""
    reports_days: int = 30
    contact_months: int = 0
    """How long an emergency contact is kept; 0: none can be given, as nobody here has a key to open it."""
    history_hours: int = 0
    """What is said is kept for so long, once everybody in the group has agreed."""
    visit_hours: int = 12
    visit_days: int = 14


class Today(Struct, frozen=True, kw_only=True):
    """What is shown with it and may change without anybody being asked: nobody reads more by it, or longer."""

    contact: str = ""
    emergency: str
    supervised: bool = False
    """A supervisor belongs to the group now."""


class Section(Struct, frozen=True):
    """A heading and its sentences."""

    title: str
    words: tuple[str, ...]


_decoder = msgspec.json.Decoder(Limits)


def written(limits: Limits) -> str:
    """As it is kept, every field."""
    return msgspec.json.encode(limits).decode()


def read(kept: str | None) -> Limits | None:
    """As it was kept; None for an agreement from before there were limits with it."""
    return _decoder.decode(kept) if kept else None


def in_group(server: Limits, customs: Customs) -> Limits:
    """What holds where the group has chosen for itself."""
    kept = {"reports_days": customs.reports_days, "remarks_days": customs.remarks_days}
    chosen = {"reports_hours": customs.reports_hours, **kept}
    return replace(server, **chosen, reads_first=customs.policy.review, history_hours=customs.history)


def sections(limits: Limits, now: Today) -> tuple[Section, ...]:
    """The whole screen."""
    return (
        Section("Who runs this place", _who(limits, now)),
        Section("Who can read what you write", _readers(limits, now)),
        Section("What is kept, and for how long", _kept(limits)),
        Section("When others are told", _told(limits)),
        Section("When there is danger", _danger(limits, now)),
        Section("What no one can promise", _unpromised()),
        Section("How to speak up, and how to go", _ways(limits)),
    )


def _who(limits: Limits, now: Today) -> tuple[str, ...]:
    runs = f"This place is run by {limits.run_by}." if limits.run_by else (
        "No one has written here who runs this place. Ask the one who gave you the link."
    )  # fmt: skip
    reach = f"This is how to reach them: {now.contact}" if now.contact else (
        "No address for them is given here. A facilitator can ask for you."
    )  # fmt: skip
    return runs, reach


def _readers(limits: Limits, now: Today) -> tuple[str, ...]:
    first = "A facilitator reads each message first. Then the others see it." if limits.reads_first else (
        "Some of what you write may wait. A facilitator reads it first."
    )  # fmt: skip
    beside = "This group has a supervisor, who may come in, too." if now.supervised else (
        "This group has no supervisor now. One may join later, and may come in then."
    )  # fmt: skip
    guests: tuple[str, ...] = (
        "People can come as guests, by a link that a facilitator gave them. A guest has no account. All that is kept "
        "of them goes when they go. You see “guest” beside their name.",
    ) * limits.guests
    words: tuple[str, ...] = (
        "Everybody who is in the room can read it. You see all of them in the list of people.",
        *guests,
        first,
        f"{beside} You see them in the list.",
        "Whoever has full power over the server could read words on their way. That would not show in the list.",
    )
    if limits.history_hours:
        words += (
            "What was said before can be read by whoever is in the room and was in the group when it was said. Who "
            "joins later sees what was said since then. A supervisor, or somebody who waits outside, cannot read it.",
        )
    if limits.open_line:
        words += ("The line to this place is not locked (no https). People on your network could read along.",)
    return words


def _kept(limits: Limits) -> tuple[str, ...]:
    return (
        *_said(limits),
        "Kept in the database: your sign-in name, your name in this group, the link you came by, and that you said yes "
        "to this. It goes when you leave the group or delete your account.",
        "Kept while you are signed in: the kind of browser you use.",
        "Kept until it is over: that you were muted, or asked to stay away.",
        f"Kept for {days(limits.acts_days)} after a meeting: what a facilitator had to do, such as to mute someone. "
        "What was said is not with it.",
        f"Kept for {days(crises.FOR // DAY)} if somebody was in danger: who it was, and the steps that were taken to "
        "help. What was said is not with it.",
        f"Kept for {days(limits.remarks_days)}, locked: short notes. The facilitators write them for each other.",
        f"Kept for {hours(limits.reports_hours)} after a meeting: a key that can check if a report is true. It holds "
        "no words.",
        f"Kept for {days(limits.reports_days)} at most, locked: the words that somebody reports. The facilitators read "
        "them. If they are about a facilitator, only those who run this place do.",
        f"Kept for {days(appeals.FOR // DAY)}, locked: what you write if you ask somebody to look again.",
        f"You are signed out after {hours(limits.visit_hours)} without a visit. You are signed out after "
        f"{days(limits.visit_days)} in any case.",
        "Those who run the server may make copies of the database. A copy can last longer than what it was made of. "
        "The server makes one by itself before it is changed. That one goes after 30 days.",
    )


def _said(limits: Limits) -> tuple[str, ...]:
    """How long what is said is there."""
    waits = "What waits for a facilitator is there for ten minutes at most."
    if not limits.history_hours:
        return (
            "What is said in the room is not kept. For one minute it waits in the server's memory, locked, in case "
            f"your line breaks. {waits}",
        )
    return (
        f"What is said in the room is kept for {hours(limits.history_hours)}, locked, in the server's memory alone. "
        "This begins when everybody in the group has said yes. The top of the room always shows whether it is so.",
        f"It is never put on a disk or in the database. What you say to one person alone is not in it. {waits}",
        "What you take back goes from it. What you said goes at once when you leave the group or delete your account. "
        "If you are asked to leave a meeting, what you said there goes. When it is switched off, all of it goes.",
    )


def _told(limits: Limits) -> tuple[str, ...]:
    words: tuple[str, ...] = (
        "If a life is in danger, a facilitator may ask for help outside. They may do so, too, if a child or someone "
        "else is being badly hurt. They tell you first if they can.",
        *_reached(limits),
        "The law can make those who run this place hand over what is kept. That is the list above, with reports that "
        "are still there. What was said and not kept cannot be handed over.",
    )
    if limits.contact_months:
        words += ("The two people could be made to open the name you left, too.",)
    if limits.history_hours:
        words += (
            f"What is said is kept for {hours(limits.history_hours)}. As long as it is, they could be made to open it "
            "and hand it over.",
        )
    if limits.on_call:
        words += ("Somebody is on call. They hear that this group needs help, but no names and nothing that was said.",)
    return words


def _reached(limits: Limits) -> tuple[str, ...]:
    nobody = "No one here knows your real name, your phone number or where you live, if you do not write it."
    if not limits.contact_months:
        return (f"{nobody} So no one can send help to you.",)
    return (
        f"{nobody} If you like, you can leave the name of someone to call for you. Without it, no one can send help "
        "to you.",
        "That name is locked. Two people must open it, each with one half of a key. It is written down who and why. "
        "You are told, unless both fear that it would put you in more danger. It stands under “Your account” "
        "in any case.",
        f"It is kept for {months(limits.contact_months)}, and goes at once when you take it back or leave the group.",
    )


def _danger(limits: Limits, now: Today) -> tuple[str, ...]:
    watched = "If no facilitator is there, it stops within 35 seconds."
    if limits.on_call:
        watched += " The person on call is told."
    return (
        f"This is not a crisis service. If someone is in danger now, call {now.emergency}.",
        "“Get help now” is at the top of every page.",
        f"The room is open only while the group meets. {watched} At other times no one reads here.",
    )


def _unpromised() -> tuple[str, ...]:
    return (
        "Others can copy or photograph what they read, or tell it to more people. We cannot stop that. We have to "
        "trust each other.",
        "Those who see your screen, or watch your network, can tell that you use this place.",
    )


def _ways(limits: Limits) -> tuple[str, ...]:
    return (
        "You can report what someone wrote: press “⋯” next to it. When the meeting is over, you can still do it from "
        "the same page for an hour, if you have not left it.",
        "If a facilitator stopped you, you can ask someone else to look again. The page of the group shows you how.",
        "You can leave the room or the group at any time. No one asks why.",
        "You can see all that is kept about you, and delete it at once. That is under “Your account”.",
    )


def days(count: int) -> str:
    """In words."""
    return "1 day" if count == 1 else f"{count} days"


def months(count: int) -> str:
    """In words."""
    return "1 month" if count == 1 else f"{count} months"


def hours(count: int) -> str:
    """In words; whole days as days."""
    if count >= 24 and count % 24 == 0:
        return days(count // 24)
    return "1 hour" if count == 1 else f"{count} hours"
