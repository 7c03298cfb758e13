"""What the server writes about itself: what happened, where and how often; never who, and never a word anybody said.

Our own lines go through structlog, and of their fields only those on a list get out. Libraries' lines are reduced to
which library spoke, from which line of code: their texts quote addresses, query strings, SQL and, at DEBUG, what
people wrote (measured on uvicorn and websockets). An exception is told by its type and where it came through; its own
text may quote somebody, and is dropped.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

ALLOWED = frozenset(
    {
        "event", "level", "timestamp",  # what every line has
        "worker", "part", "at", "error",  # which process and part spoke, where, and what kind of exception
        "process", "partition", "code", "closing", "status", "method", "kind", "state", "version", "migration",
        "count", "rooms", "seats", "waiting", "missed", "attempt", "seconds", "milliseconds", "bytes", "signal",
    }
)  # fmt: skip
"""Names of fields that get out. None of them ever holds an id, a name, an address or a text."""
FRAMES = 8
"""Lines of code named for an exception; more is noise."""
LIBRARIES = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "websockets", "asyncio", "aiosqlite", "sqlalchemy", "alembic")
_PACKAGES = tuple(sorted({str(Path(path).resolve()) for path in sys.path if path}, key=len, reverse=True))

Trouble = BaseException | None


def begin(level: str, out: TextIO | None = None, *, worker: int | None = None) -> None:
    """From here on everything logged goes to `out` (standard output): for people on a terminal, else as JSON.

    `worker`: the number that every line of one of several processes carries.
    """
    out = out or sys.stdout
    structlog.configure(
        processors=[_of(worker), *_processors(people=out.isatty())],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    logging.raiseExceptions = False  # a line that cannot be written would be printed with all it quotes
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda what: _tell("An error could not be handled.", what.exc_value)
    threading.excepthook = lambda what: _tell("A thread ended with an error.", what.exc_value)


def _of(worker: int | None) -> Processor:
    def of_worker(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
        return line if worker is None else {"worker": worker, **line}

    return of_worker


def _processors(*, people: bool) -> list[Processor]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_texts,
        _allowed_only,
        structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(),
    ]


def _without_texts(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Of an exception, its type and the lines of code it came through."""
    trouble = _trouble(line.pop("exc_info", None))
    if trouble is not None:
        line["error"] = kind(trouble)
        line["at"] = came_through(trouble)
    return line


def _trouble(exc_info: object) -> Trouble:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _allowed_only(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    return {name: _plain(value) for name, value in line.items() if name in ALLOWED}


def _plain(value: object) -> str | int | float | bool | None:
    """Anything that is not plain is named by its type: its repr may hold words."""
    return value if value is None or isinstance(value, str | int | float) else type(value).__name__


def kind(trouble: BaseException) -> str:
    """An exception's type; of a group, those of its members too."""
    name = type(trouble).__name__
    if isinstance(trouble, BaseExceptionGroup):
        return f"{name}({', '.join(sorted({kind(one) for one in trouble.exceptions}))})"
    return name


def came_through(trouble: BaseException) -> str:
    """`file:line` of the places an exception came through, the innermost first."""
    while isinstance(trouble, BaseExceptionGroup):
        trouble = trouble.exceptions[0]
    return " < ".join(list(_places(trouble.__traceback__))[::-1][:FRAMES])


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame, line in traceback.walk_tb(trace):
        yield _place(frame.f_code.co_filename, line)


def _place(file: str, line: int) -> str:
    for folder in _PACKAGES:
        if file.startswith(folder + "/"):
            return f"{file[len(folder) + 1 :]}:{line}"
    return f"{Path(file).name}:{line}"


class _Library(logging.Handler):
    """Turns a library's record into a line of ours, without its text."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        trouble = record.exc_info[1] if record.exc_info else None
        where = came_through(trouble) if trouble else ""
        log.log(
            logging.ERROR if record.levelno >= logging.ERROR else logging.WARNING,
            "A library reported something.",
            part=record.name,
            at=where or _place(record.pathname, record.lineno),
            **({"error": kind(trouble)} if trouble else {}),
        )


def _tell(sentence: str, trouble: Trouble) -> None:
    structlog.get_logger().critical(sentence, exc_info=trouble)


def _uncaught(_: type[BaseException], trouble: BaseException, __: TracebackType | None) -> None:
    if not isinstance(trouble, KeyboardInterrupt):
        _tell("The server ended with an error.", trouble)
