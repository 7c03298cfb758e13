"""Nobody enters without having accepted what holds now."""

import asyncio
import re

import pytest

from chat.records import agreements
from chat.records.agreements import NotCurrent, UnfitAgreement
from chat.records.store import Store
from tests.records.conftest import Circle


async def test_a_group_begins_with_the_default_agreement(store: Store, circle: Circle) -> None:
    async with store.reading() as c:
        agreement = await agreements.current(c, circle.group.id)
    assert agreement.version == 1
    assert agreement.text == agreements.default().strip()


def test_the_default_says_what_is_kept_and_where_confidentiality_ends() -> None:
    text = agreements.default()
    for sentence in ("What is kept", "Where that ends", "not an emergency service", "90 days"):
        assert sentence in text
    assert re.findall(r"\d+ days", text) == ["90 days"], "what a group can choose itself stands in the limits"
    assert "So nobody can send help to you, unless" in text
    assert "Hearth" not in text, "people keep it, and the place has a name of its own"


async def test_a_change_asks_everybody_again(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        assert await agreements.edit(c, circle.group.id, "Be kind.\r\nListen.", circle.fran.id) == 2
        assert (await agreements.current(c, circle.group.id)).text == "Be kind.\nListen."
        assert not await agreements.consented(c, circle.ann.id)
        await agreements.consent(c, circle.ann.id, 2)
        await agreements.consent(c, circle.ann.id, 2)
        assert await agreements.consented(c, circle.ann.id)
        everybody = {circle.ann.id, circle.bob.id, circle.fran.id}
        assert await agreements.consented_of(c, everybody) == {circle.ann.id}


async def test_consent_to_an_earlier_version_is_not_taken(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        await agreements.edit(c, circle.group.id, "Be kind.", circle.fran.id)
        for version in (1, 3):
            with pytest.raises(NotCurrent):
                await agreements.consent(c, circle.ann.id, version)


async def test_two_who_edit_at_once_make_two_versions(store: Store, other: Store, circle: Circle) -> None:
    async def edits(where: Store, text: str) -> int:
        async with where.writing() as c:
            return await agreements.edit(c, circle.group.id, text, circle.fran.id)

    assert sorted(await asyncio.gather(edits(store, "One."), edits(other, "Two."))) == [2, 3]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001, "nul \0"])
async def test_an_agreement_says_something_and_not_too_much(store: Store, circle: Circle, text: str) -> None:
    async with store.writing() as c:
        with pytest.raises(UnfitAgreement):
            await agreements.edit(c, circle.group.id, text, circle.fran.id)
