// The room as somebody sees it: what is told changes the state, and the page follows.

import { Component, batch, computed, effect, html, render, signal, useEffect, useRef, useSignal } from "./vendor/ui.0bb38755.js";
import { Connection } from "./connection.js";

const TEXT_MAX = 2000; // characters, as the server counts them
const NOTE_MAX = 80;
const WORDS_MAX = 300;
const NEAR_THE_END = 200; // characters left when the counter begins to show
const LOG_MAX = 500; // entries a page keeps, for old phones
const TOGETHER = 180000; // ms within which one person's messages join
const LATELY = 60000; // ms within which a return is no news
const LONG_LOST = 10000; // ms without a connection before it is called out
const LEAVING = 3000; // ms for a goodbye
const LINGERS = 8000; // ms a sentence stays for a busy screen reader
const REPORTABLE = [4503, 4504, 4505];
const HOUR = 3600000; // ms, so long
const UNTIL_LOOKED = 8640000000000000; // the end of a mute that has none
const QUIETLY = 4000; // ms after coming in, when the page has what it needs; then the quiet corner comes, to be there without a network
const AGAIN = 2000; // ms until a fetch is tried again
const BREATH = 1000; // ms; messages within it are read out in one go

const page = document.getElementById("room");
const place = page.dataset;

// ---- State: everything here is in memory only, and forget() empties it ----

const link = signal("connecting");
const you = signal("");
const people = signal([]);
const log = signal([]);
const pending = signal([]); // own messages not yet accepted: {ref, text, note}
const paused = signal(null);
const unheld = signal(false);
const floor = signal({ kind: "open" }); // who may speak now, as the server tells it
const mutedUntil = signal(null);
const cards = signal([]); // what was done to you, until you have read it
const draft = signal("");
const note = signal("");
const noting = signal(false); // the content note's field is open
const notice = signal(""); // one sentence at the composer
const holding = signal(false); // sent too fast; over in a moment
const sheet = signal(null); // the one form that is open: {kind, ...}
const panel = signal(""); // on a small screen: which side panel is open
const unread = signal(0);
const ending = signal(null);
const begun = signal(null); // the phase the meeting is in
const customs = signal({}); // how the group does things here; a default is not sent
const waitingRoom = signal(null); // what somebody sees who waits to come in; null once they are in
const callers = signal([]); // who waits, for facilitators
const door = signal({});
const lead = signal(""); // which facilitator leads
const calm = signal(Boolean(place.calm)); // new messages wait until they are wanted
const call = signal(null); // to a facilitator: how the call to whoever is on call stands
const asides = signal([]); // what was said beside the talk: {member, by, text, at}; without a member among facilitators
const asideNews = signal([]); // of these, what has not been looked at
const notes = signal([]); // for facilitators: who went suddenly, and words from outside
const spared = signal({ people: [], words: [], gestures: false, open: [] }); // told to nobody
const keeps = signal(0); // for how many hours what is said here is kept; 0: not at all
const earlier = signal(null); // what was said before, as far as it was opened
const question = signal(null); // what you have not agreed to yet
const inSide = signal(false); // this is a side room
const kept = signal(null); // of the group's room, while its page shows a side room
const corner = signal(false); // somebody is in the quiet corner
const unheard = signal(0); // messages since then
const parts = signal({}); // what comes to the page only when it is needed: desk, turns, waiting

const me = computed(() => people.value.find((person) => person.id === you.value));
const leads = computed(() => Boolean(me.value) && me.value.role === "facilitator");
const unshown = computed(() => log.value.filter((entry) => entry.waits && entry.kind !== "line").length);
const covered = computed(() => Boolean(panel.value || sheet.value)); // on a small screen a panel hides the talk
const hands = computed(() => people.value.filter((person) => person.hand_at).sort((a, b) => a.hand_at - b.hand_at));

const names = new Map(); // everybody this page has seen, also after they have gone
const faces = new Map();
const heard = new Map(); // messages as they came, also those taken back, to be reported
const asked = new Map(); // ref -> what to do with the answer
let folded = [];
let epoch; // of the room's numbering
let epochs = []; // it and those before it from which the numbers go on
let greeting = "";
let skew = 0; // ms the room's clock is ahead of this device's
let seam = 0; // where in the log the last snapshot came
let keys = 0;

// ---- Words ----

const PAUSED = {
  facilitator: "The room is paused. A facilitator will open it again.",
  itself: "The room paused because no facilitator was here. A facilitator will open it again.",
  mending: "The room is paused because it had to be put together again. Something may be missing.",
};

const UNHELD = "No facilitator is connected. If none is back in a moment, the room pauses by itself.";

const PARTING = ["removal", "bar", "decline", "take-out"]; // acts that end somebody's being here

