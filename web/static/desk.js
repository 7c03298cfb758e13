// What a facilitator holds the room with. It comes to the page only when somebody leads.

import { html, signal, useEffect } from "/static/vendor/ui.0bb38755.js";
import { ask } from "./asking.js";
import { openSheet } from "./opening.js";
import { begun, call, draft, lead, log, panel, parts, paused, people, place, you } from "./state.js";
import { clock, now, plural } from "./words.js";

const WIDE = matchMedia("(min-width: 62rem)"); // the tools stand beside the talk
const BRIEF = 60; // characters of a ready text on its button
const FEW = 3; // people below which it is asked whether to begin
const UNANSWERED = 120000; // ms after which somebody's first message should have found an answer

export default function desk() {
  const plan = JSON.parse(place.plan || '{"phases":[],"texts":[]}');
  const few = signal(null); // the part that hardly anybody is here for: asked whether to begin it

  /** The next part, or any other; with hardly anybody here it is asked first. */
  function begin(phase, sure) {
    const starts = plan.phases.length < 2 || phase.name !== plan.phases[0].name; // the gathering is over
    const started = begun.value && begun.value.phase.name !== plan.phases[0].name;
    if (starts && !started && people.value.length < FEW && !sure) {
      few.value = phase;
      return;
    }
    few.value = null;
    ask({ type: "begin", phase, starts });
  }

  /** The next part of the meeting: what is pressed most, so it stands on top. */
  function Onward() {
    const next = plan.phases[at() + 1];
    return html`${next && html`<button type="button" class="strong" onClick=${() => begin(next)}>${begun.value ? "Go on to: " : "Begin: "}${next.name}</button>`}
      ${next && next.agreement && html`<p class="hint">Everybody is shown our agreement then.</p>`}
      ${few.value && html`<div class="note-small"><p>Only ${plural(people.value.length, "person is", "people are")} here. Start anyway?</p>
        <button type="button" onClick=${() => begin(few.value, true)}>Start anyway</button></div>`}`;
  }

  function at() {
    return begun.value ? plan.phases.findIndex((phase) => phase.name === begun.value.phase.name) : -1;
  }

  function Parts() {
    const pick = (event) => {
      const phase = plan.phases[Number(event.target.value)];
      event.target.value = "";
      if (phase) begin(phase);
    };
    return html`<label>Another part
        <select onChange=${pick}><option value="">Choose…</option>
          ${plan.phases.map((phase, n) => html`<option key=${n} value=${n}>${phase.name}</option>`)}</select></label>`;
  }

  function Ready() {
    return html`<p class="hint">They go where you write, and are not sent.</p>
      ${plan.texts.map((text, n) => html`<button key=${n} type="button" class="ready" title=${text} onClick=${() => ready(text)}>${brief(text)}</button>`)}`;
  }

  function brief(text) {
    return text.length > BRIEF ? text.slice(0, BRIEF).replace(/\s+\S*$/, "") + "…" : text;
  }

  function ready(text) {
    draft.value = [draft.value, text].filter(Boolean).join("\n\n");
    panel.value = "";
    requestAnimationFrame(() => document.getElementById("words").focus()); // on a small screen the talk was covered
  }

  /** Who leads; handing over is one press. */
  function Leading() {
    const others = people.value.filter((person) => person.role === "facilitator" && !person.aside && person.id !== lead.value);
    if (!others.length) return null;
    return html`<div>${others.map((person) => html`<button key=${person.id} type="button" onClick=${() => ask({ type: "lead", member: person.id })}>
      ${person.id === you.value ? "Take the lead" : "Hand over to " + person.name}</button>`)}</div>`;
  }

  /** How the talking was shared, counted on this page and nowhere else. */
  function Airtime({ turns }) {
    const said = log.value.filter((entry) => entry.kind === "said");
    const rows = people.value.map((person) => {
      const own = said.filter((entry) => entry.by === person.id);
      const last = own[own.length - 1];
      const first = own[0] && said.indexOf(own[0]);
      const alone = own[0] && now() - own[0].at > UNANSWERED && !said.slice(first + 1).some((entry) => entry.by !== person.id);
      return { person, own: own.length, turns: (turns && turns.had.value[person.id]) || 0, share: said.length ? Math.round((100 * own.length) / said.length) : 0, last, alone };
    });
    rows.sort((a, b) => a.own - b.own);
    return html`<details class="airtime fold"><summary>How the talking is shared</summary>
      <ul>${rows.map((row) => html`<li key=${row.person.id}><b>${row.person.name}</b> ${row.own
        ? plural(row.own, "message", "messages") + ", " + row.share + " %, " + quiet(row.last.at) : "nothing yet"}
        ${row.turns > 0 && " · " + plural(row.turns, "turn", "turns")}
        ${row.alone && " · nobody has answered yet"}</li>`)}</ul>
      <p class="hint">Counted on this page only, since you came, and kept nowhere.</p></details>`;
  }

  function quiet(since) {
    const minutes = Math.floor((now() - since) / 60000);
    return minutes > 0 ? "quiet for " + plural(minutes, "minute", "minutes") : "spoke just now";
  }

  /** Whoever is on call: told by one press, and by the room itself when nobody holds it. */
  function OnCall() {
    const { value: standing } = call;
    if (!place.onCall && !standing) return null;
    const open = standing && standing.reason === "asked" && !standing.acknowledged_at;
    return html`${standing && html`<p class="hint" role="status">${onCallWords(standing)}</p>`}
      ${place.onCall && !open && html`<button type="button" onClick=${() => ask({ type: "call" })}>Call whoever is on call</button>`}`;
  }

  function onCallWords({ at, told_at: told, acknowledged_at: acknowledged, tries = 0 }) {
    if (told && acknowledged) return "On-call told at " + clock(told) + ", acknowledged at " + clock(acknowledged) + ".";
    if (told) return "On-call told at " + clock(told) + ", not yet acknowledged.";
    return tries > 1 ? "On-call could not be reached yet, since " + clock(at) + ". It is tried again." : "On-call is being told.";
  }

  /** A part of the tools that folds: open where there is room, else when it is wanted. */
  function Fold({ title, children }) {
    return html`<details class="fold" open=${WIDE.matches}><summary>${title}</summary>${children}</details>`;
  }

  /** What is needed now on top, the rest folded below. */
  function Tools({ turns }) {
    useEffect(() => awake(), []);
    const pause = () => ask({ type: paused.value ? "resume" : "pause" });
    return html`<section class="tools" aria-labelledby="tools-title"><h2 id="tools-title">Hold the room</h2>
        <${Onward} />
        ${turns && html`<${turns.Onward} />`}
        <button type="button" onClick=${pause}>${paused.value ? "Resume the room" : "Pause the room"}</button>
        ${parts.value.holding && html`<${parts.value.holding.Shield} />`}
        <${OnCall} />
        ${turns && html`<${Fold} title="Who speaks"><${turns.Ways} /><//>`}
        ${plan.phases.length > 0 && html`<${Fold} title="Parts of the meeting"><${Parts} /><//>`}
        ${plan.texts.length > 0 && html`<details class="fold"><summary>Ready words</summary><${Ready} /></details>`}
        <${Fold} title="More">
          <button type="button" onClick=${() => openSheet({ kind: "announce" })}>Announce…</button>
          <${Leading} />
          <button type="button" onClick=${() => openSheet({ kind: "close" })}>Close the meeting…</button>
        <//>
        <${Airtime} turns=${turns} />
      </section>`;
  }

  /** A screen that falls asleep would lose the room its facilitator; where the browser cannot, nothing happens. */
  function awake() {
    const ask = () => { if (!document.hidden && navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {}); };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => document.removeEventListener("visibilitychange", ask);
  }

  return { Tools };
}
