// A quiet corner: to breathe, and to come back to where one is. Nobody sees who is in it. It comes to the page soon after
// the room itself, so that it is there when the network is not.

import { html, signal, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { Emergency, number } from "./around.js";
import { fromCorner } from "./opening.js";
import { link, place, unheard } from "./state.js";

const IN = 4000; // ms to breathe in; out takes longer, which is what calms
const OUT = 6000;
const SENSES = [
  "Look around you. Name five things that you can see.",
  "Feel four things: your feet on the floor, the chair, your clothes, the air.",
  "Listen for three things that you can hear, near or far.",
  "Find two things that you can smell. If there is nothing, think of two that you like.",
  "Notice one thing that you can taste. Or say one kind thing to yourself.",
];

export default function grounding() {
  const breathing = signal(""); // "in", "out" or, at rest, nothing
  const step = signal(0);
  const lines = JSON.parse(place.lines || "[]");
  let turn;

  function breathe(way) {
    clearTimeout(turn);
    breathing.value = way;
    if (way) turn = setTimeout(breathe, way === "in" ? IN : OUT, way === "in" ? "out" : "in");
  }

  function Breathing() {
    const { value: way } = breathing;
    return html`<section aria-labelledby="breathing-title"><h2 id="breathing-title">Breathe</h2>
      <div class=${"breathing " + way} aria-hidden="true"></div>
      <p class="breathing-words" role="status">${way === "in" ? "Breathe in, slowly." : way === "out" ? "And out, longer." : "In through the nose for four, out through the mouth for six."}</p>
      <p><button type="button" onClick=${() => breathe(way ? "" : "in")}>${way ? "Stop" : "Breathe with me"}</button></p></section>`;
  }

  function Senses() {
    const last = step.value === SENSES.length - 1;
    return html`<section aria-labelledby="senses-title"><h2 id="senses-title">Five, four, three, two, one</h2>
      <p role="status"><b>${SENSES.length - step.value}.</b> ${SENSES[step.value]}</p>
      <p><button type="button" onClick=${() => { step.value = last ? 0 : step.value + 1; }}>${last ? "Once more" : "Next"}</button></p></section>`;
  }

  /** The numbers are on the page already, for when nothing else can be reached. */
  function Numbers() {
    return html`<section aria-labelledby="numbers-title"><h2 id="numbers-title">Somebody to talk to</h2>
      <p>If you or somebody else is in danger now, call <${Emergency} />.</p>
      <ul>${lines.map((one) => html`<li key=${one.name + one.phone}><b>${one.name}</b> ${one.phone && html`${number("tel:" + one.tel, one.phone)} `}${one.text && html`text ${number("sms:" + one.sms, one.text)} `}<small>${one.hours}</small></li>`)}</ul>
      <p><a href=${place.help} target="_blank" rel="noopener">More, and other countries</a> <small>(opens beside this page)</small></p></section>`;
  }

  function Corner() {
    const heading = useRef();
    useEffect(() => {
      heading.current.focus();
      return () => breathe("");
    }, []);
    const missed = unheard.value;
    return html`<div class="corner room"><div>
      <h1 tabindex="-1" ref=${heading}>A quiet corner</h1>
      <p><button type="button" class="strong" onClick=${fromCorner}>Back to the room</button></p>
      <p>Take as long as you like. You keep your place, nobody sees that you are here, and what is said waits for you.
        ${link.value !== "here" && " The room cannot be reached at the moment; this corner needs no network."}</p>
      <p class="hint">${missed > 0 ? (missed === 1 ? "1 message" : missed + " messages") + " since you came here." : ""}</p>
      <${Breathing} /><${Senses} /><${Numbers} />
    </div></div>`;
  }

  return { Corner };
}
