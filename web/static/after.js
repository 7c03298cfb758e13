// What somebody can still say who is out of the room: one press, no words, and only the facilitators see it.
// It comes to the page of a member who leaves, has the floor, or has lost the connection for long.

import { html, signal, useEffect } from "/static/vendor/ui.0bb38755.js";
import { Emergency } from "./around.js";
import { place } from "./state.js";

const OFFERED = 120000; // ms
const AGAIN = 4000; // ms between two tries without a network
const SAID = {
  "ok": "The facilitators know that you are OK. Take care.",
  "reach-out": "The facilitators know that you would like them to reach out.",
};

export default function after() {
  const address = place.socket.replace(/socket$/, "word");
  const page = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join("");
  const words = signal("");
  const asked = signal(""); // what was pressed
  let refs = 0;

  /** Tried until it has an answer: without a network it goes when there is one again. */
  async function send(word) {
    const body = JSON.stringify({ ref: page + "-" + ++refs, word });
    const until = Date.now() + OFFERED;
    asked.value = word;
    words.value = "Sending…";
    while (Date.now() < until) {
      try {
        const answer = await fetch(address, { method: "POST", body, redirect: "manual", keepalive: true, headers: { "Content-Type": "application/json" } });
        return answered(word, answer.status, answer.status === 409 ? (await answer.json()).words : "");
      } catch {
        words.value = "Not sent yet. It goes as soon as the network is back.";
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
    return answered(word, 0, "");
  }

  function answered(word, status, why) {
    if (status !== 204) asked.value = "";
    words.value = status === 204 ? SAID[word] : why || "That did not reach the facilitators.";
  }

  /** `waits`: ms before it shows, so that a connection that is back at once makes no fuss. */
  function After({ waits = 0 }) {
    const shows = signal(!waits);
    useEffect(() => {
      const timers = [setTimeout(() => { shows.value = true; }, waits), setTimeout(() => { shows.value = false; }, OFFERED)];
      return () => timers.forEach(clearTimeout);
    }, []);
    return html`<${Offer} shows=${shows} />`;
  }

  function Offer({ shows }) {
    if (!shows.value && !asked.value) return null;
    return html`<section class="card after" aria-labelledby="after-title">
      <p id="after-title"><b>Would you like to tell the facilitators how you are?</b></p>
      ${!asked.value && html`<p class="hint">They see your name and which button you pressed. Nobody else does.</p>
        <p><button type="button" onClick=${() => send("ok")}>I’m OK</button> <button type="button" onClick=${() => send("reach-out")}>Please reach out</button></p>`}
      <p role="status">${words.value}</p>
      ${asked.value === "reach-out" && html`<p class="hint">If you are in danger now, call <${Emergency} />.</p>`}
    </section>`;
  }

  return { After };
}
