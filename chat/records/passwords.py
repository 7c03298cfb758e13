"""A password is turned into something that cannot be turned back, slowly, beside the rooms and not in their way.

argon2id with 19 MiB, two passes and one lane: OWASP's least, 38 ms here. The library's own default (64 MiB, four
lanes) allows 8 sign-ins a second on a whole machine. At most two at a time (38 MiB), or one in each of several
workers, and 64 waiting; then `TooBusy`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from math import prod
from types import TracebackType
from typing import Self, TypeVar

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from chat.core.errors import ChatError

T = TypeVar("T")
SHORTEST, LONGEST = 10, 256
"""Characters of a password."""
_WAITING_MAX = 64
_JUDGED = 72
"""zxcvbn's time grows faster than the length: 30 ms for 72 characters, seconds for some of 256."""
_ALIKE = ("4@", "({[<", "69", "1!|", "1|7", "$5", "+7")
"""What zxcvbn takes for the same letter. It tries every choice among them: up to 3 s, in which no room moves."""
_CHOICES_MAX = 8
"""45 ms."""
_STRONG = 3
"""Of 0 to 4: more than 10^8 guesses."""
_HEAVIEST_KIB, _SLOWEST = 256 * 1024, 10
"""A hash that asks for more was not made by us: a changed row must not be able to take all memory."""


class TooBusy(ChatError):
    """More than 64 people wait for their password to be checked. Nothing was checked."""


class Passwords:
    """Owns its threads, and a hash that belongs to nobody."""

    def __init__(self, *, memory_kib: int = 19 * 1024, passes: int = 2, threads: int = 2) -> None:
        self._hasher = PasswordHasher(passes, memory_kib, 1, type=Type.ID)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobody = self._hasher.hash("a password that nobody has")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """What to keep of a password. Raises TooBusy."""
        return await self._aside(lambda: self._hasher.hash(_bytes(password)))

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password. None (no such login): False after the same time. Raises TooBusy."""
        against = self._nobody if kept is None else kept
        same = await self._aside(lambda: self._verify(against, password))
        return same and kept is not None

    async def weakness(self, password: str, *others: str) -> str | None:
        """As the function of this name, beside the rooms. Raises TooBusy."""
        return await self._aside(lambda: weakness(password, *others))

    def outdated(self, kept: str) -> bool:
        """Whether the password should be hashed anew, now that it is known."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            asked = extract_parameters(kept)
            if asked.memory_cost > _HEAVIEST_KIB or asked.time_cost > _SLOWEST:
                return False
            return self._hasher.verify(kept, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _aside(self, work: Callable[[], T]) -> T:
        if self._waiting >= _WAITING_MAX:
            raise TooBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def weakness(password: str, *others: str) -> str | None:
    """Why not to take this password, as a sentence; None if it is fine. `others`: login and names."""
    if len(password) < SHORTEST:
        return f"Please use at least {SHORTEST} characters. Four or five unrelated words are easy to remember."
    if len(password) > LONGEST:
        return f"Please use at most {LONGEST} characters."
    if password.casefold() in _commonest():
        return "This is one of the passwords people use most, so it is among the first that somebody would try."
    near = [other[:_JUDGED] for other in others if other]
    if int(zxcvbn(_judged(password), near)["score"]) < _STRONG:
        return "This password is easy to guess. Four or five unrelated words make a good one."
    return None


def _judged(password: str) -> str:
    """As much of it as is judged; one sign for those that are alike, where there are many of them."""
    password = password[:_JUDGED]
    if prod(len(set(alike) & set(password)) or 1 for alike in _ALIKE) > _CHOICES_MAX:
        for alike in _ALIKE:
            first = next((sign for sign in password if sign in alike), "")
            password = "".join(first if sign in alike else sign for sign in password)
    return password


@cache
def _commonest() -> frozenset[str]:
    lines = files("config").joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
