// What the page knows of its room. Everything here is in memory only, and forget() empties it.

import { batch, computed, signal } from "/static/vendor/ui.0bb38755.js";

export const page = document.getElementById("room");
export const place = page.dataset;

export const link = signal("connecting");
export const you = signal("");
export const people = signal([]);
export const log = signal([]);
export const pending = signal([]); // own messages not yet accepted: {ref, text, note}
export const paused = signal(null);
export const pausedAt = signal(0); // by the room's clock, which stands still then for turns, phases and the door; 0: it is not
export const unheld = signal(false);
export const floor = signal({ kind: "open" }); // who may speak now, as the server tells it
export const mutedUntil = signal(null);
export const cards = signal([]); // what was done to you, until you have read it
export const draft = signal("");
export const note = signal("");
export const noting = signal(false); // the content note's field is open
export const notice = signal(""); // one sentence at the composer
export const holding = signal(false); // sent too fast; over in a moment
export const sheet = signal(null); // the one form that is open: {kind, ...}
export const panel = signal(""); // on a small screen: which side panel is open
export const unread = signal(0);
export const ending = signal(null);
export const begun = signal(null); // the phase the meeting is in
export const customs = signal({}); // how the group does things here; a default is not sent
export const waitingRoom = signal(null); // what somebody sees who waits to come in; null once they are in
export const callers = signal([]); // who waits, for facilitators
export const door = signal({});
export const lead = signal(""); // which facilitator leads
export const calm = signal(Boolean(place.calm)); // new messages wait until they are wanted
export const call = signal(null); // to a facilitator: how the call to whoever is on call stands
export const asides = signal([]); // what was said beside the talk: {member, by, text, at}; without a member among facilitators
export const asideNews = signal([]); // of these, what has not been looked at
export const asidesLost = signal(""); // that private words did not reach this page, until it is read
export const notes = signal([]); // for facilitators: who went suddenly, and words from outside
export const spared = signal({ people: [], words: [], gestures: false, open: [] }); // told to nobody
export const keeps = signal(0); // for how many hours what is said here is kept; 0: not at all
export const earlier = signal(null); // what was said before, as far as it was opened: {messages, more}
export const question = signal(null); // what you have not agreed to yet
export const inSide = signal(false); // this is a side room
export const kept = signal(null); // of the group's room, while its page shows a side room
export const corner = signal(false); // somebody is in the quiet corner
export const unheard = signal(0); // messages since then
export const parts = signal({}); // what comes to the page only when it is needed: desk, turns, waiting

export const me = computed(() => people.value.find((person) => person.id === you.value));
export const leads = computed(() => Boolean(me.value) && me.value.role === "facilitator");
export const unshown = computed(() => log.value.filter((entry) => entry.waits && entry.kind !== "line").length);
export const covered = computed(() => Boolean(panel.value || sheet.value)); // on a small screen a panel hides the talk
export const hands = computed(() => people.value.filter((person) => person.hand_at).sort((a, b) => a.hand_at - b.hand_at));

export const names = new Map(); // everybody this page has seen, also after they have gone
export const faces = new Map();
export const heard = new Map(); // messages as they came, also those taken back, to be reported
export const asked = new Map(); // ref -> what to do with the answer
export const acts = new Set(); // of what was done to you: what this page has shown

/** Changes without the page being drawn anew. */
export const seat = {
  epoch: undefined, // of the room's numbering
  epochs: [], // it and those before it from which the numbers go on
  asides: 0, // private words told to you, as far as this page knows
  owed: { n: 0 }, // your own that were lost with a line
  gone: [], // taken back while this page was away
  greeting: "", // the first words that stand there, if not the usual ones
};

export function known(person) {
  names.set(person.id, person.name);
  faces.set(person.id, parseInt(person.face, 16));
}

/** With `reportable`, what was heard stays, for a report. */
export function forget(reportable) {
  if (!reportable) heard.clear();
  batch(() => {
    [people, log, pending, cards, asides, asideNews, notes, callers].forEach((held) => { held.value = []; });
    [you, draft, note, notice, panel, asidesLost].forEach((held) => { held.value = ""; });
    [paused, mutedUntil, sheet, call, waitingRoom, kept, question, earlier].forEach((held) => { held.value = null; });
    floor.value = { kind: "open" };
    begun.value = null;
    customs.value = {};
    spared.value = { people: [], words: [], gestures: false, open: [] };
    keeps.value = 0;
    unheld.value = noting.value = corner.value = false;
    pausedAt.value = 0;
  });
  names.clear();
  asked.clear();
  acts.clear();
}
