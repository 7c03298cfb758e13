// What the room tells, and how the page's knowledge changes by it: a case for each frame, a function for what takes more.

import { readOut } from "./aloud.js";
import { PARTING, end, onAnswer, over } from "./asking.js";
import { LOG_MAX, aloud, fold, keep, line, messageOf, nextKey, patch, takenBack, without } from "./log.js";
import { need, outside, pass, quietly } from "./parts.js";
import { acts, asideNews, asides, begun, call, callers, calm, cards, customs, door, earlier, floor, heard, inSide, keeps, known, lead, leads, log, me, mutedUntil, notes, parts, paused, pausedAt, pending, people, question, seat, spared, unheld, unshown, waitingRoom, you } from "./state.js";
import { PAUSED, UNHELD, UNTIL_LOOKED, keptFor, nameOf, now, plural, setClock, untilWords } from "./words.js";

const LATELY = 60000; // ms within which a return is no news

export function hear(frame, again) {
  if (earlier.value) parts.value.earlier.hear(frame);
  switch (frame.type) {
    // Every event and answer of the protocol; a test compares this list with the server's.
    case "room": return onRoom(frame);
    case "waiting-room":
    case "waiting":
    case "went":
    case "left-waiting":
    case "declined":
    case "door-set": return onWaiting(frame);
    case "accepted": case "refused": case "held": return onAnswer(frame);
    case "arrived": return onArrived(frame);
    case "left": return onLeft(frame);
    case "raised": return onRaised(frame);
    case "lowered": return change(frame.member, { hand_at: undefined });
    case "listening": return change(frame.member, { listens: true });
    case "taking-part": return change(frame.member, { listens: undefined });
    case "turned": return onTurned(frame.floor);
    case "begun": return onBegun(frame);
    case "leads": return onLeads(frame.member);
    case "confided": case "conferred": return onAside(frame);
    case "gestured": case "received": return pass("beside", frame);
    case "resting": return onResting(frame);
    case "returned": return onReturned(frame.member);
    case "called": return void (call.value = frame.call); // facilitators alone are told
    case "flagged": case "went-suddenly": case "sent-word": case "marked": case "looked": case "reported": return pass("notes", frame);
    case "asked-aside": case "declined-aside": case "unasked": case "needed": case "stepped-aside": case "aside": return pass("aside", frame);
    case "unheld": return onUnheld();
    case "said": case "announced": return onMessage(frame, again);
    case "retracted": return onRetracted(frame);
    case "withheld": case "cared": case "slowed": case "shielded": case "heeded": case "suggested": return pass("holding", frame);
    case "alarmed": case "looked-after": return pass("worrying", frame);
    case "settled":
      if (leads.value) pass("worrying", frame);
      return pass("holding", frame);
    case "asked-again": case "agreed": return pass("agreeing", frame);
    case "history-set": return onHistory(frame.hours);
    case "contact-opened": case "note-taken": return pass("contact", frame);
    case "adopted": return void (customs.value = frame.customs || {});
    case "folded": return onFolded(frame);
    case "paused": return onPause(frame.at, frame.at, frame.by, PAUSED[frame.by]);
    case "resumed": return onPause(frame.at, 0, null, "The room goes on.");
    case "muted": return onMuted(frame.member, frame.until);
    case "unmuted": return onMuted(frame.member, undefined);
    case "removed": return onRemoved(frame);
    case "acted-on": return onActedOn(frame);
    case "interrupted": return undefined; // the connection's state says so
    case "closed": return over(4505);
    // End of the list.
    default: return undefined;
  }
}

