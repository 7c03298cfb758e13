"""Where Redis is, as REDIS_URL says it: one server, a cluster, or the master that sentinels know by name."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import Struct

Place = tuple[str, int]
"""Host and port."""
FORMS = "redis://, rediss://, unix://, redis+cluster://, rediss+cluster://, redis+sentinel:// or rediss+sentinel://"
_PLACE = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:/\s]+)(:(?P<port>[0-9]{1,5}))?")
_OF_SENTINELS = {"sentinel_username": "username", "sentinel_password": "password"}


class Malformed(Exception):
    """Says what is wrong, and quotes nothing: there may be a password in it."""


class Servers(Struct, frozen=True):
    """Several servers that share a name, a password and options."""

    scheme: str
    login: str
    """`user:password@`, percent-encoded, or empty."""
    places: tuple[Place, ...]
    query: str

    def __repr__(self) -> str:
        return "<Servers>"

    def url(self, place: Place, database: int = 0) -> str:
        """Of one of them, or of another that they know, as redis-py wants it."""
        host, port = place
        host = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{self.login}{host}:{port}/{database}{'?' + self.query if self.query else ''}"


class One(Struct, frozen=True):
    """`redis://user:password@host:port/db`, `rediss://` for TLS, or `unix://path`."""

    url: str

    def __repr__(self) -> str:
        return "<One>"


class Cluster(Struct, frozen=True):
    """`redis+cluster://user:password@host:port,host:port`, or `rediss+cluster://`: a few of its servers, or all."""

    servers: Servers


class Sentinels(Struct, frozen=True):
    """`redis+sentinel://user:password@host:port,host:port/master-name/db`, or `rediss+sentinel://`.

    Name and password are the Redis servers'; `?sentinel_username=…&sentinel_password=…` are the sentinels' own.
    """

    sentinels: Servers
    servers: Servers
    master: str
    database: int


Address = One | Cluster | Sentinels


def address(url: str) -> Address:
    """Raises Malformed."""
    scheme, _, rest = url.partition("://")
    match scheme:
        case "redis" | "rediss" | "unix":
            return One(_usable(url))
        case "redis+cluster" | "rediss+cluster":
            servers, path = _servers(scheme, rest, 6379)
            if path:
                raise Malformed("REDIS_URL names a database, and a cluster has none.")
            return Cluster(servers)
        case "redis+sentinel" | "rediss+sentinel":
            return _sentinels(*_servers(scheme, rest, 26379))
        case _:
            raise Malformed(f"REDIS_URL must be an address that begins with {FORMS}.")


def _usable(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = bool(parts.netloc or parts.path) and (parts.port or 1) > 0 and "," not in parts.netloc.split("@")[-1]
    except ValueError:
        usable = False
    if not usable:
        raise Malformed("REDIS_URL must name one server, as redis://host:port; several are redis+cluster:// or such.")
    return url


def _servers(scheme: str, rest: str, usual: int) -> tuple[Servers, str]:
    """The servers, and what follows them, without slashes around it."""
    rest, _, query = rest.partition("?")
    login, at, rest = rest.rpartition("@")
    places, _, path = rest.partition("/")
    found = tuple(_place(place, usual) for place in places.split(","))
    return Servers(scheme.split("+")[0], login + at, found, query), path.strip("/")


def _place(text: str, usual: int) -> Place:
    found = _PLACE.fullmatch(text)
    port = int(found["port"] or usual) if found else 0
    if not found or not 0 < port < 65536:
        raise Malformed("REDIS_URL must name every server as host:port, with commas and no spaces between them.")
    return found["host"].strip("[]"), port


def _sentinels(servers: Servers, path: str) -> Sentinels:
    master, _, database = path.partition("/")
    if not master:
        raise Malformed("REDIS_URL must end with the master's name, as redis+sentinel://host:26379/mymaster does.")
    if not re.fullmatch("[0-9]{0,5}", database):
        raise Malformed(
            "REDIS_URL may end with the number of a database after the master's name, and with nothing else."
        )
    options = parse_qsl(servers.query)
    own = [(_OF_SENTINELS[name], value) for name, value in options if name in _OF_SENTINELS]
    both = [(name, value) for name, value in options if name not in _OF_SENTINELS]
    return Sentinels(
        sentinels=Servers(servers.scheme, "", servers.places, urlencode(both + own)),
        servers=Servers(servers.scheme, servers.login, (), urlencode(both)),
        master=master,
        database=int(database or 0),
    )
