// What the group agrees to has changed: what is new, and the question, above the talk; and rules that somebody
// proposes. It comes to the page with the first of either.

import { html, signal, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { readOut } from "./aloud.js";
import { ask, leave, say } from "./asking.js";
import { closeSheet, field, patchSheet } from "./opening.js";
import { pass } from "./parts.js";
import { draft, leads, place, question, sheet } from "./state.js";

const RULE_MAX = 300; // characters, as the server counts them

const FIRST = "Please say first whether you agree to what has changed. You can keep what you are writing.";

export default function agreeing() {
  const made = signal([]); // which proposals have been made a rule from here

  function hear(frame) {
    if (frame.type === "agreed") {
      if (question.value && question.value.version <= frame.version) question.value = null;
      return;
    }
    const before = question.value;
    const now = (frame.type === "room" ? frame.asked : frame.question) || null;
    question.value = now;
    if (now && (!before || before.version !== now.version)) {
      readOut("Our agreement has changed. " + (now.changed || []).join(" ") + " Do you agree? You can read along until you answer.");
    }
  }

  function answered() {
    question.value = null;
    readOut("Thank you. You can write again.");
    const words = document.getElementById("words");
    if (words) words.focus();
  }

  function Banner() {
    return question.value && html`<${Question} key=${question.value.version} />`;
  }

  function Question() {
    const { version, changed = [] } = question.value;
    const heading = useRef();
    useEffect(() => { if (heading.current) heading.current.parentElement.scrollIntoView({ block: "start" }); }, []);
    const agree = () => ask({ type: "agree", version }, { accepted: answered });
    return html`<section class="banner asked-again" aria-labelledby="asked-again">
      <h2 id="asked-again" ref=${heading}>Our agreement has changed</h2>
      ${changed.map((words) => html`<p key=${words}>${words}</p>`)}
      <p>Until you answer, you read along. <a href=${place.agreement} target="_blank" rel="noopener">Read all of it</a> <small>(beside this page)</small></p>
      <p class="row"><button type="button" class="strong" onClick=${agree}>I agree</button>
        <button type="button" onClick=${leave}>No, I leave</button></p>
      <p class="hint">If you leave, the others see only that you left.</p>
    </section>`;
  }

  /** Beside the words that were proposed. */
  function Proposal({ entry }) {
    const make = () => ask({ type: "take-up", text: entry.text }, {
      accepted: () => { made.value = made.value.concat(entry.key); readOut("It is a rule now. Everybody is asked."); },
      refused: (frame) => say(frame.words),
    });
    return html`<p class="proposal"><small>Proposed as a rule of our own.${made.value.includes(entry.key) && " It is in the agreement now."}</small>
      ${leads.value && !made.value.includes(entry.key) && html` <button type="button" onClick=${make}>Make it a rule and ask everybody</button>`}</p>`;
  }

  /** The form in which somebody proposes one. */
  function Rule({ open }) {
    const isOpen = () => sheet.value && sheet.value.opened === open.opened;
    const shut = () => { if (isOpen()) closeSheet(); };
    const propose = (event) => {
      event.preventDefault();
      const text = field(event, "text");
      if (!text) return;
      patchSheet({ busy: true, error: "" });
      const message = { text, rule: true };
      const toDraft = () => { // where one writes help is in sight, and so are the words
        shut();
        draft.value = [text, draft.value].filter(Boolean).join("\n\n");
      };
      ask(Object.assign({ type: "say" }, message), {
        accepted: () => { shut(); readOut("Everybody sees what you propose."); },
        held: (frame) => { shut(); pass("holding", Object.assign({}, message, frame)); },
        refused: (frame) => {
          if (!frame.help && isOpen()) {
            patchSheet({ busy: false, error: frame.words });
            return readOut(frame.words);
          }
          toDraft();
          say(frame.words);
          if (frame.help) pass("holding", { type: "cared", where: "unsent", text, code: frame.code });
        },
      });
    };
    return html`<form onSubmit=${propose}>
      <p>Everybody here sees what you propose. A facilitator can make it part of the agreement; then everybody is asked again.</p>
      <label>The rule, in a sentence<textarea name="text" rows="3" maxlength=${RULE_MAX} autocomplete="off"></textarea></label>
      <p class="hint">If it becomes a rule, these words are kept with the agreement. Else they are not kept.</p>
      ${open.error && html`<p class="error">${open.error}</p>`}
      <button class="strong" disabled=${open.busy}>Propose it</button>
    </form>`;
  }

  return { Banner, Proposal, first: FIRST, hear, rule: Rule };
}
