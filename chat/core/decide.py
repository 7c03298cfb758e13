"""From a command to a decision: the one place where every command of the protocol meets its rules."""

from typing import assert_never

from chat.core.authority import OUTSIDE, may
from chat.core.commands import (
    agreeing,
    aside,
    attending,
    beside,
    calling,
    contact,
    facilitating,
    floors,
    holding,
    leaving,
    marking,
    phases,
    shielding,
    speaking,
    turns,
    waiting,
)
from chat.core.decision import (
    Acknowledge,
    Actor,
    AnyCommand,
    Arrive,
    Decision,
    Depart,
    Going,
    Inner,
    KeepHistory,
    LetWrite,
    Lift,
    Lose,
    Moment,
    Open,
    Publish,
    Quit,
    Reject,
    Renew,
    ReportCame,
    Ring,
    Rung,
    SendAway,
    SendWord,
    TellOpened,
    Tick,
    Worry,
)
from chat.core.errors import Code
from chat.core.room import Member, Outside, Room
from chat.core.wire import (
    Admit,
    Adopt,
    Agree,
    Announce,
    Bar,
    Begin,
    Call,
    Close,
    Command,
    Confer,
    Confide,
    Decline,
    Extend,
    Finish,
    Flag,
    Fold,
    Gesture,
    GoAside,
    Hand,
    HandBack,
    HaveRead,
    Heed,
    Here,
    Knock,
    Later,
    Lead,
    Leave,
    Listen,
    Look,
    LookAfter,
    Mark,
    Move,
    Mute,
    Next,
    NotNow,
    Nudge,
    Pass,
    Pause,
    Release,
    Remove,
    Rest,
    Resume,
    Retract,
    Return,
    Say,
    SetDoor,
    SetFloor,
    Shield,
    Slow,
    StepAside,
    TakeBack,
    TakeNote,
    TakePart,
    TakeUp,
    Unask,
    Unmute,
)


def decide(room: Room, actor: Actor, command: AnyCommand, moment: Moment) -> Decision:
    """What `actor` asking for `command` in `room` comes to. Changes nothing."""
    if isinstance(command, Say):  # nobody comes, goes, leads or has the floor by what is said
        return _from_browser(room, actor, command, moment)
    if isinstance(command, Inner):
        decision = _inner(room, actor, command, moment)
    else:
        decision = _from_browser(room, actor, command, moment)
    if isinstance(command, Tick) and decision == Reject(Code.ALREADY_SO):
        decision = Publish(())
    if isinstance(decision, Publish):
        decision = waiting.followed(room, decision, moment)
        decision = floors.followed(room, decision, moment, always=isinstance(command, Tick))
        decision = aside.followed(room, phases.followed(room, decision))
        decision = leaving.noted(room, decision, moment)
        decision = holding.followed(room, decision, moment, ticks=isinstance(command, Tick))
    if isinstance(command, Tick) and isinstance(decision, Publish) and not decision.tells:
        return Reject(Code.ALREADY_SO)
    return decision


def _from_browser(room: Room, actor: Actor, command: Command, moment: Moment) -> Decision:
    outside = room.outside(actor.member)
    if outside and outside.member.seat == actor.seat:
        return _from_outside(room, outside, command, moment)
    member = room.member(actor.member)
    if member is None or member.seat != actor.seat:
        return Reject(Code.NOT_HERE)
    if not may(member.role, command):
        return Reject(Code.NOT_ALLOWED)
    return _asked(room, member, command, moment)


def _inner(room: Room, actor: Actor, command: Inner, moment: Moment) -> Decision:
    match command:
        case Open():
            return attending.open_(command, moment)
        case Arrive():
            return attending.arrive(room, command, moment)
        case Depart():
            return attending.depart(room, actor, moment)
        case Lose():
            return attending.lose(room, command, moment)
        case Quit():
            return attending.quit_(room, command, moment)
        case Tick():
            return attending.tick(room, command, moment)
        case Ring():
            return calling.ring(room, moment)
        case Rung():
            return calling.rung(room, command, moment)
        case Acknowledge():
            return calling.acknowledge(room, command, moment)
        case LetWrite():
            return calling.let_write(room, command)
        case Going():
            return aside.go(room, actor, command, moment)
        case SendWord():
            return leaving.word(room, command, moment)
        case Lift():
            return facilitating.lift(room, command)
        case SendAway():
            return facilitating.send_away(room, command, moment)
        case Worry():
            return holding.worry(room, command, moment)
        case ReportCame():
            return leaving.reported(room)
        case TellOpened():
            return contact.tell_opened(room, command)
        case Renew():
            return agreeing.renew(room, command)
        case KeepHistory():
            return agreeing.keep_history(room, command)
        case _:
            assert_never(command)