function clock(at) {
  return new Date(at - skew).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function untilWords(at) {
  return at < UNTIL_LOOKED ? "until " + clock(at) : "until a facilitator has looked";
}

function nameOf(id) {
  return names.get(id) || "Somebody who has left";
}

function count(text) {
  return Array.from(text).length;
}

function plural(number, one, many) {
  return number === 1 ? "1 " + one : number + " " + many;
}

function linkWords() {
  switch (link.value) {
    case "here": return "You are here";
    case "interrupted": return "Interrupted. The room cannot be reached for a moment; it goes on by itself.";
    case "full": return "The room is full at the moment. This page keeps trying.";
    case "lost": return "The connection is lost. Trying again…" + (leads.value ? " If nobody else holds the room, it pauses until you are back." : "");
    case "doubtful": return "The room does not answer at the moment. If that lasts some seconds more, you are taken for gone, and the room pauses if nobody else holds it. This page keeps trying.";
    case "offline":
      return pending.value.length
        ? "You are offline. Your message has not been sent yet."
        : "You are offline. The room comes back when the network does.";
    default: return "Connecting…";
  }
}

// ---- Read aloud: a hidden announcer, so that the log itself stays still ----

const voices = { status: [], alert: [] };
["status", "alert"].forEach((role) => {
  voices[role] = Array.from(document.querySelectorAll("[data-voice=" + role + "]"));
});
let waiting = [];
let hushTimer;

/** `from` marks a message; several within a second are read as a number and the latest. */
function readOut(text, from) {
  if (corner.value && from) unheard.value += 1;
  if (corner.value || (me.value && me.value.rests_until)) return;
  if (!waiting.length) setTimeout(speak, BREATH);
  waiting.push({ text, from });
}

function speak() {
  const messages = waiting.filter((item) => item.from);
  const others = waiting.filter((item) => !item.from);
  const brief = messages.length > 3;
  const latest = messages[messages.length - 1];
  const heard = brief ? [messages.length + " new messages. The latest: " + latest.text] : messages.map((item) => item.text);
  waiting = [];
  if (heard.length || others.length) voice("status", others.slice(-3).map((item) => item.text).concat(heard).join(" "));
}

function voice(role, text) {
  const nodes = voices[role];
  nodes[0].textContent = ""; // two nodes in turn: the same sentence twice is read twice
  nodes[1].textContent = text;
  nodes.reverse();
  clearTimeout(hushTimer);
  hushTimer = setTimeout(hush, LINGERS);
}

/** Words that have been read out must not stay behind in a hidden corner of the page. */
function hush() {
  voices.status.concat(voices.alert).forEach((node) => { node.textContent = ""; });
}

let lostTimer;

function callOut(state) {
  if (state === "doubtful") readOut(linkWords());
  if (state === "here") {
    clearTimeout(lostTimer);
    if (lostTimer === 0) readOut("You are connected again.");
    lostTimer = undefined;
  } else if (lostTimer === undefined && state !== "connecting") {
    lostTimer = setTimeout(() => { lostTimer = 0; voice("alert", linkWords()); outside(); }, LONG_LOST);
  }
}

// ---- What the room tells ----

function hear(frame, again) {
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
    case "gap": return onGap(frame);
    case "interrupted": return undefined; // the connection's state says so
    case "accepted": return onAnswer(frame);
    case "refused": return onAnswer(frame);
    case "arrived": return onArrived(frame);
    case "left": return onLeft(frame);
    case "raised": return change(frame.member, { hand_at: frame.at });
    case "lowered": return change(frame.member, { hand_at: undefined });
    case "listening": return change(frame.member, { listens: true });
    case "taking-part": return change(frame.member, { listens: undefined });
    case "turned": return onTurned(frame.floor);
    case "begun": return onBegun(frame);
    case "leads": return onLeads(frame.member);
    case "confided": return onAside(frame);
    case "conferred": return onAside(frame);
    case "gestured": case "received": return pass("beside", frame);
    case "resting": return onResting(frame);
    case "returned": return change(frame.member, { rests_until: undefined });
    case "called": call.value = frame.call; return undefined; // facilitators alone are told
    case "flagged": case "went-suddenly": case "sent-word": case "marked": case "looked": case "reported": return pass("notes", frame);
    case "asked-aside": case "declined-aside": case "unasked": case "needed": case "stepped-aside": case "aside": return pass("aside", frame);
    case "unheld": return onUnheld();
    case "said": return onMessage(frame, again);
    case "announced": return onMessage(frame, again);
    case "retracted": return onRetracted(frame);
    case "held": return onAnswer(frame);
    case "withheld": case "settled": case "alarmed": case "cared": case "slowed": case "shielded": case "heeded": case "suggested": return pass("holding", frame);
    case "asked-again": case "agreed": return pass("agreeing", frame);
    case "history-set": return onHistory(frame.hours);
    case "contact-opened": case "note-taken": return pass("contact", frame);
    case "adopted": return void (customs.value = frame.customs || {});
    case "folded": return onFolded(frame);
    case "paused": return onPaused(frame);
    case "resumed": return onResumed();
    case "muted": return onMuted(frame.member, frame.until);
    case "unmuted": return onMuted(frame.member, undefined);
    case "removed": return onRemoved(frame);
    case "acted-on": return onActedOn(frame);
    case "closed": return over(4505);
    // End of the list.
    default: return undefined;
  }
}

function onRoom(frame) {
  const first = epoch === undefined;
  // Whoever was in the room while it was put together again knows that its numbers go on; later nobody can tell.
  const stayed = ["here", "interrupted", "doubtful"].includes(link.value);
  if (epoch !== frame.epoch) epochs = (stayed ? epochs : []).concat(frame.epoch);
  quietly();
  if (waitingRoom.value) readOut("You are in the room now.");
  waitingRoom.value = null;
  callers.value = frame.waiting || [];
  door.value = frame.door || {};
  seam = log.value.length;
  epoch = frame.epoch;
  skew = frame.at - Date.now();
  frame.people.forEach(known);
  you.value = frame.you;
  people.value = frame.people;
  paused.value = frame.paused || null;
  unheld.value = Boolean(frame.unheld_until);
  floor.value = Object.assign({ kind: "open" }, frame.floor);
  begun.value = frame.begun || null;
  lead.value = frame.lead || "";
  call.value = frame.call || null;
  customs.value = frame.customs || {};
  mutedUntil.value = frame.muted_until || null;
  notes.value = notes.value.filter((note) => !note.look);
  (frame.marked || []).forEach((one) => pass("notes", one));
  (frame.retracted || []).forEach((n) => takenBack({ n }, () => "A message was taken back while you were away."));
  folded = frame.folded || [];
  folded.forEach((n) => patch({ n }, noted));
  if (me.value.rests) need("ending");
  keeps.value = frame.kept || 0;
  if (keeps.value) need("earlier");
  if (first) line(frame.replay ? "You are back. This was said while you were away:" : greeting || "You are here. " + (keeps.value ? "What is said here is kept for " + keptFor() + ". You can read what was said earlier." : "What was said before is not kept."));
  inSide.value = frame.beside;
  if (frame.asked_by || frame.asking || frame.beside || parts.value.aside) pass("aside", frame);
  if (frame.asked || question.value) pass("agreeing", frame);
  if (frame.opened_at || parts.value.contact) pass("contact", frame);
  if (frame.drafts || frame.shielded || parts.value.holding) pass("holding", frame);
  if (frame.replay) readOut(plural(frame.replay, "earlier message", "earlier messages") + ".");
}

