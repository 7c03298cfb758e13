"""How a group does things in its room. For facilitators; each family of settings is a fieldset of the form."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.customs import CAP_LEAST, CAP_MOST, Customs
from chat.core.wire.frame import Role
from chat.records import access
from web.customs import customs_of, keep
from web.pages.groups import group_id
from web.render import page
from web.site import site_of
from web.visit import Form, form_of, signed_in

CAP = f"A room has places for {CAP_LEAST} to {CAP_MOST} people."


async def ask(request: Request) -> Response:
    """The customs, to be changed."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        customs = await customs_of(c, group.id)
    return page(request, "customs.html", group=group, typed=_as_typed(customs), usual=site.room_size, errors={})


async def save(request: Request) -> Response:
    """Saves them; they hold from the next meeting on."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    errors: dict[str, str] = {}
    customs = _read(form, errors)
    async with site.store.writing() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        if not errors:
            await keep(c, group.id, customs)
    if errors:
        typed = {name: form(name) for name in _as_typed(customs)}
        return page(request, "customs.html", 422, group=group, typed=typed, usual=site.room_size, errors=errors)
    return RedirectResponse(f"/groups/{group.id}", 303)


def _as_typed(customs: Customs) -> dict[str, str]:
    """What stands in the form, by field."""
    return {"cap": str(customs.cap or "")}


def _read(form: Form, errors: dict[str, str]) -> Customs:
    """The customs as they were typed; what is wrong with them goes into `errors`, by field."""
    return Customs(cap=_cap(form("cap"), errors))


def _cap(typed: str, errors: dict[str, str]) -> int | None:
    if not typed:
        return None
    number = whole(typed)
    if number is None or not CAP_LEAST <= number <= CAP_MOST:
        errors["cap"] = CAP
        return None
    return number


def whole(typed: str) -> int | None:
    """A whole number of at most six digits, as somebody types it; None if it is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 else None
