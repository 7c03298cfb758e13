"""Looks through files: piece by piece, however large they are. Sockets and pipes hold nothing that stays."""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from web.proving import rdb
from web.proving.looked import Looked, looked, named
from web.proving.seeking import Seeker

PIECE = 4 * 1024 * 1024


def look(place: str, path: Path, word: str, also: tuple[str, ...] = ()) -> Iterator[Looked]:
    """A file, or everything in a directory. Links to directories are not followed."""
    if not path.exists():
        yield Looked(place, _shown(path, word)[0], not_looked="it is not there")
        return
    if not path.is_dir():
        yield _file(place, path, word, also)
        return
    unread: list[OSError] = []
    for directory, _, names in os.walk(path, onerror=unread.append):
        for name in sorted(names):
            file = Path(directory, name)
            if file.is_file():
                yield _file(place, file, word, also)
    for error in unread:
        if not isinstance(error, FileNotFoundError):  # gone meanwhile
            yield Looked(place, _shown(Path(str(error.filename)), word)[0], not_looked=_why(error))


def _file(place: str, path: Path, word: str, also: tuple[str, ...]) -> Looked:
    what, in_name = _shown(path, word)
    seeker = Seeker(word, also=also)
    seeker.found |= in_name
    why = ""
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                if seeker.size == 0 and rdb.is_one(piece):
                    _packed_by_redis(path, seeker, word)
                seeker.feed(piece)
    except FileNotFoundError:
        pass  # gone since it was listed: nothing is kept there
    except OSError as error:
        why = _why(error)
    return looked(place, what, seeker.finish(), why)


def _packed_by_redis(path: Path, seeker: Seeker, word: str) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for value in rdb.unpacked(content):  # type: ignore[arg-type]  # a map can do what is asked of bytes
            inside = Seeker(word)
            inside.feed(value)
            seeker.found |= {f"{form}, packed by Redis" for form in inside.finish().found}


def _shown(path: Path, word: str) -> tuple[str, set[str]]:
    return named(str(path), word)


def _why(error: OSError) -> str:
    return f"it cannot be read ({error.strerror or type(error).__name__})"
