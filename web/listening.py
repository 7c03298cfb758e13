"""Where the server listens: one socket, or one for each of several processes on the same port."""

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

BACKLOG = 2048
"""Newcomers who wait until somebody has time for them; the kernel refuses more."""
SPREADS = sys.platform == "linux"
"""Whether the kernel spreads newcomers over several sockets on one port; elsewhere (macOS) one of them gets all."""


class CannotServe(Exception):
    """Says why in a sentence for whoever runs the server."""


@contextmanager
def listening(host: str, port: int, *, several: bool = False) -> Iterator[socket.socket]:
    """Whoever connects before we are ready waits. `several`: others may join it. Raises CannotServe."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CannotServe("HOST does not name an address of this machine.") from None
    try:
        listener = _bound(family, where, shared=False)
        if (
            several and SPREADS
        ):  # the first kept to itself showed that nobody else is there; two installations could share
            where = listener.getsockname()
            listener.close()
            listener = _bound(family, where, shared=True)
    except OSError as error:
        raise CannotServe(_sentence(error, port)) from None
    with listener:
        yield listener


def beside(first: socket.socket) -> socket.socket:
    """One more on the port of `first`; with a queue of its own where the kernel spreads newcomers. Raises OSError."""
    return again(first.family, first.getsockname()) if SPREADS else first.dup()


def again(family: int, where: object) -> socket.socket:
    """A socket that was closed. Raises OSError."""
    return _bound(family, where, shared=True)


def _bound(family: int, where: object, *, shared: bool) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(where)  # type: ignore[arg-type]  # as getaddrinfo or getsockname gave it
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _sentence(error: OSError, port: int) -> str:
    if isinstance(error, PermissionError):
        return f"Port {port} may not be used by this user. Please set PORT to 1024 or more."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Please stop it, or set PORT to another one."
    return "HOST does not name an address of this machine."
