// Somebody hears that the emergency contact they had left was opened: they alone, until they say that they have read
// it. It comes to the page with that news.

import { html, signal } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { ask } from "./asking.js";
import { openSheet } from "./opening.js";
import { place } from "./state.js";
import { device, now } from "./words.js";

const TITLE = "Your emergency contact was opened.";
const WHY = "A facilitator asked for it, out of care, and two people opened it together.";

export default function contact() {
  const at = signal(0); // when, until it has been read

  function hear(frame) {
    const before = at.value;
    at.value = (frame.type === "room" ? frame.opened_at : frame.at) || 0;
    if (at.value && at.value !== before) readOut(TITLE + " " + WHY + " Only you see this.");
  }

  function when() {
    const then = new Date(device(at.value));
    const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const today = then.toDateString() === new Date(device(now())).toDateString();
    return (today ? "Today" : then.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" })) + ", " + time;
  }

  function Banner() {
    if (!at.value) return null;
    const read = () => {
      ask({ type: "take-note", at: at.value });
      const words = document.getElementById("words");
      if (words) words.focus();
    };
    return html`<section class="card" aria-label="About you, seen by you alone">
      <p><b>${TITLE}</b></p>
      <p>${when()}: a facilitator asked for it, out of care, and two people opened it together. The others here do not learn of it.</p>
      <p><a href=${place.group + "/contact"} target="_blank" rel="noopener">Why, and what you can do</a> <small>(opens beside this page)</small></p>
      <p class="row"><button type="button" onClick=${() => openSheet({ kind: "aside" })}>A word to the facilitators</button>
        <button type="button" onClick=${read}>I have read this</button></p>
    </section>`;
  }

  return { Banner, hear };
}
