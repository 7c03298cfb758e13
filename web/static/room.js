// The room as somebody sees it: puts the page together and takes its seat. What is told changes the state, and the page follows.

import { batch, html, render } from "/static/vendor/ui.0bb38755.js";
import { callOut } from "./aloud.js";
import { Banners, People, Side, Top } from "./around.js";
import { cut, over, sit, vanish, watch } from "./asking.js";
import { Composer } from "./composer.js";
import { closeSheet, fromCorner, shutPanel } from "./opening.js";
import { need, pass, slot } from "./parts.js";
import { begun, calm, corner, covered, ending, floor, leads, link, me, page, panel, parts, place, sheet, waitingRoom } from "./state.js";
import { Log } from "./talk.js";
import { hear } from "./telling.js";

/** Before its part has come, a few words of it. */
function Corner() {
  const { grounding } = parts.value;
  return grounding ? html`<${grounding.Corner} />` : html`<div class="corner ending"><p>Breathe out slowly. Find five things that you can see.</p>
    <button type="button" onClick=${fromCorner}>Back to the room</button></div>`;
}

function App() {
  return html`<${View} />${corner.value && !ending.value && html`<${Corner} />`}`;
}

function View() {
  const away = parts.value.ending;
  if (ending.value) return away ? html`<${away.Ending} />` : html`<h1 class="ending">You are not in the room any more</h1>`;
  if (waitingRoom.value) return parts.value.waiting ? html`<${parts.value.waiting.Page} />` : html`<p class="ending">Connecting…</p>`;
  if (me.value && me.value.rests_until) return parts.value.beside ? html`<${parts.value.beside.Break} />` : null;
  return html`<div class=${"room" + (covered.value || corner.value ? " covered" : "")} inert=${corner.value}>
    <${Top} />
    <${People} />
    <${Banners} />
    <div class="talk">${slot("Floor")}<${Log} /><${Composer} /></div>
    <${Side} />
  </div>`;
}

// ---- Keys, and ways out ----

function cycle(back) {
  const regions = Array.from(document.querySelectorAll("[data-region]")).filter((region) => region.offsetParent);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  regions[(at + (back ? -1 : 1) + regions.length) % regions.length].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F6" && !ending.value && !corner.value) {
    event.preventDefault();
    cycle(event.shiftKey);
  } else if (event.key === "Escape") {
    if (corner.value) fromCorner();
    else if (sheet.value) closeSheet();
    else if (panel.value) shutPanel();
  }
});

addEventListener("hearth:leave", () => {
  vanish();
  render(null, page);
});
addEventListener("pagehide", () => {
  cut();
  render(null, page);
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // never words from a browser's memory of pages

render(html`<${App} />`, page);

const leaves = location.search.includes("leaves");
if (leaves) history.replaceState(null, "", location.pathname); // asked for once, not with each reload
sit(place.socket + (leaves ? "?leaves=1" : place.listens ? "?listens=1" : ""), {
  frame: (frame, again) => {
    if (ending.value) return;
    batch(() => hear(frame, again));
    if (leads.value) watch();
    if (calm.value || (me.value && me.value.rests_until)) need("beside");
    if (leads.value) ["desk", "waiting", "holding", "onward"].forEach(need);
    if (leads.value || begun.value || floor.value.kind !== "open") need("turns");
  },
  state: (state) => { link.value = state; callOut(state); },
  aside: (room) => pass("aside", { type: "aside", room }),
  ended: over,
});
