// Coming in: the page of somebody who waits outside, and who waits as a facilitator sees it. It comes to the page with
// the first of either.

import { html, signal, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { Emergency } from "./around.js";
import { ask, leave, say } from "./asking.js";
import { line } from "./log.js";
import { field, openSheet, toCorner } from "./opening.js";
import { need } from "./parts.js";
import { asideNews, asides, callers, customs, door, keeps, link, names, notice, parts, people, place, waitingRoom, you } from "./state.js";
import { TEXT_MAX, clock, keptFor, nameOf } from "./words.js";

const SOFTLY = 0.04; // loudness of the one sound there is, of 1
const WIDE = matchMedia("(min-width: 62rem)");
const TONES = [523, 659]; // Hz: two soft notes upwards

export default function waiting() {
  const title = document.title;
  const sound = signal(true);
  const all = signal(false); // a long list of who waits is shown whole
  const wide = signal(WIDE.matches);
  WIDE.addEventListener("change", () => { wide.value = WIDE.matches; });
  let air;

  callers.value.forEach((one) => names.set(one.id, one.name));

  function hear(frame) {
    switch (frame.type) {
      case "waiting-room": return shown(frame);
      case "waiting": return called(frame.caller);
      case "went": return keep(callers.value.filter((one) => one.id !== frame.member));
      case "left-waiting": return stillWait(frame.members, frame.places);
      case "declined": return keep(callers.value.map((one) => (one.id === frame.member ? Object.assign({}, one, { declined: true }) : one)));
      default: return moved(frame.door);
    }
  }

  function keep(now) {
    callers.value = now;
  }

  function moved(now) {
    if (Boolean(now.closed) !== Boolean(door.value.closed)) line(now.closed ? "The door is closed now. Nobody new comes in by themselves." : "The door is open again.");
    door.value = now;
  }

  // ---- As a facilitator sees it ----

  /** Who asks for an answer: everybody who waits, but behind a closed door only who knocks. */
  const calling = () => callers.value.filter((one) => !one.declined && (!one.late || one.knocked));

  /** Seen in the tab's title, read out, and heard softly once something was pressed here: before, browsers allow none. */
  function called(caller) {
    const before = callers.value.find((one) => one.id === caller.id);
    names.set(caller.id, caller.name);
    keep(callers.value.filter((one) => one !== before).concat(caller));
    const calls = (one) => one && !one.declined && (!one.late || one.knocked);
    if (!calls(caller) || calls(before)) return;
    readOut(caller.name + (caller.guest ? ", a guest," : "") + (caller.late ? " knocks at the door." : " is waiting to come in."));
    if (sound.value && navigator.userActivation && navigator.userActivation.hasBeenActive) chime();
  }

  function chime() {
    const Air = window.AudioContext || window.webkitAudioContext;
    if (!Air) return;
    air = air || new Air();
    TONES.forEach((hertz, at) => {
      const tone = air.createOscillator();
      const loud = air.createGain();
      const begins = air.currentTime + at * 0.2;
      tone.frequency.value = hertz;
      loud.gain.setValueAtTime(0, begins);
      loud.gain.linearRampToValueAtTime(SOFTLY, begins + 0.05);
      loud.gain.linearRampToValueAtTime(0, begins + 0.4);
      tone.connect(loud).connect(air.destination);
      tone.start(begins);
      tone.stop(begins + 0.5);
    });
  }

  const letIn = (member) => () => ask({ type: "admit", member }, { refused: (frame) => {
    if (frame.code === "room-full") stillWait(member ? [member] : calling().map((one) => one.id), people.value.length);
    else say(frame.words);
  } });

  /** Who could not be let in, and why. */
  function stillWait(members, places) {
    const names_ = members.map(nameOf);
    const who = names_.length > 1 ? names_.slice(0, -1).join(", ") + " and " + names_[names_.length - 1] + " are" : names_[0] + " is";
    line(who + " still waiting, because all " + places + " places are taken. When somebody leaves, you can let them in. Only facilitators see this.");
  }

  const more = (one) => () => openSheet({ kind: "caller", id: one.id, name: one.name });

  /** Above the talk, where it is seen; one press lets in. */
  function Callers() {
    const many = calling();
    useEffect(() => {
      document.title = (many.length ? "(" + many.length + ") " : "") + title;
      return () => { if (document.title) document.title = title; }; // after “Leave now” it stays empty
    }, [many.length]);
    if (!many.length) return null;
    const first = wide.value ? 5 : 2; // a longer list would hide the talk
    const brief = !all.value && many.length > first + 1;
    return html`<section class="banner callers" aria-label="Who is waiting"><ul>
      ${many.slice(0, brief ? first : many.length).map((one) => html`<li key=${one.id} data-one="caller"><span><b>${one.name}</b>${one.guest ? " (guest)" : ""} ${one.late ? "knocks" : "is waiting"}${one.listens ? ", just to listen" : ""}</span>
        <button type="button" class="strong" aria-label=${"Let in " + one.name} onClick=${letIn(one.id)}>Let in</button>
        <button type="button" aria-label=${"Answer " + one.name} onClick=${more(one)}>Answer…</button></li>`)}</ul>
      ${many.length > first + 1 && html`<button type="button" class="quiet" aria-expanded=${brief ? "false" : "true"} onClick=${() => { all.value = !all.value; }}>
        ${brief ? "and " + (many.length - first) + " more" : "Show fewer"}</button>`}
      ${many.length > 1 && html`<button type="button" onClick=${letIn(undefined)}>Let all ${many.length} in</button>`}
    </section>`;
  }

  /** The door, who came late, and who was told no: quiet things, beside the talk. */
  function Tools() {
    const late = callers.value.filter((one) => one.late && !one.knocked && !one.declined);
    const declined = callers.value.filter((one) => one.declined);
    const { closed, closes_at: at } = door.value;
    const waits = customs.value.waiting !== false;
    const calls = late.length + declined.length > 0;
    return html`<details class="fold" open=${WIDE.matches || calls}><summary>The door${late.length > 0 && " (" + late.length + " came late)"}</summary>
      <p>${closed ? "Closed. Who was here comes back; others can knock." : at ? "Open until " + clock(at) + "." : "Open."}</p>
      ${(closed || at) && html`<button type="button" onClick=${() => ask({ type: "set-door", open: true })}>${closed ? "Open the door" : "Keep it open"}</button>`}
      ${!closed && html`<button type="button" onClick=${() => ask({ type: "set-door", open: false })}>Close the door now</button>`}
      <button type="button" onClick=${() => ask({ type: "adopt", customs: Object.assign({}, customs.value, { waiting: !waits }) })}>
        ${waits ? "Let people come straight in, in this meeting" : "Let people wait before they come in"}</button>
      ${late.length > 0 && html`<p>Came after that: ${late.map((one) => one.name).join(", ")}</p>`}
      ${late.map((one) => html`<button key=${one.id} type="button" onClick=${more(one)}>${one.name}…</button>`)}
      ${declined.map((one) => html`<button key=${one.id} type="button" onClick=${letIn(one.id)}>Let ${one.name} come after all</button>`)}
      ${waits && html`<label class="choice"><input type="checkbox" checked=${sound.value} onChange=${() => { sound.value = !sound.value; }} />
        <span>A soft sound when somebody waits</span></label>`}
    </details>`;
  }

  // ---- As somebody sees it who waits ----

  function headline({ you: self, paused }) {
    if (paused) return "The room is paused";
    return self.late ? "The door is closed" : "You are waiting to come in";
  }

  function whatHappens({ you: self, paused, held_by: held = [] }) {
    const who = held.map((one) => one.name).join(" and ");
    if (paused && !held.length) return "No facilitator is there at the moment. You can stay and wait; this page goes on by itself. You can also come back later.";
    if (!held.length) return "No facilitator is there yet. You can wait here; this page goes on by itself.";
    if (!self.late) return who + (held.length > 1 ? " know" : " knows") + " that you are here and will let you in. It can take a few minutes.";
    if (self.knocked) return who + (held.length > 1 ? " have" : " has") + " heard that you knocked. Please wait a little.";
    return "The meeting has begun, and the group wants to be undisturbed. You can knock, or come to the next meeting.";
  }

  let told = "";

  /** Each time the server says how it is now: what changed is read out. */
  function shown(frame) {
    customs.value = frame.customs || {};
    (frame.held_by || []).concat(frame.you).forEach((one) => names.set(one.id, one.name));
    const words = headline(frame) + ". " + whatHappens(frame);
    if (told && told !== words) readOut(words);
    told = words;
  }

  function Page() {
    const frame = waitingRoom.value;
    const heading = useRef();
    useEffect(() => heading.current.focus(), []);
    const { you: self } = frame;
    return html`<div class="ending outside room">
      <h1 tabindex="-1" ref=${heading}>${headline(frame)}</h1>
      ${link.value !== "here" && html`<p class="banner">The connection is lost for the moment. This page keeps trying.</p>`}
      <p>${whatHappens(frame)}</p>
      ${self.late && !self.knocked && html`<p><button type="button" class="strong" onClick=${() => ask({ type: "knock" })}>Knock</button></p>`}
      <${How} self=${self} />
      <h2>Until then</h2>
      <ul>
        <li>Nothing that is said in the room reaches this page. Only the facilitators see that you wait.</li>
        <li>Once you are in, everybody there sees your name, <b>${self.name}</b>.</li>
        <li>You can pass, just listen, take a break or leave at any time. Nobody asks why.</li>
        <li>What is said is ${keeps.value ? "kept for " + keptFor() + ", sealed" : "not kept"}. Others could still photograph their screen.</li>
        <li>This is not a place for an emergency. If somebody is in danger now, call <${Emergency} />.</li>
      </ul>
      <p><a href=${place.group + "/limits"} target="_blank" rel="noopener">What you should know</a> <small>(opens beside this page)</small></p>
      <details onToggle=${() => need("reading")}><summary>Our agreement</summary>${parts.value.reading && html`<${parts.value.reading.Text} />`}</details>
      <${Word} held=${frame.held_by || []} />
      <p><button type="button" onClick=${toCorner}>Breathe</button> <button type="button" onClick=${leave}>Leave</button> <a class="button" href=${place.help} target="_blank" rel="noopener">Find somebody to talk to</a></p>
    </div>`;
  }

  function How({ self }) {
    if (place.guest) return html`<p>You are invited to listen. A facilitator can let you take part.</p>`;
    const pick = (listens) => () => ask({ type: listens ? "listen" : "take-part" });
    return html`<fieldset class="part"><legend>How I come today</legend>
      <label class="choice"><input type="radio" name="how" checked=${!self.listens} onChange=${pick(false)} /><span>I take part</span></label>
      <label class="choice"><input type="radio" name="how" checked=${Boolean(self.listens)} onChange=${pick(true)} />
        <span>I just listen<small>Everybody sees it, and nobody calls on you. You can change your mind at any time.</small></span></label>
    </fieldset>`;
  }

  function Word({ held }) {
    useEffect(() => { asideNews.value = []; }, [asides.value]); // they stand here, and are no news once somebody is in
    const write = (event) => {
      event.preventDefault();
      const text = field(event, "text");
      const form = event.target;
      if (text) ask({ type: "confide", text }, { accepted: () => { form.reset(); readOut("Sent."); }, refused: (frame) => say(frame.words) });
    };
    return html`<details open=${asides.value.length > 0}><summary>A word to the facilitators</summary>
      <p class="hint">${held.length ? "Read by " + held.map((one) => one.name).join(" and ") + "." : "Nobody is there to read it at the moment."} Not by the room, and not kept.</p>
      <ul class="asides">${asides.value.map((word, n) => html`<li key=${n}><b>${word.by === you.value ? "You" : nameOf(word.by)}</b> <small>${clock(word.at)}</small><p>${word.text}</p></li>`)}</ul>${(asides.value.filter((word) => word.beside).pop() || {}).beside}
      <form onSubmit=${write}><label>Your words<textarea name="text" rows="2" maxlength=${TEXT_MAX} autocomplete="off"></textarea></label>
        <p class="error" role="status">${notice.value}</p>
        <button>Send</button></form>
    </details>`;
  }

  return { Callers, Page, Tools, hear };
}
