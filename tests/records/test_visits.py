"""A signed-in browser can be seen and ended by the person it belongs to."""

from sqlalchemy import select

from chat.core.ids import Millis, VisitId
from chat.records import visits
from chat.records.keys import DAY, HOUR
from chat.records.store import Store
from chat.records.tables import visits as rows
from tests.records.conftest import NOON, signs_up

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


def at(later: int) -> Millis:
    return Millis(NOON + later)


async def test_a_cookie_finds_its_visit_until_it_is_signed_out(store: Store) -> None:
    ann = await signs_up(store)
    async with store.writing() as c:
        token = await visits.start(c, ann, NOON, PHONE)
        visit = await visits.find(c, token, NOON)
        assert visit is not None
        assert visit.account_id == ann
        assert visit.agent == "Firefox on Android"
        assert visit.csrf
        assert await visits.find(c, token + "x", NOON) is None
        assert await visits.end(c, visit.id)
        assert await visits.find(c, token, NOON) is None
        assert not await visits.end(c, visit.id)


async def test_neither_cookie_nor_form_token_is_kept(store: Store) -> None:
    ann = await signs_up(store)
    async with store.writing() as c:
        token = await visits.start(c, ann, NOON, PHONE)
        kept = repr((await c.execute(select(rows))).all())
    assert token not in kept
    assert visits.csrf_of(token) not in kept
    assert PHONE not in kept
    assert "140" not in kept


async def test_a_visit_ends_when_it_is_not_used(store: Store) -> None:
    ann = await signs_up(store)
    async with store.writing() as c:
        token = await visits.start(c, ann, NOON, PHONE)
        assert await visits.find(c, token, at(12 * HOUR - 1))
        assert await visits.find(c, token, at(12 * HOUR)) is None


async def test_a_visit_that_is_used_goes_on_for_fourteen_days_and_no_longer(store: Store) -> None:
    ann = await signs_up(store)
    async with store.writing() as c:
        token = await visits.start(c, ann, NOON, PHONE)
        for used in range(0, 14 * DAY, 11 * HOUR):
            visit = await visits.find(c, token, at(used))
            assert visit is not None, f"lost after {used / HOUR} hours"
            await visits.keep_alive(c, visit, at(used))
        assert await visits.find(c, token, at(14 * DAY - 1))
        assert await visits.find(c, token, at(14 * DAY)) is None


async def test_a_visit_that_has_ended_cannot_be_kept_alive(store: Store) -> None:
    ann = await signs_up(store)
    async with store.writing() as c:
        token = await visits.start(c, ann, NOON, PHONE)
        visit = await visits.find(c, token, NOON)
        assert visit is not None
        await visits.keep_alive(c, visit, at(13 * HOUR))
        assert await visits.find(c, token, at(13 * HOUR)) is None


async def test_reading_one_page_after_another_is_not_written_down_each_time(store: Store) -> None:
    ann = await signs_up(store)
    async with store.writing() as c:
        visit = await visits.find(c, await visits.start(c, ann, NOON, PHONE), NOON)
    assert visit is not None
    assert not visit.needs_keeping_alive(at(60_000))
    assert visit.needs_keeping_alive(at(HOUR))


async def test_signing_out_everywhere_spares_this_browser_and_other_people(store: Store) -> None:
    ann, bob = await signs_up(store), await signs_up(store)
    async with store.writing() as c:
        here, there, bobs = [await visits.start(c, who, NOON, PHONE) for who in (ann, ann, bob)]
        this = await visits.find(c, here, NOON)
        assert this is not None
        assert len(await visits.of(c, ann, NOON)) == 2
        assert len(await visits.end_all(c, ann, but=this.id)) == 1
        assert await visits.find(c, here, NOON)
        assert await visits.find(c, there, NOON) is None
        assert await visits.find(c, bobs, NOON)
        assert await visits.running(c, {this.id, VisitId("gone")}, NOON) == {this.id}


async def test_nobody_ends_somebody_elses_visit(store: Store) -> None:
    ann, bob = await signs_up(store), await signs_up(store)
    async with store.writing() as c:
        anns = await visits.find(c, await visits.start(c, ann, NOON, PHONE), NOON)
        assert anns is not None
        assert not await visits.end(c, anns.id, bob)
        assert await visits.end(c, anns.id, ann)


async def test_a_browser_is_known_by_two_words_whatever_it_says(store: Store) -> None:
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0"
    assert visits.browser(iphone) == "Safari on iPhone"
    assert visits.browser(edge) == "Edge on Windows"
    assert visits.browser("curl/8 my words " * 1000) == "A browser"
    assert visits.browser("") == "A browser"
