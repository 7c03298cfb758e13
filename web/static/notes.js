// What facilitators should look at and nobody else sees: somebody went at a hard moment, sent a word from outside, or
// said something that others flagged, or reported it.
// It comes to the page with the first of it.

import { html } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { ask } from "./asking.js";
import { line } from "./log.js";
import { openSheet } from "./opening.js";
import { heard, notes, people, place } from "./state.js";
import { UNTIL_LOOKED, clock, nameOf, plural } from "./words.js";

const BACK_WITHIN = 10000; // ms in which a lost connection often comes back, and then there is no news
const WORDS = {
  "ok": (name) => name + " has left and lets you know: “I’m OK.”",
  "reach-out": (name) => name + " has left and asks you to reach out.",
};

export default function facilitatorsNotes() {
  let keys = 0;

  function hear(frame) {
    switch (frame.type) {
      case "flagged": return line("An eye is kept on " + nameOf(frame.member) + " for two minutes. Only facilitators see this.");
      case "sent-word": return show(frame.member, WORDS[frame.word](frame.name));
      case "reported": return reported();
      case "marked": return marked(frame);
      case "looked": return void (notes.value = notes.value.filter((note) => note.look !== frame.member));
      default: return frame.how === "lost" ? setTimeout(() => wentSuddenly(frame), BACK_WITHIN) : wentSuddenly(frame);
    }
  }

  function wentSuddenly(frame) {
    if (isHere(frame.member)) return;
    const when = frame.turn ? " in their own turn" : " soon after a message that worried somebody";
    const how = frame.how === "lost" ? " lost the connection" : " left";
    show(frame.member, nameOf(frame.member) + how + when + (frame.how === "lost" ? ", and is not back." : "."));
  }

  /** One note a message, which counts up; from the second on it is said. */
  function marked({ n, member, count }) {
    const entry = Array.from(heard.values()).reverse().find((one) => one.n === n && one.by === member);
    const text = "A message by " + nameOf(member) + (entry ? " of " + clock(entry.at) : "") + " was flagged by " + plural(count, "person", "people") + ".";
    const note = { key: "flagged" + n, member, texts: [text], entry, look: member };
    notes.value = notes.value.filter((other) => other.key !== note.key).concat(note);
    if (count > 1) readOut(text);
  }

  /** One note, however many came; what they say stands on a page of its own. */
  function reported() {
    const text = "A report came.";
    notes.value = notes.value.filter((note) => note.key !== "reported").concat({ key: "reported", texts: [text], reports: true });
    readOut(text);
  }

  const isHere = (member) => people.value.some((person) => person.id === member);

  /** What is told of one person stands together until it has been seen. */
  function show(member, text) {
    const before = notes.value.find((note) => note.member === member && !note.look);
    const note = { key: ++keys, member, texts: (before ? before.texts : []).concat(text) };
    notes.value = notes.value.filter((other) => other !== before).concat(note);
    readOut(text);
  }

  function Notes() {
    const seen = (note) => () => { notes.value = notes.value.filter((other) => other !== note); };
    return notes.value.map((note) => html`<section class="card" data-one="note" key=${note.key} aria-label="For facilitators">
      ${note.texts.map((text, n) => html`<p key=${n}><b>${text}</b></p>`)}
      ${note.reports && html`<p>Look at it after the meeting, or now: <a href=${place.group + "/reports"} target="_blank" rel="noopener">Reports</a> <small>(opens beside this page)</small></p>`}${!note.look && isHere(note.member) && html`<p>They are in the room again.</p>`}
      <p class="hint">Only facilitators see this.</p>
      ${note.look ? html`<${Look} note=${note} />` : html`<button type="button" onClick=${() => openSheet({ kind: "crisis", id: note.member, name: nameOf(note.member) })}>What to do, step by step</button> <button type="button" onClick=${seen(note)}>I have seen this</button>`}
    </section>`);
  }

  function Look({ note }) {
    const { entry, look } = note;
    const person = people.value.find((one) => one.id === look);
    const still = person && person.muted_until >= UNTIL_LOOKED;
    return html`${entry && !entry.gone && html`<blockquote dir="auto">${entry.text}</blockquote>`}
      ${still && html`<p>${nameOf(look)} is muted until you have looked.</p>`}
      <button type="button" onClick=${() => ask({ type: "look", member: look })}>${still ? "I have looked, let " + nameOf(look) + " write again" : "I have looked"}</button>
      ${entry && html` <button type="button" onClick=${() => openSheet({ kind: "message", key: entry.key, name: entry.name, entry })}>Do something…</button>`}`;
  }

  return { Notes, hear };
}
