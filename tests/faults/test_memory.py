"""The Redis of these runs is as empty after a death as it is said to be, also if it began as a replica."""

from pathlib import Path

from tests.faults.memory import Memory, _ask


async def test_what_is_started_again_after_a_failover_knows_nothing(tmp_path: Path) -> None:
    async with Memory.open(tmp_path, ("127.0.0.1",), {}) as memory:
        await memory.does("SET", "room", "as it was")
        await memory.fails_over(0)
        assert await _ask(memory.port, "DBSIZE") == "1"
        await memory.is_killed()
        await memory.starts()
        assert await _ask(memory.port, "DBSIZE") == "0"
