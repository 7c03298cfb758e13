"""All that the rules know of words: phrases, spellings, names, and what words weigh.

Built once, from what `packing` made ready, and then only asked: many groups and many threads may share one. Nothing
that anybody says is kept in it.
"""

import re
from collections.abc import Callable, Container, Sequence

from msgspec import Struct

from chat.core.moderation.normal import STOP
from chat.core.moderation.phrases import NO_WORD, Found, Phrases, Sheaf, signs
from chat.core.moderation.scale import Entry, Prepared, Scale
from chat.core.moderation.strange import Strange, What

DRAWN = re.compile(r"([a-z])\1{2,}")
"""A letter three times in a row: drawn out for weight."""
RUNS = re.compile(r"([a-z])\1+")
JOINED_MOST = 17
"""Letters: a longer word is no phrase without its spaces."""


class Pack(Struct, frozen=True, kw_only=True):
    """All of it as it can be kept in a file."""

    spellings: dict[str, str] = {}
    """Short forms and what they are written out as; words passed over, as nothing."""
    vocabulary: list[str] = []
    """Words of phrases, numbered in this order."""
    usual: str = ""
    """More words that need no second look."""
    phrases: Sheaf = Sheaf()
    around: Sheaf = Sheaf()
    """Lists that matter only beside a phrase of another: common words, looked for only then."""
    strange: bytes = b""
    scale: Prepared = Prepared()
    common: str = ""
    given: str = ""
    family: str = ""
    numbers: list[str] = []
    hosts: list[str] = []

    def __repr__(self) -> str:
        return f"<Pack, {len(self.vocabulary)} words>"


class Known(Struct, frozen=True):
    """What else the rules know of the world."""

    ordinary: Container[str] = frozenset()
    """Words of the language."""
    common: frozenset[str] = frozenset()
    """The most frequent of them; rarer ones are last names, too."""
    given: frozenset[str] = frozenset()
    """First names."""
    rare_given: frozenset[str] = frozenset()
    """Those of them that are no common words."""
    family: frozenset[str] = frozenset()
    """Last names."""
    numbers: frozenset[str] = frozenset()
    """Digits of helplines: these may be said."""
    hosts: frozenset[str] = frozenset()
    """Web addresses of helplines."""

    def __repr__(self) -> str:
        return "<Known>"


class Lexicon:
    """Phrase lists, ready to be looked for."""

    def __init__(self, pack: Pack) -> None:
        strange = Strange(pack.strange)
        common, given = frozenset(pack.common.split()), frozenset(pack.given.split())
        self.known = Known(
            strange, common, given, given - common, frozenset(pack.family.split()),
            frozenset(pack.numbers), frozenset(pack.hosts),
        )  # fmt: skip
        self.scale = Scale(pack.scale)
        self.vocabulary = pack.vocabulary
        self._sign = signs(pack.vocabulary or [STOP])
        self._strange = strange
        self._alike: dict[tuple[int, str], list[str]] = {}
        for word in sorted(pack.vocabulary):
            for first in (word[0], "*"):
                self._alike.setdefault((len(word), first), []).append(word)
        self._phrases, self._around = Phrases(pack.phrases), Phrases(pack.around)
        self._book = _Book(self._odd)
        for word in (*pack.vocabulary, *pack.usual.split()):
            self._book[word] = self._entry(word)
        for short, whole in pack.spellings.items():
            self._book[short] = self.scale.joined([*map(self._entry, whole.split())]) if whole else None

    def __repr__(self) -> str:
        return f"<Lexicon, {len(self)} phrases>"

    def __len__(self) -> int:
        return self._phrases.count + self._around.count

    def look_up(self, words: Sequence[str]) -> list[Entry]:
        """Each word as it was meant, as far as that is known: written out, put right, or passed over."""
        return [*filter(None, map(self._book.__getitem__, words))]

    def plain(self, words: Sequence[str]) -> list[str]:
        """Likewise, the words alone."""
        return [word for entry in self.look_up(words) for word in entry.words.split()]

    def like(self, masked: str) -> list[str]:
        """Words of phrases that are as long and begin with the same letter, or with any where that is hidden."""
        return self._alike.get((len(masked), masked[0]), [])

    def find(self, signs: str) -> Found:
        """Every phrase, by list, in words given by their signs; without the lists that matter only beside one."""
        return self._phrases.find(signs)

    def around(self, signs: str) -> Found:
        """What changes the meaning of the rest."""
        return self._around.find(signs)

    def _entry(self, word: str) -> Entry:
        return self.scale.entry(word, self._sign.get(word, NO_WORD))

    def _odd(self, word: str) -> Entry | None:
        meant = self._meant(word)
        if meant is None or meant == word:
            return self._entry(word)
        parts = self.look_up(meant.split())
        return parts[0] if len(parts) == 1 else self.scale.joined(parts) if parts else None

    def _meant(self, word: str) -> str | None:
        """A slip as the word that was meant, a phrase in one piece with its spaces, a drawn-out word in short."""
        if word.isdigit():
            return None  # no slip of the finger and no phrase in one piece
        what, value = self._strange.first(word, What.SLIP)
        if what == What.SLIP:
            return self.vocabulary[value]
        if what == What.JOINED and len(word) <= JOINED_MOST:
            return "".join(f"{letter} " if value >> at & 1 else letter for at, letter in enumerate(word))
        return self._short(word) if DRAWN.search(word) else None

    def _short(self, word: str) -> str:
        twice, once = DRAWN.sub(r"\1\1", word), DRAWN.sub(r"\1", word)
        for one in (twice, once):
            if one in self._book:
                return one
        number = self._strange.value(undoubled(word), What.DRAWN)
        if number is not None:
            return self.vocabulary[number]
        joined = self._strange.value(once, What.JOINED) if len(once) <= JOINED_MOST else None
        return (self._meant(once) or once) if joined is not None else once


class _Book(dict[str, Entry | None]):
    """Words as written, with what they are taken for. One that is not there is never kept: somebody said it."""

    def __init__(self, odd: Callable[[str], Entry | None]) -> None:
        super().__init__()
        self._odd = odd

    def __missing__(self, word: str) -> Entry | None:
        return self._odd(word)


def undoubled(word: str) -> str:
    """Every letter once where it stands several times in a row."""
    return RUNS.sub(r"\1", word)
