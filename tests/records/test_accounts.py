"""Nobody finds out which names exist."""

import re

import pytest

from chat.records import accounts, members
from chat.records.accounts import UnfitWord, WordUsedUp
from chat.records.store import Store
from tests.records.conftest import Circle


async def test_a_login_is_the_chosen_word_and_four_digits_of_the_server(store: Store) -> None:
    async with store.writing() as c:
        ann = await accounts.create(c, " Heron ", "a hash")
        bob = await accounts.create(c, "heron", "a hash")
    assert re.fullmatch(r"heron\d{4}", ann.login)
    assert ann.login != bob.login
    assert not ann.administrator


@pytest.mark.parametrize("word", ["", "ab", "a" * 21, "with space", "héron", "heron1", "<b>bold</b>", "a\nb\nc"])
async def test_a_word_is_three_to_twenty_letters(store: Store, word: str) -> None:
    async with store.writing() as c:
        with pytest.raises(UnfitWord):
            await accounts.create(c, word, "a hash")


async def test_a_login_is_drawn_again_until_it_is_free(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(draws))
    async with store.writing() as c:
        logins = [(await accounts.create(c, "heron", "a hash")).login for _ in range(2)]
    assert logins == ["heron0007", "heron0008"]


async def test_a_word_that_is_used_up_says_so_and_breaks_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 7)
    async with store.writing() as c:
        await accounts.create(c, "heron", "a hash")
        with pytest.raises(WordUsedUp):
            await accounts.create(c, "heron", "a hash")
        assert await accounts.create(c, "otter", "a hash")


async def test_a_login_is_found_however_it_was_typed(store: Store) -> None:
    async with store.writing() as c:
        ann = await accounts.create(c, "heron", "a hash")
        found = await accounts.by_login(c, f" {ann.login[:5].upper()} {ann.login[5:]} ")
        assert found is not None
        assert found.account == ann
        assert found.password_hash == "a hash"
        assert await accounts.by_login(c, "heron") is None
        assert await accounts.by_login(c, "x" * 100_000) is None


async def test_the_first_administrator_is_noticed(store: Store) -> None:
    async with store.writing() as c:
        await accounts.create(c, "heron", "a hash")
        assert not await accounts.any_administrator(c)
        await accounts.create(c, "otter", "a hash", administrator=True)
        assert await accounts.any_administrator(c)


async def test_a_new_password_takes_the_place_of_the_old(store: Store) -> None:
    async with store.writing() as c:
        ann = await accounts.create(c, "heron", "old")
        await accounts.set_password(c, ann.id, "new")
        found = await accounts.credentials(c, ann.id)
    assert found is not None
    assert found.password_hash == "new"


async def test_an_erased_account_is_in_no_group(store: Store, circle: Circle) -> None:
    async with store.erasing() as c:
        await accounts.erase(c, circle.ann.account)
        assert await accounts.find(c, circle.ann.account) is None
        assert await members.by_id(c, circle.group.id, circle.ann.id) is None


async def test_neither_login_nor_hash_shows_in_a_log(store: Store) -> None:
    async with store.writing() as c:
        ann = await accounts.create(c, "heron", "a hash")
        found = await accounts.by_login(c, ann.login)
    assert "heron" not in repr(ann) + repr(found)
    assert "a hash" not in repr(found)
