"""How a group's meetings go: their parts, and words that facilitators have ready. For facilitators."""

from collections.abc import Iterator

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.wire import PHASE_NAME_MAX, PROMPT_MAX, FloorKind, Phase, Role
from chat.records import access
from web.pages.customs import whole
from web.pages.groups import group_id
from web.plan import PHASES_MAX, TEXT_MAX, TEXTS_MAX, Plan, default, fit, keep, plan_of
from web.render import page
from web.site import site_of
from web.visit import Form, form_of, signed_in

FLOORS = {
    FloorKind.OPEN: "Everybody speaks",
    FloorKind.ROUND: "A round, one after the other",
    FloorKind.QUEUE: "Hands in order",
    FloorKind.FACILITATORS: "Facilitators only",
    FloorKind.QUIET: "A quiet moment",
}
NO_PARTS = "Please give at least one part a name."
LONG_NAME = f"The name of a part has at most {PHASE_NAME_MAX} characters."
LONG_PROMPT = f"What you ask in a part has at most {PROMPT_MAX} characters."
MINUTES_MAX = 240
MINUTES = f"The minutes are a number from 0 to {MINUTES_MAX}."
LONG_TEXT = f"Each of the ready words has at most {TEXT_MAX} characters. An empty line begins the next."
FULL = "There is not enough room for all of these ready words together. Please make some of them shorter."
MANY_TEXTS = f"There is room for {TEXTS_MAX} ready texts."


class Row(Struct, frozen=True):
    """One part as it stands in the form."""

    name: str = ""
    minutes: str = ""
    floor: str = FloorKind.OPEN.value
    prompt: str = ""
    agreement: str = ""


async def ask(request: Request) -> Response:
    """The plan, to be changed."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        plan = await plan_of(c, group.id)
    rows = [_row(phase) for phase in plan.phases]
    return _form(request, 200, rows, group=group, texts="\n\n".join(plan.texts), errors={})


async def save(request: Request) -> Response:
    """Saves it, or goes back to the one that Hearth brings along."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    rows = list(_rows(form))
    texts = form("texts").replace("\r\n", "\n")
    plan = default() if form("default") else _plan(rows, texts)
    async with site.store.writing() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        if isinstance(plan, Plan):
            await keep(c, group.id, plan)
    if isinstance(plan, Plan):
        return RedirectResponse(f"/groups/{group.id}", 303)
    return _form(request, 422, rows, group=group, texts=texts, errors=plan)


def _form(request: Request, status: int, rows: list[Row], **said: object) -> Response:
    padded = rows + [Row()] * (PHASES_MAX - len(rows))
    return page(request, "plan.html", status, rows=padded, floors=FLOORS, **said)


def _row(phase: Phase) -> Row:
    agreement = "yes" if phase.agreement else ""
    return Row(phase.name, str(phase.minutes or ""), phase.floor.value, phase.prompt, agreement)


def _rows(form: Form) -> Iterator[Row]:
    for n in range(PHASES_MAX):
        row = Row(*(form(f"{field}{n}") for field in Row.__struct_fields__))
        if row.name or row.prompt or row.minutes:
            yield row


def _plan(rows: list[Row], texts: str) -> Plan | dict[str, str]:
    """The plan, or what is wrong with it, by field."""
    wrong: dict[str, str] = {} if rows else {"name0": NO_PARTS}
    for n, row in enumerate(rows):
        if not row.name:
            wrong[f"name{n}"] = NO_PARTS
        elif len(row.name) > PHASE_NAME_MAX:
            wrong[f"name{n}"] = LONG_NAME
        if len(row.prompt) > PROMPT_MAX:
            wrong[f"prompt{n}"] = LONG_PROMPT
        if (minutes := _minutes(row)) is None or minutes > MINUTES_MAX:
            wrong[f"minutes{n}"] = MINUTES
    ready = tuple(text.strip() for text in texts.split("\n\n") if text.strip())
    if any(len(text) > TEXT_MAX for text in ready):
        wrong["texts"] = LONG_TEXT
    elif len(ready) > TEXTS_MAX:
        wrong["texts"] = MANY_TEXTS
    elif not fit(ready):
        wrong["texts"] = FULL
    if wrong:
        return wrong
    return Plan(tuple(map(_phase, rows)), ready)


def _phase(row: Row) -> Phase:
    return Phase(row.name, _minutes(row) or 0, row.prompt, _floor(row.floor), agreement=row.agreement == "yes")


def _minutes(row: Row) -> int | None:
    """None: it is no number."""
    return whole(row.minutes or "0")


def _floor(typed: str) -> FloorKind:
    return FloorKind(typed) if typed in set(FloorKind) else FloorKind.OPEN
