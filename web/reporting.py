"""What becomes of a report: each message verified, the genuine ones sealed away for whoever may read them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis
from chat.core.report import MESSAGES_MAX, Content, Finding, Missing, Quoted, Why, examine, in_order, lines
from chat.core.wire.frame import Role, hidden
from chat.records import meetings, members, reports
from chat.records.keys import DAY, day, fresh_id, later
from chat.records.meetings import Meeting
from chat.records.members import Member
from chat.records.reports import Reader, Report
from chat.records.sealed import Locker, Unopenable
from web.customs import customs_of
from web.site import Site

A_DAY = 20
"""Reports of one person in a group on one day; more would be a way to keep facilitators from reading any."""
REFUSED_A_DAY = 20
"""Tries of one person on one day that hold something that was not said so; a page of ours makes hardly one."""
CONTENT, ANSWER, REPORTER = "report", "answer to a report", "who reported"
"""What is sealed, by name."""


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """A report as the room's page sends it. `named`: the facilitators may know whose it is."""

    messages: Annotated[tuple[Quoted, ...], Meta(min_length=1, max_length=MESSAGES_MAX)]
    why: Why
    own: str = ""
    named: bool = False

    def __repr__(self) -> str:
        return hidden(self, self.own, *(message.text for message in self.messages))


class Answered(Struct, frozen=True):
    """What the page is told: of each message what was found, in the order sent. `missing`: first and last, in pairs."""

    result: Literal["kept", "not-kept", "too-many"]
    findings: tuple[Finding, ...] = ()
    missing: tuple[tuple[int, int], ...] = ()
    reader: Reader = "facilitators"
    until: Millis = Millis(0)


async def take(c: AsyncConnection, site: Site, where: tuple[Meeting, Member], sent: Sent) -> Answered:
    """Verifies a report and keeps it if all of it is genuine: nothing that is partly true is ever kept.

    Not even looked at is what comes from somebody whose tries were refused again and again.
    """
    meeting, me = where
    now = site.clock()
    if await site.throttle.exhausted(c, "report", me.account, REFUSED_A_DAY, now):
        return Answered("too-many")
    salt = await meetings.receipt_salt(c, meeting.id, now)
    findings = examine(sent.messages, meeting.id, site.receipts(salt) if salt else None)
    if set(findings) != {Finding.GENUINE}:
        await site.throttle.failed(c, "report", me.account, now)
        return Answered("not-kept", findings)
    today = [one for one in await reports.of(c, meeting.group, now) if one.made_on == day(now)]
    if sum(is_mine(site.locker, one, me.account) for one in today) >= A_DAY:
        return Answered("too-many", findings)
    report, order = await _report(c, site, where, sent)
    await reports.keep(c, report)
    missing = tuple((line.first, line.last) for line in lines(order) if isinstance(line, Missing))
    return Answered("kept", findings, missing, report.reader, report.until)


async def _report(
    c: AsyncConnection, site: Site, where: tuple[Meeting, Member], sent: Sent
) -> tuple[Report, tuple[Quoted, ...]]:
    meeting, me = where
    report_id, now = fresh_id(), site.clock()
    order = in_order(sent.messages)
    group = {one.id: one for one in await members.of(c, meeting.group)}
    leads = {one.id for one in group.values() if one.role is Role.FACILITATOR}
    concerned = {one.by for one in order if one.reported} or {one.by for one in order}
    named = {one.by for one in order} | ({me.id} if sent.named else set())
    names = {who: group[who].name for who in named if who in group}
    days = (await customs_of(c, meeting.group)).reports_days
    about = tuple(sorted({group[who].account for who in concerned if who in group}))
    only = () if concerned <= group.keys() else tuple(sorted(leads))
    content = Content(order, names, sent.why, sent.own.strip(), me.id if sent.named else None, about, only)
    return Report(
        id=report_id,
        group=GroupId(meeting.group),
        room=meeting.id,
        reader="administrator" if concerned & leads else "facilitators",
        reporter=site.locker.seal(me.account, REPORTER, report_id),
        content=site.locker.seal(msgspec.json.encode(content).decode(), CONTENT, report_id),
        made_on=day(now),
        until=later(now, days * DAY),
    ), order


async def readable(c: AsyncConnection, site: Site, group: GroupId | None, account: AccountId) -> list[Report]:
    """As `reports.to_read`, without those about `account`: of them they are not told."""
    every = await reports.to_read(c, group, site.clock())
    return [one for one in every if not await may_be_about(c, site, one, account)]


async def unread(c: AsyncConnection, site: Site, group: GroupId | None, account: AccountId) -> int:
    """How many that `account` may read nobody has opened."""
    return sum(one.content is not None and not one.looked for one in await readable(c, site, group, account))


async def may_be_about(c: AsyncConnection, site: Site, report: Report, account: AccountId) -> bool:
    """Whether it is about `account`, or may be: an author who had left when it was made may be anybody who came since.

    Whom it was about is erased with its words: one for administrators may then be about any of them in its group.
    """
    content = content_of(site.locker, report)
    if content and content.only:
        here = await members.find(c, report.group, account)
        if here is not None and here.id not in content.only:
            return True
    if content and content.about:
        return account in content.about
    return report.reader == "administrator" and await members.find(c, report.group, account) is not None


def has_no_reader(locker: Locker, report: Report, heads: set[AccountId]) -> bool:
    """Whether it is about every administrator there is (`heads`), so that it waits for another one."""
    content = content_of(locker, report)
    return report.reader == "administrator" and content is not None and heads <= set(content.about)


def is_mine(locker: Locker, report: Report, account: AccountId) -> bool:
    """Whether somebody made this report."""
    try:
        return locker.open(report.reporter, REPORTER, report.id) == account
    except Unopenable:  # kept under another secret
        return False


_content = msgspec.json.Decoder(Content)


def content_of(locker: Locker, report: Report) -> Content | None:
    """What was reported; None if it is erased, or was sealed with another secret."""
    if report.content is None:
        return None
    try:
        return _content.decode(locker.open(report.content, CONTENT, report.id))
    except Unopenable:
        return None


def answer_of(locker: Locker, report: Report) -> str:
    """The words of whoever decided; empty if there are none."""
    if report.answer is None:
        return ""
    try:
        return locker.open(report.answer, ANSWER, report.id)
    except Unopenable:
        return ""


def name_of(content: Content, who: MemberId) -> str:
    """What somebody was called in the group when the report was made."""
    return content.names.get(who, "Somebody who had left")
