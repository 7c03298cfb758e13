"""Whatever people do, in whatever order: what Hearth promises about a room holds after every step."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from chat.core import wire
from chat.core.commands.attending import due
from chat.core.commands.marking import watched
from chat.core.customs import DROP_IN, Customs
from chat.core.decide import decide
from chat.core.decision import Actor, AnyCommand, Decision, Publish, Reject, Tick
from chat.core.errors import Code
from chat.core.ids import DraftId, MemberId, Millis, Number, Ref, SeatId
from chat.core.room import (
    Facilitators,
    Keeps,
    One,
    Opened,
    Parted,
    Place,
    RoomEvent,
    Seated,
    Waits,
    snapshot,
    waiting_room,
)
from chat.core.wire import Announced, Closed, FloorKind, Role, Said, Say
from tests.core.circle import HOUSE, NOBODY, NOON, Circle, Somebody, refusal

LETS_IN = (wire.Admit, wire.Adopt, wire.SetDoor)
FACILITATORS = {MemberId("fran"), MemberId("gus")}
HELLO = Say(Ref("pending"), "Hello.")
WAITS = "07700 900123"
"""Contact details wait for a facilitator."""


class Watched(Circle):
    """A room that is checked with every commit against what was told before, by a reader who knows no rules."""

    settled: wire.Withheld

    def __init__(self, places: dict[MemberId, Place], now: int = NOON, customs: Customs = DROP_IN) -> None:
        self.waiting: dict[DraftId, wire.Withheld] = {}
        self.asking: AnyCommand | None = None
        self.outside: dict[MemberId, SeatId] = {}
        self.declined: set[MemberId] = set()
        self.came: set[MemberId] = set()
        self.kept_out = False
        """Before the commit that is heard now."""

        self.sits: dict[MemberId, SeatId] = {}
        self.muted: dict[MemberId, Millis] = {}
        self.removed: set[MemberId] = set()
        self.listening: set[MemberId] = set()
        self.aside: dict[MemberId, bool] = {}
        """Who has stepped aside, and whether they were just listening."""
        self.turn = wire.Floor()
        self.paused = self.closed = False
        self.unheld_since: int | None = None
        self.messages = self.kept = 0
        super().__init__(places=places, now=now, customs=customs)

    def asks(self, actor: Actor, command: AnyCommand) -> Decision:
        """As always, and who lets somebody in is known by what was asked."""
        self.asking = command
        return super().asks(actor, command)

    def commit(self, publish: Publish) -> None:
        """Applies it; nobody else's pending words may fare otherwise unless it raises the revision."""
        concerned = {event.member.id for event in _events(publish) if isinstance(event, Seated)}
        concerned |= {event.member for event in _events(publish) if isinstance(event, wire.Left)}
        before, self.kept_out = self._pending(), self._keeps_out()
        super().commit(publish)
        after = self._pending()
        if not publish.raises:
            assert {who: before[who] for who in before if who not in concerned} == {
                who: after[who] for who in before if who not in concerned
            }
        for event, to in zip(self.told, self.to, strict=True):
            self._hears(event)
            self._hears_at_the_door(event, to)
        self._watch_the_hold()

    def _keeps_out(self) -> bool:
        """Whether somebody new cannot come in by themselves."""
        return self.room.condition.customs.waiting or self.room.condition.door.closed

    def _hears_at_the_door(self, event: RoomEvent, to: object) -> None:
        match event:
            case Waits(outside=outside):
                assert to == Facilitators()
                assert outside.member.id not in FACILITATORS | self.sits.keys() | self.removed
                self.outside[outside.member.id] = outside.member.seat
                self.declined.discard(outside.member.id)
            case wire.Went(member=who) | wire.Declined(member=who):
                assert to == Facilitators()
                self.outside.pop(who, None)
                self.declined.discard(who)
                if isinstance(event, wire.Declined):
                    self.declined.add(who)
            case Seated(member=member):
                who = member.id
                if self.kept_out and who not in FACILITATORS | self.came:
                    assert isinstance(self.asking, LETS_IN), "nobody comes in whom nobody let in"
                    assert self.outside[who] == member.seat, "on the connection on which they waited"
                self.outside.pop(who, None)
                self.came.add(who)
            case wire.Removed(member=who):
                self.outside.pop(who, None)
            case wire.ActedOn() | wire.Confided() | wire.Cared():
                pass
            case _:
                assert not isinstance(to, One) or to.member not in self.outside, "who waits is told of nothing else"

    def _pending(self) -> dict[MemberId, Decision]:
        """What everybody seated would be answered who has just sent something."""
        return {who: decide(self.room, Actor(who, seat), HELLO, self.moment) for who, seat in self.sits.items()}

    def _hears(self, event: RoomEvent) -> None:
        match event:
            case wire.Listening(member=who):
                self.listening.add(who)
            case wire.TakingPart(member=who):
                self.listening.remove(who)
            case wire.Turned(floor=floor):
                self._hears_of_a_turn(floor)
            case Opened(places=places):
                self.listening, self.turn = set(), wire.Floor()
                self.muted = {who: place.muted_until for who, place in places.items() if place.muted_until}
                self.removed = {who for who, place in places.items() if place.removed}
            case Parted(member=who, by=by):
                self.aside |= {who: who in self.listening, by: by in self.listening}
                self.listening -= {who, by}
                del self.sits[who], self.sits[by]
            case Seated(member=member):
                if self.aside.pop(member.id, False):
                    self.listening.add(member.id)
                assert member.id not in self.removed
                self.sits[member.id] = member.seat
                self.listening &= {who for who, place in self.room.places.items() if place.listens}
            case wire.Left(member=who):
                if self.aside.pop(who, None) is None:
                    del self.sits[who]
                self.listening &= {who for who, place in self.room.places.items() if place.listens}
            case wire.Removed(member=who):
                self.sits.pop(who, None)
                self.aside.pop(who, None)
                self.listening.discard(who)
                self.removed.add(who)
            case wire.Muted(member=who, until=until):
                self.muted[who] = until
            case wire.Unmuted(member=who):
                del self.muted[who]
            case wire.Paused():
                self.paused = True
            case wire.Resumed():
                self.paused = False
                self.turn = replace(self.turn, until=self.floor.until, kept_until=self.floor.kept_until)
            case Closed():
                self.closed = True
            case Keeps(history=history):
                self.kept = history.hours
            case wire.Withheld(draft=draft):
                assert draft not in self.waiting
                assert event.by not in FACILITATORS
                self._may_speak(event.by)
                self.waiting[draft] = event
            case wire.Settled(draft=draft, how=how):
                settled = self.waiting.pop(draft, None)  # told twice: to facilitators, and to its writer
                assert settled is None or (how is wire.Settling.LATE) == (settled.at + HOUSE.waits <= self.now)
                self.settled = settled or self.settled
            case Said(written=written) if written is not None:
                assert event.text == self.settled.text, "what is released was waiting until then"
                assert (event.by, written) == (self.settled.by, self.settled.at)
                assert not self.paused
                self._counts(event)
            case Said() | Announced():
                self._hears_words(event)

    def _hears_of_a_turn(self, floor: wire.Floor) -> None:
        """A round that is complete has asked everybody who was there to be asked."""
        if self.turn.kind is FloorKind.ROUND and floor.kind is FloorKind.FACILITATORS and floor.had + floor.passed:
            may = {who for who in self.sits if who not in FACILITATORS | self.listening}
            may -= {who for who, until in self.muted.items() if until > self.now}
            may -= {who for who, place in self.room.places.items() if place.rests}
            assert may <= {*floor.had, *floor.passed}
        if self.turn.kind is floor.kind is FloorKind.ROUND and not isinstance(self.asking, wire.SetFloor | wire.Begin):
            self._hears_how_a_round_goes_on(self.turn, floor)
        served = self.room.member(floor.turn) if floor.turn and floor.turn != self.turn.turn else None
        assert served is None or served.hand_at is None, "a hand goes down by itself when it is served"
        self.turn = floor

    def _hears_how_a_round_goes_on(self, before: wire.Floor, now: wire.Floor) -> None:
        """Nobody is asked twice, and nobody who stays is left out, unless a facilitator wants it so."""
        by_hand = self.asking.member if isinstance(self.asking, wire.Next | wire.Move) else None
        asked_again = {*before.had, *before.passed} & {now.turn, *now.order}
        assert asked_again <= {by_hand}, "everybody has one turn"
        left_out = {before.turn, *before.order} - {None, now.turn, *now.order, *now.had, *now.passed}
        if not isinstance(self.asking, wire.Next):  # with it a round also goes on without those who are waited for
            assert left_out <= self.listening | {who for who in left_out if who not in self.sits}

    def _hears_words(self, event: Said | Announced) -> None:
        self._counts(event)
        assert event.by in self.sits
        if isinstance(event, Said):
            assert WAITS not in event.text or event.by in FACILITATORS, "what must wait does not go out by itself"
            self._may_speak(event.by)
        else:
            assert event.by in FACILITATORS

    def _counts(self, event: Said | Announced) -> None:
        self.messages += 1
        assert event.n == self.messages, "numbers come in order, without a gap"

    def _may_speak(self, who: MemberId) -> None:
        assert not self.paused, "nobody speaks in a pause"
        assert self.muted.get(who, 0) <= self.now, "nobody muted speaks"
        assert who not in self.listening, "nobody speaks who just listens"
        assert self.turn.kind is not FloorKind.QUIET, "a quiet moment is quiet"
        if self.turn.kind in (FloorKind.ROUND, FloorKind.QUEUE):
            assert who == self.turn.turn, "one person speaks at a time"
        assert self.turn.kind is not FloorKind.FACILITATORS or who in FACILITATORS

    def _watch_the_hold(self) -> None:
        if FACILITATORS & self.sits.keys():
            self.unheld_since = None
        elif self.unheld_since is None:
            self.unheld_since = self.now