/** What only who waits, or who lets in, needs to see: a part of its own hears it. */
function onWaiting(frame) {
  if (frame.type === "waiting-room") {
    waitingRoom.value = frame;
    keeps.value = frame.kept || 0;
    quietly();
    you.value = frame.you.id;
    skew = frame.at - Date.now();
  }
  pass("waiting", frame);
}

/** Shown where it happened: before what was told again. */
function onGap(frame) {
  const missed = frame.missed ? plural(frame.missed, "message", "messages") + " did not reach you." : "Some messages may not have reached you.";
  line(missed + " They are not kept.");
  const entries = log.value.slice();
  entries.splice(seam, 0, entries.pop());
  log.value = entries;
}

function onAnswer(frame) {
  const answers = asked.get(frame.ref);
  asked.delete(frame.ref);
  if (answers) answers[frame.type](frame);
}

function onArrived(frame) {
  const person = frame.person;
  const back = log.value.find((entry) => entry.lost === person.id && Date.now() + skew - entry.at < LATELY);
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

function messageOf(frame, mine) {
  const facilitates = people.value.some((person) => person.id === frame.by && person.role === "facilitator");
  const extra = { key: keyOf(frame), kind: frame.type, epoch, mine, name: nameOf(frame.by), facilitates };
  const entry = Object.assign({}, frame, extra);
  return folded.includes(frame.n) ? noted(entry) : entry;
}

/** The words of a note that came while this page was away are not kept. */
function noted(entry) {
  return Object.assign({}, entry, { note: entry.note || "added by a facilitator" });
}

function aloud(entry) {
  if (entry.kind === "announced") return "Announcement by " + entry.name + ": " + entry.text;
  const hides = cover(entry);
  return entry.name + (hides ? ", hidden. " + hides : " says: " + entry.text);
}

function cover(entry) {
  if (parts.value.care) return parts.value.care.cover(entry);
  return entry.note && !entry.mine ? "Content note: " + entry.note : "";
}

function keyOf(frame) {
  return epoch + "." + frame.n;
}

/** Whether its number still means this message. */
function counts(entry) {
  return epochs.includes(entry.epoch);
}

function patch(frame, change) {
  log.value = log.value.map((entry) => (entry.n !== frame.n || !counts(entry) || entry.kind === "line" ? entry : change(entry)));
}

function onRetracted(frame) {
  const own = frame.by === "author";
  takenBack(frame, (entry) => {
    if (own) return (entry.mine ? "You" : entry.name) + " took this message back.";
    return (entry.mine ? "Your" : entry.name + "’s") + " message was taken back by a facilitator.";
  });
}

/** In the place of a message stands that it was taken back; `words` says by whom, given the message. */
function takenBack(frame, words) {
  const keys = epochs.map((one) => one + "." + frame.n);
  keys.filter((key) => heard.has(key)).forEach((key) => { heard.get(key).gone = true; });
  patch(frame, (entry) => ({ key: entry.key, kind: "line", text: words(entry), at: entry.at, n: entry.n, epoch: entry.epoch, report: !entry.mine, waits: entry.waits }));
  if (sheet.value && keys.includes(sheet.value.key)) closeSheet();
}

function onTurned(now) {
  const before = floor.value;
  floor.value = Object.assign({ kind: "open" }, now);
  if (floor.value.turn === you.value) outside(); // it must be here when the connection is not
  if (parts.value.turns) parts.value.turns.told(before, floor.value);
}

function onBegun(frame) {
  begun.value = frame;
  line(frame.phase.name + (frame.phase.prompt ? ": " + frame.phase.prompt : " begins."));
}

function onLeads(member) {
  const before = lead.value;
  lead.value = member;
  if (before && before !== member) line(nameOf(member) + " leads now.");
}

function onAside(frame) {
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

function keptFor() {
  return keeps.value % 24 ? plural(keeps.value, "hour", "hours") : plural(keeps.value / 24, "day", "days");
}

function onFolded(frame) {
  patch(frame, (entry) => {
    readOut("A message of " + entry.name + " is hidden now. Content note: " + frame.note);
    return Object.assign({}, entry, { note: frame.note });
  });
}

function onResting({ member, until }) {
  if (member === you.value) need("beside");
  change(member, { rests_until: until });
}

function onUnheld() {
  unheld.value = true;
  readOut(UNHELD);
}

function onPaused(frame) {
  paused.value = frame.by;
  unheld.value = false;
  readOut(PAUSED[frame.by]);
}

function onResumed() {
  paused.value = null;
  unheld.value = false;
  readOut("The room goes on.");
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

function onActedOn(frame) {
  ["sheets", "onward"].forEach(need);
  cards.value = cards.value.concat(Object.assign({ key: ++keys }, frame));
  if (PARTING.includes(frame.act)) return;
  coming.sheets.then(() => parts.value.sheets && readOut(parts.value.sheets.aloud(frame)));
}

function change(member, fields) {
  people.value = people.value.map((person) => (person.id === member ? Object.assign({}, person, fields) : person));
}

function line(text, extra) {
  keep(Object.assign({ key: "line" + ++keys, kind: "line", text, at: Date.now() + skew }, extra));
  if (log.value.length > 1 && !unshown.value) readOut(text);
}

/** Puts an entry where it belongs: messages of one numbering in the order of their numbers. */
function keep(entry) {
  const entries = log.value.slice();
  const known = entries.findIndex((other) => other.key === entry.key);
  let at = known < 0 ? entries.length : known;
  while (known < 0 && at && entry.n && entries[at - 1].epoch === entry.epoch && entries[at - 1].n > entry.n) at -= 1;
  entries.splice(at, known < 0 ? 0 : 1, calm.value && known < 0 ? paced(entry) : entry);
  log.value = entries.slice(-LOG_MAX);
}

/** In calm mode what others say waits, and what the room tells waits behind it. */
function paced(entry) {
  const waits = entry.kind === "line" ? unshown.value > 0 : entry.kind === "said" && !entry.mine;
  return waits ? Object.assign({}, entry, { waits }) : entry;
}

function without(items, which) {
  const at = items.findIndex(which);
  return at < 0 ? items : items.slice(0, at).concat(items.slice(at + 1));
}

// ---- What this page asks ----

const leaves = location.search.includes("leaves");
if (leaves) history.replaceState(null, "", location.pathname); // asked for once, not with each reload
let connection = to(place.socket + (leaves ? "?leaves=1" : place.listens ? "?listens=1" : ""));

function to(path) {
  return new Connection(path, {
    frame: (frame, again) => {
      if (ending.value) return;
      batch(() => hear(frame, again));
      if (leads.value) connection.watch();
      if (calm.value || (me.value && me.value.rests_until)) need("beside");
      if (leads.value) ["desk", "waiting", "holding", "onward"].forEach(need);
      if (leads.value || begun.value || floor.value.kind !== "open") need("turns");
    },
    state: (state) => { link.value = state; callOut(state); },
    aside: (room) => pass("aside", { type: "aside", room }),
    ended: over,
  });
}

/** To another room of the same meeting: this page sits in one at a time. `words`: the first that stand there. */
function move(path, words) {
  connection.leave();
  forget();
  epoch = undefined;
  greeting = words;
  connection = to(path);
  connection.open();
}

const coming = {};

/** Loads a part of the page; tried again with the next frame. */
function need(part) {
  if (!coming[part]) coming[part] = Promise.all([import(place.parts.replace("*", part)), styled()]).then(
    ([module]) => { parts.value = Object.assign({}, parts.value, { [part]: module.default(shared) }); },
    () => { coming[part] = null; },
  );
  return coming[part];
}

let quiet;

function quietly() {
  quiet = quiet || setTimeout(() => { quiet = 0; ["grounding", "onward"].forEach(need); }, QUIETLY);
}

let came; // what had the focus before the quiet corner

function toCorner() {
  came = document.activeElement;
  need("grounding");
  unheard.value = 0;
  corner.value = true;
}

corner.leave = () => {
  corner.value = false;
  if (unheard.value) readOut(plural(unheard.value, "new message", "new messages") + " meanwhile.");
  requestAnimationFrame(() => { if (came && came.isConnected) came.focus(); });
};

let style;

/** The parts' style; one that does not come holds nothing up. */
function styled() {
  if (!style) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: place.style });
    style = new Promise((done) => { link.onload = link.onerror = done; });
    document.head.append(link);
  }
  return style;
}

