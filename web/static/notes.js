// What facilitators should look at and nobody else sees: somebody went at a hard moment, or sent a word from outside.
// It comes to the page with the first of it.

import { html } from "./vendor/ui.0bb38755.js";

const BACK_WITHIN = 10000; // ms in which a lost connection often comes back, and then there is no news
const WORDS = {
  "ok": (name) => name + " has left and lets you know: “I’m OK.”",
  "reach-out": (name) => name + " has left and asks you to reach out.",
};

/** `room`: what the page shares with its parts, see `shared` in room.js. */
export default function facilitatorsNotes(room) {
  const { notes, people, line, nameOf, readOut } = room;
  let keys = 0;

  function hear(frame) {
    switch (frame.type) {
      case "flagged": return line("An eye is kept on " + nameOf(frame.member) + " for two minutes. Only facilitators see this.");
      case "sent-word": return show(frame.member, WORDS[frame.word](frame.name));
      default: return frame.how === "lost" ? setTimeout(() => wentSuddenly(frame), BACK_WITHIN) : wentSuddenly(frame);
    }
  }

  function wentSuddenly(frame) {
    if (isHere(frame.member)) return;
    const when = frame.turn ? " in their own turn" : " soon after a message that worried somebody";
    const how = frame.how === "lost" ? " lost the connection" : " left";
    show(frame.member, nameOf(frame.member) + how + when + (frame.how === "lost" ? ", and is not back." : "."));
  }

  const isHere = (member) => people.value.some((person) => person.id === member);

  function show(member, text) {
    notes.value = notes.value.concat({ key: ++keys, member, text });
    readOut(text);
  }

  function Notes() {
    const seen = (note) => () => { notes.value = notes.value.filter((other) => other !== note); };
    return notes.value.map((note) => html`<section class="card" key=${note.key} aria-label="For facilitators">
      <p><b>${note.text}</b>${isHere(note.member) && html` They are in the room again.`}</p>
      <p class="hint">Only facilitators see this.</p>
      <button type="button" onClick=${seen(note)}>I have seen this</button>
    </section>`);
  }

  return { Notes, hear };
}