function onRoom(frame) {
  const first = seat.epoch === undefined;
  seat.epochs = (frame.before || []).concat(frame.epoch);
  quietly();
  if (waitingRoom.value) readOut("You are in the room now.");
  waitingRoom.value = null;
  callers.value = frame.waiting || [];
  door.value = frame.door || {};
  seat.epoch = frame.epoch;
  setClock(frame.at);
  frame.people.forEach(known);
  you.value = frame.you;
  people.value = frame.people;
  paused.value = frame.paused || null;
  pausedAt.value = frame.paused_at || 0;
  unheld.value = Boolean(frame.unheld_until);
  floor.value = Object.assign({ kind: "open" }, frame.floor);
  begun.value = frame.begun || null;
  onLeads(frame.lead || "");
  call.value = frame.call || null;
  customs.value = frame.customs || {};
  mutedUntil.value = frame.muted_until || null;
  notes.value = notes.value.filter((note) => !note.look);
  (frame.marked || []).forEach((one) => pass("notes", one));
  seat.gone = frame.retracted || [];
  seat.gone.forEach((n) => takenBack({ n }, () => "A message was taken back while you were away."));
  fold(frame.folded || []);
  if (me.value.rests) need("ending");
  keeps.value = frame.kept || 0;
  if (keeps.value) need("earlier");
  onMissed(frame.missed);
  if (first) line(frame.replay ? "You are back. This was said while you were away:" : seat.greeting || "You are here. " + (keeps.value ? "What is said here is kept for " + keptFor() + ". You can read what was said earlier." : "What was said before is not kept."));
  inSide.value = frame.beside;
  countAsides(frame, first);
  if (frame.asked_by || frame.asking || frame.beside || parts.value.aside) pass("aside", frame);
  if (frame.asked || question.value) pass("agreeing", frame);
  if (frame.opened_at || parts.value.contact) pass("contact", frame);
  (frame.acted || []).forEach((act) => onActedOn(Object.assign({ past: isPast(act, frame) }, act)));
  if (frame.drafts || frame.shielded || parts.value.holding) pass("holding", frame);
  if (leads.value) pass("worrying", frame);
  if (frame.replay) readOut(plural(frame.replay, "earlier message", "earlier messages") + ".");
}

/** What only who waits, or who lets in, needs to see: a part of its own hears it. */
function onWaiting(frame) {
  if (frame.type === "waiting-room") {
    waitingRoom.value = frame;
    keeps.value = frame.kept || 0;
    quietly();
    you.value = frame.you.id;
    setClock(frame.at);
  }
  pass("waiting", frame);
}

/** They were said before what is told again; null: how many is not known. */
function onMissed(count) {
  if (count === undefined) return;
  line((count ? plural(count, "message", "messages") + " did not reach you. " : "Some messages may not have reached you. ") + (count === 1 ? "It is" : "They are") + " not kept.");
}

function onArrived(frame) {
  const person = frame.person;
  const back = log.value.find((entry) => entry.lost === person.id && now() - entry.at < LATELY);
  known(person);
  const was = people.value.find((other) => other.id === person.id);
  callers.value = callers.value.filter((one) => one.id !== person.id);
  people.value = people.value.filter((other) => other.id !== person.id).concat(person);
  if (person.role === "facilitator") unheld.value = false;
  if (back) log.value = log.value.filter((entry) => entry !== back);
  else if (person.id !== you.value) line(person.name + (was && was.aside ? " is back." : person.role === "supervisor" ? " is here as supervisor." : " is here."));
}

function onLeft(frame) {
  const lost = frame.how === "lost";
  people.value = people.value.filter((person) => person.id !== frame.member);
  line(nameOf(frame.member) + (lost ? " lost the connection." : " left."), lost ? { lost: frame.member } : {});
}

function onMessage(frame, again) {
  const mine = frame.by === you.value;
  if (mine) pending.value = without(pending.value, (item) => item.text === frame.text);
  const entry = messageOf(frame, mine);
  const known = log.value.some((other) => other.key === entry.key);
  keep(entry);
  if (entry.note) need("care");
  if (entry.rule) need("agreeing");
  heard.set(entry.key, Object.assign({}, entry, { note: frame.note }));
  if (heard.size > LOG_MAX) heard.delete(heard.keys().next().value);
  if (again || known || mine || spared.value.people.includes(frame.by)) return;
  if (!calm.value || entry.kind === "announced") readOut(aloud(entry), true);
  else if (unshown.value === 1) readOut("New messages wait for you.");
}

/** Whoever leads may look elsewhere. */
function onRaised({ member, at }) {
  change(member, { hand_at: at });
  if (leads.value && member !== you.value) readOut(nameOf(member) + " raised a hand.");
}

function onRetracted(frame) {
  const own = frame.by === "author";
  takenBack(frame, (entry) => {
    const words = own ? (entry.mine ? "You" : entry.name) + " took this message back." : (entry.mine ? "Your" : entry.name + "’s") + " message was taken back by a facilitator.";
    if (own || !entry.mine) readOut(words.replace("this", "a")); // else the card about it is read out
    return words;
  });
}

function onTurned(turn) {
  const before = floor.value;
  floor.value = Object.assign({ kind: "open" }, turn);
  if (floor.value.turn === you.value) outside(); // it must be here when the connection is not
  pass("turns", { before, after: floor.value });
}