def _from_outside(room: Room, outside: Outside, command: Command, moment: Moment) -> Decision:
    """What somebody may ask who waits; nothing of it is told to the room."""
    if type(command) not in OUTSIDE:
        return Reject(Code.WAITING)
    member = outside.member
    match command:
        case Knock():
            return waiting.knock(outside)
        case Listen() | TakePart():
            return waiting.comes(outside, listens=isinstance(command, Listen))
        case Confide():
            return beside.confide(room, member, command, moment)
        case Leave():
            return attending.depart(room, Actor(member.id, member.seat), moment)
        case _:
            return Publish(())  # they are still there


def _asked(room: Room, member: Member, command: Command, moment: Moment) -> Decision:
    actor = Actor(member.id, member.seat)
    match command:
        case Say():
            return speaking.say(room, member, command, moment)
        case Retract():
            return speaking.retract(room, member, command, moment)
        case Fold():
            return facilitating.fold(room, command, moment)
        case Announce():
            return speaking.announce(room, member, command, moment)
        case Hand():
            return attending.hand(member, command, moment)
        case Here():
            return Publish(())
        case Leave():
            return attending.depart(room, actor, moment)
        case Listen():
            return turns.listen(room, member)
        case TakePart():
            return turns.take_part(room, member, command)
        case Finish():
            return turns.finish(room, actor, moment)
        case Pass():
            return turns.pass_(room, actor, moment)
        case Later():
            return turns.later(room, actor, moment)
        case SetFloor():
            return turns.set_floor(room, command, moment)
        case Next():
            return turns.next_(room, command, moment)
        case Extend():
            return turns.extend(room, command, moment)
        case Move():
            return turns.move(room, command, moment)
        case Begin():
            return phases.begin(room, command, moment)
        case Lead():
            return phases.lead(room, command)
        case Confide():
            return beside.confide(room, member, command, moment)
        case Confer():
            return beside.confer(room, member, command, moment)
        case Gesture():
            return beside.gesture(room, member, command)
        case Rest() | Return():
            return beside.rest(room, member, command, moment)
        case Knock():
            return Reject(Code.ALREADY_SO)
        case Admit():
            return waiting.admit(room, command, moment)
        case Decline():
            return waiting.decline(room, command, moment)
        case SetDoor():
            return waiting.set_door(room, command)
        case Release():
            return holding.release(room, command, moment)
        case HandBack():
            return holding.hand_back(room, command)
        case TakeBack():
            return holding.take_back(room, member, command)
        case Slow():
            return shielding.slow(room, command, moment)
        case Shield():
            return shielding.shield(room, command)
        case Heed():
            return shielding.heed(room, command)
        case LookAfter():
            return holding.look_after(room, member, command)
        case Adopt():
            return facilitating.adopt(room, command)
        case Agree():
            return agreeing.agree(room, member, command)
        case TakeUp():
            return agreeing.take_up(command)
        case StepAside():
            return aside.ask(room, member, command, moment)
        case Unask():
            return aside.unask(room, member, command)
        case GoAside():
            return aside.may_go(room, member) or Publish(())  # it takes a side room, and so is asked again as Going
        case NotNow():
            return aside.not_now(room, member)
        case TakeNote():
            return contact.take_note(member, command)
        case HaveRead():
            return facilitating.have_read(room, member, command)
        case Flag():
            return leaving.flag(room, command, moment)
        case Mark():
            return marking.mark(room, member, command)
        case Look():
            return marking.look(room, command)
        case Pause():
            return facilitating.pause(room, moment)
        case Resume():
            return facilitating.resume(room, member, moment)
        case Nudge():
            return facilitating.nudge(room, command, moment)
        case Mute():
            return facilitating.mute(room, command, moment)
        case Unmute():
            return facilitating.unmute(room, command)
        case Remove():
            return facilitating.remove(room, command, moment)
        case Bar():
            return facilitating.bar(room, command, moment)
        case Close():
            return facilitating.close(moment)
        case Call():
            return calling.call(room, moment)
        case _:
            assert_never(command)