def _events(publish: Publish) -> list[RoomEvent]:
    return [tell.event for tell in publish.tells]


who = st.sampled_from(["ann", "bob", "cem", "fran", "gus"])
holder = st.sampled_from(["fran", "gus"])
process = st.sampled_from(["north", "south"])


class Meeting(RuleBasedStateMachine):
    """Ann, Bob, Fran and Gus do as they please, Cem may come later, time passes, and processes die."""

    @initialize(waiting=st.booleans())
    def the_room_opens(self, waiting: bool) -> None:
        self.customs = Customs() if waiting else DROP_IN
        self.circle = Watched({}, customs=self.customs)
        self.drafts = 0

        self.cast = {
            name.lower(): Somebody(self.circle, name, Role.FACILITATOR if name in ("Fran", "Gus") else Role.MEMBER)
            for name in ("Ann", "Bob", "Cem", "Fran", "Gus")
        }
        for somebody in self.cast.values():
            if somebody.name != "Cem":
                somebody.arrives()

    @rule(who=who, process=process)
    def arrives(self, who: str, process: str) -> None:
        decision = self.cast[who].arrives(process)
        assert (refusal(decision) is Code.REMOVED) == (who in self.circle.removed)
        assert (refusal(decision) is Code.DECLINED) == (who in self.circle.declined - self.circle.removed)

    @rule(who=st.one_of(holder, who), whom=st.one_of(st.none(), who))
    def lets_in(self, who: str, whom: str | None) -> None:
        self.cast[who].admits(self.cast[whom] if whom else None)

    @rule(who=who, whom=who)
    def says_that_it_cannot_be_today(self, who: str, whom: str) -> None:
        self.cast[who].declines(self.cast[whom])

    @rule(process=process)
    def somebody_new_comes(self, process: str) -> None:
        self.cast["cem"].arrives(process)

    @rule(who=holder, open=st.sampled_from([True, False, False]))
    def moves_the_door(self, who: str, open: bool) -> None:
        self.cast[who].sets_the_door(open=open)

    @rule(who=holder, waiting=st.booleans())
    def says_whether_people_wait(self, who: str, waiting: bool) -> None:
        self.cast[who].adopts(replace(self.circle.room.condition.customs, waiting=waiting, door=5 * waiting))

    @rule(who=holder, cuts_off=st.booleans())
    def says_whether_turns_end_by_themselves(self, who: str, cuts_off: bool) -> None:
        self.cast[who].adopts(replace(self.circle.room.condition.customs, turn=1, cuts_off=cuts_off))

    @rule(who=who)
    def knocks(self, who: str) -> None:
        self.cast[who].knocks()

    @rule(who=who, to=st.one_of(st.none(), who))
    def has_a_word(self, who: str, to: str | None) -> None:
        self.cast[who].confides("A word.", self.cast[to] if to else None)

    @rule(several=st.sets(who, min_size=1))
    def connections_break_at_once(self, several: set[str]) -> None:
        self.circle.loses(*(self.cast[one].actor.seat for one in sorted(several)))

    @rule(who=who)
    def an_old_connection_ends(self, who: str) -> None:
        somebody = self.cast[who]
        sat = somebody.here
        self.circle.loses(SeatId(f"{who}-{somebody.seats - 1}"))
        assert somebody.here == sat

    @rule(who=who, words=st.sampled_from(["Hello.", "", "x" * 2001, WAITS, WAITS]))
    def says(self, who: str, words: str) -> None:
        self.drafts += 1
        self.circle.lot = self.drafts
        self.cast[who].says(words)

    @rule(who=who, which=st.integers(0, 3), how=st.sampled_from(["releases", "hands back", "takes back"]))
    def decides_on_what_waits(self, who: str, which: int, how: str) -> None:
        one, waiting = self.cast[who], list(self.circle.waiting.values())
        if which >= len(waiting):
            return
        held = waiting[which]
        match how:
            case "releases":
                decision = one.releases(held)
            case "hands back":
                decision = one.hands_back(held)
            case _:
                decision = one.takes_back(held)
                assert not isinstance(decision, Publish) or held.by == one.id
        assert not isinstance(decision, Publish) or held.by == one.id or one.id in FACILITATORS
        again = one.releases(held)
        assert not isinstance(decision, Publish) or not isinstance(again, Publish)

    @rule(who=who)
    def announces(self, who: str) -> None:
        self.cast[who].announces("Five minutes left.")

    @rule(who=who, up=st.booleans())
    def puts_a_hand(self, who: str, up: bool) -> None:
        self.cast[who].hand(up)

    @rule(who=who, whom=who, minutes=st.integers(1, 5))
    def mutes(self, who: str, whom: str, minutes: int) -> None:
        self.cast[who].mutes(self.cast[whom], minutes)

    @rule(who=holder, whom=who)
    def looks_after(self, who: str, whom: str) -> None:
        self.cast[who].looks_after(self.cast[whom])

    @rule(who=holder, whom=who)
    def unmutes(self, who: str, whom: str) -> None:
        self.cast[who].unmutes(self.cast[whom])

    @rule(who=who, whom=who)
    def removes(self, who: str, whom: str) -> None:
        self.cast[who].removes(self.cast[whom])

    @rule(who=who, whom=who)
    def bars(self, who: str, whom: str) -> None:
        self.cast[who].bars(self.cast[whom])

    @rule(who=who)
    def pauses(self, who: str) -> None:
        self.cast[who].pauses()

    @rule(who=who)
    def resumes(self, who: str) -> None:
        self.cast[who].resumes()

    @rule(who=holder, kind=st.sampled_from([*FloorKind, FloorKind.ROUND, FloorKind.ROUND]), lot=st.integers(0, 23))
    def sets_the_floor(self, who: str, kind: FloorKind, lot: int) -> None:
        self.circle.lot = lot
        self.cast[who].sets_the_floor(kind)

    @rule(
        who=who, what=st.sampled_from(["is done", "passes", "comes later", "listens", "takes part", "rests", "returns"])
    )
    def minds_their_turn(self, who: str, what: str) -> None:
        one = self.cast[who]
        match what:
            case "is done":
                one.is_done()
            case "passes":
                one.passes()
            case "comes later":
                one.comes_later()
            case "listens":
                one.listens()
            case "takes part":
                one.takes_part()
            case "rests":
                one.rests()
            case "returns":
                one.returns()

    @rule(who=holder, kind=st.sampled_from(FloorKind), starts=st.booleans())
    def begins_a_phase(self, who: str, kind: FloorKind, starts: bool) -> None:
        self.cast[who].begins(wire.Phase("Sharing", 30, floor=kind), starts=starts)

    @rule(who=holder, to=who)
    def hands_over(self, who: str, to: str) -> None:
        self.cast[who].hands_over_to(self.cast[to])

    @rule(who=holder, to=st.one_of(st.none(), who))
    def gives_the_floor(self, who: str, to: str | None) -> None:
        self.cast[who].gives_the_floor(self.cast[to] if to else None)

    @rule(who=holder, whom=who, place=st.integers(-1, 4))
    def moves(self, who: str, whom: str, place: int) -> None:
        self.cast[who].moves(self.cast[whom], place)

    @rule(who=who, back=st.integers(0, 3))
    def retracts(self, who: str, back: int) -> None:
        self.cast[who].retracts(self.circle.messages - back)

    @rule(who=who, back=st.integers(0, 1))
    def marks(self, who: str, back: int) -> None:
        self.cast[who].marks(self.circle.messages - back)

    @rule(who=holder, whom=who)
    def looks(self, who: str, whom: str) -> None:
        self.cast[who].looks(self.cast[whom])

    @rule(who=holder, whom=who)
    def asks_aside(self, who: str, whom: str) -> None:
        self.cast[who].asks_aside(self.cast[whom])

    @rule(who=holder, whom=who)
    def takes_the_question_back(self, who: str, whom: str) -> None:
        self.cast[who].takes_the_question_back(self.cast[whom])

    @rule(who=who, goes=st.booleans())
    def answers(self, who: str, goes: bool) -> None:
        one, place = self.cast[who], self.cast[who].place
        by = place.asked_by if place else None
        decision = one.goes_aside(self.cast[by]) if goes and by else one.rather_stays()
        if isinstance(decision, Publish) and goes and by:
            assert self.circle.room.held(), "a group is not left unheld for two who talk aside"

    @rule(who=who)
    def strays_from_aside(self, who: str) -> None:
        self.circle.asks(NOBODY, Tick(gone=frozenset({MemberId(who)})))

    @rule(who=who)
    def leaves(self, who: str) -> None:
        self.cast[who].leaves()

    @rule(who=who)
    def is_lost(self, who: str) -> None:
        self.cast[who].is_lost()

    @rule(process=process)
    def a_process_dies(self, process: str) -> None:
        self.circle.dies(process)
        assert self.circle.closed or all(member.process != process for member in self.circle.room.connected())
        self._the_next_meeting_opens_if_this_one_is_over()

    @rule(seconds=st.sampled_from([0, 1, 19.999, 20, 60, 300, 899, 900]))
    def time_passes(self, seconds: float) -> None:
        circle = self.circle
        awaited = due(circle.room, circle.moment)
        decision = circle.seconds_pass(seconds)
        assert isinstance(decision, Publish) == (awaited is not None and awaited <= circle.now)
        if circle.unheld_since is not None and circle.now - circle.unheld_since >= HOUSE.grace:
            assert circle.paused or circle.closed, "a room is only as open as it is held"
        floor, customs = circle.floor, circle.room.condition.customs
        if customs.cuts_off and floor.until and floor.turn in circle.sits and not circle.paused:
            assert floor.until > circle.now, "turns end at their time where the group chose so"
        following = due(circle.room, circle.moment)
        assert circle.closed or following is None or following > circle.now
        self._the_next_meeting_opens_if_this_one_is_over()

    @rule(hours=st.sampled_from([0, 1, 24]))
    def the_group_agrees_what_is_kept(self, hours: int) -> None:
        self.circle.keeps(hours)

    @rule(who=who)
    def closes(self, who: str) -> None:
        self.cast[who].closes()
        self._the_next_meeting_opens_if_this_one_is_over()

    def _the_next_meeting_opens_if_this_one_is_over(self) -> None:
        if not self.circle.closed:
            return
        standing = {who: Place(muted_until=until) for who, until in self.circle.muted.items()}
        self.circle = Watched(standing, self.circle.now, self.customs)
        for somebody in self.cast.values():
            somebody.circle = self.circle

    @invariant()
    def whoever_can_read_is_listed_and_nobody_else(self) -> None:
        circle = self.circle
        for you in circle.sits:
            seen = snapshot(circle.room, you, Millis(circle.now))
            assert {person.id for person in seen.people if not person.aside} == circle.sits.keys()
            assert {person.id for person in seen.people if person.aside} == circle.aside.keys()
            assert (seen.paused is not None) == circle.paused
            assert seen.n == Number(circle.messages)
            assert seen.kept == circle.kept, "everybody sees at all times whether what is said is kept"
        assert {member.id: member.seat for member in circle.room.seated()} == circle.sits

    @invariant()
    def whoever_waits_is_in_nothing_and_hears_nothing(self) -> None:
        circle = self.circle
        assert {one.member.id: one.member.seat for one in circle.room.waiting()} == circle.outside
        assert not circle.outside.keys() & (circle.sits.keys() | FACILITATORS | circle.removed | circle.declined)
        floor = circle.floor
        assert not circle.outside.keys() & {floor.turn, *floor.order}
        for who, seat in circle.outside.items():
            assert decide(circle.room, Actor(who, seat), HELLO, circle.moment) == Reject(Code.WAITING)
            shown = waiting_room(circle.room, who, Millis(circle.now))
            assert {person.id for person in shown.held_by} == FACILITATORS & circle.sits.keys()
        for you in circle.sits.keys() - FACILITATORS:
            assert snapshot(circle.room, you, Millis(circle.now)).waiting == ()

    @invariant()
    def what_waits_is_somebodys_who_may_come_back_for_it(self) -> None:
        circle = self.circle
        assert circle.room.drafts.keys() == circle.waiting.keys()
        for waiting in circle.waiting.values():
            assert waiting.by not in circle.removed
            assert waiting.at + HOUSE.waits > circle.now

    @invariant()
    def a_turn_is_with_somebody_who_can_take_it_or_waits_for_them(self) -> None:
        circle, floor = self.circle, self.circle.floor
        assert floor == circle.turn
        assert len({*floor.order}) == len(floor.order)
        assert not {*floor.order} & {floor.turn, *floor.had, *floor.passed}
        assert not {*floor.order, floor.turn} & circle.listening
        if floor.turn is not None:
            place = circle.room.places[floor.turn]
            assert place.member is not None or floor.kept_until is not None
            assert circle.muted.get(floor.turn, 0) <= circle.now
        assert (floor.turn is None) == (floor.since is None)

    @invariant()
    def a_round_waits_for_nobody_while_somebody_can_speak(self) -> None:
        circle, floor = self.circle, self.circle.floor
        if floor.kind is FloorKind.ROUND and floor.turn is None:
            assert floor.order, "else it is complete"
            for who in floor.order:
                resting = who in circle.sits and circle.room.places[who].rests
                assert who not in circle.sits or resting or circle.muted.get(who, 0) > circle.now

    @invariant()
    def a_facilitator_who_is_here_leads(self) -> None:
        circle = self.circle
        assert not FACILITATORS & circle.sits.keys() or circle.room.condition.lead in FACILITATORS & circle.sits.keys()

    @invariant()
    def whoever_is_removed_sits_nowhere(self) -> None:
        assert not self.circle.removed & self.circle.sits.keys()
        assert {who for who, place in self.circle.room.places.items() if place.removed} == self.circle.removed

    @invariant()
    def facilitators_are_neither_muted_nor_removed_and_are_known_as_such(self) -> None:
        for who, place in self.circle.room.places.items():
            assert who not in FACILITATORS or not (place.muted_until or place.removed)
            assert place.holds == (who in FACILITATORS)

    @invariant()
    def nobody_is_remembered_without_a_reason(self) -> None:
        for place in self.circle.room.places.values():
            assert not place.empty
            assert place.member is None or place.lost_at is None

    @invariant()
    def a_room_that_nobody_holds_is_paused_or_counts_down(self) -> None:
        condition = self.circle.room.condition
        if not watched(self.circle.room):
            assert condition.paused or condition.unheld_until is not None
        elif condition.paused is None:
            assert condition.unheld_until is None
        assert (condition.paused is None) == (condition.paused_at is None)


Meeting.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None, database=None)
TestMeeting = Meeting.TestCase