/** A part hears of it as soon as it is here. */
function pass(part, frame) {
  need(part).then(() => (parts.value[part] ? batch(() => parts.value[part].hear(frame)) : setTimeout(pass, AGAIN, part, frame)));
}

function slot(name) {
  return Object.values(parts.value).map((part) => part[name] && html`<${part[name]} />`);
}

function ask(command, answers) {
  asked.set(connection.ask(command), Object.assign({ accepted() {}, refused: (frame) => say(frame.words) }, answers));
}

function say(words) {
  notice.value = words;
  readOut(words);
}

/** Why nothing can be sent just now; "" if it can. */
const hindered = computed(() => {
  if (question.value) return parts.value.agreeing.first;
  if (mutedUntil.value) return "You are muted " + untilWords(mutedUntil.value) + ". You can read along.";
  if (paused.value) return "The room is paused. You can keep what you are writing.";
  if (me.value && me.value.listens) return "You are here to listen today. Press “Take part” if you want to speak.";
  if (floor.value.kind !== "open" && !mayspeak()) return (parts.value.turns ? parts.value.turns.floorWords() : "") + " You can keep what you are writing.";
  if (link.value === "interrupted") return "The room cannot be reached for a moment. You can keep what you are writing.";
  if (link.value !== "here" && pending.value.length) return linkWords();
  return parts.value.holding ? parts.value.holding.stops() : "";
});

effect(() => { hindered.value; notice.value = ""; }); // what was said of another moment holds no more

function mayspeak() {
  const { kind, turn } = floor.value;
  return kind === "facilitators" ? leads.value : kind !== "quiet" && turn === you.value;
}

/** What cannot be said now is sent all the same while the room is there: it says why not, and sees words of danger. */
function send() {
  const text = draft.value.trim();
  if (!text || (hindered.value && link.value !== "here") || holding.value || count(text) > TEXT_MAX || count(note.value) > NOTE_MAX) return;
  if (!hindered.value && parts.value.holding && parts.value.holding.asks(text)) return;
  const message = { text, note: note.value.trim() || undefined };
  const ref = connection.ask(Object.assign({ type: "say" }, message));
  asked.set(ref, { accepted: (frame) => sent(ref, message, frame.n), refused: (frame) => unsent(ref, message, frame),
    held: (frame) => pass("holding", Object.assign({}, message, frame)) });
  pending.value = pending.value.concat({ ref, text, note: message.note });
  draft.value = note.value = notice.value = "";
  noting.value = false;
}

