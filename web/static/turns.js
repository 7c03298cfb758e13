// Who may speak, and who after them: what everybody sees of it, and what a facilitator does with it.
// It comes to the page when the floor is not simply open, or when somebody leads.

import { html, signal } from "/static/vendor/ui.0bb38755.js";
import { readOut, voice } from "./aloud.js";
import { ask } from "./asking.js";
import { line } from "./log.js";
import { need } from "./parts.js";
import { begun, customs, floor, hands, leads, parts, pausedAt, spared, you } from "./state.js";
import { nameOf, now, plural } from "./words.js";

const EVERY = 5000; // ms between two looks at the clock; time left is a wish and no alarm
const WIDE = matchMedia("(min-width: 40rem) and (min-height: 30rem)"); // where there is room for what everybody is asked
const SHOWN = 4; // names of a round shown before the rest is a number

const KINDS = {
  open: ["Everybody speaks", "Everybody may speak again."],
  round: ["A round", "A round begins. One after the other, in the order shown; everybody may pass."],
  queue: ["Hands in order", "From now on one person speaks at a time, as hands go up."],
  facilitators: ["Facilitators only", "For now only the facilitators speak."],
  quiet: ["A quiet moment", "A quiet moment together. Nobody writes for a while."],
};

export default function turns() {
  const time = () => pausedAt.value || now();
  const looked = signal(time()); // at the clock
  const cheers = signal({ counted: {}, from: [] }); // what this turn was answered with, without words
  const answering = signal(false);
  const had = signal({}); // how many turns each person was given since this page came; for facilitators, and kept nowhere
  setInterval(() => { looked.value = time(); }, EVERY);

  /** Who may speak, in one sentence. */
  function floorWords() {
    const { kind, turn } = floor.value;
    if (kind === "quiet") return "The group is quiet for a moment.";
    if (kind === "facilitators") return "Only the facilitators speak at the moment.";
    if (turn === you.value) return "It is your turn.";
    if (turn) return "It is the turn of " + nameOf(turn) + ".";
    return kind === "queue" ? "Raise your hand if you want to speak." : "The round waits for somebody to come back.";
  }

  /** Says what changed, in the log and aloud. */
  function hear({ before, after }) {
    looked.value = time();
    if (before.kind !== after.kind) {
      const over = before.kind === "round" && after.kind === "facilitators" && (after.had || after.passed);
      line(over ? "The round is complete. The facilitators have the floor." : KINDS[after.kind][1]);
    }
    if (after.turn === before.turn) return;
    if (after.turn) had.value = Object.assign({}, had.value, { [after.turn]: (had.value[after.turn] || 0) + 1 });
    cheers.value = { counted: {}, from: [] };
    answering.value = false;
    if (before.turn === you.value && customs.value.cuts_off && before.until <= looked.value) line("Your turn has ended at its time. You can keep what you are writing.");
    if (after.turn === you.value) voice("alert", "It is your turn.");
    else if (after.turn) readOut(floorWords());
  }

  /** A turn was answered without words: counted for all, and named for whoever has it. */
  function cheered(frame) {
    need("beside");
    const { counted, from } = cheers.value;
    cheers.value = frame.by ? { counted, from: from.concat(nameOf(frame.by)) }
      : { counted: Object.assign({}, counted, { [frame.kind]: (counted[frame.kind] || 0) + 1 }), from };
  }

  function Floor() {
    const { kind, turn, order = [] } = floor.value;
    if (kind === "open" && !begun.value) return null;
    const mine = turn === you.value;
    const coming = order.includes(you.value);
    const more = [turn && timeLeft(mine), kind === "round" && orderWords()].filter(Boolean).join(" ");
    return html`<section class=${"floor" + (mine ? " mine" : "") + (kind === "quiet" ? " hush" : "")} data-region tabindex="-1" aria-label="What happens now">
      ${begun.value && html`<${Phase} key=${begun.value.at} />`}
      ${kind !== "open" && html`<p class="floor-now"><b>${floorWords()}</b> ${more && html`<small>${more}</small>`}</p>`}
      <div class="floor-row">
        ${mine && html`<button type="button" class="strong" onClick=${() => ask({ type: "finish" })}>I’m done</button>`}
        ${(mine || coming) && kind === "round" && html`<button type="button" onClick=${() => ask({ type: "pass" })}>Pass</button>`}
        ${(mine || coming) && kind === "round" && !(floor.value.later || []).includes(you.value)
          && html`<button type="button" onClick=${() => ask({ type: "later" })}>Later</button>`}
        ${leads.value && html`<${Onward} />`}
        ${turn && !mine && !spared.value.gestures && html`<button type="button" class="quiet answer" aria-expanded=${answering.value ? "true" : "false"}
          aria-label=${"Answer the turn of " + nameOf(turn) + " without words"} onClick=${() => { need("beside"); answering.value = !answering.value; }}>♡</button>`}
      </div>
      ${turn && answering.value && parts.value.beside && html`<${parts.value.beside.Answers} to=${{ turn }} done=${() => { answering.value = false; }} />`}
      ${parts.value.beside && !spared.value.gestures && html`<${parts.value.beside.Given} counted=${cheers.value.counted} from=${cheers.value.from} />`}
    </section>${reading()}`;
  }

  /** What the group has agreed on, while it is read in. */
  function reading() {
    if (!begun.value || !begun.value.phase.agreement) return null;
    need("reading");
    return parts.value.reading && html`<${parts.value.reading.Agreement} key=${begun.value.at} />`;
  }

  /** Where there is room, with what everybody is asked; on a small screen one press shows it, and the messages have it, too. */
  function Phase() {
    const { phase } = begun.value;
    const head = html`<b>${phase.name}</b> <small>${phaseTime()}</small>`;
    if (!phase.prompt) return html`<p class="phase">${head}</p>`;
    return html`<details class="phase" open=${WIDE.matches}><summary>${head}</summary><p>${phase.prompt}</p></details>`;
  }

  function phaseTime() {
    const { until } = begun.value;
    if (!until) return "";
    const left = until - looked.value;
    if (leads.value) return left > 0 ? exactly(left) + " left" : "over for " + exactly(-left);
    return left >= 30000 ? "about " + plural(Math.round(left / 60000), "minute", "minutes") + " left" : "coming to its end";
  }

  /** For whoever leads; the others are told about so many minutes. */
  function exactly(ms) {
    const seconds = 5 * Math.round(ms / 5000);
    const minutes = Math.floor(seconds / 60);
    return [minutes && minutes + " min", (seconds % 60 || !minutes) && (seconds % 60) + " s"].filter(Boolean).join(" ");
  }

  function timeLeft(mine) {
    const { until, kept_until: kept } = floor.value;
    if (kept) return "The connection is lost for the moment; the turn waits.";
    if (!until) return "";
    const left = until - looked.value;
    if (leads.value) return left > 0 ? exactly(left) + " left." : "Over for " + exactly(-left) + ".";
    if (left >= 30000) return "About " + plural(Math.round(left / 60000), "minute", "minutes") + " left.";
    if (customs.value.cuts_off) return "The turn ends in a moment.";
    return mine ? "Please come to an end when you can. Nobody cuts you off." : "The turn is coming to its end.";
  }

  function orderWords() {
    const { order = [], passed = [] } = floor.value;
    const shown = order.slice(0, SHOWN).map(nameOf);
    const rest = order.length - shown.length;
    return (shown.length ? "Then " + shown.join(", ") + (rest ? " and " + rest + " more" : "") + "." : "Nobody after that.")
      + (passed.length ? " Passed: " + passed.map(nameOf).join(", ") + "." : "");
  }

  /** What a facilitator needs most in a round or a queue: the floor goes on, or stays a little longer. */
  function Onward() {
    const { kind, turn, order = [] } = floor.value;
    if (kind !== "round" && kind !== "queue") return null;
    const next = kind === "queue" ? hands.value[0] && hands.value[0].name : order.length && nameOf(order[0]);
    return html`<button type="button" class="strong" disabled=${!next && !turn} onClick=${() => ask({ type: "next" })}>${next ? "Next: " + next : "End this turn"}</button>
      ${turn && html`<button type="button" onClick=${() => ask({ type: "extend", minutes: 2 })} aria-label="+ 2 minutes">+ 2 min</button>`}`;
  }

  /** The floor for somebody who is not next, by one press. */
  function Give({ person }) {
    const { kind, turn } = floor.value;
    if ((kind !== "round" && kind !== "queue") || person.id === turn || person.listens || person.rests_until) return null;
    return html`<button type="button" class="give" aria-label=${"Give floor to " + person.name} onClick=${() => ask({ type: "next", member: person.id })}>Give floor</button>`;
  }

  /** How the group speaks; for whoever leads. */
  function Ways() {
    const { kind, order = [] } = floor.value;
    const cuts = Boolean(customs.value.cuts_off);
    const adopt = () => ask({ type: "adopt", customs: Object.assign({}, customs.value, { cuts_off: !cuts }) });
    return html`<label>How we speak
        <select value=${kind} onChange=${(event) => ask({ type: "set-floor", kind: event.target.value })}>
          ${Object.keys(KINDS).map((key) => html`<option key=${key} value=${key} selected=${key === kind}>${KINDS[key][0]}</option>`)}
        </select></label>
      ${kind === "round" && order.length > 1 && html`<ol class="order">${order.map((id, at) => html`<li key=${id}>${nameOf(id)}
        ${at > 0 && html`<button type="button" class="quiet" aria-label=${"Move " + nameOf(id) + " up"} onClick=${() => ask({ type: "move", member: id, place: at - 1 })}>Move up</button>`}</li>`)}</ol>`}
      ${kind === "round" && html`<button type="button" class="quiet" onClick=${() => ask({ type: "set-floor", kind: "round" })}>Begin the round again</button>`}
      <label class="choice"><input type="checkbox" checked=${cuts} onChange=${adopt} /><span>Turns end by themselves at their time <small>(today; else nobody is cut off)</small></span></label>`;
  }

  return { Floor, Onward, Give, Ways, hear, cheered, floorWords, had };
}
