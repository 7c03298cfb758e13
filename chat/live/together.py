"""Whoever asks the same kind of thing while an answer is being fetched is answered by the next look, all at once.

A thousand people coming in at the start of a meeting are a few looks at the records instead of a thousand, and one
person alone waits for nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")
Look = Callable[[set[Q]], Awaitable[Mapping[Q, A]]]
"""Answers several questions; one that is missing has no answer."""


class Together(Generic[Q, A]):
    """Owns the questions that wait, and the one task that looks while there are any."""

    def __init__(self, look: Look[Q, A], most: int) -> None:
        self._look = look
        self._most = most
        self._waiting: list[tuple[Q, asyncio.Future[A | None]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A | None:
        """The answer, or None if there is none. Raises what looking raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A | None] = loop.create_future()
        self._waiting.append((question, future))
        if self._looking is None:
            self._looking = loop.create_task(self._look_while_asked())
        return await future

    async def _look_while_asked(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._answer(asked)
        finally:
            self._looking = None

    async def _answer(self, asked: list[tuple[Q, asyncio.Future[A | None]]]) -> None:
        try:
            answers = await self._look({question for question, _ in asked})
        except Exception as error:
            for _, future in asked:
                if not future.done():
                    future.set_exception(error)
            return
        for question, future in asked:
            if not future.done():
                future.set_result(answers.get(question))
