"""Everything that is ever kept, and for how long; there is no place here for a word somebody said.

With one exception, that whoever heard the words must choose: a report (`reports`), sealed, for some days.

Every table says until when its rows are kept, every column what it is kept for (`info["kept"]`, read by a test).
Days are kept instead of times wherever a day is enough. Times (`…_at`, `until`) are whole milliseconds since 1970.
"""

from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")


class Text(TypeDecorator[str]):
    """Up to so many characters that both kinds of database take: NUL, which PostgreSQL refuses, becomes U+FFFD.

    So whoever asks with one in an address or a form finds nothing there, as with any other that was never given out.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is written and looked for; lone surrogates become question marks."""
        return value and value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


ID, HASH = Text(32), LargeBinary(32)
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _kept(
    name: str,
    type_: TypeEngine[T],
    why: str,
    to: str = "",
    *,
    key: bool = False,
    empty: bool = False,
    whose: bool = False,
) -> Column[T]:
    """A column and what it is kept for. `to`: the row it goes with; that row's end is this one's.

    `whose`: it names a member, and outlives their row, empty.
    """
    link = (ForeignKey(to, ondelete="CASCADE"),) if to else ()
    return Column(name, type_, *link, info={"kept": why, "whose": whose}, primary_key=key, nullable=empty)


def _until(end: str, read: str) -> dict[str, str]:
    """Until when rows are kept, and who of the people (not: whoever has root on the server) can read them."""
    return {"kept": end, "read": read}


accounts = Table(
    "accounts",
    metadata,
    _kept("id", ID, "tells accounts apart", key=True),
    _kept("login", Text(24), "what somebody types to sign in; made up, no e-mail"),
    _kept("password_hash", Text(255), "recognises the password; argon2id"),
    _kept("administrator", Boolean(), "whether they may make groups"),
    _kept("created_on", Date(), "how old an account is, for the operator"),
    _kept("guest_until", BigInteger(), "a guest, without name or password; erased then at the latest", empty=True),
    UniqueConstraint("login"),
    info=_until("the account is erased; a guest when they go, or after 6 hours", "whoever it belongs to"),
)

visits = Table(
    "visits",
    metadata,
    _kept("id", ID, "names a visit on the page that ends it", key=True),
    _kept("account_id", ID, "whose visit it is", "accounts.id"),
    _kept("token_hash", HASH, "recognises the cookie; SHA-256 of 256 random bits"),
    _kept(
        "agent", Text(40), "helps somebody recognise their own browser: two words at most, such as Firefox on Android"
    ),
    _kept("started_on", Date(), "helps somebody recognise their own visit"),
    _kept("idle_at", BigInteger(), "when the visit ends if it is not used"),
    _kept("ends_at", BigInteger(), "when the visit ends in any case"),
    _kept("calm", Boolean(), "whether messages wait in their room until they want to read them"),
    _kept("sure_until", BigInteger(), "until when the password was typed lately enough for what matters", empty=True),
    _kept("shared", Boolean(), "whether others use this device, so that the visit is short and the screen covered"),
    UniqueConstraint("token_hash"),
    Index(None, "account_id"),
    info=_until(
        "signed out, unused for {unused}, or {old} old; where others use the device: 2 hours, or 4",
        "whoever it belongs to",
    ),
)

second_steps = Table(
    "second_steps",
    metadata,
    _kept("account_id", ID, "whose sign-in has a second step", "accounts.id", key=True),
    _kept("secret", LargeBinary(), "sealed; what their device makes codes from, RFC 6238"),
    _kept("step", BigInteger(), "which half minute's code was used last, so that none works twice"),
    _kept("begun_on", Date(), "since when; empty: not tried out yet, and not asked for", empty=True),
    info=_until("they turn it off, or the account is erased", "nobody"),
)

