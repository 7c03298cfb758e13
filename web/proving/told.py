"""What came of a proof, for whoever looks after a server; and as JSON for whatever watches one."""

import msgspec

from web.proving.looked import Looked
from web.proving.prove import Proof

PLACES = {
    "database": "the database", "database-files": "the database's files", "redis": "Redis, in memory",
    "redis-files": "Redis' files", "data": "the data directory", "log": "logs", "also": "what you gave with --also",
}  # fmt: skip
PROVEN = "Proven: the word was said in a room of its own, and it is nowhere that was looked."
FOUND = "FOUND: what is said here stays somewhere. Nobody should be promised that it does not, until this is mended."
UNSURE = "Not proven: the word was not found, but not everything could be looked at."
LIMITS = (
    "This cannot see: copies on other machines, what another program made of the words (such as encryption), the "
    "memory of programs, swap, and backups that you did not give with --also."
)


def told(proof: Proof) -> str:
    """For people."""
    if proof.problem:
        return f"Nothing was proven. {proof.problem}"
    lines = ["Looked at:"]
    for place, name in PLACES.items():
        here = [one for one in proof.looked if one.place == place]
        if here:
            lines.append(f"  {name}: {_counted(here)}")
    if proof.found:
        lines += ["", "Found:", *(f"  {PLACES[one.place]}: {one.what}: {', '.join(one.found)}" for one in proof.found)]
    if proof.not_looked:
        lines += ["", "Could not look at:"]
        lines += [f"  {PLACES[one.place]}: {one.what}: {one.not_looked}" for one in proof.not_looked]
    return "\n".join([*lines, "", _verdict(proof), LIMITS])


def as_json(proof: Proof) -> str:
    """For programs: every single thing that was looked at."""
    said = {"status": proof.status, "problem": proof.problem, "looked": proof.looked}
    return msgspec.json.encode(said).decode()


def _verdict(proof: Proof) -> str:
    return (PROVEN, FOUND, UNSURE)[proof.status]


def _counted(here: list[Looked]) -> str:
    """`2.1 MB in 7 parts`; a single one by name."""
    size = _size(sum(one.size for one in here))
    return f"{size} in {here[0].what if len(here) == 1 else f'{len(here)} parts'}"


def _size(size: int) -> str:
    for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
        if size >= 1000**power:
            return f"{size / 1000**power:.1f} {unit}"
    return f"{size} bytes"
