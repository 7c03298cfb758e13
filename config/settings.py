"""Everything an installation can set, read once from the environment, every mistake told at once in words."""

import difflib
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from chat.live.address import Malformed, address
from config import countries, lexicon
from config.reading import Misconfigured, Reading

__all__ = ["Misconfigured", "Settings"]

SECRET_SHORTEST = 32
"""Bytes: the keys derived from it have 256 bits."""
TOKEN_SHORTEST = 16
"""Characters."""
RUN_BY_LONGEST = 200
"""Characters: it is kept with each agreement that shows it."""
SECRETS = (
    "HEARTH_SECRET",
    "DATABASE_URL",
    "REDIS_URL",
    "HEARTH_METRICS_TOKEN",
    "HEARTH_ON_CALL_URL",
    "HEARTH_ON_CALL_SECRET",
)
"""Each may also be given as a file, by the same name with `_FILE`."""
PLAIN = (
    "HEARTH_DATA", "HEARTH_URL", "HEARTH_NAME", "HEARTH_EXIT_URL", "HEARTH_COUNTRY", "HEARTH_CONTACT",
    "HEARTH_PACE_BURST", "HEARTH_PACE_SECONDS", "HEARTH_GRACE_SECONDS", "HEARTH_ROOM_SIZE",
    "HEARTH_VISIT_HOURS", "HEARTH_VISIT_DAYS", "HEARTH_REHEARSAL", "HEARTH_LOG_LEVEL", "HEARTH_WORKERS",
    "HEARTH_METRICS", "HEARTH_GESTURES", "HEARTH_HELPLINES", "HEARTH_PHRASES", "HEARTH_RUN_BY", "HEARTH_PADDING",
    "HEARTH_ACTS_DAYS", "HEARTH_CRISIS", "HEARTH_SECOND_STEP", "HEARTH_CONTACT_MONTHS",
)  # fmt: skip
KINDS = ("with-you", "thank-you", "me-too", "strength", "heart")
GESTURES = "with you, thank you, me too, strength, heart"
"""What members answer each other with, without words."""
GESTURE_MAX = 20
"""Characters."""
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 compared, not bound
OTHERS = "HEARTH_TEST_"
"""Names that begin so are the test suite's."""


class Settings(Struct, frozen=True, kw_only=True):
    """How this installation is set up. Holds secrets, so it shows nothing of itself."""

    data: Path
    host: str
    port: int
    """0: any free one."""
    url: str | None
    """Where people reach it, without a slash at the end; None: as `HOST` and `PORT` say."""
    database_url: str
    redis_url: str | None
    """One server, a cluster or sentinels, see chat.live.address; None: the embedded Valkey."""
    redis_server_bin: str | None
    """A program to run as the embedded Valkey; None: the one that came along, or an installed one."""
    secret: bytes | None
    """None: a file in the data directory, made at the first start."""
    name: str
    """The title of every page and tab. Neutral: it stands in browser histories."""
    exit_url: str
    country: str | None
    """Two capital letters, see config.countries, for the help lines; None: not said."""
    run_by: str
    """Who runs this place, as people are to read it before they join; empty: not said."""
    contact: str
    """How to reach them: how somebody who was acted on asks for another look; empty: not said."""
    pace_burst: int
    pace_seconds: float
    grace_seconds: float
    room_size: int
    visit_hours: int
    """A visit without a request ends after so long."""
    visit_days: int
    """Any visit ends after so long."""
    acts_days: int
    """What facilitators did is kept for so long after its meeting."""
    contact_months: int
    """An emergency contact is kept for so long, unless it is given again."""
    gestures: Mapping[str, str]
    """By kind (see chat.core.wire.GestureKind), the words for it."""
    second_step: bool
    """Whether everybody who facilitates or administers must sign in with a second step."""
    padding: bool
    """Frames to browsers are padded, so that their lengths tell less."""
    rehearsal: bool
    log_level: str
    workers: int
    """Processes that serve on this machine; with more than one, the first only looks after them."""
    metrics: bool
    """Whether programs on this machine may read /metrics."""
    metrics_token: str | None
    """Whoever shows it may read /metrics; None: nobody does by a token."""
    on_call_url: str | None
    """Where whoever is on call is told that a room needs them; None: nobody is."""
    on_call_secret: str | None
    """Signs what is sent there; None: it is not signed."""
    phrases: Path | None
    """Phrase lists to be added to those that ship, or to take from them."""
    crisis: Path | None
    """An organisation's own steps for when somebody may be in danger; None: those that ship."""
    helplines: Path | None
    """A list of help lines to be added to the one that ships, in its form."""
    forwarded_allow_ips: str
    """Proxies whose `X-Forwarded-*` headers are believed, with commas between; empty: nobody's."""

    def __repr__(self) -> str:
        return "<Settings>"

    @property
    def address(self) -> str:
        """The base of every link that is printed or shown."""
        return self.url or f"http://{_reachable(self.host)}:{self.port}"

    @property
    def origin(self) -> str | None:
        """What browsers send as Origin; None: whatever host they asked for."""
        return _origin(self.url) if self.url else None

    @property
    def https(self) -> bool:
        """Whether people come over https, so that cookies may be `Secure` and `__Host-`."""
        return self.address.startswith("https://")

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return (urlsplit(self.address).hostname or "") in {
            "localhost",
            "127.0.0.1",
            "::1",
        } and self.host not in EVERYWHERE

    @property
    def uses_data(self) -> bool:
        """Whether anything is kept in the data directory; with a database and secret elsewhere, nothing is."""
        return self.secret is None or str(self.data) in self.database_url

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """From the environment. An empty variable counts as not given. Opens nothing but `…_FILE` files.

        Raises Misconfigured with every problem, a sentence each, none quoting a value.
        """
        given = Reading(environ)
        settings = _read(given)
        _unknown(environ, given)
        if given.problems:
            raise Misconfigured(given.problems)
        return settings


