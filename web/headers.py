"""What every answer tells the browser: load nothing from elsewhere, keep nothing, tell nobody where you were.

Plain ASGI: Starlette's own base class for middleware passes sockets by. What is said here about pages is
research from the OWASP secure headers project; the policy was tried with the room's own script in Chromium.
"""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FEATURES = ("camera", "microphone", "geolocation", "display-capture", "payment", "usb", "midi", "serial",
             "hid", "browsing-topics", "idle-detection", "publickey-credentials-get")  # fmt: skip
_YEAR = 365 * 24 * 3600  # s


class Headers:
    """Adds the headers to every answer, errors included. A header that a page has set itself stays."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self._app = app
        self._said = headers(address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any ASGI scope; a socket that is refused with an HTTP answer gets them too."""

        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                said = MutableHeaders(scope=message)
                for name, value in self._said.items():
                    said.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


def headers(address: str) -> dict[str, str]:
    """The headers for a site reached at `address`."""
    said = {
        "Content-Security-Policy": policy(address),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    }
    if address.startswith("https://"):
        said["Strict-Transport-Security"] = f"max-age={2 * _YEAR}"
    return said


def policy(address: str) -> str:
    """The Content-Security-Policy. The socket is named too: Safari before 15.4 does not count it as 'self'."""
    parts = urlsplit(address)
    socket = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self' {socket}",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{rule} {value}" for rule, value in rules.items())
