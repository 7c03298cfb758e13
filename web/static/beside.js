// What one does beside the talk: answering without words, taking a break, and reading at one's own pace.
// It comes to the page with the first of these.

import { html, signal, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { Emergency } from "./around.js";
import { ask, leave } from "./asking.js";
import { patch } from "./log.js";
import { calm, log, me, parts, place, spared, unshown, you } from "./state.js";
import { clock, nameOf, now, plural } from "./words.js";

const SOON = 120000; // ms before the end of a break at which it is said

export default function beside() {
  const gestures = JSON.parse(place.gestures); // kind -> the words this service has for it

  /** A gesture: counted softly below its message, or at the turn; and named to whoever it is for. */
  function hear(frame) {
    if (!you.value) return; // this page has been emptied
    if (frame.type === "received" && spared.value.gestures) return;
    if (frame.type === "received") readOut(nameOf(frame.by) + ": " + gestures[frame.kind] + ".");
    if (!frame.n) return parts.value.turns && parts.value.turns.cheered(frame);
    patch(frame, (entry) => Object.assign({}, entry, more(entry, frame)));
  }

  function more({ from = [], gestures: counted = {} }, { by, kind }) {
    return by ? { from: from.concat(nameOf(by)) } : { gestures: Object.assign({}, counted, { [kind]: (counted[kind] || 0) + 1 }) };
  }

  const soon = signal(false); // a break is nearly over

  /** The few ways to answer without words, in sight as soon as they are there. `to`: the message or the turn. */
  function Answers({ to, done }) {
    const row = useRef();
    const opener = () => row.current.parentElement.querySelector(".answer");
    const close = () => {
      opener().focus();
      done();
    };
    const closes = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // it closes nothing else
      close();
    };
    useEffect(() => {
      const heart = opener(); // has the focus still
      heart.addEventListener("keydown", closes);
      row.current.scrollIntoView({ block: "nearest" });
      return () => heart.removeEventListener("keydown", closes);
    }, []);
    return html`<p class="gestures" ref=${row} onKeyDown=${closes}>${Object.keys(gestures).map((kind) => html`<button key=${kind} type="button"
      onClick=${() => { close(); ask(Object.assign({ type: "gesture", kind }, to), { accepted: () => readOut("Sent.") }); }}>${gestures[kind]}</button>`)}</p>`;
  }

  /** Counted softly; `from` names who, to the one person it is for. */
  function Given({ counted, from }) {
    const words = Object.keys(counted).map((kind) => gestures[kind] + (counted[kind] > 1 ? " × " + counted[kind] : ""));
    return words.length > 0 && html`<p class="hint given">${words.join(" · ")}${from && from.length > 0 && " (" + from.join(", ") + ")"}</p>`;
  }

  /** The room goes on behind it; nothing of it is seen or read out. */
  function Break() {
    const heading = useRef();
    const until = me.value.rests_until;
    useEffect(() => heading.current.focus(), []);
    useEffect(() => {
      soon.value = false;
      const timer = setTimeout(() => { soon.value = true; }, Math.max(0, until - SOON - now()));
      return () => clearTimeout(timer);
    }, [until]);
    return html`<div class="ending">
      <h1 tabindex="-1" ref=${heading}>You are taking a break</h1>
      <p>Your place is kept until ${clock(until)}. What is said meanwhile is here when you come back.</p>
      <p role="status">${soon.value && "Your break is nearly over. After that you can come in again whenever you like."}</p>
      <p><button type="button" class="strong" onClick=${() => ask({ type: "return" })}>I am back</button> <button type="button" onClick=${leave}>Leave the room</button></p>
      <p>If somebody is in danger now, call <${Emergency} />.</p>
    </div>`;
  }

  /** In calm mode: how many messages wait, and the one press that shows them. */
  function Unshown() {
    const { value: number } = unshown;
    if (!number) return null;
    return html`<button type="button" class="newer" aria-label=${"Show " + plural(number, "new message", "new messages")} onClick=${show}>${number} new</button>`;
  }

  function show() {
    const first = log.value.find((entry) => entry.waits);
    log.value = log.value.map((entry) => (entry.waits ? Object.assign({}, entry, { waits: false }) : entry));
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const item = first && document.querySelector('[data-key="' + first.key + '"]');
      if (item) item.focus(); // reading goes on where it stopped
    }));
  }

  /** Calm mode, on or off. Kept with this visit by the server, for nothing is kept in the browser. */
  function pace() {
    calm.value = !calm.value;
    if (!calm.value) show();
    remember(calm.value);
    readOut(calm.value ? "From now on new messages wait until you want to read them." : "New messages come as they are said.");
  }

  /** If that cannot be done now, it holds for as long as this page does. */
  async function remember(on) {
    try {
      const { form } = await (await fetch("/account/calm")).json();
      const headers = { "Content-Type": "application/json", "X-Form": form };
      await fetch("/account/calm", { method: "POST", headers, body: JSON.stringify({ calm: on }) });
    } catch (error) { /* no network */ }
  }

  return { Answers, Given, Break, Unshown, hear, pace };
}
