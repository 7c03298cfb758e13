// What stands around the talk: the top of the page, who is here, what holds just now, and what one can do.

import { html } from "/static/vendor/ui.0bb38755.js";
import { ask, leave } from "./asking.js";
import { openSheet, toAside, toCorner } from "./opening.js";
import { need, slot } from "./parts.js";
import { asideNews, calm, cards, faces, floor, hands, inSide, keeps, lead, leads, link, me, panel, parts, paused, people, place, sheet, unheld, you } from "./state.js";
import { PAUSED, UNHELD, keptFor, linkWords, untilWords } from "./words.js";

export function Top() {
  const toggle = (name) => () => { panel.value = panel.value === name ? "" : name; };
  const tab = (name, label) => html`<button type="button" class="tab" aria-expanded=${panel.value === name ? "true" : "false"}
    aria-controls=${name} onClick=${toggle(name)}>${label}</button>`;
  return html`<header class="room-top">
    <h1 class="unseen">${place.name}</h1>
    <p class="state" data-state=${link.value}>${link.value === "here" ? "You are here" : link.value === "connecting" ? "Connecting…" : "Not connected"}</p>
    ${keeps.value > 0 && html`<p class="kept">Kept for ${keptFor()}, sealed</p>`}
    <button type="button" class="calm-tab" aria-label="A quiet corner, to breathe" onClick=${toCorner}>Breathe</button>
    ${tab("people", "People " + people.value.length)}
    ${tab("side", (leads.value ? "Tools" : "More") + (asideNews.value.length ? " (" + asideNews.value.length + ")" : ""))}
  </header>`;
}

export function People() {
  const role = (person) => (person.role === "facilitator" ? 0 : 1);
  const sorted = people.value.slice().sort((a, b) => role(a) - role(b) || a.name.localeCompare(b.name));
  return html`<aside id="people" class=${"people" + (panel.value === "people" ? " open" : "")} data-region tabindex="-1" aria-labelledby="people-title">
    ${hands.value.length > 0 && html`<h2 id="hands-title">Hands up</h2>
      <ol class="hands" aria-labelledby="hands-title">${hands.value.map((person) => html`<li key=${person.id}>${person.name}</li>`)}</ol>`}
    <h2 id="people-title">People here</h2>
    <ul>${sorted.map((person) => html`<${Person} key=${person.id} person=${person} />`)}</ul>
  </aside>`;
}

function Person({ person }) {
  const self = person.id === you.value;
  const marks = [self && "you", person.guest && "guest", person.role !== "member" && person.role + (person.id === lead.value ? ", leads" : ""),
    floor.value.turn === person.id && "has the floor", person.listens && "just listening", person.rests_until && "taking a break", person.aside && "stepped aside", person.hand_at && "hand up",
    person.muted_until && "muted " + untilWords(person.muted_until)].filter(Boolean).join(" · ");
  const open = () => openSheet({ kind: "person", id: person.id, name: person.name });
  return html`<li class=${"person hue-" + hue(person.id)}>
    <${Face} id=${person.id} />
    <span class="who"><b>${person.name}</b>${marks && html`<small>${marks}</small>`}</span>
    ${leads.value && !self && !person.aside && parts.value.turns && html`<${parts.value.turns.Give} person=${person} />`}
    ${leads.value && !self && !person.aside && person.role !== "facilitator" && html`<button type="button" class="quiet more" onClick=${open}
      aria-label=${"Options for " + person.name}>⋯</button>`}
  </li>`;
}

export function hue(id) {
  return (faces.get(id) >> 15) % 6 || 0;
}

/** Dots in five rows, the same to the left and to the right. */
export function Face({ id }) {
  let dots = "";
  for (let at = 0; at < 25; at++) if (faces.get(id) >> Math.min(at % 5, 4 - at % 5) + 3 * (at / 5 | 0) & 1) dots += "M" + at % 5 + " " + (at / 5 | 0) + "h0";
  return html`<span class="mark" aria-hidden="true"><svg viewBox="-1.5 -1.5 7 7"><path d=${dots} /></svg></span>`;
}

