// How things are called here: people, times, numbers, and how the room stands.

import { keeps, leads, link, names, pending } from "./state.js";

export const TEXT_MAX = 2000; // characters, as the server counts them
export const NOTE_MAX = 80;
export const WORDS_MAX = 300;
export const UNTIL_LOOKED = 8640000000000000; // the end of a mute that has none

export const PAUSED = {
  facilitator: "The room is paused. A facilitator will open it again.",
  itself: "The room paused because no facilitator was here. A facilitator will open it again.",
  mending: "The room is paused because it had to be put together again. Something may be missing.",
};

export const UNHELD = "No facilitator is connected. If none is back in a moment, the room pauses by itself.";

let skew = 0; // ms the room's clock is ahead of this device's

/** `at`: what the room's clock shows. */
export function setClock(at) {
  skew = at - Date.now();
}

export function now() {
  return Date.now() + skew;
}

/** A moment of the room as this device's clock shows it. */
export function device(at) {
  return at - skew;
}

export function clock(at) {
  return new Date(device(at)).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function untilWords(at) {
  return at < UNTIL_LOOKED ? "until " + clock(at) : "until a facilitator has looked";
}

export function nameOf(id) {
  return names.get(id) || "Somebody who has left";
}

export function count(text) {
  return Array.from(text).length;
}

export function plural(number, one, many) {
  return number === 1 ? "1 " + one : number + " " + many;
}

export function keptFor() {
  return keeps.value % 24 ? plural(keeps.value, "hour", "hours") : plural(keeps.value / 24, "day", "days");
}

export function linkWords() {
  switch (link.value) {
    case "here": return "You are here";
    case "interrupted": return "Interrupted. The room cannot be reached for a moment; it goes on by itself.";
    case "full": return "The room is full at the moment. This page keeps trying.";
    case "lost": return "The connection is lost. Trying again…" + (leads.value ? " If nobody else holds the room, it pauses until you are back." : "");
    case "doubtful": return "The room does not answer at the moment. If that lasts some seconds more, you are taken for gone, and the room pauses if nobody else holds it. This page keeps trying.";
    case "offline":
      return pending.value.length
        ? "You are offline. Your message has not been sent yet."
        : "You are offline. The room comes back when the network does.";
    default: return "Connecting…";
  }
}
