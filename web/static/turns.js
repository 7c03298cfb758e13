// Who may speak, and who after them: what everybody sees of it, and what a facilitator does with it.
// It comes to the page when the floor is not simply open, or when somebody leads.

import { html, signal } from "./vendor/ui.0bb38755.js";

const EVERY = 10000; // ms between two looks at the clock; time left is a wish and no alarm
const SHOWN = 4; // names of a round shown before the rest is a number

const KINDS = {
  open: ["Everybody speaks", "Everybody may speak again."],
  round: ["A round", "A round begins. One after the other, in the order shown; everybody may pass."],
  queue: ["Hands in order", "From now on one person speaks at a time, as hands go up."],
  facilitators: ["Facilitators only", "For now only the facilitators speak."],
  quiet: ["A quiet moment", "A quiet moment together. Nobody writes for a while."],
};

/** `room`: what the page shares with its parts, see `shared` in room.js. */
export default function turns(room) {
  const { begun, floor, hands, people, you, ask, floorWords, line, nameOf, plural, readOut, voice } = room;
  const now = signal(room.now());
  setInterval(() => { now.value = room.now(); }, EVERY);

  /** Says what changed, in the log and aloud. */
  function told(before, after) {
    now.value = room.now();
    if (before.kind !== after.kind) {
      const over = before.kind === "round" && after.kind === "facilitators" && (after.had || after.passed);
      line(over ? "The round is complete. The facilitators have the floor." : KINDS[after.kind][1]);
    }
    if (after.turn === before.turn) return;
    if (after.turn === you.value) voice("alert", "It is your turn.");
    else if (after.turn) readOut(floorWords());
  }

  function Floor() {
    const { kind, turn, order = [] } = floor.value;
    if (kind === "open" && !begun.value) return null;
    const mine = turn === you.value;
    const coming = order.includes(you.value);
    return html`<section class=${"floor" + (mine ? " mine" : "") + (kind === "quiet" ? " hush" : "")} data-region tabindex="-1" aria-label="What happens now">
      ${begun.value && html`<${Phase} />`}
      ${kind !== "open" && html`<p class="floor-now"><b>${floorWords()}</b> ${mine && "Take your time; you can send more than one message."}</p>`}
      ${turn && html`<p class="hint">${timeLeft(mine)}</p>`}
      ${kind === "round" && html`<${Order} />`}
      ${(mine || coming) && html`<div class="floor-row">
        ${mine && html`<button type="button" class="strong" onClick=${() => ask({ type: "finish" })}>I’m done</button>`}
        ${kind === "round" && html`<button type="button" onClick=${() => ask({ type: "pass" })}>Pass</button>`}
        ${kind === "round" && !(floor.value.later || []).includes(you.value)
          && html`<button type="button" onClick=${() => ask({ type: "later" })}>Later</button>`}
      </div>`}
    </section>`;
  }

  function Phase() {
    const { phase, until } = begun.value;
    const left = until && Math.round((until - now.value) / 60000);
    const time = !until ? "" : left > 0 ? "about " + plural(left, "minute", "minutes") + " left" : "coming to its end";
    return html`<p class="phase"><b>${phase.name}</b>${time && html` <small>${time}</small>`}${phase.prompt && html`<span>${phase.prompt}</span>`}</p>`;
  }

  function timeLeft(mine) {
    const { until, kept_until: kept } = floor.value;
    if (kept) return "The connection is lost for the moment; the turn waits.";
    if (!until) return "";
    const left = Math.round((until - now.value) / 60000);
    if (left > 0) return "About " + plural(left, "minute", "minutes") + " left.";
    return mine ? "Please come to an end when you can. Nobody cuts you off." : "The turn is coming to its end.";
  }

  function Order() {
    const { order = [], passed = [] } = floor.value;
    const shown = order.slice(0, SHOWN).map(nameOf);
    const rest = order.length - shown.length;
    return html`<p class="hint">${shown.length ? "Then " + shown.join(", ") + (rest ? " and " + rest + " more" : "") + "." : "Nobody after that."}
      ${passed.length > 0 && " Passed: " + passed.map(nameOf).join(", ") + "."}</p>`;
  }

  function Tools() {
    const { kind, turn, order = [] } = floor.value;
    const taking = kind === "round" || kind === "queue";
    const next = kind === "queue" ? hands.value[0] && hands.value[0].name : order.length && nameOf(order[0]);
    return html`<section class="tools" aria-labelledby="floor-title"><h2 id="floor-title">Who speaks</h2>
      ${taking && html`<div class="floor-row">
        <button type="button" class="strong" disabled=${!next && !turn} onClick=${() => ask({ type: "next" })}>${next ? "Next: " + next : "End this turn"}</button>
        ${turn && html`<button type="button" onClick=${() => ask({ type: "extend", minutes: 2 })}>2 more minutes</button>`}
      </div>`}
      ${kind === "round" && order.length > 1 && html`<ol class="order">${order.map((id, at) => html`<li key=${id}>${nameOf(id)}
        ${at > 0 && html`<button type="button" class="quiet" aria-label=${"Move " + nameOf(id) + " up"} onClick=${() => ask({ type: "move", member: id, place: at - 1 })}>Move up</button>`}</li>`)}</ol>`}
      ${taking && html`<${Give} />`}
      <label>How we speak
        <select value=${kind} onChange=${(event) => ask({ type: "set-floor", kind: event.target.value })}>
          ${Object.keys(KINDS).map((key) => html`<option key=${key} value=${key} selected=${key === kind}>${KINDS[key][0]}</option>`)}
        </select></label>
      ${kind === "round" && html`<button type="button" class="quiet" onClick=${() => ask({ type: "set-floor", kind: "round" })}>Begin the round again</button>`}
    </section>`;
  }

  function Give() {
    const free = people.value.filter((person) => person.id !== floor.value.turn && !person.listens);
    const give = (event) => {
      if (event.target.value) ask({ type: "next", member: event.target.value });
      event.target.value = "";
    };
    return html`<label>Give the floor to
      <select onChange=${give}><option value="">Choose…</option>
        ${free.map((person) => html`<option key=${person.id} value=${person.id}>${person.name}</option>`)}</select></label>`;
  }

  return { Floor, Tools, told };
}
