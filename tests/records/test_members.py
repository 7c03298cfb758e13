"""Who somebody is in one group means nothing in any other."""

import asyncio
import contextlib

import pytest
from sqlalchemy import update

from chat.core.ids import Millis
from chat.core.wire.frame import Reason, Role
from chat.records import agreements, bars, groups, members, names, tables
from chat.records.agreements import NotCurrent
from chat.records.groups import UnfitGroupName
from chat.records.kind_words import KIND, QUIET_THINGS
from chat.records.members import AlreadyMember, Barred, Member, NameTaken, UnfitName
from chat.records.store import Store
from tests.records.conftest import NOON, Circle, joins, signs_up


async def test_ann_is_somebody_else_in_another_group(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        other = await groups.create(c, "Thursday")
    again = await joins(store, other.id, "Ann", account=circle.ann.account)
    assert again.id != circle.ann.id
    async with store.reading() as c:
        assert await members.by_id(c, other.id, circle.ann.id) is None
        assert [place.group.name for place in await groups.of(c, circle.ann.account)] == ["Thursday", "Tuesday evening"]
        assert [place.member for place in await groups.of(c, circle.ann.account)] == [again, circle.ann]


@pytest.mark.parametrize("name", ["Ann", "ann", " A n n ", "Ánn", "Аnn", "a.n.n", "Ａｎｎ"])  # noqa: RUF001  that is the point
async def test_a_name_that_could_be_mistaken_for_anothers_is_taken(store: Store, circle: Circle, name: str) -> None:
    with pytest.raises(NameTaken):
        await joins(store, circle.group.id, name)


@pytest.mark.parametrize("name", ["Mila", "Мila", "ΜΙLΑ", "m1la", "ⓜila", "Mıla", "ｍｉｌａ", "𝓜𝓲𝓵𝓪"])  # noqa: RUF001
async def test_letters_of_other_writings_that_pass_for_latin_ones_make_no_other_name(
    store: Store, circle: Circle, name: str
) -> None:
    await joins(store, circle.group.id, "Mila")
    with pytest.raises(NameTaken):
        await joins(store, circle.group.id, name)


@pytest.mark.parametrize(
    "name",
    ["Fr\u0251n", "F\u027ean", "\u0191ran", "F\u0280\u1d00n", "\ua4dd\ua4e3\ua4ee\ua4e0", "Fr\u13aan", "Fra\u0578"],
)
async def test_nobody_takes_the_name_of_a_facilitator_in_letters_that_look_like_it(
    store: Store, circle: Circle, name: str
) -> None:
    """Of IPA, with a hook, as small capitals, all of Lisu, with one of Cherokee, one of Armenian."""
    with pytest.raises((NameTaken, UnfitName)):
        await joins(store, circle.group.id, name)


@pytest.mark.parametrize(
    "name", ["Kɔfi", "Ngọc", "Łucja", "Дмитрий", "Աննա", "アキ 2", "Aki 太郎", "ᏣᎳᎩ", "Zoë", "Şule", "مريم"]
)
async def test_a_name_in_its_bearers_own_letters_is_taken(store: Store, circle: Circle, name: str) -> None:
    assert (await joins(store, circle.group.id, name)).name == name


async def test_a_name_folded_by_an_older_table_is_compared_as_it_is_written(store: Store, circle: Circle) -> None:
    await joins(store, circle.group.id, "Mila")
    async with store.writing() as c:
        await c.execute(update(tables.members).where(tables.members.c.name == "Mila").values(folded="older"))
    with pytest.raises(NameTaken):
        await joins(store, circle.group.id, "mila")


async def test_no_name_is_suggested_that_somebody_has_in_another_group(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        other = await groups.create(c, "Thursday")
    here = [f"{kind} {thing}" for kind in KIND for thing in QUIET_THINGS]
    name = "Quiet Heron"
    await joins(store, other.id, name, account=circle.ann.account)
    async with store.reading() as c:
        elsewhere = await members.elsewhere(c, circle.ann.account, circle.group.id)
        assert await members.elsewhere(c, circle.bob.account, circle.group.id) == set()
    assert elsewhere == {names.fold(name)}
    assert names.free({names.fold(one) for one in here if one not in {name, "Calm Otter"}} | elsewhere) == "Calm Otter"


def test_a_zero_passes_for_an_o_and_a_one_for_an_l() -> None:
    assert names.fold("B0b") == names.fold("bob")
    assert names.fold("Mi1o") == names.fold("milo")
    assert names.fold("Ann") != names.fold("Anna")


async def test_of_two_who_choose_a_name_at_once_one_gets_it(store: Store, other: Store, circle: Circle) -> None:
    who = [await signs_up(store), await signs_up(store)]
    joining = [
        joins(where, circle.group.id, "Heron", account=one) for where, one in zip((store, other), who, strict=True)
    ]
    ends = await asyncio.gather(*joining, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Member", "NameTaken"]


async def test_nobody_is_in_a_group_twice(store: Store, circle: Circle) -> None:
    with pytest.raises(AlreadyMember):
        await joins(store, circle.group.id, "Somebody else", account=circle.ann.account)


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "...", "An\u202en", "A\x00nn", "Ann\u200b", "\ud800"])
async def test_a_name_that_cannot_be_read_is_not_taken(store: Store, circle: Circle, name: str) -> None:
    with pytest.raises(UnfitName):
        await joins(store, circle.group.id, name)


async def test_a_name_is_kept_as_it_was_written_but_for_spaces(store: Store, circle: Circle) -> None:
    member = await joins(store, circle.group.id, "  Quiet   Heron ")
    assert member.name == "Quiet Heron"


async def test_nobody_joins_with_consent_to_an_agreement_that_has_changed(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        await agreements.edit(c, circle.group.id, "Be kind.", circle.fran.id)
    with pytest.raises(NotCurrent):
        await joins(store, circle.group.id, "Late")
    async with store.reading() as c:
        assert len(await members.of(c, circle.group.id)) == 3


async def test_whoever_joins_has_consented(store: Store, circle: Circle) -> None:
    async with store.reading() as c:
        assert await agreements.consented(c, circle.ann.id)


async def test_facilitators_are_named_first(store: Store, circle: Circle) -> None:
    async with store.reading() as c:
        assert await members.of(c, circle.group.id) == [circle.fran, circle.ann, circle.bob]
        assert await members.find(c, circle.group.id, circle.bob.account) == circle.bob
    assert circle.fran.role is Role.FACILITATOR


async def test_whoever_leaves_is_erased_and_their_name_is_free(store: Store, circle: Circle) -> None:
    async with store.erasing() as c:
        await members.leave(c, circle.ann.id)
        assert await members.by_id(c, circle.group.id, circle.ann.id) is None
        assert await groups.of(c, circle.ann.account) == []
    assert (await joins(store, circle.group.id, "Ann")).id != circle.ann.id


async def test_leaving_does_not_end_a_bar(store: Store, circle: Circle) -> None:
    async with store.erasing() as c:
        await bars.set_(c, circle.group.id, circle.ann.id, None, None, Reason.HURTFUL, circle.fran.id)
        await members.leave(c, circle.ann.id)
        assert [bar.member for bar in await bars.of(c, circle.group.id, NOON)] == [None]
    with pytest.raises(Barred):
        await joins(store, circle.group.id, "Ann again", account=circle.ann.account)


async def test_a_bar_that_is_over_lets_somebody_join(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        await bars.set_(c, circle.group.id, circle.ann.id, NOON, None, Reason.HURTFUL, circle.fran.id)
        await members.leave(c, circle.ann.id)
        await members.join(c, circle.group.id, circle.ann.account, "Ann", Role.MEMBER, 1, Millis(NOON + 1))


async def test_a_suggested_name_is_free_and_kind(store: Store, circle: Circle) -> None:
    async with store.reading() as c:
        name = await members.suggestion(c, circle.group.id, circle.ann.account)
    first, second = name.split()
    assert first in KIND
    assert second in QUIET_THINGS
    assert await joins(store, circle.group.id, name)


def test_there_are_ten_thousand_suggestions_and_they_run_out_quietly() -> None:
    assert len(set(KIND)) == len(KIND) >= 100
    assert len(set(QUIET_THINGS)) == len(QUIET_THINGS) >= 100
    everything = {names.fold(f"{kind} {thing}") for kind in KIND for thing in QUIET_THINGS}
    last = names.fold("Quiet Heron")
    assert names.free(everything - {last}) == "Quiet Heron"
    assert names.free(everything) == ""


@pytest.mark.parametrize("name", ["", "x" * 81, "Tues\u202eday"])
async def test_a_group_has_a_name_that_can_be_read(store: Store, name: str) -> None:
    async with store.writing() as c:
        with pytest.raises(UnfitGroupName):
            await groups.create(c, name)


async def test_a_group_is_renamed_and_erased_with_all_that_is_in_it(store: Store, circle: Circle) -> None:
    async with store.erasing() as c:
        await groups.rename(c, circle.group.id, "Wednesday")
        assert [group.name for group in await groups.all_(c)] == ["Wednesday"]
        await groups.erase(c, circle.group.id)
        assert await groups.all_(c) == []
        assert await members.find(c, circle.group.id, circle.ann.account) is None


async def test_names_do_not_show_in_a_log(circle: Circle) -> None:
    assert "Ann" not in repr(circle)
    assert "Tuesday" not in repr(circle)


async def test_of_the_last_two_facilitators_who_leave_at_once_one_stays(
    store: Store, other: Store, circle: Circle
) -> None:
    gus = await joins(store, circle.group.id, "Gus", Role.FACILITATOR)
    both_looked, stayed = asyncio.Event(), []

    async def leaves(where: Store, me: Member) -> None:
        async with where.writing() as c:
            if await members.leading(c, circle.group.id) == [me]:
                stayed.append(me)
                return
            looking.discard(me.id)
            if not looking:
                both_looked.set()
            with contextlib.suppress(TimeoutError):  # a moment in which the other one would look, too
                await asyncio.wait_for(both_looked.wait(), 0.5)
            await members.leave(c, me.id)

    looking = {circle.fran.id, gus.id}
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(leaves(store, circle.fran))
        tasks.create_task(leaves(other, gus))
    async with store.writing() as c:
        assert await members.leading(c, circle.group.id) == stayed
    assert len(stayed) == 1
