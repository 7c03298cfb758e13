"""Questions asked while one is being answered are answered by the next look, all at once."""

import asyncio
from collections.abc import Mapping

import pytest

from chat.live.together import Together


class Book:
    """Answers how long a word is, when it is told to; remembers what it was asked together."""

    def __init__(self) -> None:
        self.looks: list[set[str]] = []
        self.open = asyncio.Event()
        self.trouble = False

    async def look(self, words: set[str]) -> Mapping[str, int]:
        self.looks.append(words)
        await self.open.wait()
        if self.trouble:
            raise ConnectionError
        return {word: len(word) for word in words if word}


async def asking(together: Together[str, int], *words: str) -> list[asyncio.Task[int | None]]:
    """Everybody asks, and has got as far as they can."""
    tasks = [asyncio.create_task(together.ask(word)) for word in words]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_whoever_asks_meanwhile_is_answered_together() -> None:
    book = Book()
    together: Together[str, int] = Together(book.look, 3)
    first = await asking(together, "one")
    others = await asking(together, "three", "seven", "", "three", "eleven")
    book.open.set()
    assert await asyncio.gather(*first, *others) == [3, 5, 5, None, 5, 6]
    assert book.looks == [{"one"}, {"three", "seven", ""}, {"three", "eleven"}]
    assert await together.ask("again") == 5


async def test_trouble_is_everybodys_who_asked_and_nobodys_after() -> None:
    book = Book()
    together: Together[str, int] = Together(book.look, 3)
    book.trouble = True
    troubled = await asking(together, "one", "two")
    book.open.set()
    for task in troubled:
        with pytest.raises(ConnectionError):
            await task
    book.trouble = False
    assert await together.ask("three") == 5


async def test_whoever_gives_up_keeps_nobody_from_an_answer() -> None:
    book = Book()
    together: Together[str, int] = Together(book.look, 3)
    first, second = [*await asking(together, "one"), *await asking(together, "three")]
    first.cancel()
    await asyncio.wait([first])
    book.open.set()
    async with asyncio.timeout(30):
        assert await second == 5
