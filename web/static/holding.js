// What waits for a facilitator before the room hears it: as its writer sees it, and as those who decide do. Also slow
// mode, the shield, and help beside words of danger. It comes to the page with the first word written.

import { html, signal, computed, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut, voice } from "./aloud.js";
import { Emergency, hue } from "./around.js";
import { ask } from "./asking.js";
import { barred, send, sends } from "./composer.js";
import { line } from "./log.js";
import { field, openSheet } from "./opening.js";
import { pass } from "./parts.js";
import { asides, callers, customs, draft, inSide, kept, leads, log, me, note, noting as covering, panel, paused, pending, people, place, you } from "./state.js";
import { By } from "./talk.js";
import { WORDS_MAX, clock, nameOf, now, plural } from "./words.js";

const TICK = 1000; // ms between two looks at the clock, while somebody waits for it
const STORM = 10; // people who come within STORM_WITHIN before a shield is suggested; most rooms hold 15
const STORM_WITHIN = 20000; // ms
const QUIET = 600000; // ms without another suggestion, once somebody has said that it is the group
const SHIELD_PACE = 10; // seconds between two messages behind the shield, as the server has it
const PACES = [0, 5, 10, 20, 30, 60, 120];

const NEW_MOST = 10; // first messages of somebody new that may wait

// What each rule is about, and what its levels mean: as the group's own page says it (web/levels.py).
const LEVELS = {
  contact: ["Phone numbers, addresses, links", { off: "Go through", gentle: "Numbers, e-mail and links wait", usual: "Names on other services and postal addresses wait, too", strict: "Half a postcode, or a service named with “my”, waits, too" }],
  names: ["Last names, and words your group does not say", { off: "Go through", gentle: "“My name is …” with a last name waits", usual: "Any first and last name waits", strict: "Names everybody knows wait, too" }],
  hurt: ["Insults and slurs", { off: "Go through", gentle: "Slurs wait", usual: "Insults against somebody here wait, too", strict: "Insults about others wait, too" }],
  repeat: ["Walls of capitals, and the same again and again", { off: "Go through", gentle: "A long wall waits", usual: "A wall waits; a third time goes back", strict: "A short wall waits; a second time goes back" }],
  method: ["Ways to die or to do harm", { off: "Go through", usual: "Wait" }],
  alarm: ["Words of danger are never stopped. Facilitators hear at once, and the writer sees where help is", { off: "No: nobody is told", gentle: "For words beyond doubt", usual: "Also for words that may be about danger", strict: "Also for what was long ago" }],
};

const BECAUSE = {
  quiet: "its writer may not speak now",
  pace: "its writer has only just spoken",
  contact: "it may tell how to find somebody outside the room",
  names: "it may give a last name, or a word this group does not say",
  repeat: "it is a wall of capitals or pictures",
  hurt: "it may hurt somebody",
  alarm: "it may be about danger",
  method: "it may ask for or tell a way to die or to do harm",
  newcomer: "its writer is new here",
  review: "every message waits at the moment",
};

const NOT_YET = ["interrupted", "busy"]; // why a room cannot be told something that it will be

// How a waiting ended, to its writer: a title, and what stays with the words.
const BACK = {
  "handed-back": "A facilitator gave this message back to you. Nobody else has seen it.",
  "taken-back": "",
  "late": "Nobody could look at this message in time. It was not sent; that says nothing about you or your words.",
  "left": "This message was not sent, because you left.",
  "unsure": "Whether this message was sent before you went back is not known.",
  "removed": "This message was not sent to the room.",
  "mended": "The room had to be put together again. This message was not sent; nobody else has seen it.",
  "unheard": "This message does not wait any more. What became of it did not reach this page: a facilitator may have let it through.",
};

// What looks as if somebody could be found by it outside the room. Only asked; the server decides.
const FOUND = [
  [/[\w.+-]+@[\w-]+\.\w/, "an e-mail address"],
  [/https?:|www\.|\b[\w-]+\.(com|org|net|uk|de|es|me|gg)\b/i, "a link"],
  [/(?:\d[\s().-]{0,2}){7,}/, "a phone number"],
  [/(^|\s)@\w{3,}/, "somebody’s name on another service"],
];

