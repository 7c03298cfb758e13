// What was said before, where everybody in the group has agreed that it is kept for a while: read page by page, at a
// press. It comes to the page when something is kept; the words are on this page alone, and go with it.

import { html, signal, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { earlier as shown, inSide, keeps, log, place } from "./state.js";
import { device, keptFor, now, plural } from "./words.js";

const PATIENCE = 8000; // ms

export default function earlier() {
  const words = signal("");
  const busy = signal(false);

  /** What is taken back, hidden or gone goes from here, too. */
  function hear(frame) {
    if (frame.type === "history-set" && !frame.hours) shown.value = null;
    if (frame.type === "retracted") drop((one) => one.here && one.n === frame.n);
    if (frame.type === "removed") drop((one) => one.by === frame.member);
    if (frame.type === "folded") change((one) => (one.here && one.n === frame.n ? Object.assign({}, one, { note: frame.note }) : one));
  }

  function drop(which) {
    shown.value = shown.value && Object.assign({}, shown.value, { messages: shown.value.messages.filter((one) => !which(one)) });
  }

  function change(how) {
    shown.value = shown.value && Object.assign({}, shown.value, { messages: shown.value.messages.map(how) });
  }

  /** Where what this page shows begins. */
  function first() {
    if (shown.value) return shown.value.messages.length ? shown.value.messages[0].mark : "";
    const entry = log.value.find((one) => one.n);
    return entry ? "here." + entry.n : "";
  }

  async function look() {
    if (busy.value) return;
    let count;
    busy.value = true;
    words.value = "";
    const begin = first();
    try {
      const path = place.reporting.replace(/reports$/, "earlier") + (begin ? "?before=" + begin : "");
      const answer = await fetch(path, { signal: AbortSignal.timeout(PATIENCE), redirect: "error" });
      const told = await answer.json();
      if (!answer.ok) words.value = told.words;
      else if (keeps.value) { put(told); count = told.messages.length; }
    } catch {
      words.value = "The server did not answer. Please try again.";
    }
    busy.value = false;
    if (words.value) readOut(words.value);
    return count;
  }

  function put(told) {
    const before = shown.value ? shown.value.messages : [];
    shown.value = { messages: told.messages.map(noted).concat(before), more: told.more };
    const count = told.messages.length;
    readOut(count ? plural(count, "earlier message", "earlier messages") + "." + (told.more ? " There are more before." : "") : "Nothing more was said before.");
  }

  function noted(one) {
    return one.folded && !one.note ? Object.assign(one, { note: "added by a facilitator" }) : one;
  }

  /** Above the talk. The place in it that somebody reads stays where it is. */
  function Before() {
    const box = useRef();
    if (!keeps.value || inSide.value) return null;
    const press = () => {
      const scroller = box.current.parentElement;
      const below = scroller.scrollHeight - scroller.scrollTop;
      const opening = !shown.value;
      look().then((count) => requestAnimationFrame(() => {
        if (!box.current || count === undefined) return;
        if (!opening) scroller.scrollTop = scroller.scrollHeight - below;
        const next = count ? box.current.querySelectorAll("li")[opening ? 0 : count - 1] : box.current.querySelector("button");
        if (next) next.focus(); // reading goes on where it stopped, and the button may be gone
      }));
    };
    const shut = () => { shown.value = null; };
    return html`<section class="before" ref=${box} aria-labelledby="before-title">
      <h3 id="before-title" class="unseen">Earlier</h3>
      <p class="row">${(!shown.value || shown.value.more) && html`<button type="button" aria-disabled=${busy.value ? "true" : "false"} onClick=${press}>${shown.value ? "Still earlier" : "Earlier"}</button>`}
        ${shown.value && html`<button type="button" class="quiet" onClick=${shut}>Put it away</button>`}
        <span class="hint">${words.value || (busy.value ? "Asking…" : shown.value ? "" : "What was said is kept for " + keptFor() + ", sealed")}</span></p>
      ${shown.value && (shown.value.messages.length
        ? html`<ol>${shown.value.messages.map((one) => html`<${Message} key=${one.mark} one=${one} />`)}</ol>`
        : html`<p class="hint">Nothing more was said before, or it is not kept any more.</p>`)}
    </section>`;
  }

  function Message({ one }) {
    const said = html`<p class="words" dir="auto">${one.text}</p>`;
    return html`<li class="earlier" tabindex="-1">
      <p class="by"><small>Earlier</small> <b>${one.name}</b>${one.facilitates && html` <small>facilitator</small>`}${one.announced && html` <small>announcement</small>`} <time>${when(one.at)}</time></p>
      ${one.note ? html`<details><summary>Content note: ${one.note}</summary>${said}</details>` : said}
    </li>`;
  }

  /** `18:42`, or with its day if that was another one. */
  function when(at) {
    const day = new Date(device(at));
    const time = { hour: "2-digit", minute: "2-digit" };
    const today = day.toDateString() === new Date(device(now())).toDateString();
    return today ? day.toLocaleTimeString([], time) : day.toLocaleString([], Object.assign({ weekday: "short", day: "numeric", month: "short" }, time));
  }

  return { Before, hear };
}
