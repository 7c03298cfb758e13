// What facilitators do, step by step, when somebody may be in danger. It comes to the page when it is asked for.

import { html, signal, useEffect } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { Emergency } from "./around.js";
import { ask } from "./asking.js";
import { closeSheet, openSheet, patchSheet } from "./opening.js";
import { call, draft, panel, parts, people, place } from "./state.js";
import { clock, device } from "./words.js";

export default function crisis() {
  const protocol = JSON.parse(place.crisis || "[]");
  const lines = JSON.parse(place.lines || "[]");
  const taken = signal([]); // {member, step, by, at}, newest first
  const address = place.group + "/crisis/steps";
  let code = "";

  async function look() {
    try {
      const answer = await (await fetch(address)).json();
      code = answer.form;
      taken.value = answer.taken;
    } catch (error) { /* no network: the steps are here all the same */ }
  }

  /** What was done is done, whether or not it can be written down. */
  async function mark(member, step) {
    patchSheet({ error: "", where: step });
    try {
      if (!code) await look(); // pressed before it came
      const headers = { "Content-Type": "application/json", "X-Form": code };
      const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify({ member, step }) });
      if (!answer.ok) throw answer;
      readOut("Written down.");
      await look();
    } catch (error) {
      patchSheet({ error: "It could not be written down just now. Please try again later; go on with the steps." });
    }
  }

  function use(open, step, words) {
    if (step.to === "room") {
      closeSheet();
      draft.value = [draft.value, words].filter(Boolean).join("\n\n");
      panel.value = "";
      requestAnimationFrame(() => document.getElementById("words").focus());
    } else {
      openSheet({ kind: "aside", with: step.to === "person" ? open.id : "", text: words, steps: open });
    }
  }

  function Page() {
    if (!place.onCall) return null;
    const standing = call.value;
    const told = standing && (standing.acknowledged_at ? "Whoever is on call knows, since " + clock(standing.acknowledged_at) + "." : standing.told_at ? "Whoever is on call was told at " + clock(standing.told_at) + "." : "Whoever is on call is being told.");
    return html`${told && html`<p class="hint" role="status">${told}</p>`}
      ${(!standing || standing.acknowledged_at) && html`<button type="button" onClick=${() => ask({ type: "call" })}>Call whoever is on call</button>`}`;
  }

  /** What belongs to one step beside its words. */
  function More({ open, step, here }) {
    if (step.step === "aside" && here) return html`
      <${parts.value.sheets.AsideButton} open=${open} />
      <button type="button" onClick=${() => openSheet({ kind: "person", id: open.id, name: open.name, what: "remove", reason: "safety" })}>Ask ${open.name} to leave this meeting…</button>`;
    if (step.step !== "contact") return null;
    return html`<p>In immediate danger: <${Emergency} /></p>
      <p><a href=${place.group + "/contacts/" + open.id} target="_blank" rel="noopener">Has ${open.name} left somebody to call? (opens beside this)</a></p>
      ${lines.map((one) => html`<button key=${one.name} type="button" class="ready" onClick=${() => use(open, step, warm(one))}>${one.name}: ${[one.phone, one.text].filter(Boolean).join(" · ")}</button>`)}`;
  }

  function warm(line) {
    const ways = [line.phone && "call " + line.phone, line.text && "text " + line.text].filter(Boolean).join(" or ");
    return line.name + " are people who listen, whatever it is. You can " + ways + " (" + line.hours.toLowerCase() + "). Would you like to do that now? I stay here until you have reached them.";
  }

  function Step({ open, step, at }) {
    const here = people.value.some((person) => person.id === open.id && !person.aside);
    const done = taken.value.find((one) => one.member === open.id && one.step === step.step);
    const needs = step.to === "person" && !people.value.some((person) => person.id === open.id);
    return html`<section class="step"><h3>${at + 1}. ${step.title}</h3>
      <p>${step.what}</p>
      ${needs ? html`<p class="hint">${open.name} is not in this room now, so words cannot reach them here.</p>`
        : step.words.map((words) => html`<button key=${words} type="button" class="ready" onClick=${() => use(open, step, words)}>${words}</button>`)}
      <${More} open=${open} step=${step} here=${here} />
      <p class="done"><button type="button" aria-label=${(done ? "Done again: " : "Done: ") + step.title} onClick=${() => mark(open.id, step.step)}>${done ? "Done again" : "Done"}</button>
        ${done && html` <small>Done at ${new Date(device(done.at)).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" })}${done.by && ", by " + done.by}</small>`}</p>
      <${parts.value.sheets.WhyNot} open=${open} where=${step.step} />
    </section>`;
  }

  function Steps({ open }) {
    useEffect(() => { look(); }, [open.id]);
    return html`<div class="crisis"><p class="hint">Not alone: one of you looks after ${open.name}, another holds the group. The words go where you write, and are not sent. “Done” writes down the step and the time, for this group’s facilitators, and nothing else.</p>
      <${Page} />
      ${protocol.map((step, at) => html`<${Step} key=${step.step} open=${open} step=${step} at=${at} />`)}</div>`;
  }

  return { crisis: Steps };
}