def _read(given: Reading) -> Settings:
    data = Path(given.text("HEARTH_DATA", "hearth-data")).expanduser().absolute()
    secret = given.secret("HEARTH_SECRET")
    if secret is not None and len(secret.encode()) < SECRET_SHORTEST:
        given.problem(f"HEARTH_SECRET is too short: it needs {SECRET_SHORTEST} characters or more.")
    token = given.secret("HEARTH_METRICS_TOKEN")
    if token is not None and len(token) < TOKEN_SHORTEST:
        given.problem(f"HEARTH_METRICS_TOKEN is too short: it needs {TOKEN_SHORTEST} characters or more.")
    url = given.url("HEARTH_URL", {"http", "https"})
    if url and (urlsplit(url).path.strip("/") or urlsplit(url).query or urlsplit(url).username):
        given.problem("HEARTH_URL must be the address alone, such as https://circle.example, with nothing after it.")
    on_call, signing = (
        given.url("HEARTH_ON_CALL_URL", {"http", "https"}, secret=True),
        given.secret("HEARTH_ON_CALL_SECRET"),
    )
    if signing is not None and len(signing) < TOKEN_SHORTEST:
        given.problem(f"HEARTH_ON_CALL_SECRET is too short: it needs {TOKEN_SHORTEST} characters or more.")
    if signing is not None and on_call is None:
        given.problem("HEARTH_ON_CALL_SECRET signs what is sent to HEARTH_ON_CALL_URL, which is not set.")
    return Settings(
        data=data,
        host=given.text("HOST", "0.0.0.0" if given.has("PORT") else "127.0.0.1"),  # noqa: S104 as hosting services expect
        port=given.whole("PORT", 8000, (0, 65535)),
        url=url.rstrip("/") if url else None,
        database_url=_database_url(given, data),
        redis_url=_redis_url(given),
        redis_server_bin=given.text("REDIS_SERVER_BIN", "") or None,
        secret=secret.encode() if secret else None,
        name=given.text("HEARTH_NAME", "Room"),
        exit_url=given.url("HEARTH_EXIT_URL", {"http", "https"}) or "https://www.bbc.com/weather",
        country=_country(given),
        run_by=given.text("HEARTH_RUN_BY", "", RUN_BY_LONGEST),
        contact=given.text("HEARTH_CONTACT", ""),
        pace_burst=given.whole("HEARTH_PACE_BURST", 5, (1, 1000)),
        pace_seconds=given.number("HEARTH_PACE_SECONDS", 2.0, (0.01, 3600)),
        grace_seconds=given.number("HEARTH_GRACE_SECONDS", 20.0, (1, 20)),  # more would break the promise of 35 s
        room_size=given.whole("HEARTH_ROOM_SIZE", 15, (3, 10_000)),
        visit_hours=given.whole("HEARTH_VISIT_HOURS", 12, (1, 14 * 24)),
        visit_days=given.whole("HEARTH_VISIT_DAYS", 14, (1, 90)),
        acts_days=given.whole("HEARTH_ACTS_DAYS", 90, (7, 365)),
        contact_months=given.whole("HEARTH_CONTACT_MONTHS", 12, (1, 36)),
        gestures=_gestures(given),
        second_step=given.choice("HEARTH_SECOND_STEP", "offered", ("offered", "required")) == "required",
        padding=given.switch("HEARTH_PADDING"),
        rehearsal=given.switch("HEARTH_REHEARSAL"),
        log_level=given.choice("HEARTH_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        workers=given.whole("HEARTH_WORKERS", 1, (1, 64)),
        metrics=given.choice("HEARTH_METRICS", "off", ("off", "loopback")) == "loopback",
        metrics_token=token,
        on_call_url=on_call,
        on_call_secret=signing,
        phrases=_phrases(given),
        helplines=_file(given, "HEARTH_HELPLINES"),
        crisis=_file(given, "HEARTH_CRISIS"),
        forwarded_allow_ips=given.text("FORWARDED_ALLOW_IPS", ""),
    )


def _phrases(given: Reading) -> Path | None:
    if not given.has("HEARTH_PHRASES"):
        return None
    place = Path(given.text("HEARTH_PHRASES", "")).expanduser().absolute()
    if problem := lexicon.unreadable(place):
        given.problem(f"HEARTH_PHRASES {problem}")
    return place


def _file(given: Reading, name: str) -> Path | None:
    if not given.has(name):
        return None
    place = Path(given.text(name, "")).expanduser().absolute()
    if not place.is_file():
        given.problem(f"{name} must be the path of a file.")
    return place


def _database_url(given: Reading, data: Path) -> str:
    """As SQLAlchemy wants it, driver included; hosting services say `postgres://`."""
    url = given.url(
        "DATABASE_URL", {"postgres", "postgresql", "postgresql+asyncpg", "sqlite", "sqlite+aiosqlite"}, secret=True
    )
    if url is None:
        return f"sqlite+aiosqlite:///{data / 'hearth.sqlite'}"
    scheme, rest = url.split(":", 1)
    if scheme.startswith("sqlite"):
        return f"sqlite+aiosqlite:{rest}"
    if importlib.util.find_spec("asyncpg") is None:
        given.problem("DATABASE_URL names PostgreSQL, and its driver is not installed: pip install 'hearth[postgres]'.")
    return f"postgresql+asyncpg:{rest.replace('sslmode=', 'ssl=')}"  # libpq's name for it; asyncpg refuses that one


def _redis_url(given: Reading) -> str | None:
    url = given.secret("REDIS_URL")
    try:
        if url:
            address(url)
    except Malformed as malformed:
        given.problem(str(malformed))
    return url


def _country(given: Reading) -> str | None:
    country = given.text("HEARTH_COUNTRY", "").upper()
    if country and country not in countries.CODES:
        meant = f" Did you mean {countries.MEANT[country]}?" if country in countries.MEANT else ""
        given.problem(f"HEARTH_COUNTRY must be a country's two letters (ISO 3166-1), such as GB or IE.{meant}")
    return country or None


def _gestures(given: Reading) -> dict[str, str]:
    """Five, in the order of their kinds."""
    words = [word.strip() for word in given.text("HEARTH_GESTURES", GESTURES).split(",")]
    if len(words) != len(KINDS) or not all(0 < len(word) <= GESTURE_MAX for word in words):
        given.problem(
            f"HEARTH_GESTURES must be {len(KINDS)} short words with commas between, in the place of: {GESTURES}. "
            f"Each has at most {GESTURE_MAX} characters."
        )
    return dict(zip(KINDS, words, strict=False))


def _unknown(environ: Mapping[str, str], given: Reading) -> None:
    """A mistyped name would be a setting that silently does nothing."""
    known = {*PLAIN, *SECRETS, *(f"{name}_FILE" for name in SECRETS)}
    for name in sorted(environ):
        if name.startswith("HEARTH_") and not name.startswith(OTHERS) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            given.problem(f"{name} is not a setting of Hearth." + (f" Did you mean {near[0]}?" if near else ""))


def _reachable(host: str) -> str:
    if host in EVERYWHERE:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _origin(url: str) -> str:
    """As browsers write it (RFC 6454 section 6.2): small letters, and no port where it is the scheme's own."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
