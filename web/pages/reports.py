"""For whoever reads reports: what was handed over, whole and in order, and what should come of it.

A group's facilitators read its reports; where one of them is the subject, only administrators do, and the facilitators
are not told that there is one; nor is an administrator of one about themselves. That somebody opened a report is
written down, and shown with it.
"""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId, GroupId, MemberId
from chat.core.report import WORDS_MAX, Content, Line, Missing, Outcome, Quoted, Why, lines
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Role
from chat.records import access, acts, groups, members, reports
from chat.records.reports import Report
from web.pages.groups import group_id
from web.pages.sure import surely
from web.render import page
from web.reporting import ANSWER, answer_of, content_of, may_be_about, name_of, readable
from web.site import site_of
from web.visit import form_of, signed_in

WHY = {
    Why.HURTFUL: "It was hurtful",
    Why.PRESSURE: "Somebody was put under pressure",
    Why.CONTACT: "Contact details, or asking for them",
    Why.SEXUAL: "It was sexual",
    Why.HARM: "Somebody may come to harm",
    Why.OTHER: "Something else",
}
OUTCOMES = {
    Outcome.ACTED: "Something was done about it",
    Outcome.TALKED: "Somebody talked with the person",
    Outcome.WATCHING: "It will be watched closely from now on",
    Outcome.LEFT: "It was looked at, and nothing more is done",
    Outcome.PASSED_ON: "It was passed on to somebody who can do more",
}
MINUTE = 60_000
CHOOSE = "Please choose what came of it."
MEANWHILE = "Somebody else has answered meanwhile. Please look at what they wrote; yours would take its place."
SHORTER = f"Please use at most {WORDS_MAX} characters."


class Read(Struct, frozen=True):
    """One line as it is read. `name`: who said it; empty: nobody did. `minutes`: after the first message."""

    line: Line
    name: str = ""
    minutes: int = 0

    @property
    def missing(self) -> Missing | None:
        """The messages that are missing here, if that is what this line says."""
        return self.line if isinstance(self.line, Missing) else None


class Reading(Struct, frozen=True):
    """Somebody who may read reports, and where. `group` None: an administrator, for reports about facilitators."""

    account: AccountId
    group: GroupId | None
    member: MemberId | None
    at: str
    """The address of their list."""
    names: dict[str, str]


async def _reading(c: AsyncConnection, request: Request, account: AccountId) -> Reading:
    if "group" not in request.path_params:
        await access.administrator(c, account)
        return Reading(account, None, None, "/admin/reports", {one.id: one.name for one in await groups.all_(c)})
    group, me = await access.group_for(c, account, group_id(request), Role.FACILITATOR)
    names: dict[str, str] = {one.id: one.name for one in await members.of(c, group.id)}
    return Reading(account, group.id, me.id, f"/groups/{group.id}/reports", names)


async def _one(c: AsyncConnection, request: Request, reading: Reading) -> Report:
    """Raises NotYours."""
    site = site_of(request)
    found = await reports.find(c, request.path_params["report"], site.clock(), reading.group)
    if found is None or await may_be_about(c, site, found, reading.account):
        raise access.NotYours
    return found


async def listed(request: Request) -> Response:
    """Every report, without a word of it."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        reading = await _reading(c, request, visit.account_id)
        every = await readable(c, site, reading.group, visit.account_id)
    every.sort(key=lambda one: one.outcome is not None)
    return page(request, "reports.html", reading=reading, every=every, outcomes=OUTCOMES)


async def show(request: Request) -> Response:
    """Opens one, and writes down who did."""
    await surely(request)
    return await _shown(request, 200, {}, {})


async def _shown(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.writing() as c:
        reading = await _reading(c, request, visit.account_id)
        report = await _one(c, request, reading)
        await _written_down(c, reading, report, request)
        looks = await reports.looks(c, report.id)
    content = content_of(site.locker, report)
    said = {
        "content": content,
        "said": _as_read(content) if content else [],
        "known": content and content.reporter and name_of(content, content.reporter),
        "answered": answer_of(site.locker, report),
        "stands": _stands(report),
        "answer": typed.get("words", answer_of(site.locker, report)),
        "chosen": typed.get("outcome", report.outcome or ""),
        "looks": looks,
    }
    lists = {"why": WHY, "outcomes": OUTCOMES, "most": WORDS_MAX}
    return page(request, "report.html", status, reading=reading, report=report, errors=errors, **said, **lists)


def _as_read(content: Content) -> list[Read]:
    """Times as minutes after the first message: nobody has to know in which zone the server is."""
    began = content.order[0].at
    return [
        Read(line, name_of(content, line.by), round((line.at - began) / MINUTE)) if isinstance(line, Quoted)
        else Read(line)
        for line in lines(content.order)
    ]  # fmt: skip


async def _written_down(c: AsyncConnection, reading: Reading, report: Report, request: Request) -> None:
    """The group's facilitators see it among what facilitators did; of one about themselves they learn nothing."""
    site = site_of(request)
    now = site.clock()
    first = await reports.look(c, report.id, reading.member or reading.account, now)
    if first and reading.member:
        deed = acts.Deed(report.room, Act.REPORT_READ, reading.member, None, None, now)
        act = await acts.open(c, site.ledger, deed)
        await acts.close(c, site.ledger, act, "done")


def _stands(report: Report) -> str:
    """By what an answer is known again; empty: there is none."""
    return f"{report.outcome}-{(report.answer or b'').hex()[:16]}" if report.outcome else ""


async def decide(request: Request) -> Response:
    """Keeps what came of it, for its reporter."""
    form = await form_of(request)
    site, visit = site_of(request), await surely(request)
    outcome, words = form("outcome"), form("words").replace("\r\n", "\n")
    if outcome not in set(Outcome):
        return await _shown(request, 422, {"outcome": CHOOSE}, {"outcome": outcome, "words": words})
    if len(words) > WORDS_MAX:
        return await _shown(request, 422, {"words": SHORTER}, {"outcome": outcome, "words": words})
    async with site.store.erasing() as c:
        reading = await _reading(c, request, visit.account_id)
        report = await _one(c, request, reading)
        as_read = form("stands") == _stands(report)
        if as_read:
            answer = site.locker.seal(words, ANSWER, report.id) if words else None
            await reports.decide(c, report.id, outcome, answer)
    if not as_read:
        return await _shown(request, 409, {"outcome": MEANWHILE}, {"outcome": outcome, "words": words})
    return RedirectResponse(f"{reading.at}?decided", 303)
