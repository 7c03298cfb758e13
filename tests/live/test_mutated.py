"""Whatever bytes a browser sends, however the network cuts them, our transport hears what the standard's parser hears.

A hundred times as many in `tests/faults/test_hostile_frames.py`.
"""

from tests.mutated import check_payloads, check_streams


async def test_a_thousand_mutated_frames_are_heard_as_the_standards_parser_hears_them() -> None:
    await check_streams(seed=1, frames=1000)


def test_a_thousand_mutated_payloads_are_commands_or_refused() -> None:
    check_payloads(seed=1, count=1000)
