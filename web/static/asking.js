// What this page asks of its room, and how it goes from there: to another room, or out, leaving nothing behind.

import { readOut, silence } from "./aloud.js";
import { Connection } from "./connection.js";
import { need, outside } from "./parts.js";
import { asked, cards, ending, forget, heard, keeps, link, notice, parts, seat } from "./state.js";
import { keptFor } from "./words.js";

export const PARTING = ["removal", "bar", "decline", "take-out"]; // acts that end somebody's being here

const REPORTABLE = [4503, 4504, 4505];
const HOUR = 3600000; // ms, so long
const LEAVING = 3000; // ms for a goodbye

let connection;
let listener;

/** Takes a seat in the room at `path`. `hears`: whoever listens there, see Connection; as before if nobody is named. */
export function sit(path, hears = listener) {
  listener = hears;
  connection = new Connection(path, listener);
  connection.open();
}

/** From now on silence is noticed sooner. */
export function watch() {
  connection.watch();
}

/** `answers`: what to do with each kind of answer. Returns the `ref` it was asked with. */
export function ask(command, answers) {
  const ref = connection.ask(command);
  asked.set(ref, Object.assign({ accepted() {}, refused: (frame) => say(frame.words) }, answers));
  return ref;
}

/** The room's answer goes to whoever asked. */
export function onAnswer(frame) {
  const answers = asked.get(frame.ref);
  asked.delete(frame.ref);
  if (answers) answers[frame.type](frame);
}

export function say(words) {
  notice.value = words;
  readOut(words);
}

/** To another room of the same meeting: this page sits in one at a time. `words`: the first that stand there. */
export function move(path, words) {
  vanish();
  seat.epoch = undefined;
  seat.greeting = words;
  sit(path);
}

/** Gone, and nothing stays. To the others it looks like any leaving, and not like a lost connection. */
export function vanish() {
  connection.leave();
  empty();
}

/** The same without a word to the room: the page goes away under it. */
export function cut() {
  connection.end();
  empty();
}

export function leave() {
  outside();
  connection.ask({ type: "leave" });
  end(4509, link.value === "here");
}

/** A side room that is over leads back to the group. */
export function over(code) {
  return (parts.value.aside && parts.value.aside.ended(code)) || end(code);
}

/** Empties the page and says how it ended. With `gently`, the room is left to close the line. */
export function end(code, gently) {
  if (ending.value) return;
  const card = cards.value.find((item) => PARTING.includes(item.act));
  const kept = keeps.value ? keptFor() : "";
  const unsaid = parts.value.holding ? parts.value.holding.unsaid() : [];
  empty(REPORTABLE.includes(code));
  setTimeout(() => heard.clear(), HOUR);
  ending.value = { code, card, kept, unsaid };
  need("ending").then(() => parts.value.ending && parts.value.ending.callOut(ending.value));
  if (!gently) connection.end();
  else setTimeout(() => connection.end(), LEAVING);
}

function empty(reportable) {
  forget(reportable);
  silence();
}
