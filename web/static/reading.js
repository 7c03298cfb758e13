// What the group has agreed on, read in together: it stands above the messages while that part of the meeting lasts,
// for whoever comes late, too. It comes to the page when such a part begins, and to whoever waits to come in.

import { html, signal, useEffect } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { place } from "./state.js";

const TALL = matchMedia("(min-height: 36rem)"); // else it would take the place of the messages
const AGAIN = 3000; // ms until it is asked for again, if it did not come

export default function reading() {
  const blocks = signal(null);

  /** Asked for each time such a part begins, for the text may have changed. False if it did not come. */
  async function fetched() {
    try {
      const answer = await fetch(place.agreement + "/text");
      if (answer.ok) blocks.value = await answer.json();
      return answer.ok;
    } catch (error) { return false; } // no network
  }

  function Agreement() {
    useEffect(() => readOut("Our agreement stands above the messages. You can " + (TALL.matches ? "read it there, and fold it away." : "unfold and read it there.")), []);
    return html`<details class="floor agreed" open=${TALL.matches}><summary><b>Our agreement</b></summary><${Text} /></details>`;
  }

  function Text() {
    useEffect(() => {
      let timer;
      const come = async () => { if (!(await fetched())) timer = setTimeout(come, AGAIN); };
      come();
      return () => clearTimeout(timer);
    }, []);
    return html`<div class="agreed-text" role="region" aria-label="Our agreement" tabindex="-1" data-region>
      ${blocks.value ? blocks.value.map((block, n) => html`<${Block} key=${n} ...${block} />`) : html`<p>It is on its way…</p>`}</div>`;
  }

  function Block({ kind, lines }) {
    if (kind === "heading") return html`<h2>${lines[0]}</h2>`;
    if (kind === "points") return html`<ul>${lines.map((line, n) => html`<li key=${n}>${line}</li>`)}</ul>`;
    return html`<p>${lines.map((line, n) => [n > 0 && html`<br />`, line])}</p>`;
  }

  return { Agreement, Text };
}