spare_codes = Table(
    "spare_codes",
    metadata,
    _kept("code_hash", HASH, "recognises a code that works once; SHA-256 of 99 random bits", key=True),
    _kept("account_id", ID, "whose code it is", "accounts.id"),
    _kept("purpose", Text(10), "in whose place it works: the password's or the second step's"),
    _kept("made_on", Date(), "how old it is"),
    Index(None, "account_id"),
    info=_until("used, made anew, or the account is erased", "nobody"),
)

throttle = Table(
    "throttle",
    metadata,
    _kept(
        "key",
        HASH,
        "keyed hash of login, address or both, of who reports, or of a link; the key changes daily",
        key=True,
    ),
    _kept("failures", Integer(), "how many tries failed"),
    _kept("wait_until", BigInteger(), "when the next try is taken"),
    _kept("counted_on", Date(), "when the row lapses"),
    info=_until("the end of the next day", "nobody"),
)

starts = Table(
    "starts",
    metadata,
    _kept("token_hash", HASH, "recognises a one-time link; SHA-256 of 256 random bits", key=True),
    _kept("purpose", Text(10), "what the link does"),
    _kept("account_id", ID, "whom a demo link signs in", "accounts.id", empty=True),
    _kept("member_id", ID, "for whom a facilitator vouches, in their group", "members.id", empty=True),
    _kept("ends_at", BigInteger(), "when the link lapses"),
    info=_until("used, or lapsed", "nobody"),
)

groups = Table(
    "groups",
    metadata,
    _kept("id", ID, "tells groups apart", key=True),
    _kept("name", Text(80), "what the group calls itself"),
    _kept("created_on", Date(), "how old a group is, for the operator"),
    _kept("customs", Text(4000), "how it does things in its room, where that is not the usual way", empty=True),
    _kept("phrases", Text(30000), "its own words not to say, and those it may; only facilitators see them", empty=True),
    _kept("history_hours", Integer(), "how long what is said is kept, if everybody agreed to that", empty=True),
    info=_until("the group is erased", "the group; its name: administrators, too"),
)

plans = Table(
    "plans",
    metadata,
    _kept("group_id", ID, "whose meetings go so", "groups.id", key=True),
    _kept("phases", Text(8000), "the parts of a meeting, written by a facilitator beforehand"),
    _kept("texts", Text(8000), "the words facilitators have ready, written beforehand"),
    info=_until("changed, or the group is erased", "the group"),
)

members = Table(
    "members",
    metadata,
    _kept("id", ID, "who somebody is in this group alone", key=True),
    _kept("group_id", ID, "which group", "groups.id"),
    _kept("account_id", ID, "who signs in for this member; never shown", "accounts.id"),
    _kept("name", Text(40), "what the group calls them"),
    _kept("folded", Text(200), "so that no two names in a group can be mistaken for each other"),
    _kept("role", Text(12), "member or facilitator"),
    _kept("joined_on", Date(), "for facilitators, who is new"),
    _kept("invitation_id", ID, "by which link they came, so that taking it back can concern them", empty=True),
    _kept("listens", Boolean(), "they were invited just to listen; empty: to take part", empty=True),
    _kept("guest", Boolean(), "they came without an account, and the group sees that", empty=True),
    _kept("history_from", BigInteger(), "from when on they read what the group keeps of its talk", empty=True),
    UniqueConstraint("group_id", "account_id"),
    UniqueConstraint("group_id", "folded"),
    Index(None, "account_id"),
    info=_until("they leave the group", "the group's facilitators; in the room, name and role: everybody there"),
)

agreements = Table(
    "agreements",
    metadata,
    _kept("group_id", ID, "whose agreement", "groups.id", key=True),
    _kept("version", Integer(), "which version was consented to", key=True),
    _kept(
        "text",
        Text(20000),
        "the agreement itself, written by facilitators, with rules that somebody proposed and a facilitator took up",
    ),
    _kept("edited_by", ID, "which facilitator changed it, while they are here", empty=True, whose=True),
    _kept("edited_on", Date(), "since when it holds"),
    _kept("limits", Text(2000), "what the place was set to when it was shown; consented to with the text", empty=True),
    _kept("digest", HASH, "the hash of both, by which a consent says to exactly what", empty=True),
    info=_until("the group is erased", "the group"),
)

