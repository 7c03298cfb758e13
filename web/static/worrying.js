// Words of danger, as facilitators hear of them: a card above everything else until one looks after whoever wrote them.

import { html, signal, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut, voice } from "./aloud.js";
import { ask } from "./asking.js";
import { line } from "./log.js";
import { openSheet } from "./opening.js";
import { asides, ending, inSide, log, me, names, panel, people, sheet, you } from "./state.js";
import { clock, nameOf } from "./words.js";

const LOOKED_AT = ["released", "handed-back"]; // by a facilitator; else a worry stays until one says so

export default function worrying() {
  const alarms = signal([]); // that nobody here has put away yet: {by, at, n, draft, helper}; `away`: told in the other room
  const shown = new Set(); // also those put away
  let aside = Boolean(inSide.value);

  ending.subscribe((ended) => {
    if (!ended) return;
    alarms.value = [];
    shown.clear();
  });

  function hear(frame) {
    switch (frame.type) {
      case "room": return entered(frame);
      case "settled": return settled(frame);
      case "looked-after": return lookedAfter(frame);
      default: return alarmed(frame);
    }
  }

  /** What was told while this page could not hear is shown as if it came now; of what waited, whether it still does. */
  function entered({ alarms: all = [], drafts: waiting = [], beside }) {
    if (Boolean(beside) !== aside) cross();
    const told = (one) => all.find((other) => nameOfAlarm(other) === nameOfAlarm(one));
    const back = (one) => (one.draft && !waiting.includes(one.draft) ? returned(one) : one);
    alarms.value = alarms.value.filter((one) => one.away || !one.draft || waiting.includes(one.draft) || told(one))
      .map((one) => (one.away ? one : Object.assign({}, back(one), { helper: (told(one) || one).helper })));
    all.filter((one) => !shown.has(nameOfAlarm(one))).map(back).forEach(alarmed);
  }

  /** To a side room, or back from one: each numbers its words for itself, and what waited aside has gone back. */
  function cross() {
    alarms.value = alarms.value.filter((one) => !aside || (one.away ? !one.passed : !one.draft)).map((one) => Object.assign({}, one, { away: !aside, n: undefined }));
    aside = !aside;
  }

  const nameOfAlarm = (one) => one.by + " " + one.at;
  const returned = (one) => Object.assign({}, one, { draft: null, where: "returned" });

  function settled({ draft, how }) {
    alarms.value = LOOKED_AT.includes(how) ? alarms.value.filter((one) => one.draft !== draft)
      : alarms.value.map((one) => (one.draft === draft ? returned(one) : one));
  }

  /** Aside, also of the group, if nobody else is left to hear it: once it is left, the group tells of it itself. */
  function alarmed(frame) {
    const passed = aside && !isAround(frame);
    const apart = people.value.some((person) => person.id === frame.by && person.aside);
    const one = Object.assign({ away: passed, passed, apart }, frame);
    const same = (other) => other.by === one.by && (passed ? !other.helper : other.where === one.where && !other.draft);
    shown.add(nameOfAlarm(one));
    if (!passed || !alarms.value.some(same)) alarms.value = alarms.value.filter((other) => !same(other)).concat(one); // of one person the newest is enough
    if (one.helper) return;
    const what = isHere(one) ? "Please look at what they wrote." : isElsewhere(one) ? "They are with the group." : "Please turn to them.";
    voice("alert", called(one) + " may be in danger, or speaks of it. " + what);
  }

  /** The card folds, with the steps in it, and opens again should nobody do it any more. */
  function lookedAfter({ member, by }) {
    alarms.value = alarms.value.map((one) => (one.by === member ? Object.assign({}, one, { helper: by }) : one));
    if (by !== you.value) readOut(nameOf(by) + " is looking after " + nameOf(member) + ".");
  }

  const isAround = (one) => people.value.some((person) => person.id === one.by);
  const isElsewhere = (one) => one.away && !isAround(one);
  const called = (one) => names.get(one.by) || (isElsewhere(one) ? "Somebody in the group" : nameOf(one.by)); // a page that was loaded aside knows nobody there

  /** Whether their words can be read on this page. */
  function isHere(one) {
    if (one.where === "aside") return asides.value.some((word) => word.by === one.by && word.at === one.at);
    return !one.where && !one.away && (Boolean(one.draft) || wordsOf(one) >= 0);
  }

  /** Where in the log they stand; -1 for a page that came only later. */
  function wordsOf(one) {
    return log.value.findIndex((entry) => entry.by === one.by && (one.n ? entry.n === one.n : entry.at === one.at));
  }

  /** The facilitator who looks after it, while they are here to do it. */
  function helper(one) {
    return people.value.find((person) => person.id === one.helper && !person.rests_until);
  }

  function putAway(one) {
    alarms.value = alarms.value.filter((other) => other !== one);
  }

  /** What comes of it is heard in its order: words that were said only after it are new. */
  function lookAfter(one) {
    ask({ type: "look-after", member: one.by }, { refused: (frame) => (frame.code === "already-so" ? putAway(one) : line(frame.words)) });
  }

  /** The words themselves; on a small screen whatever is open over them goes. */
  function show(one) {
    const item = () => document.querySelector('[data-key="' + log.value[wordsOf(one)].key + '"]');
    item().focus();
    if (document.activeElement === item()) return;
    panel.value = "";
    sheet.value = null;
    requestAnimationFrame(() => item().focus());
  }

  // ---- Views ----

  /** Above everything else: on a small screen the rest may be out of sight. Of the other room, what somebody looks after waits there. */
  function Above() {
    if (!me.value) return null; // between two rooms
    const newest = alarms.value.filter((one) => !isElsewhere(one) || !one.helper).reverse();
    const open = newest.find((one) => !helper(one));
    return newest.map((one) => html`<${Worried} key=${one.by + one.at} one=${one} folded=${one !== open} />`);
  }

  /** The newest worry that nobody looks after stands open, the others in a line each: the talk stays in sight. */
  function Worried({ one, folded }) {
    const card = useRef();
    const by = helper(one), alone = Boolean(one.helper) && !by && !one.away;
    useEffect(() => card.current.scrollIntoView({ block: "nearest" }), [folded]);
    useEffect(() => { if (alone) voice("alert", nameOf(one.by) + " may be in danger. " + nameOf(one.helper) + " cannot look after it now."); }, [alone]);
    const who = html`<b>${by ? (by.id === you.value ? "You are" : by.name + " is") + " looking after " + nameOf(one.by) + "." : called(one) + " may be in danger, or speaks of it."}</b>`;
    const rest = html`${alone && nameOf(one.helper) + " was looking after it, and cannot now. "}${whereabouts(one)} They see where help is.`;
    const buttons = isElsewhere(one) ? html`<button type="button" class="quiet" onClick=${() => putAway(one)}>Put it away</button>` : html`${one.where || !isHere(one) ? html`<button type="button" onClick=${() => openSheet({ kind: "aside", with: one.by })}>${isHere(one) ? "Read it" : "A private word…"}</button> `
      : !one.draft && html`<button type="button" onClick=${() => show(one)}>Show it</button> `}<button type="button" onClick=${() => { panel.value = "side"; openSheet({ kind: "crisis", id: one.by, name: nameOf(one.by) }); }}>What to do, step by step</button> ${by || one.away ? html`<button type="button" class="quiet" onClick=${() => putAway(one)}>Put it away</button>` : html`<button type="button" class="quiet" onClick=${() => lookAfter(one)}>I am looking after it</button>`}`;
    return html`<section class="card" data-one="worry" ref=${card} aria-label="Somebody may be in danger">${folded
      ? html`<details><summary>${who}</summary><p>${rest}</p>${buttons}</details>`
      : html`<p>${who} ${rest}</p>${buttons}`}</section>`;
  }

  function whereabouts(one) {
    if (isElsewhere(one)) return "They are with the group, and so you are after “Back to the group”.";
    if (one.where === "aside") return "They wrote it to the facilitators aside" + (isHere(one) ? "." : ", when this page could not hear it. It is not kept.");
    if (one.where === "unsent" && one.apart) return "They were aside, and it may have reached nobody: perhaps they could not say it, or the facilitator with them had lost the connection.";
    if (one.where === "unsent") return "They could not say it just then, so it was not sent, and nobody has read it.";
    if (one.where === "returned") return "It went back to them before anybody let it through; the room has not seen it.";
    return one.draft ? "Their message waits for you." : "They wrote it at " + clock(one.at) + ".";
  }

  return { hear, Above };
}
