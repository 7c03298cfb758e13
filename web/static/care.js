// What somebody does for themself, on this page alone: whom and what not to see for now, and which notes to open.
// Nothing of it is sent anywhere, and it is gone when the page is.

import { html } from "/static/vendor/ui.0bb38755.js";
import { customs, note, people, spared, you } from "./state.js";
import { nameOf } from "./words.js";

const TOPICS = ["grief", "violence", "self-harm", "eating", "alcohol or drugs", "illness or dying"]; // as in customs.py

export default function care() {
  function set(fields) {
    spared.value = Object.assign({}, spared.value, fields);
  }

  function plain(text) {
    return text.normalize("NFKC").toLowerCase();
  }

  /** Why a message is hidden here, in the words that stand in its place; empty if it is not. */
  function cover(entry) {
    const { people: muted, words, open } = spared.value;
    if (entry.mine) return "";
    if (muted.includes(entry.by)) return "Hidden by you: a message of " + entry.name;
    if (words.some((word) => plain(entry.text).includes(word))) return "Hidden by you: a word you do not want to see";
    return entry.note && !open.includes(plain(entry.note)) ? "Content note: " + entry.note : "";
  }

  /** Inside an opened message: its topic is no trouble today. */
  function Always({ note: topic }) {
    const open = spared.value.open.includes(plain(topic));
    const press = () => set({ open: open ? spared.value.open.filter((one) => one !== plain(topic)) : spared.value.open.concat(plain(topic)) });
    return html`<button type="button" class="quiet always" onClick=${press}>${open ? "Hide" : "Always open"} “${topic}” ${open ? "again" : "today"}</button>`;
  }

  function Words({ entry }) {
    const hides = entry.kind === "said" && cover(entry);
    const words = html`<p class="words" dir="auto">${entry.text}</p>`;
    const more = entry.note && !entry.mine && html`<${Always} note=${entry.note} />`;
    if (hides) return html`<details><summary>${hides}</summary>${words}${more}</details>`;
    return entry.note ? html`<div><p class="hint">Content note: ${entry.note}</p>${words}${more}</div>` : words;
  }

  function Care() {
    const { people: muted, words, gestures } = spared.value;
    const others = people.value.filter((person) => person.id !== you.value);
    const known = muted.filter((id) => !others.some((person) => person.id === id)).map((id) => ({ id, name: nameOf(id) }));
    const mute = (id) => (event) => set({ people: event.target.checked ? muted.concat(id) : muted.filter((one) => one !== id) });
    const add = (event) => {
      event.preventDefault();
      const input = event.target.elements.word;
      const word = plain(input.value.trim());
      input.value = "";
      if (word && !words.includes(word)) set({ words: words.concat(word) });
      input.focus();
    };
    return html`<div class="care">
      <p class="hint">This is for you alone, on this page, until you close it. Nobody is told, not even the server.</p>
      <fieldset><legend>Fold the messages of</legend>
        ${others.concat(known).map((person) => html`<label key=${person.id} class="choice"><input type="checkbox" checked=${muted.includes(person.id)} onChange=${mute(person.id)} />
          <span>${person.name}</span></label>`)}
        ${!others.length && !known.length && html`<p>Nobody else is here.</p>`}
      </fieldset>
      <form onSubmit=${add}>
        <label>Fold messages with this word<input name="word" maxlength="40" autocomplete="off" autocapitalize="none" /></label>
        <button>Add the word</button>
      </form>
      ${words.length > 0 && html`<ul class="plain">${words.map((word) => html`<li key=${word}>${word} <button type="button" class="quiet"
        aria-label=${"Remove " + word + ", and show its messages again"} onClick=${() => set({ words: words.filter((one) => one !== word) })}>Remove</button></li>`)}</ul>`}
      <label class="choice"><input type="checkbox" checked=${gestures} onChange=${(event) => set({ gestures: event.target.checked })} />
        <span>Hide answers without words</span></label>
    </div>`;
  }

  /** Notes that the group has ready; a press writes one into the field, where it can be changed. */
  function Topics() {
    const { topics = TOPICS } = customs.value;
    return html`<div class="gestures" role="group" aria-label="Topics to choose from">${topics.map((topic) => html`<button key=${topic} type="button" aria-pressed=${note.value === topic ? "true" : "false"}
      onClick=${() => { note.value = topic; }}>${topic}</button>`)}</div>`;
  }

  return { Topics, care: Care, cover, Words };
}