function sent(ref, message, n) {
  pending.value = without(pending.value, (item) => item.ref === ref);
  const known = log.value.some((entry) => entry.key === epoch + "." + n);
  if (!known) keep(messageOf(Object.assign({ type: "said", n, by: you.value, at: Date.now() + skew }, message), true));
  readOut("Sent.");
}

function unsent(ref, message, frame) {
  pending.value = without(pending.value, (item) => item.ref === ref);
  draft.value = [message.text, draft.value].filter(Boolean).join("\n\n");
  note.value = note.value || message.note || "";
  noting.value = Boolean(note.value);
  say(frame.words + (/fast|slow/.test(frame.code) && !hindered.value ? wait(frame.wait) : ""));
  if (frame.help) pass("holding", { type: "cared", where: "unsent" });
}

function wait(ms) {
  holding.value = true;
  setTimeout(() => { holding.value = false; notice.value = ""; }, ms);
  return " It can go in " + plural(Math.max(1, Math.ceil(ms / 1000)), "second", "seconds") + ".";
}

function hand() {
  ask({ type: "hand", up: !me.value.hand_at });
}

/** Whoever is out of the room can still tell the facilitators how they are. */
function outside() {
  if (!leads.value && !waitingRoom.value) need("after");
}

function leave() {
  outside();
  connection.ask({ type: "leave" });
  end(4509, link.value === "here");
}

/** A side room that is over leads back to the group. */
function over(code) {
  return (parts.value.aside && parts.value.aside.ended(code)) || end(code);
}

/** Empties the page and says how it ended. With `gently`, the room is left to close the line. */
function end(code, gently) {
  if (ending.value) return;
  const card = cards.value.find((item) => PARTING.includes(item.act));
  const kept = keeps.value ? keptFor() : "";
  const unsaid = parts.value.holding ? parts.value.holding.unsaid() : [];
  forget(REPORTABLE.includes(code));
  setTimeout(() => heard.clear(), HOUR);
  ending.value = { code, card, kept, unsaid };
  need("ending").then(() => parts.value.ending && parts.value.ending.callOut(ending.value));
  if (!gently) connection.end();
  else setTimeout(() => connection.end(), LEAVING);
}

function forget(reportable) {
  if (!reportable) heard.clear();
  batch(() => {
    [people, log, pending, cards, asides, asideNews, notes, callers].forEach((held) => { held.value = []; });
    [you, draft, note, notice, panel].forEach((held) => { held.value = ""; });
    [paused, mutedUntil, sheet, call, waitingRoom, kept, question, earlier].forEach((held) => { held.value = null; });
    floor.value = { kind: "open" };
    begun.value = null;
    customs.value = {};
    spared.value = { people: [], words: [], gestures: false, open: [] };
    keeps.value = 0;
    unheld.value = noting.value = corner.value = false;
  });
  names.clear();
  asked.clear();
  waiting = [];
  hush();
  clearTimeout(lostTimer);
}

// ---- The form that is open: something to do with a person, a message or the room ----

let opener;

function openSheet(what) {
  if (!sheet.value) opener = document.activeElement;
  need("sheets");
  if (what.kind === "report") need("reports");
  if (what.kind === "crisis") need("crisis");
  sheet.value = Object.assign({ what: "mute", reason: "", error: "", busy: false }, what);
}

/** To whoever wrote last and has not been looked at. */
function toAside() {
  const last = asideNews.value[asideNews.value.length - 1];
  openSheet({ kind: "aside", with: last && leads.value ? last.member || "" : undefined });
}

function patchSheet(fields) {
  sheet.value = sheet.value && Object.assign({}, sheet.value, fields);
}

function closeSheet() {
  sheet.value = null;
  const back = opener && opener.isConnected ? opener : document.getElementById("words");
  if (back) back.focus();
}

/** `where`: the part of the form that says why not; else its end does. */
function act(command, where = "") {
  const open = sheet.value;
  patchSheet({ busy: true, error: "" });
  ask(command, {
    accepted: () => { if (sheet.value && sheet.value.kind === open.kind) closeSheet(); },
    refused: (frame) => { patchSheet({ busy: false, error: frame.words, where }); readOut(frame.words); },
  });
}

function field(event, name) {
  return event.target.elements[name] ? event.target.elements[name].value.trim() : "";
}

// ---- Views ----

function Top() {
  const toggle = (name) => () => { panel.value = panel.value === name ? "" : name; };
  const tab = (name, label) => html`<button type="button" class="tab" aria-expanded=${panel.value === name ? "true" : "false"}
    aria-controls=${name} onClick=${toggle(name)}>${label}</button>`;
  return html`<header class="room-top">
    <h1 class="unseen">${place.name}</h1>
    <p class="state" data-state=${link.value}>${link.value === "here" ? "You are here" : link.value === "connecting" ? "Connecting…" : "Not connected"}</p>
    ${keeps.value > 0 && html`<p class="kept">Kept for ${keptFor()}, sealed</p>`}
    <button type="button" class="calm-tab" aria-label="A quiet corner, to breathe" onClick=${toCorner}>Breathe</button>
    ${tab("people", "People " + people.value.length)}
    ${tab("side", (leads.value ? "Tools" : "More") + (asideNews.value.length ? " (" + asideNews.value.length + ")" : ""))}
  </header>`;
}

function People() {
  const role = (person) => (person.role === "facilitator" ? 0 : 1);
  const sorted = people.value.slice().sort((a, b) => role(a) - role(b) || a.name.localeCompare(b.name));
  return html`<aside id="people" class=${"people" + (panel.value === "people" ? " open" : "")} data-region tabindex="-1" aria-labelledby="people-title">
    ${hands.value.length > 0 && html`<h2 id="hands-title">Hands up</h2>
      <ol class="hands" aria-labelledby="hands-title">${hands.value.map((person) => html`<li key=${person.id}>${person.name}</li>`)}</ol>`}
    <h2 id="people-title">People here</h2>
    <ul>${sorted.map((person) => html`<${Person} key=${person.id} person=${person} />`)}</ul>
  </aside>`;
}

