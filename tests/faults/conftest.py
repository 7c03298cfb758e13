"""Tells at the end what was measured and what could not be injected, also of tests that ran in another process."""

from collections.abc import Generator

import pytest

from tests.faults import report

TOLD = "faults"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With each test goes what it has to tell."""
    made = yield
    if call.when == "call":
        made.user_properties.append((TOLD, [*report.LINES]))
        report.LINES.clear()
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Under a heading of its own."""
    properties = [one for some in terminalreporter.stats.values() for each in some for one in _properties(each)]
    if lines := [line for name, told in properties if name == TOLD and isinstance(told, list) for line in told]:
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.write_line(line)


def _properties(each: object) -> list[tuple[str, object]]:
    return each.user_properties if isinstance(each, pytest.TestReport) else []
