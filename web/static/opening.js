// What is opened over the talk, and shut again with the focus where it was: the one form to do something with a person, a
// message or the room; a side panel on a small screen; the quiet corner.

import { readOut } from "./aloud.js";
import { need } from "./parts.js";
import { asideNews, corner, leads, panel, sheet, unheard } from "./state.js";
import { plural } from "./words.js";

let opener; // what had the focus before the form
let opened = 0; // forms so far: an answer is for the one that was sent, not for the next of its kind
let came; // and before the quiet corner

export function openSheet(what) {
  if (!sheet.value) opener = document.activeElement;
  need("sheets");
  if (what.kind === "report") need("reports");
  if (what.kind === "crisis") need("crisis");
  sheet.value = Object.assign({ what: "mute", reason: "", error: "", busy: false }, what, { opened: ++opened });
}

/** To whoever wrote last and has not been looked at. */
export function toAside() {
  const last = asideNews.value[asideNews.value.length - 1];
  openSheet({ kind: "aside", with: last && leads.value ? last.member || "" : undefined });
}

export function patchSheet(fields) {
  sheet.value = sheet.value && Object.assign({}, sheet.value, fields);
}

export function closeSheet() {
  sheet.value = null;
  const back = opener && opener.isConnected ? opener : document.getElementById("words");
  if (back) back.focus();
}

export function field(event, name) {
  return event.target.elements[name] ? event.target.elements[name].value.trim() : "";
}

export function shutPanel() {
  const tab = document.querySelector("[aria-controls=" + panel.value + "]");
  panel.value = "";
  tab.focus();
}

export function toCorner() {
  came = document.activeElement;
  need("grounding");
  unheard.value = 0;
  corner.value = true;
}

export function fromCorner() {
  corner.value = false;
  if (unheard.value) readOut(plural(unheard.value, "new message", "new messages") + " meanwhile.");
  requestAnimationFrame(() => { if (came && came.isConnected) came.focus(); });
}
