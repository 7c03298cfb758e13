// Talking aside: being asked, going along, and the way back. The page shows one room at a time, and sits in one.
// It comes to the page with the first question.

import { html, signal, useEffect, useRef } from "./vendor/ui.0bb38755.js";

const ABOUT_THE_PERSON = [4501, 4502, 4503, 4504, 4507, 4508]; // close codes that end the page's stay wherever it sits

/** `room`: what the page shares with its parts, see `shared` in room.js. */
export default function aside(room) {
  const { asides, inSide, draft, heard, kept, leads, log, people, place, you, ask, line, move, nameOf, readOut, voice } = room;
  const askedBy = signal("");
  const group = { socket: place.socket, reports: place.reporting };

  function hear(frame) {
    switch (frame.type) {
      case "asked-aside": return asked(frame);
      case "declined-aside": return declined(frame.member);
      case "stepped-aside": return stepped([frame.member, frame.by]);
      default: return go(frame.room);
    }
  }

  function asked(frame) {
    if (frame.member !== you.value) return line(nameOf(frame.by) + " asked " + nameOf(frame.member) + " to talk aside. Only facilitators see this.");
    askedBy.value = frame.by;
    voice("alert", nameOf(frame.by) + " would like to talk with you aside.");
  }

  function declined(member) {
    askedBy.value = "";
    if (member !== you.value) line(nameOf(member) + " would rather not talk aside now. Only facilitators see this.");
  }

  function stepped(both) {
    people.value = people.value.map((person) => (both.includes(person.id) ? Object.assign({}, person, { aside: true, hand_at: undefined }) : person));
    line(both.map(nameOf).join(" and ") + " stepped aside.");
  }

  function go(id) {
    if (kept.value) return;
    const stays = { log: log.value, asides: asides.value, draft: draft.value, heard: new Map(heard) };
    askedBy.value = "";
    place.reporting = "/rooms/" + id + "/reports";
    move("/rooms/" + id + "/socket", "You are aside now. What is said here is not kept.");
    kept.value = stays;
  }

  /** What the page knew of the group before is there again; what was said meanwhile was never told to it. */
  function back(words) {
    const stays = kept.value;
    place.reporting = group.reports;
    move(group.socket + "?back=1", words + " What was said meanwhile did not come to you.");
    log.value = stays.log;
    asides.value = stays.asides;
    draft.value = stays.draft;
    stays.heard.forEach((value, key) => heard.set(key, value));
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
    return by ? html`<${Asked} name=${by.name} />` : null;
  }

  function Asked({ name }) {
    const heading = useRef();
    const answered = { accepted() {}, refused: (frame) => { askedBy.value = ""; line(frame.words); } };
    useEffect(() => heading.current.scrollIntoView({ block: "nearest" }), []);
    return html`<section class="card" aria-labelledby="asked-title">
      <p id="asked-title" ref=${heading}><b>${name} would like to talk with you aside.</b></p>
      <p class="hint">Only you and ${name} would be there. The group sees that you stepped aside, and nothing more. You do not hear the group meanwhile, and can come back at any time.</p>
      <p><button type="button" class="strong" onClick=${() => ask({ type: "go-aside" }, answered)}>Go</button> <button type="button" onClick=${() => ask({ type: "not-now" }, answered)}>Not now</button></p>
    </section>`;
  }

  function Here() {
    const other = people.value.find((person) => person.id !== you.value);
    const waits = leads.value ? "They are not here at the moment." : "The facilitator is not here at the moment. You can wait here, or go back.";
    useEffect(() => readOut(other ? "You are aside with " + other.name + "." : "You are aside."), [other && other.id]);
    return html`<section class="card" aria-labelledby="beside-title">
      <p id="beside-title"><b>${other ? "You are aside with " + other.name + "." : "You are aside."}</b> ${!other && waits}</p>
      <p class="hint">Nobody else reads this. The group does not hear you, and you do not hear the group.${leads.value && " If it needs you, the other facilitators hold it until you are back."}</p>
      <button type="button" class="strong" onClick=${() => back("You are back with the group.")}>Back to the group</button>
    </section>`;
  }

  return { Panel, ended, hear };
}
