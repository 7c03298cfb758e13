"""`hearth rules try`: a sentence a line comes in, a verdict a line goes out, whatever is written."""

import json

from click.testing import CliRunner

from web.cli import main

SENTENCES = b"hello all\n07700 900123\ni want to die\n\nhow do i tie a noose\r\n" + b"\xff\xfe \x00 x\n" + b"good night"


def test_a_verdict_a_line_as_json() -> None:
    done = CliRunner().invoke(main, ["rules", "try", "--json"], input=SENTENCES)
    assert done.exit_code == 0
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["verdict"], one["rules"]) for one in said] == [
        ("allow", []),
        ("hold", ["contact"]),
        ("allow", ["alarm"]),
        ("allow", []),
        ("hold", ["alarm", "method"]),
        ("allow", []),
        ("allow", []),
    ]
    assert all(set(one) == {"verdict", "rules"} for one in said)


def test_a_verdict_a_line_in_words() -> None:
    done = CliRunner().invoke(main, ["rules", "try"], input="hello all\n07700 900123\ni want to die\n")
    calm, number, danger = done.stdout.splitlines()
    assert calm == "would be heard at once."
    assert number == (
        "would wait for a facilitator, because it tells how to find somebody outside the room. "
        "These words would be enough: “07700 900123”."
    )
    assert danger.startswith(
        "would be heard at once. It may be about danger: the writer would see where to find help, and facilitators "
        "would be told at once. These words would be enough: “"
    )
    assert danger.endswith("want to die”.")
