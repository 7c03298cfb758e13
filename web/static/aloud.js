// What is read aloud: a hidden announcer, so that the log itself stays still.

import { outside } from "./parts.js";
import { corner, me, unheard } from "./state.js";
import { linkWords } from "./words.js";

const BREATH = 1000; // ms; messages within it are read out in one go
const LINGERS = 8000; // ms a sentence stays for a busy screen reader
const LONG_LOST = 10000; // ms without a connection before it is called out

const voices = { status: [], alert: [] };
["status", "alert"].forEach((role) => {
  voices[role] = Array.from(document.querySelectorAll("[data-voice=" + role + "]"));
});
let waiting = [];
let hushTimer;
let lostTimer;

/** `from` marks a message; several within a second are read as a number and the latest. */
export function readOut(text, from) {
  if (corner.value && from) unheard.value += 1;
  if (corner.value || (me.value && me.value.rests_until)) return;
  if (!waiting.length) setTimeout(speak, BREATH);
  waiting.push({ text, from });
}

function speak() {
  const messages = waiting.filter((item) => item.from);
  const others = waiting.filter((item) => !item.from);
  const brief = messages.length > 3;
  const latest = messages[messages.length - 1];
  const heard = brief ? [messages.length + " new messages. The latest: " + latest.text] : messages.map((item) => item.text);
  waiting = [];
  if (heard.length || others.length) voice("status", others.slice(-3).map((item) => item.text).concat(heard).join(" "));
}

export function voice(role, text) {
  const nodes = voices[role];
  nodes[0].textContent = ""; // two nodes in turn: the same sentence twice is read twice
  nodes[1].textContent = text;
  nodes.reverse();
  clearTimeout(hushTimer);
  hushTimer = setTimeout(hush, LINGERS);
}

/** Words that have been read out must not stay behind in a hidden corner of the page. */
function hush() {
  voices.status.concat(voices.alert).forEach((node) => { node.textContent = ""; });
}

/** `state`: of the connection. One that is lost for long is called out. */
export function callOut(state) {
  if (state === "doubtful") readOut(linkWords());
  if (state === "here") {
    clearTimeout(lostTimer);
    if (lostTimer === 0) readOut("You are connected again.");
    lostTimer = undefined;
  } else if (lostTimer === undefined && state !== "connecting") {
    lostTimer = setTimeout(() => { lostTimer = 0; voice("alert", linkWords()); outside(); }, LONG_LOST);
  }
}

/** Nothing of what was to be read out is. */
export function silence() {
  waiting = [];
  hush();
  clearTimeout(lostTimer);
}
