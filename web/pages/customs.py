"""How a group does things in its room. For facilitators; each family of settings is a fieldset of the form."""

from typing import get_args

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.customs import (
    CAP_LEAST,
    CAP_MOST,
    DOOR_MOST,
    KNOWN_AS_MAX,
    REMARKS_LEAST,
    REMARKS_MOST,
    TURN_MOST,
    Customs,
    HistoryHours,
)
from chat.core.wire.frame import Role
from chat.records import access
from chat.records.groups import Group
from web import history, levels
from web.customs import customs_of, keep
from web.keeping import code_of
from web.pages import customs_steps
from web.pages.groups import group_id
from web.render import page
from web.site import Site, site_of
from web.terms import settle
from web.visit import Form, form_of, signed_in

NUMBERS = {
    "reports_hours": (24, 168, "A report can be checked for 24 to 168 hours after a meeting."),
    "reports_days": (7, 60, "What was reported is kept for 7 to 60 days."),
    "remarks_days": (REMARKS_LEAST, REMARKS_MOST, f"Notes are kept for {REMARKS_LEAST} to {REMARKS_MOST} days."),
    "flags_on_message": (2, 50, "2 to 50 flags on one message."),
    "flags_on_person": (2, 50, "2 to 50 flags on one person."),
    "door": (0, DOOR_MOST, f"Please give the minutes as a number, from 0 to {DOOR_MOST}."),
}
"""Fields that hold a number: the least, the most, and what is said of any other."""
CAP = f"A room has places for {CAP_LEAST} to {CAP_MOST} people."
TURN = f"A turn has 1 to {TURN_MOST} minutes."
KNOWN_AS = f"The word for whoever is on call has at most {KNOWN_AS_MAX} characters."


async def ask(request: Request) -> Response:
    """The customs, to be changed."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        customs = await customs_of(c, group.id)
        stands = await history.standing(c, group.id, site.clock())
    said = {"group": group, "typed": _as_typed(customs), "errors": {}, "history": stands}
    return page(request, "customs.html", **said, **_usual(site, group))


async def save(request: Request) -> Response:
    """Saves them; they hold from the next meeting on. Everybody is asked again if they agreed to something else."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    errors: dict[str, str] = {}
    asked = False
    customs = _read(form, errors)
    async with site.store.erasing() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        if not errors:
            await keep(c, group.id, customs)
            asked = await settle(c, site.limits, group.id)
        kept = await history.settle(c, group.id, site.clock()) if not errors else None
        stands = await history.standing(c, group.id, site.clock())
    if errors:
        typed = {name: form(name) for name in _as_typed(customs)}
        said = {"group": group, "typed": typed, "errors": errors, "history": stands}
        return page(request, "customs.html", 422, **said, **_usual(site, group))
    await history.tell(site, group.id, kept)
    if asked:
        await site.live.agreement_changed(group.id)
    return RedirectResponse(f"/groups/{group.id}", 303)


def _usual(site: Site, group: Group) -> dict[str, object]:
    """What holds for whatever is left empty."""
    choices: dict[str, object] = {"windows": get_args(HistoryHours), "in_words": history.in_words}
    choices |= {"steps": customs_steps.STEPS, "levels": levels.RULES, "paces": levels.PACES}
    return {"usual": site.room_size, "code": code_of(group.id), **choices}


def _as_typed(customs: Customs) -> dict[str, str]:
    """What stands in the form, by field."""
    numbers = {name: str(getattr(customs, name)) for name in NUMBERS}
    own = {
        "waiting": "yes" if customs.waiting else "no",
        "cap": str(customs.cap or ""),
        "turn": str(customs.turn or ""),
        "cuts_off": "yes" if customs.cuts_off else "",
        "known_as": customs.known_as,
        "history": str(customs.history),
    }
    return {**own, **numbers, **customs_steps.as_typed(customs), **levels.as_typed(customs.policy)}


def _read(form: Form, errors: dict[str, str]) -> Customs:
    """The customs as they were typed; what is wrong with them goes into `errors`, by field."""
    numbers = {name: _number(form, name, errors) for name in NUMBERS}
    chosen = {name: number for name, number in numbers.items() if number is not None}
    customs = Customs(
        waiting=form("waiting") != "no",
        cap=_cap(form("cap"), errors),
        turn=_turn(form("turn"), errors),
        cuts_off=bool(form("cuts_off")),
        known_as=_known_as(form("known_as"), errors),
        history=next((one for one in get_args(HistoryHours) if str(one) == form("history")), 0),
    )
    return customs_steps.read(form, replace(customs, policy=levels.read(form, errors), **chosen), errors)


def _number(form: Form, name: str, errors: dict[str, str]) -> int | None:
    """None: as usual, or wrong."""
    least, most, words = NUMBERS[name]
    number = whole(form(name))
    if not form(name) or (number is not None and least <= number <= most):
        return number
    errors[name] = words
    return None


def _cap(typed: str, errors: dict[str, str]) -> int | None:
    if not typed:
        return None
    number = whole(typed)
    if number is None or not CAP_LEAST <= number <= CAP_MOST:
        errors["cap"] = CAP
        return None
    return number


def _turn(typed: str, errors: dict[str, str]) -> int | None:
    if not typed:
        return None
    number = whole(typed)
    if number is None or not 1 <= number <= TURN_MOST:
        errors["turn"] = TURN
        return None
    return number


def _known_as(typed: str, errors: dict[str, str]) -> str:
    if len(typed) > KNOWN_AS_MAX:
        errors["known_as"] = KNOWN_AS
        return ""
    return typed


def whole(typed: str) -> int | None:
    """A whole number of at most six digits, as somebody types it; None if it is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 else None
