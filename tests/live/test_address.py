"""REDIS_URL may name one server, a cluster, or the master that sentinels know."""

import pytest

from chat.live.address import Cluster, Malformed, One, Sentinels, address


@pytest.mark.parametrize("url", ["redis://redis.example/0", "rediss://me:secret@[::1]:6380", "unix:///run/redis?db=3"])
def test_one_server_is_named_as_ever(url: str) -> None:
    assert address(url) == One(url)


def test_a_cluster_is_named_by_any_of_its_servers() -> None:
    cluster = address("rediss+cluster://me:se%40cret@one:7000,[::1]:7001,three?ssl_ca_certs=/ca.pem")
    assert isinstance(cluster, Cluster)
    assert [cluster.servers.url(place) for place in cluster.servers.places] == [
        "rediss://me:se%40cret@one:7000/0?ssl_ca_certs=/ca.pem",
        "rediss://me:se%40cret@[::1]:7001/0?ssl_ca_certs=/ca.pem",
        "rediss://me:se%40cret@three:6379/0?ssl_ca_certs=/ca.pem",
    ]


def test_sentinels_are_named_with_their_masters_name_and_have_a_password_of_their_own() -> None:
    found = address("redis+sentinel://:secret@one,two:26380/circle/3?sentinel_password=other&health=1")
    assert isinstance(found, Sentinels)
    assert (found.master, found.database) == ("circle", 3)
    assert [found.sentinels.url(place) for place in found.sentinels.places] == [
        "redis://one:26379/0?health=1&password=other",
        "redis://two:26380/0?health=1&password=other",
    ]
    assert found.servers.url(("three", 6379), found.database) == "redis://:secret@three:6379/3?health=1"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://quiet", "begins with redis://"),
        ("quiet", "begins with redis://"),
        ("redis://", "one server"),
        ("redis://quiet:70000", "one server"),
        ("redis://quiet:1,quiet:2", "one server"),
        ("redis+cluster://", "every server as host:port"),
        ("redis+cluster://quiet:1,,quiet:2", "every server as host:port"),
        ("redis+cluster://quiet:1, quiet:2", "every server as host:port"),
        ("redis+cluster://quiet:0", "every server as host:port"),
        ("redis+cluster://quiet:70000", "every server as host:port"),
        ("redis+cluster://quiet:1/2", "a cluster has none"),
        ("redis+sentinel://quiet:1", "the master's name"),
        ("redis+sentinel://quiet:1//", "the master's name"),
        ("redis+sentinel://quiet:1/circle/quiet", "the number of a database"),
        ("redis+sentinel:///circle", "every server as host:port"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words_that_quote_nothing(url: str, sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence) as refusal:
        address(url)
    assert "quiet" not in str(refusal.value)


def test_no_address_shows_its_password() -> None:
    for url in (
        "redis://:secret@a",
        "redis+cluster://:secret@a",
        "redis+sentinel://:secret@a/b?sentinel_password=secret",
    ):
        assert "secret" not in repr(address(url))