function Person({ person }) {
  const self = person.id === you.value;
  const marks = [self && "you", person.guest && "guest", person.role !== "member" && person.role + (person.id === lead.value ? ", leads" : ""),
    floor.value.turn === person.id && "has the floor", person.listens && "just listening", person.rests_until && "taking a break", person.aside && "stepped aside", person.hand_at && "hand up",
    person.muted_until && "muted " + untilWords(person.muted_until)].filter(Boolean).join(" · ");
  const open = () => openSheet({ kind: "person", id: person.id, name: person.name });
  return html`<li class=${"person hue-" + hue(person.id)}>
    <${Face} id=${person.id} />
    <span class="who"><b>${person.name}</b>${marks && html`<small>${marks}</small>`}</span>
    ${leads.value && !self && !person.aside && parts.value.turns && html`<${parts.value.turns.Give} person=${person} />`}
    ${leads.value && !self && !person.aside && person.role !== "facilitator" && html`<button type="button" class="quiet more" onClick=${open}
      aria-label=${"Options for " + person.name}>⋯</button>`}
  </li>`;
}

function known(person) {
  names.set(person.id, person.name);
  faces.set(person.id, parseInt(person.face, 16));
}

function hue(id) {
  return (faces.get(id) >> 15) % 6 || 0;
}

/** Dots in five rows, the same to the left and to the right. */
function Face({ id }) {
  let dots = "";
  for (let at = 0; at < 25; at++) if (faces.get(id) >> Math.min(at % 5, 4 - at % 5) + 3 * (at / 5 | 0) & 1) dots += "M" + at % 5 + " " + (at / 5 | 0) + "h0";
  return html`<span class="mark" aria-hidden="true"><svg viewBox="-1.5 -1.5 7 7"><path d=${dots} /></svg></span>`;
}

function Banners() {
  const words = [];
  if (link.value !== "here" && link.value !== "connecting") words.push(linkWords());
  if (paused.value) words.push(PAUSED[paused.value]);
  else if (unheld.value) words.push(UNHELD);
  const resume = leads.value && paused.value && html`<button type="button" onClick=${() => ask({ type: "resume" })}>Resume the room</button>`;
  return html`<div class="banners">
    ${words.map((text) => html`<p key=${text} class="banner">${text}</p>`)}${resume}
    ${parts.value.after && link.value !== "here" && html`<${parts.value.after.After} waits=${5000} />`}
    ${parts.value.aside && html`<${parts.value.aside.Panel} />`}
    ${parts.value.sheets && html`<${parts.value.sheets.News} />`}
    ${parts.value.notes && html`<${parts.value.notes.Notes} />`}
    ${leads.value && parts.value.waiting && html`<${parts.value.waiting.Callers} />`}
    ${parts.value.sheets && cards.value.map((card) => html`<${parts.value.sheets.Card} key=${card.key} card=${card} />`)}${slot("Banner")}
  </div>`;
}

function Log() {
  const box = useRef();
  const near = useSignal(""); // the message that has the focus within
  const low = useRef(true); // the reader is at the newest message
  const entries = unshown.value ? log.value.filter((entry) => !entry.waits) : log.value;
  const newest = entries.filter((entry) => entry.kind !== "line").pop();
  const size = entries.length + pending.value.length;
  const seen = useRef(size);
  const was = useRef(0);
  const down = () => { box.current.scrollTop = box.current.scrollHeight; };
  useEffect(() => {
    const more = size - seen.current;
    seen.current = size;
    if (low.current) down();
    else if (more > 0) unread.value += more;
  }, [entries, size]);
  useEffect(() => {
    const watch = window.ResizeObserver && new ResizeObserver(() => box.current && low.current && down());
    if (watch) watch.observe(box.current); // a keyboard that opens must not cover the newest message
    return () => watch && watch.disconnect();
  }, []);
  const scrolled = () => {
    const top = box.current.scrollTop;
    const end = box.current.scrollHeight - top - box.current.clientHeight < 60;
    low.current = end || (low.current && top >= was.current); // growing is not scrolling up
    was.current = top;
    if (low.current) unread.value = 0;
  };
  const reached = ({ target }) => {
    const item = target && box.current.contains(target) && target.closest("li");
    near.value = item ? item.dataset.key : "";
  };
  return html`<section class="log" aria-labelledby="log-title">
    <h2 id="log-title" class="unseen">Messages</h2>
    <div role="log" aria-live="off" aria-labelledby="log-title" tabindex="0" data-region ref=${box} onScroll=${scrolled} onKeyDown=${walk}
      onFocusIn=${reached} onFocusOut=${(event) => reached({ target: event.relatedTarget })}>
      ${slot("Before")}<ol>${entries.map((entry, at) => html`<${Entry} key=${entry.key} entry=${entry} follows=${follows(entries[at - 1], entry)} spares=${spared.value} tools=${leads.value}
        near=${entry === newest || entry.key === near.value} />`)}
        ${pending.value.map((item) => html`<li key=${item.ref} class="said mine waiting"><p class="words">${item.text}</p>
          <p class="hint">${link.value === "here" ? "Sending…" : "Not sent yet"}</p></li>`)}${slot("Waiting")}</ol>
    </div>
    ${unshown.value > 0 && parts.value.beside ? html`<${parts.value.beside.Unshown} />` : unread.value > 0 && html`<button type="button" class="newer" onClick=${down}>New messages</button>`}
  </section>`;
}