function onBegun(frame) {
  begun.value = frame;
  line(frame.phase.name + (frame.phase.prompt ? ": " + frame.phase.prompt : " begins."));
}

function onLeads(member) {
  const before = lead.value;
  lead.value = member;
  if (before && member && before !== member) line(nameOf(member) + " leads now.");
}

/** Private words are counted where they are told; a page that has been here and heard fewer says that some are lost. */
function countAsides({ asides: count = 0, asides_by: whose = [] }, first) {
  const missed = first ? 0 : count - seat.asides;
  seat.asides = count;
  seat.owed = { n: 0 };
  if (missed <= 0) return;
  const lost = whose.slice(-missed);
  const theirs = lost.filter((id) => id !== you.value);
  seat.owed.n = lost.length - theirs.length;
  if (theirs.length) pass("sheets", { lost: missed - seat.owed.n, by: theirs });
}

function onAside(frame) {
  seat.asides += 1;
  asides.value = asides.value.concat(frame).slice(-LOG_MAX);
  if (frame.by === you.value) return;
  need("sheets");
  asideNews.value = asideNews.value.concat(frame);
  readOut(nameOf(frame.by) + ", aside: " + frame.text);
}

/** Everybody is told, and sees it at the top of the room. */
function onHistory(hours) {
  keeps.value = hours;
  line(hours ? "Everybody in the group has agreed: what is said from now on is kept for " + keptFor() + ", sealed." : "What is said here is not kept any more. What was kept is gone.");
  if (hours) need("earlier");
}

function onFolded(frame) {
  patch(frame, (entry) => {
    if (!entry.mine) readOut("A message of " + entry.name + " is hidden now. Content note: " + frame.note + ".");
    return Object.assign({}, entry, { note: frame.note });
  });
}

function onResting({ member, until }) {
  if (member === you.value) need("beside");
  change(member, { rests_until: until });
}

function onReturned(member) {
  const person = people.value.find((one) => one.id === member);
  if (person && person.role === "facilitator") unheld.value = false;
  change(member, { rests_until: undefined });
}

function onUnheld() {
  unheld.value = true;
  readOut(UNHELD);
}

function onPause(at, since, by, words) {
  heldUp(at);
  pausedAt.value = since;
  paused.value = by;
  unheld.value = false;
  readOut(words);
}

/** A pause takes nothing from a turn, a phase, or the time until the door closes: the room counts it the same way. */
function heldUp(at) {
  if (!pausedAt.value) return;
  const later = (thing, ...times) => times.reduce((moved, time) => (moved[time] ? Object.assign({}, moved, { [time]: moved[time] + at - pausedAt.value }) : moved), thing);
  floor.value = later(floor.value, "until", "kept_until");
  if (begun.value) begun.value = later(begun.value, "until");
  door.value = later(door.value, "closes_at");
}

function onMuted(member, until) {
  change(member, { muted_until: until });
  if (until < UNTIL_LOOKED) notes.value = notes.value.filter((note) => note.look !== member);
  if (member === you.value) {
    mutedUntil.value = until || null;
    if (until) return;
    cards.value = cards.value.filter((card) => card.act !== "mute");
    line("You can write again.");
  } else {
    line(nameOf(member) + (until ? " is muted " + (until < UNTIL_LOOKED ? "by a facilitator " : "") + untilWords(until) + "." : " can write again."));
  }
}

function onRemoved(frame) {
  if (frame.member === you.value) return end(4503);
  people.value = people.value.filter((person) => person.id !== frame.member);
  line("A facilitator asked " + nameOf(frame.member) + " to leave.");
}

/** A mute that is over, of which they hear only now. */
function isPast(act, room) {
  return act.act === "mute" && (!room.muted_until || (act.until || Infinity) <= room.at);
}

/** Told once on each page: again to one that was not there, or comes anew, until it has been read. */
function onActedOn(frame) {
  const name = frame.act + " " + frame.at;
  if (acts.has(name)) return;
  acts.add(name);
  ["sheets", "onward"].forEach(need);
  cards.value = cards.value.concat(Object.assign({ key: nextKey() }, frame));
  if (PARTING.includes(frame.act)) return;
  need("sheets").then(() => parts.value.sheets && readOut(parts.value.sheets.aloud(frame)));
}

function change(member, fields) {
  people.value = people.value.map((person) => (person.id === member ? Object.assign({}, person, fields) : person));
}
