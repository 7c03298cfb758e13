// What the group agrees to has changed: what is new, and the question, above the talk. It comes to the page with the
// first change.

import { html, useEffect, useRef } from "./vendor/ui.0bb38755.js";

/** `room`: what the page shares with its parts, see `shared` in room.js. */
export default function agreeing(room) {
  const { place, question, ask, leave, readOut } = room;

  function hear(frame) {
    if (frame.type === "agreed") {
      if (question.value && question.value.version <= frame.version) question.value = null;
      return;
    }
    const before = question.value;
    question.value = frame.question || null;
    if (frame.question && (!before || before.version !== frame.question.version)) {
      readOut("What we agree to has changed. " + (frame.question.changed || []).join(" ") + " Do you agree? You can read along until you answer.");
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
    useEffect(() => { if (heading.current) heading.current.scrollIntoView({ block: "nearest" }); }, []);
    const agree = () => ask({ type: "agree", version }, { accepted: answered });
    return html`<section class="banner asked-again" aria-labelledby="asked-again">
      <h2 id="asked-again" ref=${heading}>What we agree to has changed</h2>
      ${changed.map((words) => html`<p key=${words}>${words}</p>`)}
      <p>Do you agree? Until you answer, you can read along. <a href=${place.agreement} target="_blank" rel="noopener">Read all of it</a> <small>(opens beside this page)</small></p>
      <p class="row"><button type="button" class="strong" onClick=${agree}>I agree</button>
        <button type="button" onClick=${leave}>I do not agree, and leave</button></p>
      <p class="hint">If you leave, the others see only that you left.</p>
    </section>`;
  }

  return { Banner, hear };
}