/** Arrow keys go from message to message. */
function walk(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || event.target.closest(".before button, summary")) return;
  const items = Array.from(event.currentTarget.querySelectorAll("li"));
  const at = items.indexOf(event.target.closest("li"));
  const next = at < 0 ? items[items.length - 1] : items[at + step];
  event.preventDefault();
  if (next) next.focus();
}

function follows(before, entry) {
  return Boolean(before) && before.kind === "said" && entry.kind === "said" && before.by === entry.by && entry.at - before.at < TOGETHER;
}

function By({ entry }) {
  return html`<p class="by"><${Face} id=${entry.by} /> <b>${entry.mine ? "You" : entry.name}</b>
    ${entry.facilitates && html` <small>facilitator</small>`} <time>${clock(entry.at)}</time>${entry.written && html` <small>written at ${clock(entry.written)}, let through by a facilitator</small>`}</p>`;
}

/** One entry; drawn again only when it changed. */
class Entry extends Component {
  shouldComponentUpdate(next, state) {
    return state !== this.state || next.entry !== this.props.entry || next.follows !== this.props.follows || next.spares !== this.props.spares || next.tools !== this.props.tools || next.near !== this.props.near;
  }

  /** By Tab one comes to the buttons of the message that is `near`: of all of them, they would stand between the room and writing. */
  render({ entry, follows: joined, spares, tools, near }) {
    const stop = near ? "0" : "-1";
    if (entry.kind === "line") return html`<li class="line" tabindex="-1" data-key=${entry.key}>${entry.text}${entry.report && html`<button type="button" class="quiet more" tabindex=${stop}
      aria-label=${"More about the message that was taken back, " + clock(entry.at)} onClick=${() => openSheet({ kind: "report", key: entry.key })}>⋯</button>`}</li>`;
    const answering = this.state.open;
    const { beside } = parts.value;
    const classes = [entry.kind, "hue-" + hue(entry.by), entry.mine && "mine", joined && "joined"].filter(Boolean).join(" ");
    const open = () => openSheet({ kind: "message", key: entry.key, name: entry.name, entry });
    return html`<li class=${classes} tabindex="-1" data-key=${entry.key}>
      <${By} entry=${entry} />
      <div class="bubble"><${Words} entry=${entry} />
      ${html`<button type="button" class="quiet more" tabindex=${stop} onClick=${open}
        aria-label=${(entry.mine ? "Take back your message of " : (tools ? "Options for" : "More about") + " the message of " + entry.name + ", ") + clock(entry.at)}>
        ⋯</button>`}
      ${!entry.mine && counts(entry) && !spares.gestures && html`<button type="button" class="quiet answer" tabindex=${stop} aria-expanded=${answering ? "true" : "false"}
        aria-label=${"Answer the message of " + entry.name + ", " + clock(entry.at) + ", without words"} onClick=${() => { need("beside"); this.setState({ open: !answering }); }}>♡</button>`}</div>
      ${entry.rule && parts.value.agreeing && html`<${parts.value.agreeing.Proposal} entry=${entry} />`}
      ${answering && beside && html`<${beside.Answers} to=${{ n: entry.n }} done=${() => this.setState({ open: false })} />`}
      ${entry.gestures && beside && !spares.gestures && html`<${beside.Given} counted=${entry.gestures} from=${entry.from} />`}${entry.beside}
    </li>`;
  }
}

function Words({ entry }) {
  if (parts.value.care) return html`<${parts.value.care.Words} entry=${entry} />`;
  const words = html`<p class="words" dir="auto">${entry.text}</p>`;
  return cover(entry) ? html`<details><summary>${cover(entry)}</summary>${words}</details>` : words;
}

/** The number to call when somebody is in danger: a phone dials it. */
function Emergency() {
  return html`<b>${place.emergency.split(/(\d[\d ]*\d)/).map((piece) => (/^\d/.test(piece) ? number("tel:" + piece.replace(/ /g, ""), piece) : piece))}</b>`;
}

/** A kiosk cannot call; it shows a number large. */
function number(address, shown) {
  return document.documentElement.dataset.kiosk ? html`<b class="large">${shown}</b>` : html`<a href=${address}>${shown}</a>`;
}

const touch = matchMedia("(pointer: coarse)");

function Composer() {
  const left = TEXT_MAX - count(draft.value);
  const counter = left < 0 ? plural(-left, "character", "characters") + " too many. You can send it in two parts."
    : left <= NEAR_THE_END ? plural(left, "character", "characters") + " left." : "";
  const words = hindered.value || notice.value || counter;
  const held = Boolean(hindered.value) || holding.value || left < 0 || !draft.value.trim();
  const keyed = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch.matches) return;
    event.preventDefault();
    send();
  };
  return html`<form class="composer" onSubmit=${(event) => { event.preventDefault(); send(); }}>
    ${slot("Beside")}<p class="composer-words" id="composer-words">${words}</p>
    <label class="unseen" for="words">Your message</label>
    <textarea id="words" data-region rows="2" autocomplete="off" aria-describedby="composer-words" placeholder="Write to the room…"
      value=${draft.value} onInput=${(event) => { draft.value = event.target.value; need("holding"); }} onKeyDown=${keyed}></textarea>
    ${noting.value && slot("Topics")}${noting.value && html`<label class="noted">Content note <small>(people see this first and choose whether to open your message)</small>
      <input value=${note.value} maxlength=${NOTE_MAX} autocomplete="off" placeholder="for example: loss of a parent"
        onInput=${(event) => { note.value = event.target.value; }} /></label>`}
    <div class="composer-row">
      <${Hand} />
      <button type="button" class="noting" aria-expanded=${noting.value ? "true" : "false"} onClick=${fold}>${noting.value ? "No content note" : "Content note"}</button>
      <button class="strong" aria-disabled=${held ? "true" : "false"}>Send</button>
    </div>
  </form>`;
}

