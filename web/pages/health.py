"""Whether this server is alive, and whether people can be sent to it; for machines."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.site import Check, site_of

WITHIN = 3
"""Seconds for a part to answer."""


async def alive(_: Request) -> Response:
    """This process answers."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """A line for each part that must answer; 503 if one does not."""
    checks = site_of(request).checks
    answers = await asyncio.gather(*(_answers(check) for check in checks.values()))
    lines = [f"{name}: {'ok' if well else 'down'}" for name, well in zip(checks, answers, strict=True)]
    return PlainTextResponse("\n".join(lines) + "\n", 200 if all(answers) else 503)


async def _answers(check: Check) -> bool:
    try:
        async with asyncio.timeout(WITHIN):
            return await check()
    except Exception:  # whatever kept it from answering: it is down
        return False
