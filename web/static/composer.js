// Where somebody writes: what they write, whether it can be sent, and what becomes of it.

import { computed, effect, html } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { ask, say } from "./asking.js";
import { keep, keyOf, line, messageOf, without } from "./log.js";
import { need, pass, slot } from "./parts.js";
import { draft, floor, holding, leads, link, log, me, mutedUntil, note, notice, noting, parts, paused, pending, question, seat, you } from "./state.js";
import { NOTE_MAX, TEXT_MAX, count, linkWords, now, plural, untilWords } from "./words.js";

const NEAR_THE_END = 200; // characters left when the counter begins to show

let back = ""; // what came back unsent; more that does comes after it

/** Why nothing can be said for a while; "" if something can. */
export const barred = computed(() => {
  if (question.value) return parts.value.agreeing.first;
  if (mutedUntil.value) return "You are muted " + untilWords(mutedUntil.value) + ". You can read along.";
  if (paused.value) return "The room is paused. You can keep what you are writing.";
  if (me.value && me.value.listens) return "You are here to listen today. Press “Take part” if you want to speak.";
  if (floor.value.kind !== "open" && !mayspeak()) return (parts.value.turns ? parts.value.turns.floorWords() : "") + " You can keep what you are writing.";
  if (link.value === "interrupted") return "The room cannot be reached for a moment. You can keep what you are writing.";
  return link.value !== "here" && pending.value.length ? linkWords() : "";
});

/** Why nothing can be sent just now, slow mode too; "" if something can. */
const hindered = computed(() => barred.value || (parts.value.holding ? parts.value.holding.stops() : ""));

/** Whether pressing “Send” does anything: while the room is there, what cannot be said is sent for what it may tell. */
export const sends = computed(() => Boolean(draft.value.trim()) && (!hindered.value || link.value === "here")
  && !holding.value && count(draft.value.trim()) <= TEXT_MAX && count(note.value) <= NOTE_MAX);

effect(() => { hindered.value; notice.value = ""; }); // what was said of another moment holds no more

function mayspeak() {
  const { kind, turn } = floor.value;
  return kind === "facilitators" ? leads.value : kind !== "quiet" && turn === you.value;
}

/** What cannot be said now is sent all the same while the room is there: it says why not, and sees words of danger. */
export function send() {
  const text = draft.value.trim();
  if (!sends.value) return;
  if (!hindered.value && parts.value.holding && parts.value.holding.asks(text)) return;
  const message = { text, note: note.value.trim() || undefined };
  const ref = ask(Object.assign({ type: "say" }, message), {
    accepted: (frame) => sent(ref, message, frame.n),
    refused: (frame) => unsent(ref, message, frame),
    held: (frame) => pass("holding", Object.assign({}, message, frame)),
  });
  pending.value = pending.value.concat({ ref, text, note: message.note });
  draft.value = note.value = notice.value = "";
  noting.value = false;
}

function sent(ref, message, n) {
  pending.value = without(pending.value, (item) => item.ref === ref);
  const known = log.value.some((entry) => entry.key === keyOf({ n }) || (entry.n === n && entry.text === message.text)); // also by an earlier epoch
  if (!known && seat.gone.includes(n)) line("Your message was taken back by a facilitator.");
  else if (!known) keep(messageOf(Object.assign({ type: "said", n, by: you.value, at: now() }, message), true));
  readOut("Sent.");
}

function unsent(ref, message, frame) {
  pending.value = without(pending.value, (item) => item.ref === ref);
  const first = draft.value.startsWith(back) ? back : "";
  back = [first, message.text].filter(Boolean).join("\n\n");
  draft.value = [back, draft.value.slice(first.length).replace(/^\n+/, "")].filter(Boolean).join("\n\n");
  note.value = [...new Set([note.value, message.note].filter(Boolean))].join(", ").slice(0, NOTE_MAX);
  noting.value = Boolean(note.value);
  say(frame.words + (/fast|slow/.test(frame.code) && !hindered.value ? wait(frame.wait) : ""));
  if (frame.help) pass("holding", { type: "cared", where: "unsent", text: message.text, code: frame.code });
}

function wait(ms) {
  holding.value = true;
  setTimeout(() => { holding.value = false; notice.value = ""; }, ms);
  return " It can go in " + plural(Math.max(1, Math.ceil(ms / 1000)), "second", "seconds") + ".";
}

function hand() {
  ask({ type: "hand", up: !me.value.hand_at });
}

const touch = matchMedia("(pointer: coarse)");

export function Composer() {
  const left = TEXT_MAX - count(draft.value);
  const counter = left < 0 ? plural(-left, "character", "characters") + " too many. You can send it in two parts."
    : left <= NEAR_THE_END ? plural(left, "character", "characters") + " left." : "";
  const words = notice.value || (hindered.value && hindered.value + (parts.value.holding ? parts.value.holding.allTheSame() : "")) || counter;
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
      <button class=${hindered.value ? "send" : "send strong"} aria-disabled=${sends.value ? "false" : "true"} aria-describedby="composer-words">Send</button>
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
