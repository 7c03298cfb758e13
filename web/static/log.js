// What was said and done here, in the order it belongs: each entry a message, or a line that the room tells.

import { readOut } from "./aloud.js";
import { closeSheet } from "./opening.js";
import { calm, heard, log, parts, people, seat, sheet, unshown } from "./state.js";
import { nameOf, now } from "./words.js";

export const LOG_MAX = 500; // entries a page keeps, for old phones

let folded = []; // numbers of messages that got a note while this page was away
let keys = 0;

export function line(text, extra) {
  keep(Object.assign({ key: "line" + nextKey(), kind: "line", text, at: now() }, extra));
  if (log.value.length > 1 && !unshown.value) readOut(text);
}

export function nextKey() {
  return ++keys;
}

/** Puts an entry where it belongs: messages of one numbering in the order of their numbers. */
export function keep(entry) {
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

export function messageOf(frame, mine) {
  const facilitates = people.value.some((person) => person.id === frame.by && person.role === "facilitator");
  const extra = { key: keyOf(frame), kind: frame.type, epoch: seat.epoch, mine, name: nameOf(frame.by), facilitates };
  const entry = Object.assign({}, frame, extra);
  return folded.includes(frame.n) ? noted(entry) : entry;
}

export function fold(numbers) {
  folded = numbers;
  folded.forEach((n) => patch({ n }, noted));
}

/** The words of a note that came while this page was away are not kept. */
function noted(entry) {
  return Object.assign({}, entry, { note: entry.note || "added by a facilitator" });
}

export function keyOf(frame) {
  return seat.epoch + "." + frame.n;
}

/** Whether its number still means this message. */
export function counts(entry) {
  return seat.epochs.includes(entry.epoch);
}

export function patch(frame, change) {
  log.value = log.value.map((entry) => (entry.n !== frame.n || !counts(entry) || entry.kind === "line" ? entry : change(entry)));
}

/** In the place of a message stands that it was taken back; `words` says by whom, given the message. */
export function takenBack(frame, words) {
  const keys = seat.epochs.map((one) => one + "." + frame.n);
  keys.filter((key) => heard.has(key)).forEach((key) => { heard.get(key).gone = true; });
  patch(frame, (entry) => ({ key: entry.key, kind: "line", text: words(entry), at: entry.at, n: entry.n, epoch: entry.epoch, report: !entry.mine, waits: entry.waits }));
  if (sheet.value && keys.includes(sheet.value.key)) closeSheet();
}

/** Why a message is hidden, in the words that stand in its place; empty if it is not. */
export function cover(entry) {
  if (parts.value.care) return parts.value.care.cover(entry);
  return entry.note && !entry.mine ? "Content note: " + entry.note : "";
}

export function aloud(entry) {
  if (entry.kind === "announced") return "Announcement by " + entry.name + ": " + entry.text;
  const hides = cover(entry);
  return entry.name + (hides ? ", hidden. " + hides : " says: " + entry.text);
}

export function without(items, which) {
  const at = items.findIndex(which);
  return at < 0 ? items : items.slice(0, at).concat(items.slice(at + 1));
}