export default function holding() {
  const drafts = signal([]); // what waits: {draft, by, text, note, at, because}
  const back = signal([]); // own messages that were given back: {draft, text, note, why, words}
  const shielded = signal(false);
  const words = signal({}); // the group’s own phrases, as facilitators see them: {words, allowed}
  const suggestion = signal(""); // why the shield may be needed
  const question = signal(null); // asked before something is sent: {text, what}
  const unsent = signal(null); // words of danger that could not be sent: {text, aside, later}
  const noting = signal(null); // the form that is open on one of what waits: {draft, kind}
  const looked = signal(now()); // at the clock
  const tended = new Set(); // own drafts that help belongs to: it may be told before it is told that they wait
  let elsewhere = inSide.value ? [] : null; // while the page shows a side room: what waits in the group
  let whose = you.value; // also when the page has just been emptied
  let meant = ""; // the words that somebody wants to send all the same
  let ticking;

  const rules = computed(() => (customs.value.policy || {}));
  const slow = computed(() => (leads.value ? 0 : Math.max(rules.value.pace || 0, (me.value && me.value.slow) || 0, shielded.value ? SHIELD_PACE : 0)));
  const own = computed(() => drafts.value.filter((one) => one.by === you.value));
  const left = computed(() => {
    const spoken = log.value.filter((entry) => entry.kind === "said" && entry.mine && !entry.written).concat(own.value);
    const last = Math.max(0, ...spoken.map((entry) => entry.at));
    return slow.value && last ? Math.ceil((last + slow.value * 1000 - looked.value) / 1000) : 0;
  });

  /** Seconds are looked at only while somebody has to wait. */
  function watch() {
    looked.value = now();
    clearTimeout(ticking);
    if (left.value > 0) ticking = setTimeout(watch, TICK);
  }
  log.subscribe(() => setTimeout(() => { watch(); clear(); }));
  drafts.subscribe(() => setTimeout(watch));

  /** Why nothing can be sent just now. */
  function stops() {
    if (left.value <= 0) return "";
    return "Slow mode: one message every " + plural(slow.value, "second", "seconds") + ". You can write again in " + plural(left.value, "second", "seconds") + ".";
  }

  function hear(frame) {
    switch (frame.type) {
      case "room": return entered(frame);
      case "held": return held(frame);
      case "withheld": return withheld(frame);
      case "settled": return settled(frame);
      case "cared": return cared(frame);
      case "slowed": return slowed(frame);
      case "shielded": return shield(frame.up);
      case "heeded": return void (words.value = frame.own);
      case "went-back": return frame.begun.forEach((one) => giveBack(one, one.sent ? "unsure" : "left"));
      case "suggested": return doubt(plural(frame.people, "person who is", "people who are") + " new here came by one invitation.");
      default: return undefined;
    }
  }

  /** What waited and is not in the room’s list any more was decided while this page could not hear. */
  function entered(frame) {
    const still = frame.drafts || [];
    whose = frame.you;
    if (Boolean(frame.beside) !== Boolean(elsewhere)) cross();
    shielded.value = Boolean(frame.shielded);
    if (frame.own) words.value = frame.own;
    own.value.filter((one) => !still.includes(one.draft) && !stands(one))
      .forEach((one) => giveBack(one, frame.paused === "mending" ? "mended" : "unheard"));
    drafts.value = drafts.value.filter((one) => still.includes(one.draft));
  }

  /** To a side room, or back from one: what waits in the group waits on there, and what waited aside goes back. */
  function cross() {
    own.value.filter(() => elsewhere).forEach((one) => giveBack(one, "left"));
    const waiting = elsewhere || [];
    elsewhere = elsewhere ? null : drafts.value;
    drafts.value = waiting;
  }

  /** Whether the room has heard it, let through by a facilitator. */
  const stands = (one) => log.value.some((entry) => entry.mine && entry.written && entry.text === one.text);

  /** What is told again comes after the room itself. */
  function clear() {
    const heard = back.value.filter((one) => one.why === BACK.unheard && stands(one));
    if (heard.length) back.value = back.value.filter((one) => !heard.includes(one));
  }

  function held({ ref, draft: id, text, note }) {
    pending.value = pending.value.filter((item) => item.ref !== ref);
    add({ draft: id, by: you.value, text, note, at: now(), cared: tended.has(id) });
    readOut("Your message waits for a facilitator.");
  }

  function withheld(frame) {
    if (!drafts.value.some((one) => one.draft === frame.draft) && leads.value) readOut("A message of " + nameOf(frame.by) + " waits for you.");
    add(frame);
  }

  function add(one) {
    if (!drafts.value.some((other) => other.draft === one.draft)) drafts.value = drafts.value.concat(one);
  }

  function settled(frame) {
    const one = drafts.value.find((other) => other.draft === frame.draft);
    drafts.value = drafts.value.filter((other) => other !== one);
    if (noting.value && noting.value.draft === frame.draft) noting.value = null;
    if (!one || one.by !== you.value || frame.how === "released") return;
    giveBack(one, frame.how, frame.words);
  }

  function giveBack(one, how, words) {
    if (how === "taken-back") return write(one);
    const given = Object.assign({}, one, { why: BACK[how], words });
    const aloud = () => { if (back.value.includes(given)) readOut(BACK[how] + (words ? " They write: " + words : "")); };
    back.value = back.value.concat(given);
    if (how === "unheard") setTimeout(aloud, TICK); // what became of it may be told at once
    else aloud();
  }

  /** One’s own words that did not go out, for the page that says how it ended; nothing of what waits stays here.
   *  `at`: they wait in the room; were asked of it and not answered; or stood here alone. */
  function unsaid() {
    const waiting = drafts.value.concat(elsewhere || []).filter((one) => one.by === whose);
    const begun = [kept.value ? kept.value.draft : "", draft.value].map((text) => ({ text: text.trim() })).filter((one) => one.text);
    const at = (place, some) => some.map(({ text }) => ({ text, at: place }));
    const texts = at("room", waiting).concat(at("sent", pending.value), at("here", back.value.concat(begun)));
    [drafts, back].forEach((held) => { held.value = []; });
    elsewhere = null;
    question.value = noting.value = unsent.value = null;
    words.value = {};
    return texts;
  }

  function write(one) {
    draft.value = [one.text, draft.value].filter(Boolean).join("\n\n");
    note.value = note.value || one.note || "";
    covering.value = Boolean(note.value);
    back.value = back.value.filter((other) => other.draft !== one.draft);
    const words = document.getElementById("words");
    if (words) words.focus();
  }

  /** Help stands beside the words it is for. */
  function cared(frame) {
    if (frame.where === "unsent") unsent.value = { text: frame.text, aside: inSide.value, later: NOT_YET.includes(frame.code) };
    else if (frame.where === "aside") tend();
    else if (frame.draft && tended.add(frame.draft)) drafts.value = drafts.value.map((one) => (one.draft === frame.draft ? Object.assign({}, one, { cared: true }) : one));
    else log.value = log.value.map((entry) => (entry.mine && entry.n === frame.n && entry.kind === "said" ? Object.assign({}, entry, { beside: html`<${Help} heard=${true} />` }) : entry));
    readOut("If you are in danger, or thinking of harming yourself, you do not have to carry it alone. Emergency number: " + place.emergency + ".");
  }

  /** What one has just written to the facilitators has help beside it. */
  function tend() {
    const own = asides.value.filter((word) => word.by === you.value).pop();
    asides.value = asides.value.map((word) => (word === own ? Object.assign({}, word, { beside: html`<${Help} />` }) : word));
  }

  function slowed(frame) {
    people.value = people.value.map((person) => (person.id === frame.member ? Object.assign({}, person, { slow: frame.seconds }) : person));
    if (frame.member === you.value || leads.value) line(nameOf(frame.member) + (frame.seconds ? ": one message every " + plural(frame.seconds, "second", "seconds") + "." : ": no slow mode any more."));
    watch();
  }

  function shield(up) {
    shielded.value = up;
    line(up ? SHIELDED() : "The shield is down. The room is as it was before.");
    watch();
  }

  const SHIELDED = () => (leads.value ? "The shield is up: nobody new comes in, every message waits for you, one every " + SHIELD_PACE + " seconds from each person."
    : "For the moment a facilitator reads every message before the room does.");

  /** A suggestion and no act: whether it is an attack or a good evening only people can tell. */
  function doubt(why) {
    if (shielded.value || suggestion.value) return;
    suggestion.value = why;
    voice("alert", why + " If that is not your group, you can put the shield up.");
  }

  const known = new Set(); // who has been here or outside: coming back is no coming
  let crowd = []; // when others came, lately
  let ours = -Infinity; // when it was said that the many are the group
  function count() {
    const first = known.size === 0;
    for (const { id } of people.value.concat(callers.value)) {
      if (!known.has(id) && !first) crowd.push(Date.now());
      known.add(id);
    }
    crowd = crowd.filter((at) => Date.now() - at < STORM_WITHIN);
    if (leads.value && Date.now() - ours > QUIET && crowd.length >= STORM) doubt("Many people are coming at once.");
  }
  people.subscribe(count);
  callers.subscribe(count);

  /** Whether something is asked first; nothing is sent then. */
  function asks(text) {
    if (leads.value || rules.value.contact === "off" || meant === text) {
      meant = "";
      return false;
    }
    const found = FOUND.find(([pattern]) => pattern.test(text));
    if (!found) return false;
    question.value = { text, what: found[1] };
    readOut("This looks like " + found[1] + ". Send it?");
    return true;
  }

  /** What comes of pressing “Send” all the same, when nothing can be said. */
  function allTheSame() {
    const looked = barred.value && sends.value && !leads.value && (customs.value.policy || {}).alarm !== "off";
    return looked ? " If you press “Send” now, nobody reads it; it is only looked at for words of danger." : "";
  }

  function sendAnyway() {
    meant = question.value.text;
    question.value = null;
    send();
  }

  // ---- Views ----

  /** What to call stands last, where the page is when something was said. `heard`: in the room, where perhaps no facilitator is. */
  function Help({ waits, heard }) {
    const nobody = inSide.value ? "No facilitator is with you just now; those of the group are told that you may need somebody." : "No facilitator is connected just now; whoever comes back to hold the room hears of it.";
    const sees = !heard || isHeld() ? "A facilitator sees your words, too." : nobody;
    return html`<div class="note-small"><p>${sees} ${waits ? "Only something else in your message makes it wait, and" : "Nothing was blocked, and"} nobody is cross with you.
      If you are in danger, or thinking of harming yourself: you do not have to carry it alone. Call <${Emergency} /> now, or <a href=${place.help} target="_blank" rel="noopener">find somebody to talk to</a>.</p></div>`;
  }

  const isHeld = () => people.value.some((person) => person.role === "facilitator" && !person.aside);

  /** Beside a no: only the moment was wrong. What was to be said aside stays out of the group, which does not know of it. */
  function Unsent() {
    const left = unsent.value.aside && !inSide.value;
    const card = useRef();
    useEffect(() => card.current.scrollIntoView({ block: "nearest" }), []); // whatever else stands beside where one writes
    const aside = () => {
      openSheet({ kind: "aside", text: left ? unsent.value.text : "" });
      unsent.value = null;
    };
    const known = unsent.value.later ? "The facilitators are told that you may need somebody as soon as the room can be reached; they do not see your words." : isHeld() ? "The facilitators know that you may need somebody; they have not seen your words."
      : inSide.value ? "No facilitator is with you just now; those of the group are told that you may need somebody. “Back to the group” brings you to whoever is there." : "No facilitator is in the room just now.";
    return html`<section class="card" ref=${card} aria-label="Help, seen by you alone"><p>Your message could not be sent just now. Only the moment was wrong${left ? "" : ", and you have your words back"}.</p>
      <p>If you are in danger, or thinking of harming yourself: you do not have to carry it alone. Call <${Emergency} /> now, or <a href=${place.help} target="_blank" rel="noopener">find somebody to talk to</a>. ${known}</p>
      ${isHeld() && html`<button type="button" onClick=${aside}>Write to the facilitators</button> `}<button type="button" class="quiet" onClick=${() => { unsent.value = null; }}>Close this</button></section>`;
  }

  /** One’s own, at the end of the log. */
  function Waiting() {
    return html`${own.value.map((one) => html`<${Own} key=${"d" + one.draft} one=${one} />`)}`;
  }

  /** In sight as soon as it waits, and again with the help that belongs to it. */
  function Own({ one }) {
    const item = useRef();
    useEffect(() => item.current.scrollIntoView({ block: "nearest" }), [one.cared]);
    return html`<li ref=${item} class=${"said mine waiting hue-" + hue(you.value)}><${By} entry=${Object.assign({ mine: true }, one)} /><p class="words" dir="auto">${one.text}</p>
      <p class="hint">Waiting for a facilitator. Nobody else sees it yet. <button type="button" class="quiet" onClick=${() => ask({ type: "take-back", draft: one.draft })}>Take back</button></p>
      ${one.cared && html`<${Help} waits=${true} />`}</li>`;
  }

  function Beside() {
    const change = () => { question.value = null; document.getElementById("words").focus(); };
    const drop = (one) => { back.value = back.value.filter((other) => other !== one); };
    const asked = question.value && draft.value.trim() === question.value.text && question.value;
    return html`${asked && html`<div class="note-small" role="group" aria-label="Before it is sent"><p>This looks like ${asked.what}. In this group nobody can be found outside the room by what is said here, so a facilitator may look at it first.</p>
        <button type="button" onClick=${change}>Change it</button> <button type="button" onClick=${sendAnyway}>Send it anyway</button></div>`}
      ${back.value.map((one) => html`<section key=${one.draft} class="card" data-one="returned" aria-label="Your message came back, seen by you alone"><p><b>${one.why}</b></p>
        ${one.words && html`<p>They write: ${one.words}</p>`}<blockquote>${one.text}</blockquote>
        <button type="button" onClick=${() => write(one)}>Put it where I write</button> <button type="button" class="quiet" onClick=${() => drop(one)}>Let it go</button></section>`)}${unsent.value && html`<${Unsent} key=${unsent.value.text} />`}`;
  }

  function Banner() {
    return html`${shielded.value && html`<p class="banner">${SHIELDED()} ${leads.value && html`<button type="button" onClick=${() => ask({ type: "shield", up: false })}>Take the shield down</button>`}</p>`}
      ${leads.value && suggestion.value && !shielded.value && html`<section class="card" aria-label="A suggestion"><p><b>${suggestion.value}</b> If that is not your group, the shield keeps everybody new outside, and every message waits for you.</p>
        <button type="button" onClick=${() => ask({ type: "shield", up: true })}>Put the shield up</button> <button type="button" class="quiet" onClick=${() => { suggestion.value = ""; ours = Date.now(); }}>It is our group</button></section>`}
      ${leads.value && drafts.value.length > 0 && html`<p class="banner">${plural(drafts.value.length, "message waits", "messages wait")} for you. <button type="button" onClick=${open}>Look</button></p>`}`;
  }

  function open() {
    panel.value = "side";
    setTimeout(() => {
      const heading = document.getElementById("drafts-title");
      if (!heading) return;
      heading.focus();
      heading.scrollIntoView(); // what waits stands below it
    });
  }

  /** For facilitators: what waits, and how much does. */
  function Tools() {
    return html`${drafts.value.length > 0 && html`<section class="tools" aria-labelledby="drafts-title"><h2 id="drafts-title" tabindex="-1">Waiting for you</h2>
        <ul class="drafts">${drafts.value.map((one) => html`<${Decide} key=${one.draft} one=${one} />`)}</ul></section>`}
      <${Slower} />`;
  }

  function Decide({ one }) {
    const form = noting.value && noting.value.draft === one.draft && noting.value.kind;
    const decide = (command) => ask(Object.assign({ draft: one.draft }, command), { refused: (frame) => { if (frame.code === "no-such-draft") ["holding", "worrying"].forEach((part) => pass(part, { type: "settled", draft: one.draft })); line(frame.words); } });
    const toggle = (kind) => { noting.value = form === kind ? null : { draft: one.draft, kind }; };
    const submit = (event) => {
      event.preventDefault();
      const words = event.target.elements.words.value.trim() || undefined;
      decide(form === "release" ? { type: "release", note: words } : { type: "hand-back", words });
    };
    const person = people.value.find((other) => other.id === one.by);
    const why = (one.because || []).map((rule) => BECAUSE[rule]).join(", and ");
    return html`<li data-one="draft"><p><b>${nameOf(one.by)}</b> <small>${clock(one.at)}${!person && ", not here at the moment"}${person && person.muted_until && ", muted now"}</small></p>
      ${one.note && html`<p class="hint">Content note: ${one.note}</p>`}<blockquote dir="auto">${one.text}</blockquote>
      ${why && html`<p class="hint">It waits because ${why}.</p>`}
      <button type="button" class="strong" aria-disabled=${paused.value ? "true" : "false"} onClick=${() => decide({ type: "release" })}>Let it through</button>
      <button type="button" aria-expanded=${form === "release" ? "true" : "false"} onClick=${() => toggle("release")}>With a content note…</button>
      <button type="button" aria-expanded=${form === "back" ? "true" : "false"} onClick=${() => toggle("back")}>Give it back…</button>
      ${form && html`<form onSubmit=${submit}><label>${form === "release" ? "Content note" : "A few words for " + nameOf(one.by) + " only (optional)"}
        <input name="words" maxlength=${form === "release" ? 80 : WORDS_MAX} autocomplete="off" /></label>
        <button class="strong">${form === "release" ? "Let it through with the note" : "Give it back"}</button></form>`}
    </li>`;
  }

  /** Slow mode, reading everything first, and what each rule lets wait: for this meeting, from now on. */
  function Slower() {
    const adopt = (levels) => ask({ type: "adopt", customs: Object.assign({}, customs.value, { policy: Object.assign({}, rules.value, levels) }) });
    const pace = rules.value.pace || 0, fresh = rules.value.newcomer || 0;
    const level = (rule, [about, meanings]) => {
      const now = meanings[rules.value[rule]] ? rules.value[rule] : "usual";
      return html`<label key=${rule}>${about} <select value=${now} onChange=${(event) => adopt({ [rule]: event.target.value })}>
        ${Object.entries(meanings).map(([name, words]) => html`<option key=${name} value=${name} selected=${name === now}>${words}</option>`)}</select></label>`;
    };
    const lines = (event, name) => field(event, name).split("\n").map((line) => line.trim()).filter(Boolean);
    const heed = (event) => {
      event.preventDefault();
      const own = { words: lines(event, "words"), allowed: lines(event, "allowed") };
      ask({ type: "heed", own }, { accepted: () => readOut("From now on these words wait."), refused: (frame) => line(frame.words) });
    };
    return html`<details class="tools fold"><summary>What waits, and how slow the talk is</summary>
      <label>Slow mode <select value=${pace} onChange=${(event) => adopt({ pace: Number(event.target.value) })}>
        ${PACES.concat(PACES.includes(pace) ? [] : [pace]).map((seconds) => html`<option key=${seconds} value=${seconds} selected=${seconds === pace}>${seconds ? "One message every " + seconds + " seconds" : "Off"}</option>`)}</select></label>
      <label class="choice"><input type="checkbox" checked=${Boolean(rules.value.review)} onChange=${(event) => adopt({ review: event.target.checked })} /> <span>Read every message before the room does</span></label>
      <details><summary>What each rule lets wait, in this meeting</summary>
        ${Object.entries(LEVELS).map(([rule, words]) => level(rule, words))}
        <label>First messages of somebody new that wait <select value=${fresh} onChange=${(event) => adopt({ newcomer: Number(event.target.value) })}>
          ${Array.from({ length: NEW_MOST + 1 }, (_, most) => html`<option key=${most} value=${most} selected=${most === fresh}>${most || "None"}</option>`)}</select></label>
        <p class="hint">It holds from now on and until this meeting ends. How your group does it every time stands on the page “How we meet”.</p></details>
      <form onSubmit=${heed}><label>Words that wait, one a line <small>(only facilitators see them; for this meeting)</small>
          <textarea name="words" rows="3" autocomplete="off" defaultValue=${(words.value.words || []).join("\n")}></textarea></label>
        <label>Words that may be said all the same<textarea name="allowed" rows="2" autocomplete="off" defaultValue=${(words.value.allowed || []).join("\n")}></textarea></label>
        <button>Use these words</button></form>
    </details>`;
  }

  /** One press, and in sight: whoever needs it has no time to look for it. As easily taken down again. */
  function Shield() {
    if (shielded.value) return null;
    return html`<button type="button" aria-describedby="shield-hint" onClick=${() => ask({ type: "shield", up: true })}>Put the shield up</button>
      <p class="hint" id="shield-hint">Under attack? Nobody new comes in, every message waits for you, and the talk is slow, until you take it down.</p>`;
  }

  return { hear, asks, stops, allTheSame, unsaid, Banner, Waiting, Beside, Shield, Tools };
}