function fold() {
  need("care");
  noting.value = !noting.value;
  if (!noting.value) note.value = "";
}

function Hand() {
  const up = Boolean(me.value && me.value.hand_at);
  return html`<button type="button" class="hand" aria-pressed=${up ? "true" : "false"} onClick=${hand}>${up ? "Hand down" : "Raise hand"}</button>`;
}

function Side() {
  const alone = leads.value && people.value.filter((person) => person.role === "facilitator" && !person.aside).length === 1;
  const tools = leads.value && !inSide.value; // they are for the group
  const listens = Boolean(me.value && me.value.listens);
  const listen = () => ask({ type: listens ? "take-part" : "listen" });
  const going = () => (alone && !paused.value ? openSheet({ kind: "leave" }) : leave());
  return html`<aside id="side" class=${"side" + (panel.value === "side" || sheet.value ? " open" : "")} data-region tabindex="-1" aria-label="What you can do">
    ${sheet.value && parts.value.sheets && html`<${parts.value.sheets.Sheet} />`}
    ${tools && parts.value.desk && html`<${parts.value.desk.Tools} turns=${parts.value.turns} />`}
    ${tools && parts.value.waiting && html`<${parts.value.waiting.Tools} />`}
    ${tools && parts.value.holding && html`<${parts.value.holding.Tools} />`}
    <section class="own"><h2>You</h2>
      <p>You are here as <b>${me.value ? me.value.name : "…"}</b>.</p>
      <p><a href=${place.agreement} target="_blank" rel="noopener">Our agreement, and what you should know</a> <small>(opens beside this page)</small></p>
      <button type="button" onClick=${toAside}>${leads.value ? "Private words" : "A word to the facilitators"}${asideNews.value.length > 0 && " (" + asideNews.value.length + " new)"}</button>
      <button type="button" onClick=${() => { need("care"); openSheet({ kind: "care" }); }}>Hide something…</button>
      ${!inSide.value && html`<button type="button" onClick=${() => { need("agreeing"); openSheet({ kind: "rule" }); }}>Propose a rule…</button>`}
      <button type="button" onClick=${() => ask({ type: "rest" })}>Take a break</button>
      <button type="button" aria-pressed=${calm.value ? "true" : "false"} onClick=${() => need("beside").then(() => parts.value.beside && parts.value.beside.pace())}>At my own pace</button>
      <button type="button" onClick=${listen}>${listens ? "Take part" : "Just listen today"}</button>
      <button type="button" onClick=${going}>Leave the room</button>
      <button type="button" onClick=${() => { need("stored"); openSheet({ kind: "stored" }); }}>What the server holds</button>
      <p class="hint">If somebody is in danger now, call <${Emergency} />.</p>
      <details><summary>Keys</summary>
        <p>Enter sends; Shift and Enter begin a new line. F6 goes from part to part, arrow keys from message to message, and Tab from a message to its buttons.</p></details>
    </section>
  </aside>`;
}

/** Before its part has come, a few words of it. */
function Corner() {
  const { grounding } = parts.value;
  return grounding ? html`<${grounding.Corner} />` : html`<div class="corner ending"><p>Breathe out slowly. Find five things that you can see.</p>
    <button type="button" onClick=${corner.leave}>Back to the room</button></div>`;
}

function App() {
  return html`<${View} />${corner.value && !ending.value && html`<${Corner} />`}`;
}

function View() {
  const away = parts.value.ending;
  if (ending.value) return away ? html`<${away.Ending} />` : html`<h1 class="ending">You are not in the room any more</h1>`;
  if (waitingRoom.value) return parts.value.waiting ? html`<${parts.value.waiting.Page} />` : html`<p class="ending">Connecting…</p>`;
  if (me.value && me.value.rests_until) return parts.value.beside ? html`<${parts.value.beside.Break} />` : null;
  return html`<div class=${"room" + (covered.value || corner.value ? " covered" : "")} inert=${corner.value}>
    <${Top} />
    <${People} />
    <${Banners} />
    <div class="talk">${slot("Floor")}<${Log} /><${Composer} /></div>
    <${Side} />
  </div>`;
}

// ---- Keys, and ways out ----

function cycle(back) {
  const regions = Array.from(document.querySelectorAll("[data-region]")).filter((region) => region.offsetParent);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  regions[(at + (back ? -1 : 1) + regions.length) % regions.length].focus();
}

function shut() {
  const tab = document.querySelector("[aria-controls=" + panel.value + "]");
  panel.value = "";
  tab.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F6" && !ending.value && !corner.value) {
    event.preventDefault();
    cycle(event.shiftKey);
  } else if (event.key === "Escape") {
    if (corner.value) corner.leave();
    else if (sheet.value) closeSheet();
    else if (panel.value) shut();
  }
});

function vanish() {
  connection.end();
  forget();
  render(null, page);
}

addEventListener("hearth:leave", () => {
  connection.leave(); // to the others it looks like any leaving, and not like a lost connection
  forget();
  render(null, page);
});
addEventListener("pagehide", vanish);
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // never words from a browser's memory of pages

const shared = {
  By, Emergency, asides, asideNews, toAside, begun, corner, toCorner, unheard, call, callers, calm, cards, customs, door, draft, ending, floor, hands, heard, lead, leads, link, log,
  hue, me, names, note, notes, notice, number, panel, parts, paused, people, place, sheet, spared, unshown, waitingRoom, you, act,
  ask, clock, closeSheet, field, leave, line, nameOf, need, counts, openSheet, patch, patchSheet, plural, readOut,
  say, voice, inSide, question, pass, kept, move, keeps, keptFor, earlier, NOTE_MAX, TEXT_MAX, UNTIL_LOOKED, WORDS_MAX, pending, send,
  now: () => Date.now() + skew,
  device: (at) => at - skew,
};

render(html`<${App} />`, page);
connection.open();
