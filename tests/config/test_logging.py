"""The log tells what happened, and nobody's words, name or address, whatever is thrown at it."""

import ast
import asyncio
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from config.logging import ALLOWED, begin, kind

WORDS = "zwetschgenmus"
ROOT = Path(__file__).parents[2]
OURS = [path for folder in ("chat", "config", "web") for path in (ROOT / folder).rglob("*.py")]
SAYING = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """What the log said; everything as it was afterwards."""
    root, raising = logging.getLogger(), logging.raiseExceptions
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    text = io.StringIO()
    begin("debug", text)
    yield text
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    logging.captureWarnings(False)
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def fails() -> None:
    raise ValueError(f"cannot use {WORDS}")


def test_a_line_keeps_its_listed_fields_and_drops_every_other(out: io.StringIO) -> None:
    structlog.get_logger().info("The room was mended.", seconds=2, text=WORDS, name=WORDS)
    (line,) = lines(out)
    assert line["event"] == "The room was mended."
    assert line["seconds"] == 2
    assert WORDS not in out.getvalue()


def test_each_line_says_which_worker_wrote_it(out: io.StringIO) -> None:
    begin("debug", out, worker=2)
    structlog.get_logger().info("The room was mended.")
    assert lines(out)[0]["worker"] == 2


def test_something_that_is_not_plain_is_named_by_its_type_only(out: io.StringIO) -> None:
    structlog.get_logger().info("Odd.", count=[WORDS], state={WORDS: WORDS})
    assert [lines(out)[0][name] for name in ("count", "state")] == ["list", "dict"]


def test_an_exception_is_told_by_type_and_place_without_its_text(out: io.StringIO) -> None:
    try:
        try:
            fails()
        except ValueError as error:
            raise RuntimeError(WORDS) from error
    except RuntimeError:
        structlog.get_logger().exception("It failed.")
    (line,) = lines(out)
    assert line["error"] == "RuntimeError"
    assert "tests/config/test_logging.py:" in str(line["at"])
    assert WORDS not in out.getvalue()


@pytest.mark.parametrize("name", ["uvicorn.error", "websockets.server", "asyncio", "sqlalchemy.engine", "anything"])
@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, 35, logging.ERROR])
def test_a_library_is_never_quoted(out: io.StringIO, name: str, level: int) -> None:
    logger = logging.getLogger(name)
    logger.log(level, f"{WORDS} %s", WORDS, extra={WORDS: WORDS})
    try:
        fails()
    except ValueError:
        logger.log(level, WORDS, exc_info=True, stack_info=True)
    assert WORDS not in out.getvalue()
    assert len(lines(out)) == (2 if level >= logging.WARNING else 0)


async def test_a_task_that_nobody_waited_for_is_told_without_its_words(out: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": WORDS, "exception": ValueError(WORDS)})
    assert lines(out)[0]["part"] == "asyncio"
    assert WORDS not in out.getvalue()


def test_an_error_nobody_caught_is_told_without_its_words(out: io.StringIO) -> None:
    try:
        fails()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert lines(out)[0]["error"] == "ValueError"
    assert WORDS not in out.getvalue()


def test_a_group_of_errors_is_named_by_what_is_in_it() -> None:
    assert kind(ExceptionGroup(WORDS, [ValueError(WORDS), OSError(WORDS)])) == "ExceptionGroup(OSError, ValueError)"


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_line_we_log_is_a_fixed_sentence_with_listed_fields(path: Path) -> None:
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SAYING:
            if ast.unparse(call.func.value) not in ("log", "structlog.get_logger()"):
                continue
            assert len(call.args) == 1
            assert isinstance(call.args[0], ast.Constant) or path.name == "logging.py"
            assert {word.arg for word in call.keywords} <= ALLOWED | {"exc_info"}