consents = Table(
    "consents",
    metadata,
    _kept("member_id", ID, "who agreed", "members.id", key=True),
    _kept("version", Integer(), "to which version of their group's agreement", key=True),
    _kept("agreed_on", Date(), "since when"),
    _kept("digest", HASH, "to exactly what, as a hash; empty: before the limits were part of it", empty=True),
    info=_until("they leave the group", "whoever it belongs to"),
)

invitations = Table(
    "invitations",
    metadata,
    _kept("id", ID, "names an invitation on the page that revokes it; its link ends as this begins", key=True),
    _kept("group_id", ID, "into which group", "groups.id"),
    _kept(
        "token_hash", HASH, "recognises the link; SHA-256 of 256 random bits; emptied when it works no more", empty=True
    ),
    _kept("role", Text(12), "as what"),
    _kept("listens", Boolean(), "whether whoever comes by it comes just to listen; empty: to take part", empty=True),
    _kept("guests", Boolean(), "whether somebody may come by it without an account", empty=True),
    _kept("invited_by", ID, "who answers for it", "accounts.id"),
    _kept("made_on", Date(), "helps facilitators tell invitations apart"),
    _kept("ends_at", BigInteger(), "when it lapses"),
    _kept("uses_left", Integer(), "how many people may still come by it"),
    UniqueConstraint("token_hash"),
    Index(None, "group_id"),
    info=_until(
        "nobody who came by it is here, or 30 days after it has lapsed or was taken back",
        "the group's facilitators; administrators those for facilitators",
    ),
)

