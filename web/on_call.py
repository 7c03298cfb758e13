"""Whoever is on call hears of a room that needs them by a webhook: which group, when, why, and a link to say "I know".

Nothing that was said, no name and nobody's id is in it. The address is the operator's own setting: it may be on this
machine or in a private network, and no redirect leads anywhere else.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2
import msgspec
import structlog

from chat.core.ids import RoomId
from chat.live.calling import Errand
from chat.live.keeping import RecordsGone

log = structlog.get_logger()
LabelOf = Callable[[RoomId], Awaitable[str]]
"""What a room's group goes by outside. Raises RecordsGone."""

PATIENCE = 5.0
"""Seconds for each step: to connect, to send, to hear an answer."""
UNNAMED = "A group"
"""While the records cannot be asked which."""


class Webhook:
    """Where whoever is on call is told. `secret`: signs what is sent; None: it is not signed."""

    def __init__(self, client: httpx2.AsyncClient, url: str, secret: str | None, address: str) -> None:
        self._client = client
        self._url = url
        self._secret = secret
        self._address = address
        self.label_of: LabelOf = _unnamed

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, secret: str | None, address: str) -> AsyncIterator["Webhook"]:
        """Until left. `address`: where the links lead, without a slash at the end."""
        async with httpx2.AsyncClient(timeout=PATIENCE, follow_redirects=False) as client:
            yield cls(client, url, secret, address)

    async def tell(self, errand: Errand) -> bool:
        """Whether it was taken, with any answer from 200 to 299. Whatever else comes of it is tried again later."""
        body = msgspec.json.encode(await self._message(errand))
        try:
            async with self._client.stream(
                "POST", self._url, content=body, headers=self._headers(errand, body)
            ) as said:
                status = said.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:  # their texts hold the address
            log.warning("Whoever is on call could not be told.", attempt=errand.tries, error=type(error).__name__)
            return False
        if not 200 <= status < 300:
            log.warning("Whoever is on call could not be told.", attempt=errand.tries, status=status)
        return 200 <= status < 300

    async def _message(self, errand: Errand) -> dict[str, str]:
        try:
            label = await self.label_of(errand.room)
        except RecordsGone:
            label = UNNAMED
        return {
            "label": label,
            "at": datetime.fromtimestamp(errand.at / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "reason": errand.reason.value,
            "acknowledge": f"{self._address}/on-call/{errand.room}/{errand.token}",
        }

    def _headers(self, errand: Errand, body: bytes) -> dict[str, str]:
        """The key is the same with every try of one call: who took it and could not say so need not tell twice."""
        key = hashlib.sha256(errand.token.encode()).hexdigest()[:32]
        said = {"Content-Type": "application/json", "User-Agent": "Hearth", "Idempotency-Key": key}
        if self._secret:
            said["Hearth-Signature"] = f"sha256={hmac.digest(self._secret.encode(), body, 'sha256').hex()}"
        return said


async def _unnamed(_: RoomId) -> str:
    return UNNAMED
