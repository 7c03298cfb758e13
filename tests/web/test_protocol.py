"""What crosses the socket is written down where other clients can read it, and changes only on purpose."""

from pathlib import Path

from click.testing import CliRunner

from web.cli import main

GOLDEN = Path(__file__).parents[1] / "golden" / "protocol.json"


def test_the_protocol_is_the_one_that_was_written_down() -> None:
    """After a change on purpose: `hearth protocol > tests/golden/protocol.json`."""
    assert CliRunner().invoke(main, ["protocol"]).output == GOLDEN.read_text()
