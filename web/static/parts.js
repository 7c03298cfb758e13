// What comes to the page only when it is needed: each part is a script of its own, whose default function gives what it
// has: `hear` for what the room tells, and views by name, some named after the place that they stand in, see slot.

import { batch, html } from "/static/vendor/ui.0bb38755.js";
import { leads, parts, place, waitingRoom } from "./state.js";

const QUIETLY = 4000; // ms after coming in, when the page has what it needs; then the quiet corner comes, to be there without a network
const AGAIN = 2000; // ms until a fetch is tried again

const coming = {};
let quiet;
let style;

/** Loads a part of the page, however often it must be tried. */
export function need(part) {
  if (!coming[part]) coming[part] = fetched(part).then(([module]) => { parts.value = Object.assign({}, parts.value, { [part]: module.default() }); });
  return coming[part];
}

function fetched(part) {
  return Promise.all([import(place.parts.replace("*", part)), styled()]).catch(() => new Promise((again) => setTimeout(again, AGAIN)).then(() => fetched(part)));
}

/** The parts' style; one that does not come holds nothing up. */
function styled() {
  if (!style) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: place.style });
    style = new Promise((done) => { link.onload = link.onerror = done; });
    document.head.append(link);
  }
  return style;
}

export function quietly() {
  quiet = quiet || setTimeout(() => { quiet = 0; ["grounding", "onward"].forEach(need); }, QUIETLY);
}

/** A part hears of it as soon as it is here. */
export function pass(part, frame) {
  need(part).then(() => batch(() => parts.value[part].hear(frame)));
}

/** What each part that is here shows in this place of the page. */
export function slot(name) {
  return Object.values(parts.value).map((part) => part[name] && html`<${part[name]} />`);
}

/** Whoever is out of the room can still tell the facilitators how they are. */
export function outside() {
  if (!leads.value && !waitingRoom.value) need("after");
}