export function Banners() {
  const words = [];
  if (link.value !== "here" && link.value !== "connecting") words.push(linkWords());
  if (paused.value) words.push(PAUSED[paused.value]);
  else if (unheld.value) words.push(UNHELD);
  const resume = leads.value && paused.value && html`<button type="button" onClick=${() => ask({ type: "resume" })}>Resume the room</button>`;
  return html`<div class="banners">
    ${slot("Above")}${words.map((text) => html`<p key=${text} class="banner">${text}</p>`)}${resume}
    ${parts.value.after && link.value !== "here" && html`<${parts.value.after.After} waits=${5000} />`}
    ${parts.value.aside && html`<${parts.value.aside.Panel} />`}
    ${parts.value.sheets && html`<${parts.value.sheets.News} />`}
    ${parts.value.notes && html`<${parts.value.notes.Notes} />`}
    ${leads.value && parts.value.waiting && html`<${parts.value.waiting.Callers} />`}
    ${parts.value.sheets && cards.value.map((card) => html`<${parts.value.sheets.Card} key=${card.key} card=${card} />`)}${slot("Banner")}
  </div>`;
}

export function Side() {
  const alone = leads.value && people.value.filter((person) => person.role === "facilitator" && !person.aside).length === 1;
  const tools = leads.value && !inSide.value; // they are for the group
  const listens = Boolean(me.value && me.value.listens);
  const listen = () => ask({ type: listens ? "take-part" : "listen" });
  const going = () => (alone && !paused.value ? openSheet({ kind: "leave" }) : leave());
  return html`<aside id="side" class=${"side" + (panel.value === "side" || sheet.value ? " open" : "")} data-region tabindex="-1" aria-label="What you can do">
    ${sheet.value && parts.value.sheets && html`<${parts.value.sheets.Sheet} />`}
    ${tools && parts.value.desk && html`<${parts.value.desk.Tools} turns=${parts.value.turns} />`}
    ${tools && parts.value.waiting && html`<${parts.value.waiting.Tools} />`}
    ${tools && parts.value.holding && html`<${parts.value.holding.Tools} />`}
    <section class="own"><h2>You</h2>
      <p>You are here as <b>${me.value ? me.value.name : "…"}</b>.</p>
      <p><a href=${place.agreement} target="_blank" rel="noopener">Our agreement, and what you should know</a> <small>(opens beside this page)</small></p>
      <button type="button" onClick=${toAside}>${leads.value ? "Private words" : "A word to the facilitators"}${asideNews.value.length > 0 && " (" + asideNews.value.length + " new)"}</button>
      <button type="button" onClick=${() => { need("care"); openSheet({ kind: "care" }); }}>Hide something…</button>
      ${!inSide.value && html`<button type="button" onClick=${() => { need("agreeing"); openSheet({ kind: "rule" }); }}>Propose a rule…</button>`}
      <button type="button" onClick=${() => ask({ type: "rest" })}>Take a break</button>
      <button type="button" aria-pressed=${calm.value ? "true" : "false"} onClick=${() => need("beside").then(() => parts.value.beside && parts.value.beside.pace())}>At my own pace</button>
      <button type="button" onClick=${listen}>${listens ? "Take part" : "Just listen today"}</button>
      <button type="button" onClick=${going}>Leave the room</button>
      <button type="button" onClick=${() => { need("stored"); openSheet({ kind: "stored" }); }}>What the server holds</button>
      <p class="hint">If somebody is in danger now, call <${Emergency} />.</p>
      <details><summary>Keys</summary>
        <p>Enter sends; Shift and Enter begin a new line. F6 goes from part to part, arrow keys from message to message, and Tab from a message to its buttons.</p></details>
    </section>
  </aside>`;
}

/** The number to call when somebody is in danger: a phone dials it. */
export function Emergency() {
  return html`<b>${place.emergency.split(/(\d[\d ]*\d)/).map((piece) => (/^\d/.test(piece) ? number("tel:" + piece.replace(/ /g, ""), piece) : piece))}</b>`;
}

/** A kiosk cannot call; it shows a number large. */
export function number(address, shown) {
  return document.documentElement.dataset.kiosk ? html`<b class="large">${shown}</b>` : html`<a href=${address}>${shown}</a>`;
}
