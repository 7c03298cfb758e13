// A report: choosing what to hand over, saying why, and what the server answers. It comes to the page when it is needed.
// The words are those this page has heard; they are sent as they came, or they would not be known again.

import { html, signal, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { patchSheet } from "./opening.js";
import { customs, heard, place } from "./state.js";
import { clock, plural } from "./words.js";

const AROUND = 3; // messages shown before and after the one it is about
const MORE = 5;
const MESSAGES_MAX = 60;
const OWN_MAX = 1000; // characters
const DAYS = 30; // the words are kept, where the group has not said otherwise

const WHY = {
  "hurtful": "It was hurtful",
  "pressure": "Somebody was put under pressure",
  "contact": "Contact details, or asking for them",
  "sexual": "It was sexual",
  "harm": "Somebody may come to harm",
  "other": "Something else",
};

const NOT_SENT = {
  401: "You are signed out. Please sign in again in another tab; what you chose stays here.",
  404: "You are not in this group any more, so nothing could be sent.",
  413: "That is too much for one report. Please choose fewer messages.",
  429: "You have sent many reports today, or tried to. Those that came are kept. Please talk to somebody who runs this place.",
};
const TRY_AGAIN = "It could not be sent just now. What you chose stays here; please try again.";
const LATE = "It is too long ago for this to be checked, so it was not kept. That says nothing against you. Please talk to a facilitator about it.";
const UNCHOSEN = "Please choose why, so that they know what to look for.";
const DIFFERENT = "Not sent: the marked messages do not match what was said in the room. Without them the rest can go.";

export default function reports() {
  const view = signal({});

  /** What the form begins with, for the message with this key; none yet after a meeting, when it is to be chosen. */
  function begin(key) {
    const all = Array.from(heard.values()).sort((a, b) => (a.epoch === b.epoch ? a.n - b.n : a.at - b.at));
    const at = all.findIndex((entry) => entry.key === key);
    view.value = { key, all, from: at - AROUND, to: at + AROUND + 1, chosen: [key], why: "", wrong: [], busy: false };
  }

  function patch(fields) {
    view.value = Object.assign({}, view.value, fields);
  }

  function pick(entry) {
    const { chosen } = view.value;
    patch({ chosen: chosen.includes(entry.key) ? chosen.filter((key) => key !== entry.key) : chosen.concat(entry.key), wrong: [] });
  }

  function words(entry) {
    return entry.gone ? "(taken back)" : (entry.note ? "Content note: " + entry.note + ". " : "") + entry.text;
  }

  /** Nobody reports themselves: the report is about whoever wrote this message, and what others wrote explains it. */
  function Which() {
    const last = view.value.all.filter((entry) => !entry.mine).slice(-20).reverse();
    return html`<div><p>Which message is it about?</p>
      <ul class="around">${last.map((entry) => html`<li key=${entry.key}><button type="button" onClick=${() => patchSheet({ key: entry.key })}>
        <b>${entry.name}</b> ${clock(entry.at)} ${words(entry)}</button></li>`)}</ul></div>`;
  }

  function Around({ about }) {
    const { all, from, to, chosen, wrong } = view.value;
    const shown = all.slice(Math.max(0, from), to);
    return html`<fieldset><legend>What you send</legend>
      <p class="hint">Sending some of what was said around it helps to understand it.</p>
      ${from > 0 && html`<button type="button" class="quiet" onClick=${() => patch({ from: from - MORE })}>Show earlier messages</button>`}
      <div class="around">${shown.map((entry) => html`<label key=${entry.key} class="choice">
        <input type="checkbox" checked=${chosen.includes(entry.key)} disabled=${entry === about} onChange=${() => pick(entry)} />
        <span><b>${entry.mine ? "You" : entry.name}</b> <small>${clock(entry.at)}${wrong.includes(entry.key) && " · does not match"}</small><span class="words" dir="auto">${words(entry)}</span></span>
      </label>`)}</div>
      ${to < all.length && html`<button type="button" class="quiet" onClick=${() => patch({ to: to + MORE })}>Show later messages</button>`}
    </fieldset>`;
  }

  function Form({ open }) {
    if (!view.value.all || view.value.key !== open.key) begin(open.key);
    const { key, why, error, busy, done, unchosen } = view.value;
    useEffect(() => () => { view.value = {}; }, []);
    if (done) return html`<${Done} />`;
    const about = heard.get(key);
    if (!about) return heard.size ? html`<${Which} />` : html`<p>What was said here is gone from this page.</p>`;
    const readers = about.facilitates ? "the people who run this place. The facilitators are not told" : "the facilitators of this group";
    return html`<form class="report" noValidate onSubmit=${send}>
      <p>About what <b>${about.name}</b> wrote. ${about.name} will not be told that you reported it.</p>
      <${Around} about=${about} />
      <label>Why
        <select name="why" required aria-invalid=${unchosen ? "true" : "false"} aria-describedby="report-why-not" value=${why}
          onChange=${(event) => patch({ why: event.target.value, unchosen: false })}>
          <option value="" selected=${!why}>Choose…</option>
          ${Object.keys(WHY).map((name) => html`<option key=${name} value=${name} selected=${name === why}>${WHY[name]}</option>`)}</select></label>
      <div id="report-why-not">${unchosen && html`<p class="error">${UNCHOSEN}</p>`}</div>
      <label>Anything they should know <small>(if you like)</small>
        <textarea name="own" rows="3" maxlength=${OWN_MAX} autocomplete="off"></textarea></label>
      <label class="choice"><input type="checkbox" name="named" /><span>They may know that it was me<small>${about.facilitates ? "Otherwise nobody is told who reported it." : "Then facilitators in the room hear at once that a report came. Otherwise nobody is told who reported it, and they find it on their page."}</small></span></label>
      <p class="hint">Read by ${readers}. What you send is kept locked away for ${plural(customs.value.reports_days || DAYS, "day", "days")} at most; nothing else is.</p>
      ${error && html`<p class="error">${error}</p>`}
      <button class="strong" disabled=${busy}>${busy ? "Sending…" : "Send the report"}</button>
    </form>`;
  }

  function Done() {
    const heading = useRef();
    const { missing, reader } = view.value.done;
    const gaps = missing.map(([first, last]) => (first === last ? "message " + first : "messages " + first + " to " + last));
    useEffect(() => heading.current.focus(), []);
    return html`<div>
      <p tabindex="-1" ref=${heading}><b>Thank you. Your report is with ${reader === "administrator" ? "the people who run this place" : "the facilitators"}.</b></p>
      <p>Every message in it was checked: it was said just so.${gaps.length > 0 && " They see that " + gaps.join(", ") + " in between " + (gaps.length > 1 || missing[0][0] !== missing[0][1] ? "are" : "is") + " not part of it."}</p>
      <p>What comes of it will stand under <a href=${place.group + "/reports/mine"} target="_blank" rel="noopener">Your reports</a>, also on the page of the group.</p>
      <p class="hint">If you need somebody to talk to now, <a href=${place.help} target="_blank" rel="noopener">there are people who listen</a>.</p>
    </div>`;
  }

  async function send(event) {
    event.preventDefault();
    const { own, named, why: reasons } = event.target.elements;
    const { all, chosen, key, why } = view.value;
    if (!why) {
      patch({ unchosen: true });
      readOut(UNCHOSEN);
      return reasons.focus();
    }
    const about = heard.get(key);
    const sent = all.filter((entry) => chosen.includes(entry.key));
    if (sent.length > MESSAGES_MAX) return fail(NOT_SENT[413]);
    patch({ busy: true, error: "", wrong: [] });
    const messages = sent.map((entry) => ({
      epoch: entry.epoch, n: entry.n, by: entry.by, at: entry.at, text: entry.text, receipt: entry.receipt,
      note: entry.note || "", reported: entry.by === about.by,
    }));
    try {
      answered(sent, await post({ messages, why, own: own.value.trim(), named: named.checked }));
    } catch (error) {
      fail(TRY_AGAIN);
    }
  }

  async function post(report) {
    const asked = await fetch(place.reporting);
    if (asked.redirected) return { status: 401 };
    if (!asked.ok) return { status: asked.status };
    const headers = { "Content-Type": "application/json", "X-Form": (await asked.json()).form };
    const answer = await fetch(place.reporting, { method: "POST", headers, body: JSON.stringify(report) });
    return { status: answer.status, told: answer.status === 201 || answer.status === 422 ? await answer.json() : null };
  }

  function answered(sent, { status, told }) {
    if (status === 201) {
      patch({ busy: false, done: told });
      readOut("Your report is sent.");
    } else if (told && told.findings.includes("does-not-match")) {
      const wrong = sent.filter((_, n) => told.findings[n] === "does-not-match").map((entry) => entry.key);
      patch({ wrong });
      fail(DIFFERENT);
    } else {
      fail(told && told.findings.includes("no-longer") ? LATE : NOT_SENT[status] || TRY_AGAIN);
    }
  }

  function fail(error) {
    patch({ busy: false, error });
    readOut(error);
  }

  return { report: Form };
}
