"""Tells at the end what was measured and what could not be injected."""

import pytest

from tests.faults import report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Under a heading of its own."""
    if report.LINES:
        terminalreporter.section("faults")
        for line in report.LINES:
            terminalreporter.write_line(line)
