"""`hearth prove` over a cluster, or a master that sentinels watch: every master is looked at, and copies are named."""

from pathlib import Path

import pytest
from redis.crc import key_slot

from tests.clusters import LAST_SLOT, a_cluster, a_watched_master
from web.proving.in_redis import REPLICA, InRedis, Whose
from web.proving.looked import Looked
from web.proving.prove import fresh_word

pytestmark = pytest.mark.faults
MANY = 60
"""Keys, so that each of three masters has some."""


def not_looked(found: list[Looked]) -> set[tuple[str, str]]:
    return {(one.what, one.not_looked) for one in found if one.not_looked}


async def test_in_a_cluster_a_word_is_found_on_every_master_and_replicas_are_named_as_not_looked_at(
    tmp_path: Path,
) -> None:
    word = fresh_word()
    async with a_cluster(tmp_path / "cluster") as cluster:
        for n in range(MANY):
            key = f"key-{n}"
            owner = cluster.masters[key_slot(key.encode()) * len(cluster.masters) // (LAST_SLOT + 1)]
            await owner.redis.set(key, word)
        proof = InRedis(Whose(cluster.url, private=False), word, "key-1")
        found = await proof.memory("now")
        assert {one.what for one in found if one.found} == {f"the key key-{n}" for n in range(MANY)}
        assert proof.seen_room
        assert not_looked(found) == {(f"the replica {one.place}", REPLICA) for one in cluster.replicas}
        files = await proof.files(0)
        assert not_looked(files) == set()


async def test_where_sentinels_watch_the_master_is_looked_at_and_its_replica_is_named(tmp_path: Path) -> None:
    word = fresh_word()
    async with a_watched_master(tmp_path / "watched") as watched:
        await watched.master.redis.set("a-key", word)
        found = await InRedis(Whose(watched.url, private=False), word, "a-room").memory("now")
        assert [one.what for one in found if one.found] == ["the key a-key"]
        assert not_looked(found) == {(f"the replica {watched.replica.place}", REPLICA)}
