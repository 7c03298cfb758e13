// The forms that open one at a time, to do something with a person, a message or the room; and the cards that say what
// a facilitator did to you. They come to the page with the first of them.

import { html, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { Emergency } from "./around.js";
import { ask, leave, say } from "./asking.js";
import { counts } from "./log.js";
import { closeSheet, field, openSheet, patchSheet, toAside } from "./opening.js";
import { pass } from "./parts.js";
import { asideNews, asides, asidesLost, callers, cards, customs, ending, inSide, keeps, kept, leads, parts, people, place, seat, sheet, you } from "./state.js";
import { NOTE_MAX, TEXT_MAX, UNTIL_LOOKED, WORDS_MAX, clock, device, keptFor, nameOf, now, plural } from "./words.js";

const REASONS = {
  "too-much": ["Much at once", "There was a lot from you in a short time, and others need room too."],
  "advice": ["Giving advice", "In this group people share their own experience and do not give advice."],
  "hurtful": ["Hurtful words", "Something you wrote may have hurt somebody here."],
  "contact-details": ["Contact details", "Contact details are not shared here, so that everybody stays safe."],
  "methods": ["Details that can harm", "Details of how somebody could be harmed are not shared here."],
  "off-topic": ["Away from the topic", "It led away from what this group is here for."],
  "safety": ["Somebody’s safety", "A facilitator is concerned that somebody may not be safe, perhaps you."],
  "full-today": ["The group is full today", "The group is as large as it can be today."],
  "begun": ["The meeting is well under way", "The meeting is well under way, and coming in now would be hard for you and for the others."],
  "another-group": ["Another group may fit better", "We think that another group may help you more. Please ask us about it."],
  "flagged": ["Flagged by others", "Several people flagged what you wrote while no facilitator was watching. A facilitator will look at it."],
  "invitation": ["The link was taken back", "The link you came by was taken back, so everybody who came by it was asked to stay away. Nobody says that you did something wrong."],
  "away": ["Not here for a long while", "You had not been here for a long while."],
  "asked": ["They asked for it", "You had asked for it."],
  "other": ["Something else", "The facilitator had a reason that is not on the list."],
};

const DECLINING = ["full-today", "begun", "another-group", "safety", "other"]; // why it cannot be today
const UNCHOSEN = "Please choose why. They will read it.";
const GENTLE = ["fold", "slow"]; // these come without a reason
const ACTING = Object.keys(REASONS).filter((key) => !["flagged", "invitation", "away", "asked", "full-today", "begun", "another-group"].includes(key));

/** `where`: the part of the form that says why not; else its end does. */
function act(command, where = "") {
  const sent = sheet.value;
  patchSheet({ busy: true, error: "" });
  ask(command, {
    accepted: () => { if (isOpen(sent)) done(); },
    refused: (frame) => {
      if (!isOpen(sent)) return say(frame.words);
      patchSheet({ busy: false, error: frame.words, where });
      readOut(frame.words);
    },
  });
}

/** Whether an answer finds the form that asked. */
function isOpen(form) {
  return sheet.value && sheet.value.opened === form.opened;
}

/** Of the steps for somebody in danger there are more. */
function done() {
  if (sheet.value.kind === "crisis") patchSheet({ busy: false });
  else closeSheet();
}

export default function sheets() {
  const unsent = new Map(); // private words not sent yet, by whom they are with: they never become somebody else's
  let before = []; // those of the room that the page has just gone from
  let group; // and those of the group, while it shows a talk aside
  you.subscribe((id) => {
    if (!id) {
      before = Array.from(unsent);
      return unsent.clear();
    }
    if (kept.value) group = group || before;
    else if (group) group.forEach(([with_, text]) => unsent.set(with_, text));
    if (!kept.value) group = null;
    before = [];
  });
  ending.subscribe((ended) => { if (ended) before = group = null; });

  function day(at) {
    return new Date(device(at)).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  }

  function cardTitle(card) {
    switch (card.act) {
      case "nudge": return "A quiet word from a facilitator, for you alone.";
      case "fold": return "A facilitator put one of your messages behind a content note. Nobody did anything wrong; it lets people choose.";
      case "slow": return "A facilitator asks you to write more slowly: some time has to pass between two of your messages, until this meeting ends or they end it.";
      case "mute": if (card.past) return "You had been muted for a while, when this page could not show it. That is over.";
        if (!card.until) return "You are muted until a facilitator has looked, at the longest until this meeting ends. You can read along.";
        return "A facilitator muted you until " + clock(card.until) + ". You can read along.";
      case "retraction": return "A facilitator took one of your messages back.";
      case "take-out": return "You are not in this group any more. With a new link you can come again.";
      case "decline": return "You are welcome at the next meeting.";
      case "bar": return card.until ? "You may come back after " + day(card.until) + "." : "This holds until a facilitator lifts it.";
      default: return "This is for today’s meeting. You are welcome at the next one.";
    }
  }

  function Card({ card, last }) {
    const read = () => {
      cards.value = cards.value.filter((other) => other !== card);
      ask({ type: "have-read", at: card.at }, { refused() {} }); // it is told no more
    };
    return html`<section class="card" data-one="card" aria-label="About you, seen by you alone">
      <p><b>${cardTitle(card)}</b></p>
      ${!GENTLE.includes(card.act) && html`<p>${REASONS[card.reason][1]}</p>`}
      ${card.words && html`<blockquote>${card.words}</blockquote>`}
      ${card.had_words && html`<p>There were a few words with it. They are not kept; you can ask the facilitators for them.</p>`}
      ${card.act !== "take-out" && html`<p><a href=${place.group + "/another-look"} target=${last ? undefined : "_blank"} rel="noopener">Ask for another look</a>${!last && html` <small>(opens beside this page)</small>`}</p>`}
      <p class="hint">${card.appeal || "If you see it differently, ask the group’s facilitators to look at it again."}</p>
      ${!last && html`<button type="button" onClick=${read}>I have read this</button>`}
    </section>`;
  }

  /** Whether a reason was chosen: it is told to the person, so none is chosen for whoever acts. */
  function reasoned(event) {
    event.preventDefault();
    if (sheet.value.reason) return true;
    patchSheet({ error: UNCHOSEN, where: "why" });
    readOut(UNCHOSEN);
    event.target.elements.reason.focus();
    return false;
  }

  function actOnPerson(event) {
    if (!reasoned(event)) return;
    const command = { type: sheet.value.what, member: sheet.value.id, reason: sheet.value.reason };
    command.words = field(event, "words") || undefined;
    if (command.type === "mute") command.minutes = Number(field(event, "minutes"));
    if (command.type === "bar") command.days = 7 * Number(field(event, "weeks")) || undefined;
    act(command);
  }

  function announce(event) {
    event.preventDefault();
    const text = field(event, "text");
    if (text) act({ type: "announce", text });
  }

  function retract(event) {
    event.preventDefault();
    const entry = sheet.value.entry;
    if (entry.mine) act({ type: "retract", n: entry.n });
    else if (reasoned(event)) act({ type: "retract", n: entry.n, reason: sheet.value.reason, words: field(event, "words") || undefined });
  }

  function Choice({ name, value, label, hint }) {
    const pick = () => patchSheet({ [name]: value });
    return html`<label class="choice">
      <input type="radio" name=${name} value=${value} checked=${sheet.value[name] === value} onChange=${pick} />
      <span>${label}${hint && html`<small>${hint}</small>`}</span>
    </label>`;
  }

  function Why({ name, reasons = ACTING }) {
    const chosen = sheet.value.reason;
    const wrong = sheet.value.where === "why" && Boolean(sheet.value.error);
    return html`<label>Why
        <select name="reason" required aria-invalid=${wrong ? "true" : "false"} aria-describedby="why-not" value=${chosen}
          onChange=${(event) => patchSheet({ reason: event.target.value, error: "" })}>
          <option value="" selected=${!chosen}>Choose…</option>
          ${reasons.map((key) => html`<option key=${key} value=${key} selected=${key === chosen}>${REASONS[key][0]}</option>`)}
        </select>
      </label>
      <div id="why-not"><${WhyNot} open=${sheet.value} where="why" /></div>
      <label>A few words of your own, for ${name} only <small>(optional)</small>
        <textarea name="words" rows="2" maxlength=${WORDS_MAX} autocomplete="off"></textarea>
      </label>
      ${chosen && html`<p class="hint">${name} will read: “${REASONS[chosen][1]}”</p>`}`;
  }

  function MessageForm({ open }) {
    const entry = open.entry;
    const report = () => openSheet({ kind: "report", key: entry.key, name: entry.name });
    const person = () => openSheet({ kind: "person", id: entry.by, name: entry.name });
    const fold = (event) => {
      event.preventDefault();
      const note = field(event, "note");
      if (note) act({ type: "fold", n: entry.n, note });
    };
    if (!counts(entry)) return html`<p class="hint">It was said before the room was put together again, and can be taken back no more.</p>
      ${!entry.mine && html`<button type="button" onClick=${report}>Report…</button>`}`;
    if (!entry.mine && !leads.value) return html`<${Others} open=${open} report=${report} />`;
    return html`${!entry.mine && entry.kind === "said" && !entry.note && html`<form onSubmit=${fold}>
        <label>Put a content note before it <small>(the message stays, folded)</small>
          <input name="note" maxlength=${NOTE_MAX} autocomplete="off" placeholder="for example: loss of a parent" /></label>
        <button disabled=${open.busy}>Fold the message</button>
      </form>`}
      <form noValidate onSubmit=${retract}>
      ${!entry.mine && html`<p><b>Take it back</b></p>`}
      <p class="hint">${entry.mine ? "It disappears from every page. People may have read it already."
        : "It disappears from every page, and the room sees that a facilitator took it back."}</p>
      ${!entry.mine && html`<${Why} name=${entry.name} />`}
      <button class="strong" disabled=${open.busy}>Take the message back</button>
      ${!entry.mine && !entry.facilitates && html`<button type="button" disabled=${open.busy} onClick=${() => act({ type: "flag", n: entry.n })}>Keep an eye on ${entry.name}</button>
        <p class="hint">If ${entry.name} leaves in the next two minutes, the facilitators are told. Nobody else sees this.</p>`}
      ${!entry.mine && !entry.facilitates && html`<button type="button" onClick=${person}>More about ${entry.name}…</button>`}
      ${!entry.mine && html`<button type="button" onClick=${report}>Report…</button>`}
    </form>`;
  }

  /** What a member can do about somebody else's message. */
  function Others({ open, report }) {
    const mark = () => ask({ type: "mark", n: open.entry.n }, {
      accepted: () => { if (isOpen(open)) patchSheet({ error: "", marked: true }); readOut("Flagged."); },
      refused: (frame) => { if (!isOpen(open)) return say(frame.words); patchSheet({ error: frame.words }); readOut(frame.words); },
    });
    return html`<div>
      <p>Was it not right?</p>
      ${open.marked ? html`<p><b>Flagged.</b></p>` : html`<button type="button" onClick=${mark}>Flag it</button>`}
      <p class="hint">The facilitators see how many people flagged it, and not who.</p>
      <button type="button" onClick=${report}>Report…</button>
      <p class="hint">You choose what is handed over and who may know that it was you.</p>
    </div>`;
  }

  /** Some lengths to choose from, with the group's own; 0, for good, comes last. */
  function lengths(some, own) {
    return Array.from(new Set(some.concat(own))).sort((a, b) => (a || Infinity) - (b || Infinity));
  }

  /** Beside what was pressed: the end of a long form is out of sight. */
  function WhyNot({ open, where = "" }) {
    const words = useRef();
    useEffect(() => { if (words.current) words.current.scrollIntoView({ block: "nearest" }); }, [open.error]);
    return open.error && (open.where || "") === where && html`<p class="error" ref=${words}>${open.error}</p>`;
  }

  /** Only while another facilitator is here to hold the group. */
  function AsideButton({ open }) {
    const person = people.value.find((other) => other.id === open.id && !other.aside);
    if (!person || person.role !== "member" || inSide.value) return null;
    const held = people.value.some((other) => other.role === "facilitator" && other.id !== you.value && !other.aside && !other.rests_until);
    if (!held) return html`<p class="hint">To talk with ${open.name} aside, another facilitator has to be here to hold the group.</p>`;
    const asked = parts.value.aside && parts.value.aside.waitsFor(open.id);
    const once = () => { if (!asked && !open.busy) act({ type: "step-aside", member: open.id }, "step-aside"); };
    return html`<button type="button" aria-disabled=${asked ? "true" : "false"} onClick=${once}>Ask ${open.name} to talk aside</button>
      <${WhyNot} open=${open} where="step-aside" />
      <p class="hint">${asked && html`<b>You asked ${open.name}. There is no answer yet.</b> `}In a room of your own, if ${open.name} would like to. The group sees that you both stepped aside.</p>`;
  }

  function PersonForm({ open }) {
    const person = people.value.find((other) => other.id === open.id) || {};
    const label = { nudge: "Send to " + open.name + " alone", mute: "Mute " + open.name, remove: "Ask " + open.name + " to leave", bar: "Ask " + open.name + " to stay away" };
    const { steps = ["nudge", "mute", "bar"], mute_minutes: minutes = 10, bar_weeks: weeks = 4 } = customs.value;
    const uses = (step) => steps.includes(step);
    useEffect(() => { if (!uses(open.what)) patchSheet({ what: "remove" }); }, []);
    return html`<div>
      <label>Slow mode for ${open.name} <select value=${person.slow || 0} onChange=${(event) => act({ type: "slow", member: open.id, seconds: Number(event.target.value) })}>
        ${[0, 10, 30, 60, 120].map((seconds) => html`<option key=${seconds} value=${seconds} selected=${seconds === (person.slow || 0)}>${seconds ? "One message every " + seconds + " seconds" : "As everybody"}</option>`)}</select></label>
      ${person.muted_until && html`<button type="button" disabled=${open.busy} onClick=${() => act({ type: person.muted_until < UNTIL_LOOKED ? "unmute" : "look", member: open.id })}>
        End the mute now</button>`}
      <button type="button" onClick=${() => openSheet({ kind: "aside", with: open.id })}>A private word…</button>
      <button type="button" onClick=${() => openSheet({ kind: "crisis", id: open.id, name: open.name })}>${open.name} may be in danger…</button>
      <${AsideButton} open=${open} />
      ${person.invited_to_listen && html`<button type="button" disabled=${open.busy} onClick=${() => act({ type: "take-part", member: open.id })}>Let ${open.name} take part</button>`}
      <form noValidate onSubmit=${actOnPerson}>
        <fieldset><legend>What should happen?</legend>
          ${uses("nudge") && html`<${Choice} name="what" value="nudge" label="A kind card" hint="Only they see it. The room notices nothing." />`}
          ${uses("mute") && html`<${Choice} name="what" value="mute" label="Mute for a while" hint="They read along and cannot write." />`}
          <${Choice} name="what" value="remove" label="Ask to leave this meeting" hint="They are welcome at the next one." />
          ${uses("bar") && html`<${Choice} name="what" value="bar" label="Ask to leave and stay away" hint="For some time, or until lifted." />`}
        </fieldset>
        ${open.what === "mute" && html`<label>For how long
          <select name="minutes">${lengths([5, 10, 30, 60, 120], minutes).map((some) => html`<option key=${some} value=${some}
            selected=${some === minutes}>${plural(some, "minute", "minutes")}</option>`)}</select></label>`}
        ${open.what === "bar" && html`<label>For how long
          <select name="weeks">${lengths([1, 4, 12, 26, 0], weeks).map((some) => html`<option key=${some} value=${some}
            selected=${some === weeks}>${some ? plural(some, "week", "weeks") : "Until a facilitator lifts it"}</option>`)}</select></label>`}
        <${Why} name=${open.name} />
        <button class="strong" disabled=${open.busy}>${label[open.what]}</button>
      </form>
    </div>`;
  }

  /** Somebody who waits: let in, a word to them, or a kind no. */
  function CallerForm({ open }) {
    const decline = (event) => {
      if (reasoned(event)) act({ type: "decline", member: open.id, reason: sheet.value.reason, words: field(event, "words") || undefined });
    };
    if (!callers.value.some((one) => one.id === open.id && !one.declined)) return html`<p>${open.name} is not waiting any more.</p>`;
    return html`<div>
      <button type="button" class="strong" disabled=${open.busy} onClick=${() => act({ type: "admit", member: open.id })}>Let ${open.name} in</button>
      <button type="button" onClick=${() => openSheet({ kind: "aside", with: open.id })}>A word to ${open.name}…</button>
      <form noValidate onSubmit=${decline}><h3>Not today</h3>
        <${Why} name=${open.name} reasons=${DECLINING} />
        <p class="hint">It holds for this meeting; under “The door” you can let them come after all.</p>
        <button disabled=${open.busy}>Tell ${open.name} that it cannot be today</button></form>
    </div>`;
  }

  function AnnounceForm({ open }) {
    return html`<form onSubmit=${announce}>
      <label>What everybody should see<textarea name="text" rows="4" maxlength=${TEXT_MAX} required autocomplete="off"></textarea></label>
      <p class="hint">It stands out in the room, and can be sent while the room is paused.</p>
      <button class="strong" disabled=${open.busy}>Announce</button>
    </form>`;
  }

  function CloseForm({ open }) {
    return html`<div>
      <p>The meeting ends for everybody. All pages empty themselves, and ${keeps.value ? "what was said goes " + keptFor() + " after it was said" : "nothing that was said is kept, unless somebody handed it over in a report"}.</p>
      <button class="strong" disabled=${open.busy} onClick=${() => act({ type: "close" })}>Close the meeting for everybody</button>
    </div>`;
  }

  function LeaveForm() {
    return html`<div>
      <p>You are the only facilitator here. When you leave, the room pauses until a facilitator is back.</p>
      <button class="strong" onClick=${leave}>Leave and pause the room</button>
    </div>`;
  }

  /** Private words that did not reach this page. */
  function hear({ lost, by }) {
    asidesLost.value = plural(lost, "private word", "private words") + " did not reach you, from " + Array.from(new Set(by)).map(nameOf).join(" and ")
      + (lost > 1 ? ". They are not kept; please ask for them again." : ". It is not kept; please ask for it again.");
    readOut(asidesLost.value);
  }

  /** Stands above the talk until it is looked at: what is asked beside it may be whether somebody is safe. */
  function News() {
    return html`${asidesLost.value && html`<section class="card" aria-label="What did not reach you"><p><b>${asidesLost.value}</b></p>
      <button type="button" onClick=${() => openSheet({ kind: "aside" })}>${leads.value ? "Private words" : "A word to the facilitators"}</button>
      <button type="button" onClick=${() => { asidesLost.value = ""; }}>I have read this</button></section>`}<${Fresh} />`;
  }

  function Fresh() {
    const last = asideNews.value.filter((word) => !leads.value || !word.member || word.by === word.member).pop();
    if (!last || (sheet.value && sheet.value.kind === "aside")) return null;
    return html`<section class="card" aria-label="Beside the talk"><p><b>${nameOf(last.by)} writes to ${leads.value ? "the facilitators" : "you"} alone.</b></p>
      <button type="button" onClick=${toAside}>Read and answer</button></section>`;
  }

  /** Nobody but the facilitators and the person concerned reads this, and nothing of it is kept. */
  function AsideForm({ open }) {
    const role = (people.value.find((person) => person.id === you.value) || {}).role;
    const stands = role === "supervisor"; // speaks with all the facilitators at once
    const with_ = open.with === undefined ? (leads.value || stands ? "" : you.value) : open.with;
    const shown = asides.value.filter((word) => (with_ ? word.member === with_ : role !== "member" && (!word.member || (stands && word.member === you.value))));
    const readers = people.value.filter((person) => (person.role === "facilitator" && !person.aside) || (!with_ && person.role === "supervisor")).map((person) => person.name);
    const fresh = asideNews.value.filter((word) => leads.value && (word.member || "") !== with_);
    useEffect(() => { if (fresh.length < asideNews.value.length) asideNews.value = fresh; });
    const write = (event) => {
      event.preventDefault();
      const text = field(event, "text");
      if (!text) return;
      const command = !with_ ? { type: "confer", text } : leads.value ? { type: "confide", text, member: with_ } : { type: "confide", text };
      const form = event.target;
      const refused = (frame) => {
        if (isOpen(open)) {
          patchSheet({ error: frame.words, help: frame.help });
          return readOut(frame.words);
        }
        say(frame.words + " Your private words are still where you wrote them.");
        if (frame.help) pass("holding", { type: "cared", where: "unsent", text, code: frame.code });
      };
      const before = seat.owed;
      const accepted = () => {
        // Told to a line that broke: it is not told again.
        if (seat.owed !== before && seat.owed.n-- > 0) asides.value = asides.value.concat({ member: with_, by: you.value, text, at: now() });
        const { value } = form.elements.text; // a reset would put ready words there again, as if they were not sent
        form.elements.text.value = value.trimStart().startsWith(text) ? value.trimStart().slice(text.length).trimStart() : value;
        unsent.set(with_, form.elements.text.value);
        patchSheet({ error: "", help: false });
        readOut("Sent.");
      };
      ask(command, { accepted, refused });
    };
    /** Words go along with whom they are turned to; without any, those begun before are there again. */
    const moves = ({ target }) => {
      const box = target.form.elements.text;
      if (box.value.trim()) {
        unsent.delete(with_);
        unsent.set(target.value, box.value);
      } else box.value = unsent.get(target.value) || "";
      patchSheet({ with: target.value });
    };
    return html`<form onSubmit=${write}>
      ${leads.value && html`<label>With
        <select value=${with_} onChange=${moves}>
          <option value="">the facilitators only</option>
          ${people.value.filter((person) => person.role !== "facilitator").concat(callers.value.filter((one) => !one.declined)).map((person) => html`<option key=${person.id} value=${person.id} selected=${person.id === with_}>${person.name}${
            fresh.some((word) => word.member === person.id) ? " (new)" : asides.value.some((word) => word.member === person.id) ? " ·" : ""}</option>`)}
        </select></label>`}
      <p class="hint">Read by ${readers.join(" and ") || "nobody at the moment"}${leads.value && with_ ? " and " + nameOf(with_) : ""}. Not by the room, and not kept.</p>
      <ul class="asides">${shown.map((word, n) => html`<li key=${n}><b>${word.by === you.value ? "You" : nameOf(word.by)}</b> <small>${clock(word.at)}</small><p>${word.text}</p></li>`)}</ul>${(shown.filter((word) => word.beside).pop() || {}).beside}
      <label>Your words<textarea name="text" rows=${open.text ? 6 : 3} maxlength=${TEXT_MAX} autocomplete="off" defaultValue=${open.text || unsent.get(with_) || ""} onInput=${(event) => unsent.set(with_, event.target.value)}></textarea></label>
      ${open.help && html`<p class="note-small">If you are in danger, or thinking of harming yourself: you do not have to carry it alone. Call <${Emergency} /> now, or <a href=${place.help} target="_blank" rel="noopener">find somebody to talk to</a>.</p>`}
      <button class="strong">Send aside</button>
      ${open.steps && html`<button type="button" onClick=${() => openSheet(open.steps)}>Back to the steps</button>`}
    </form>`;
  }

  /** The form that is open, with its heading and the way out of it. */
  function Sheet() {
    const open = sheet.value;
    const heading = useRef();
    const of = open.kind + (open.id || open.key || (open.kind === "aside" ? open.opened : ""));
    useEffect(() => heading.current.focus(), [of]);
    const Form = FORMS[open.kind] || Object.assign({}, parts.value.reports, parts.value.care, parts.value.crisis, parts.value.agreeing, parts.value.stored)[open.kind];
    const titles = { person: open.name, report: "Report something", rule: "Propose a rule", caller: open.name + " is waiting", message: open.entry && open.entry.mine ? "Your message" : "Message from " + open.name,
      announce: "Announce to everybody", aside: leads.value ? "Private words" : "A word to the facilitators", care: "For yourself", crisis: open.name + " may be in danger", stored: "What the server holds now", close: "Close the meeting", leave: "Leave the room" };
    return html`<section class="sheet" aria-labelledby="sheet-title">
      <h2 id="sheet-title" tabindex="-1" ref=${heading}>${titles[open.kind]}</h2>
      ${Form && html`<${Form} key=${of} open=${open} />`}
      <${WhyNot} open=${open} />
      <button type="button" class="quiet" onClick=${closeSheet}>${["aside", "care", "crisis", "report", "stored"].includes(open.kind) ? "Close" : "Cancel"}</button>
    </section>`;
  }

  const FORMS = { caller: CallerForm, aside: AsideForm, person: PersonForm, message: MessageForm, announce: AnnounceForm, close: CloseForm, leave: LeaveForm };
  const aloud = (card) => cardTitle(card) + (GENTLE.includes(card.act) ? "" : " " + REASONS[card.reason][1]) + (card.words ? " They write: " + card.words : "");

  return { AsideButton, Card, News, Sheet, WhyNot, aloud, cardTitle, hear };
}
