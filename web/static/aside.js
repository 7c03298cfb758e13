// Talking aside: being asked, going along, and the way back. The page shows one room at a time, and sits in one.
// It comes to the page with the first question.

import { html, signal, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut, voice } from "./aloud.js";
import { ask, move } from "./asking.js";
import { line, nextKey } from "./log.js";
import { patchSheet } from "./opening.js";
import { pass } from "./parts.js";
import { asideNews, asides, asidesLost, draft, heard, inSide, kept, leads, log, names, note, notes, noting, pending, people, place, seat, sheet, spared, you } from "./state.js";
import { nameOf } from "./words.js";

const ABOUT_THE_PERSON = [4501, 4502, 4503, 4504, 4507, 4508]; // close codes that end the page's stay wherever it sits

const ALONE = "No other facilitator is with the group at the moment. It pauses by itself until one of you is there.";

export default function aside() {
  const askedBy = signal("");
  const asking = signal([]); // whom this facilitator has asked, and who has not answered
  const needed = signal(false); // nobody else holds the group
  const group = { socket: place.socket, reports: place.reporting };

  function hear(frame) {
    switch (frame.type) {
      case "room": return shown(frame);
      case "asked-aside": return asked(frame);
      case "declined-aside": return declined(frame.member);
      case "unasked": return unasked(frame.member);
      case "needed": return isNeeded(frame.needed);
      case "stepped-aside": return stepped([frame.member, frame.by]);
      default: return go(frame.room);
    }
  }

  /** How it is now: after a lost connection, or on the other side of the door. */
  function shown(frame) {
    if (frame.asked_by && frame.asked_by !== askedBy.value) wished(frame.asked_by);
    askedBy.value = frame.asked_by || "";
    asking.value = frame.asking || [];
    isNeeded(Boolean(frame.needed));
  }

  function asked(frame) {
    answered(frame.member); // whoever asked before does not any more
    if (frame.by === you.value) asking.value = asking.value.concat(frame.member);
    if (frame.member === you.value) wished(frame.by);
    else line(nameOf(frame.by) + " asked " + nameOf(frame.member) + " to talk aside. Only facilitators see this.");
  }

  const waitsFor = (id) => asking.value.includes(id);

  function wished(by) {
    askedBy.value = by;
    voice("alert", nameOf(by) + " would like to talk with you aside.");
  }

  const answered = (member) => { asking.value = asking.value.filter((one) => one !== member); };

  function unasked(member) {
    answered(member);
    if (member !== you.value) return line("The question to " + nameOf(member) + " was taken back. Only facilitators see this.");
    askedBy.value = "";
    return readOut("You are not asked to talk aside any more.");
  }

  function isNeeded(now) {
    if (now && !needed.value) voice("alert", ALONE + " You can go back by one press.");
    needed.value = now;
  }

  function declined(member) {
    answered(member);
    if (member === you.value) askedBy.value = "";
    else notNow(nameOf(member) + " would rather not talk aside now.", member);
  }

  /** On a small screen the steps that are open for them hide the talk. */
  function notNow(words, member) {
    line(words + " Only facilitators see this.");
    if (sheet.value && sheet.value.kind === "crisis" && sheet.value.id === member) patchSheet({ error: words, where: "step-aside" });
  }

  function stepped(both) {
    both.forEach(answered);
    people.value = people.value.map((person) => (both.includes(person.id) ? Object.assign({}, person, { aside: true, hand_at: undefined }) : person));
    line(both.map(nameOf).join(" and ") + " stepped aside.");
  }

  function go(id) {
    if (kept.value) return;
    asking.value = [];
    needed.value = false;
    const unsure = pending.value.map((item) => item.text);
    const unsent = unsure.concat(draft.value).filter(Boolean).join("\n\n");
    const stays = {
      of: [log, asides, asideNews, asidesLost, notes].map((one) => [one, one.value]), draft: unsent, unsure: unsure.length > 0,
      note: pending.value.map((item) => item.note).concat(note.value).find(Boolean) || "",
      heard: new Map(heard), names: new Map(names), epoch: seat.epoch, epochs: seat.epochs,
    };
    askedBy.value = "";
    place.reporting = "/rooms/" + id + "/reports";
    moves("/rooms/" + id + "/socket", "You are aside now. What is said here is not kept.");
    stays.names.forEach((name, one) => names.set(one, name)); // whom a worry of the group is about has not left
    kept.value = stays;
  }

  /** What somebody hides for themself they hide on either side of the door. */
  function moves(path, words) {
    const hidden = spared.value;
    move(path, words);
    spared.value = hidden;
  }

  /** What the page knew of the group before is there again; what was said meanwhile was never told to it. */
  function back(words) {
    const stays = kept.value;
    const sent = pending.value.map(({ text, note }) => ({ text, note, sent: true }));
    const begun = sent.concat({ text: draft.value.trim(), note: note.value }).filter((one) => one.text).map((one) => Object.assign({ draft: "aside" + nextKey() }, one));
    place.reporting = group.reports;
    moves(group.socket + "?back=1" + (stays.epoch === undefined ? "" : "&epoch=" + stays.epoch), words + " What was said meanwhile did not come to you.");
    seat.epochs = stays.epochs;
    stays.of.forEach(([one, value]) => { one.value = value; });
    draft.value = stays.draft;
    note.value = stays.note;
    noting.value = Boolean(stays.note);
    if (begun.length) pass("holding", { type: "went-back", begun });
    stays.heard.forEach((value, key) => heard.set(key, value));
    stays.names.forEach((value, key) => names.set(key, value));
    if (stays.unsure) line("Whether your last words were sent before you stepped aside is not known. They are where you write.");
  }

  /** True if a side room ended, and not the page's stay in the meeting. */
  function ended(code) {
    if (!kept.value || ABOUT_THE_PERSON.includes(code)) return false;
    back("The talk aside is over. You are back with the group.");
    return true;
  }

  function Panel() {
    if (kept.value && inSide.value) return html`<${Here} />`;
    const by = people.value.find((person) => person.id === askedBy.value && !person.aside);
    if (by) return html`<${Asked} name=${by.name} />`;
    return asking.value.map((id) => html`<${Asking} key=${id} id=${id} />`);
  }

  function Asked({ name }) {
    const heading = useRef();
    const answered = { accepted() {}, refused: (frame) => { askedBy.value = ""; line(frame.words); } };
    useEffect(() => heading.current.scrollIntoView({ block: "nearest" }), []);
    return html`<section class="card" aria-labelledby="asked-title">
      <p id="asked-title" ref=${heading}><b>${name} would like to talk with you aside.</b></p>
      <p class="hint">Only you and ${name} would be there. The group sees only that you stepped aside. You do not hear it meanwhile, and can come back at any time.</p>
      <p><button type="button" class="strong" onClick=${() => ask({ type: "go-aside" }, answered)}>Go</button> <button type="button" onClick=${() => ask({ type: "not-now" }, answered)}>Not now</button></p>
    </section>`;
  }

  /** To whoever asked: it can be taken back until it is answered. */
  function Asking({ id }) {
    const answers = { accepted() {}, refused: () => answered(id) }; // it is not open any more
    return html`<section class="card asking" aria-label=${"You asked " + nameOf(id) + " to talk aside"}>
      <p>You asked <b>${nameOf(id)}</b> to talk aside. There is no answer yet.</p>
      <button type="button" onClick=${() => ask({ type: "unask", member: id }, answers)}>Take the question back</button>
    </section>`;
  }

  function Here() {
    const other = people.value.find((person) => person.id !== you.value);
    const waits = leads.value ? "They are not here at the moment." : "The facilitator is not here at the moment. You can wait here, or go back.";
    useEffect(() => readOut(other ? "You are aside with " + other.name + "." : "You are aside."), [other && other.id]);
    return html`<section class="card" aria-labelledby="beside-title">
      <p id="beside-title"><b>${other ? "You are aside with " + other.name + "." : "You are aside."}</b> ${!other && waits}</p>
      ${(other || leads.value) && html`<p class="hint">Nobody else reads this. The group does not hear you, and you do not hear the group.${leads.value && !needed.value && " Another facilitator holds it until you are back."}</p>`}
      ${needed.value && html`<p>${ALONE}</p>`}
      <button type="button" class="strong" onClick=${() => back("You are back with the group.")}>${needed.value ? "Go back to the group" : "Back to the group"}</button>
    </section>`;
  }

  return { Panel, ended, hear, waitsFor };
}