_OPEN = text("closed_on IS NULL AND beside IS NULL")
meetings = Table(
    "meetings",
    metadata,
    _kept("id", ID, "the room's id; never the group's", key=True),
    _kept("group_id", ID, "whose meeting", "groups.id"),
    _kept("opened_on", Date(), "to which day acts belong"),
    _kept("opened_by", ID, "who opened it; emptied when it closes", empty=True, whose=True),
    _kept("closed_on", Date(), "whether it is over, and how long ago", empty=True),
    _kept("salt", HASH, "seals what passes through Redis; emptied when the meeting closes", empty=True),
    _kept("receipt_salt", HASH, "verifies reports; emptied when the report window ends", empty=True),
    _kept("reports_until", BigInteger(), "when the report window ends", empty=True),
    _kept("beside", ID, "of which meeting it is a side room", empty=True),
    _kept("guest", ID, "whom its facilitator talks with aside; emptied when it closes", empty=True, whose=True),
    _kept("history_salt", HASH, "opens what Redis keeps of the talk; emptied with that or when it is off", empty=True),
    _kept("history_until", BigInteger(), "when the last of that is gone", empty=True),
    Index(None, "beside"),
    Index("one_open_meeting", "group_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    info=_until("90 days after closing, or as long as acts in it are kept", "the group, while it is open"),
)  # fmt: skip

bars = Table(
    "bars",
    metadata,
    _kept("id", ID, "names a bar on the page that lifts it", key=True),
    _kept("group_id", ID, "from which group", "groups.id"),
    _kept("account_id", ID, "who; by account, so that leaving and joining again does not end it", "accounts.id"),
    _kept("room_id", ID, "from which meeting alone; empty: from the group", "meetings.id", empty=True),
    _kept(
        "until", BigInteger(), "when it ends; empty: when it is lifted or, with a meeting, when that closes", empty=True
    ),
    _kept("reason", Text(20), "why, as one of a few fixed words"),
    _kept("set_by", ID, "which facilitator answers for it, while they are here", empty=True, whose=True),
    _kept("set_on", Date(), "since when"),
    Index(None, "group_id", "account_id"),
    Index(None, "room_id"),
    info=_until("lifted, over, or the meeting closes", "the group's facilitators, and whoever it is about"),
)

mutes = Table(
    "mutes",
    metadata,
    _kept("room_id", ID, "in which meeting", "meetings.id", key=True),
    _kept(
        "account_id", ID, "who; by account, so that leaving and joining again does not end it", "accounts.id", key=True
    ),
    _kept("until", BigInteger(), "when it ends"),
    _kept("reason", Text(20), "why, as one of a few fixed words"),
    _kept("set_by", ID, "which facilitator answers for it, while they are here", empty=True, whose=True),
    info=_until("lifted, over, or the meeting closes", "the group's facilitators, and whoever it is about"),
)

acts = Table(
    "acts",
    metadata,
    _kept("id", ID, "tells acts apart; one written late is not written twice", key=True),
    _kept("room_id", ID, "in which meeting; empty: in none, on a page", "meetings.id", empty=True),
    _kept("act", Text(12), "what a facilitator did, as one of a few fixed words"),
    _kept("by_id", ID, "who did it, while they are here; empty: the room itself", empty=True, whose=True),
    _kept("to_id", ID, "to whom, while they are here", empty=True, whose=True),
    _kept("reason", Text(20), "why, as one of a few fixed words", empty=True),
    _kept("at", BigInteger(), "when, so that somebody who asks for another look can say which"),
    _kept("until", BigInteger(), "for how long", empty=True),
    _kept("outcome", Text(8), "done or refused; empty: not known", empty=True),
    _kept("group_id", ID, "in whose chain it stands", "groups.id", empty=True),
    _kept("role", Text(13), "as what they did it; empty: the room itself, or not known", empty=True),
    _kept("seq", Integer(), "its place in the chain, so that none can be taken out unnoticed", empty=True),
    _kept("prev", HASH, "the hash of the act before it", empty=True),
    _kept("hash", HASH, "proves that it was not changed; keyed by the server's secret", empty=True),
    _kept("by_mark", HASH, "proves who did it as long as their id is there; keyed", empty=True),
    _kept("to_mark", HASH, "proves to whom as long as their id is there; keyed", empty=True),
    _kept("outcome_tag", HASH, "proves that the outcome was not changed; keyed", empty=True),
    Index(None, "room_id"),
    Index(None, "group_id", "seq", unique=True),
    info=_until(
        "{acts} after the meeting closed, or after it was done in none",
        "the group's facilitators, and whoever it is about",
    ),
)

reports = Table(
    "reports",
    metadata,
    _kept("id", ID, "names a report on the page that opens it", key=True),
    _kept("group_id", ID, "in which group", "groups.id"),
    _kept("room_id", ID, "from which meeting", "meetings.id"),
    _kept("reader", Text(13), "who reads it: facilitators, or administrator when one of those is its subject"),
    _kept("reporter", LargeBinary(), "sealed; shows somebody their own reports, and nobody else whose they are"),
    _kept("content", LargeBinary(), "sealed; the messages that were reported, and why; emptied at `until`", empty=True),
    _kept("made_on", Date(), "since when it waits"),
    _kept("until", BigInteger(), "when its words are erased"),
    _kept("ends_at", BigInteger(), "when all of it is erased"),
    _kept("outcome", Text(12), "what came of it, as one of a few fixed words", empty=True),
    _kept("answer", LargeBinary(), "sealed; a few words of whoever decided, for the reporter", empty=True),
    Index(None, "group_id"),
    Index(None, "room_id"),
    info=_until(
        "its words for 30 days or as the group has set it; what came of it two weeks more",
        "the group's facilitators, or administrators when one of those is its subject; never its subject; "
        "its answer: who made it",
    ),
)

report_looks = Table(
    "report_looks",
    metadata,
    _kept("id", ID, "tells one from another", key=True),
    _kept("report_id", ID, "which report was opened", "reports.id"),
    _kept("by_id", ID, "by which member or administrator, while they are here", empty=True, whose=True),
    _kept("looked_on", Date(), "when"),
    UniqueConstraint("report_id", "by_id", "looked_on"),
    info=_until("the report is erased", "whoever reads the report"),
)

chains = Table(
    "chains",
    metadata,
    _kept("group_id", ID, "of which group's acts", "groups.id", key=True),
    _kept("first", Integer(), "where the chain begins, as what is past its time goes"),
    _kept("last", Integer(), "where it ends, so that nothing can be cut off unnoticed"),
    _kept("hash", HASH, "the newest act's"),
    _kept("closed", Integer(), "how many of its acts have an outcome"),
    _kept("tag", HASH, "proves that this row was not changed; keyed"),
    info=_until("the group is erased", "the group's facilitators see its newest mark"),
)

appeals = Table(
    "appeals",
    metadata,
    _kept("id", ID, "names it on the page that answers it", key=True),
    _kept("act_id", ID, "about which act", "acts.id"),
    _kept("member_id", ID, "who asks for another look", "members.id"),
    _kept("reader", Text(13), "whom they ask: the facilitators, or an administrator"),
    _kept("asking", LargeBinary(), "sealed; a few words of theirs"),
    _kept("asked_on", Date(), "since when it waits"),
    _kept("ends_at", BigInteger(), "when all of it is erased"),
    _kept("outcome", Text(8), "what came of it, as one of a few fixed words", empty=True),
    _kept("answer", LargeBinary(), "sealed; a few words of whoever looked", empty=True),
    UniqueConstraint("act_id"),
    Index(None, "member_id"),
    info=_until("30 days after it was asked", "who asked, and whoever they asked but not who acted"),
)

remarks = Table(
    "remarks",
    metadata,
    _kept("id", ID, "names it on the page that erases it", key=True),
    _kept("group_id", ID, "for which group's facilitators", "groups.id"),
    _kept("about_id", ID, "about whom; empty: the meetings. Goes with their membership", "members.id", empty=True),
    _kept("by_id", ID, "which facilitator wrote it, while they are here", empty=True, whose=True),
    _kept("content", LargeBinary(), "sealed; a few words that help to hold the next meeting"),
    _kept("made_on", Date(), "how old it is"),
    _kept("ends_at", BigInteger(), "when it is erased"),
    Index(None, "group_id"),
    Index(None, "about_id"),
    info=_until(
        "so many days after it was written as the group has set, usually 30, or the person leaves",
        "the group's facilitators",
    ),
)

crisis_steps = Table(
    "crisis_steps",
    metadata,
    _kept("id", ID, "tells one from another", key=True),
    _kept("group_id", ID, "in which group", "groups.id"),
    _kept("member_id", ID, "who may have been in danger", "members.id"),
    _kept("by_id", ID, "which facilitator took the step, while they are here", empty=True, whose=True),
    _kept("step", Text(9), "which step was taken, as one of a few fixed words"),
    _kept("at", BigInteger(), "when, so that the next step is not forgotten"),
    _kept("ends_at", BigInteger(), "when it is erased"),
    Index(None, "group_id"),
    Index(None, "member_id"),
    info=_until(
        "90 days after it was taken, or the person leaves", "the group's facilitators, and whoever it is about"
    ),
)

partings = Table(
    "partings",
    metadata,
    _kept("id", ID, "names it on the page on which it is read", key=True),
    _kept("account_id", ID, "who was taken out of a group, or whose place there has moved", "accounts.id"),
    _kept("group_id", ID, "of which group; they see its name once more", "groups.id"),
    _kept("reason", Text(20), "why, as one of a few fixed words"),
    _kept("done_on", Date(), "when"),
    _kept("ends_at", BigInteger(), "when it is erased unread"),
    Index(None, "account_id"),
    info=_until("they say that they have read it, or 30 days", "whoever it is about"),
)

contact_keys = Table(
    "contact_keys",
    metadata,
    _kept("id", ID, "tells a key from one that comes after it", key=True),
    _kept("public", HASH, "closes members' boxes with their emergency contacts; opens none"),
    _kept("check_one", HASH, "recognises the first half of the key that opens them; a hash of 256 random bits"),
    _kept("check_two", HASH, "recognises the second half"),
    _kept("name_one", Text(40), "who keeps the first half, as they want to be named; members and facilitators see it"),
    _kept("name_two", Text(40), "who keeps the second half, as they want to be named"),
    _kept("holder_one", ID, "to whom the first half was shown, while they are here", empty=True, whose=True),
    _kept("holder_two", ID, "to whom the second half was shown, while they are here", empty=True, whose=True),
    _kept("link_one", HASH, "recognises the link that shows the first half, once; emptied when it is written down",
          empty=True),
    _kept("link_two", HASH, "as `link_one`, for the second half", empty=True),
    _kept("salt", HASH, "seals both halves in memory until they are written down; emptied then", empty=True),
    _kept("made_on", Date(), "how old it is"),
    _kept("begun_on", Date(), "since when it is used; empty: not yet written down by both", empty=True),
    _kept("ends_at", BigInteger(), "when it lapses if not both have written theirs down", empty=True),
    info=_until("another one takes its place", "everybody in a group: the names; the rest nobody"),
)  # fmt: skip

contacts = Table(
    "contacts",
    metadata,
    _kept("member_id", ID, "whose emergency contact, given by themself", "members.id", key=True),
    _kept("key_id", ID, "for which key it was closed; empty: that key is gone, and so is the box", "contact_keys.id",
          empty=True),
    _kept("box", LargeBinary(), "sealed; somebody to call for them, and how. Neither this server nor its secret opens "
          "it: two people do, each with half of the key", empty=True),
    _kept("given_on", Date(), "since when; the group's facilitators see it"),
    _kept("ends_at", BigInteger(), "when it is erased unless it is given again"),
    info=_until(
        "taken back, they leave the group, or {contacts} after it was given",
        "two people together, each with half of the key, when a facilitator has asked; never who gave it",
    ),
)  # fmt: skip

contact_openings = Table(
    "contact_openings",
    metadata,
    _kept("id", ID, "names it on the page where two people open it", key=True),
    _kept("group_id", ID, "in which group", "groups.id"),
    _kept("member_id", ID, "whose emergency contact", "members.id"),
    _kept("by_id", ID, "which facilitator asked, while they are here", empty=True, whose=True),
    _kept("reason", Text(20), "why, as one of a few fixed words"),
    _kept("asking", LargeBinary(), "sealed; a few words of who asked; emptied when it is over", empty=True),
    _kept("risk", Boolean(), "whether who asked thinks that telling the member puts them in more danger"),
    _kept("asked_at", BigInteger(), "when it was asked"),
    _kept("until", BigInteger(), "when it can be opened no more"),
    _kept("ends_at", BigInteger(), "when all of it is erased"),
    _kept("one_by", ID, "who typed the first half, while they are here", empty=True, whose=True),
    _kept("two_by", ID, "who typed the second half, while they are here", empty=True, whose=True),
    _kept("one_risk", Boolean(), "whether the first said that telling puts them in more danger", empty=True),
    _kept("two_risk", Boolean(), "whether the second said so; if both did, the member is not told", empty=True),
    _kept("opened_at", BigInteger(), "when it was opened; empty: it was not", empty=True),
    _kept("read_at", BigInteger(), "when it was shown, once", empty=True),
    _kept("told", Boolean(), "whether the member is told", empty=True),
    _kept("noted_at", BigInteger(), "when the member said in a room that they had read it, so that they are told once",
          empty=True),
    _kept("salt", HASH, "seals half of the key, and then what was opened, in memory; emptied when it is over",
          empty=True),
    Index(None, "group_id"),
    Index(None, "member_id"),
    info=_until(
        "{acts} after it was asked, or the person leaves",
        "the group's facilitators and supervisors, administrators, who keeps half of the key; who it is about",
    ),
)  # fmt: skip

help_lines = Table(
    "help_lines",
    metadata,
    _kept("digest", HASH, "which entry of the list, word for word as it read when it was confirmed", key=True),
    _kept("confirmed_on", Date(), "when it must be checked again"),
    _kept("confirmed_by", Text(40), "who checked it, as they want to be named; administrators see it", empty=True),
    info=_until("withdrawn, or a year old", "everybody"),
)
