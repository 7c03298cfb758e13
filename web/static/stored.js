// What the server holds of this room at this moment, in counts and seconds. It comes to the page when somebody looks,
// and asks again every few seconds as long as they do.

import { html, signal, useEffect } from "/static/vendor/ui.0bb38755.js";
import { place } from "./state.js";
import { keptFor, plural } from "./words.js";

const EVERY = 5000; // ms between two looks; the server asks its memory once in two seconds at most
const PATIENCE = 4000; // ms

export default function stored() {
  const holds = signal(null);
  const trouble = signal("");

  async function look() {
    try {
      const answer = await fetch(place.reporting.replace(/reports$/, "stored"), { signal: AbortSignal.timeout(PATIENCE), redirect: "error" });
      const told = await answer.json();
      trouble.value = answer.ok ? "" : told.words;
      if (answer.ok) holds.value = told;
    } catch {
      trouble.value = "The server did not answer. This page tries again.";
    }
  }

  function Stored() {
    useEffect(() => {
      look();
      const again = setInterval(look, EVERY);
      return () => { clearInterval(again); holds.value = null; };
    }, []);
    const now = holds.value;
    return html`<div class="stored" aria-busy=${now ? "false" : "true"}>
      ${trouble.value && html`<p>${trouble.value}</p>`}
      ${now ? html`<${Now} now=${now} />` : !trouble.value && html`<p>Asking…</p>`}
      <p>Nothing that is said here is written to a disk or a database. When the meeting closes, all of this is gone at once${now && now.history ? ", but for what your group keeps" : ""}.</p>
      <p><a href="/account/everything" target="_blank" rel="noopener">Everything about you</a>, with “Delete me” · <a href="/kept" target="_blank" rel="noopener">What is kept of anybody</a> <small>(both open beside this page)</small></p>
    </div>`;
  }

  function Now({ now }) {
    const { messages, oldest = 0, drafts, waits = 0, present, kept, history } = now;
    return html`<ul class="plain">
        <li><b>${plural(messages, "message", "messages")}</b>, sealed. ${messages > 0
          ? "The oldest was said " + long(oldest) + " ago. Each is gone after 60 seconds."
          : "Each would be gone after 60 seconds."}</li>
        <li><b>${plural(drafts, "message waits", "messages wait")}</b> for a facilitator, sealed. ${drafts > 0
          ? "The first has waited " + long(waits) + ". Each is gone after 10 minutes."
          : "Each would be gone after 10 minutes."}</li>
        ${history && html`<li><b>${plural(history.messages, "message", "messages")}</b> of this group ${history.messages === 1 ? "is" : "are"} kept, sealed, as everybody here has agreed. ${history.messages > 0
          ? "The first was said " + long(history.oldest) + " ago. " : ""}Each is gone after ${keptFor()}.</li>`}
        <li><b>${plural(present, "person is", "people are")}</b> in the room.</li>
      </ul>
      <details><summary>All of it, key by key</summary>
        <ul class="plain">${kept.filter((one) => one.keys > 0).map((one) => html`<li key=${one.name}><b>${one.name}</b>${one.keys > 1 && " (" + one.keys + ")"}: ${one.why}. <small>Until ${one.until}${one.dies_in === undefined ? "" : "; in " + long(one.dies_in) + " at the latest"}.</small></li>`)}</ul>
        <p class="hint">There is nothing else of this room in the server’s memory. Of the words, only the messages counted above.</p></details>`;
  }

  /** `41 seconds`, `9 minutes`, `23 hours`. */
  function long(seconds) {
    if (seconds < 120) return plural(seconds, "second", "seconds");
    if (seconds < 7200) return Math.round(seconds / 60) + " minutes";
    return Math.round(seconds / 3600) + " hours";
  }

  return { stored: Stored };
}
