"""Reads single values from the environment and remembers what is wrong with them, without quoting any."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit


class Misconfigured(Exception):
    """The installation cannot start as it is set up. `problems`: a sentence each, for whoever runs it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Reading:
    """One pass over the environment; `problems` grows as values are asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def problem(self, sentence: str) -> None:
        """Remembers one."""
        self.problems.append(sentence)

    def has(self, name: str) -> bool:
        """Whether it is given and not empty."""
        return bool(self._environ.get(name, "").strip())

    def text(self, name: str, default: str, longest: int | None = None) -> str:
        """One line of text, of at most `longest` characters."""
        value = self._environ[name].strip() if self.has(name) else default
        if longest is not None and len(value) > longest:
            self.problem(f"{name} is too long: it may have {longest} characters.")
        return value

    def secret(self, name: str) -> str | None:
        """The value, or what stands in the file that `<name>_FILE` names."""
        file = f"{name}_FILE"
        if self.has(name) and self.has(file):
            self.problem(f"{name} and {file} are both set. Please keep one of them.")
        if self.has(name):
            return self.text(name, "")
        return self._from(file) if self.has(file) else None

    def _from(self, file: str) -> str | None:
        try:
            value = Path(self.text(file, "")).read_text().strip()
        except (OSError, UnicodeError):
            self.problem(f"{file} names a file that cannot be read.")
            return None
        if not value:
            self.problem(f"{file} names an empty file.")
        return value or None

    def whole(self, name: str, default: int, between: tuple[int, int]) -> int:
        """A whole number, both ends included."""
        low, high = between
        try:
            value = int(self.text(name, str(default)))
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            self.problem(f"{name} must be a whole number from {low} to {high}.")
            return default
        return value

    def number(self, name: str, default: float, between: tuple[float, float]) -> float:
        """A number, both ends included."""
        low, high = between
        try:
            value = float(self.text(name, str(default)))
        except ValueError:
            value = low - 1
        if not low <= value <= high:  # also false for NaN
            self.problem(f"{name} must be a number from {low:g} to {high:g}.")
            return default
        return value

    def switch(self, name: str) -> bool:
        """On or off; off when not given."""
        return self.choice(name, "0", ("0", "1", "false", "true", "no", "yes", "off", "on")) in {
            "1",
            "true",
            "yes",
            "on",
        }

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of a few words, capitals or not."""
        value = self.text(name, default).lower()
        if value not in choices:
            self.problem(f"{name} must be one of: {', '.join(choices)}.")
            return default
        return value

    def url(self, name: str, schemes: set[str], *, secret: bool = False) -> str | None:
        """An address that begins with one of the schemes; None when not given or wrong."""
        value = self.secret(name) if secret else self.text(name, "")
        if not value:
            return None
        try:
            parts = urlsplit(value)
            whole = parts.scheme in schemes and bool(parts.netloc or parts.path) and (parts.port or 1) > 0
        except ValueError:
            whole = False
        if not whole or (parts.scheme in {"http", "https"} and not parts.hostname):
            self.problem(
                f"{name} must be an address that begins with {' or '.join(f'{s}://' for s in sorted(schemes))}."
            )
            return None
        return value
