// What a facilitator holds the room with. It comes to the page only when somebody leads.

import { html } from "./vendor/ui.0bb38755.js";

/** `room`: what the page shares with its parts, see `shared` in room.js. */
export default function desk(room) {
  const { people, paused, sheet, act, ask, field, leave, openSheet, Choice, Why, TEXT_MAX } = room;

  function actOnPerson(event) {
    event.preventDefault();
    const command = { type: sheet.value.what, member: sheet.value.id, reason: sheet.value.reason };
    command.words = field(event, "words") || undefined;
    if (command.type === "mute") command.minutes = Number(field(event, "minutes"));
    if (command.type === "bar") command.days = Number(field(event, "days")) || undefined;
    act(command);
  }

  function announce(event) {
    event.preventDefault();
    const text = field(event, "text");
    if (text) act({ type: "announce", text });
  }

  function PersonForm({ open }) {
    const person = people.value.find((other) => other.id === open.id) || {};
    const label = { mute: "Mute " + open.name, remove: "Ask " + open.name + " to leave", bar: "Ask " + open.name + " to stay away" };
    return html`<div>
      ${person.muted_until && html`<button type="button" disabled=${open.busy} onClick=${() => act({ type: "unmute", member: open.id })}>
        End the mute now</button>`}
      <form onSubmit=${actOnPerson}>
        <fieldset><legend>What should happen?</legend>
          <${Choice} name="what" value="mute" label="Mute for a while" hint="They read along and cannot write." />
          <${Choice} name="what" value="remove" label="Ask to leave this meeting" hint="They are welcome at the next one." />
          <${Choice} name="what" value="bar" label="Ask to leave and stay away" hint="For some time, or until lifted." />
        </fieldset>
        ${open.what === "mute" && html`<label>For how long
          <select name="minutes"><option value="5">5 minutes</option><option value="10">10 minutes</option>
            <option value="30">30 minutes</option><option value="60">1 hour</option><option value="120">2 hours</option></select></label>`}
        ${open.what === "bar" && html`<label>For how long
          <select name="days"><option value="7">1 week</option><option value="30">30 days</option>
            <option value="90">90 days</option><option value="">Until a facilitator lifts it</option></select></label>`}
        <${Why} name=${open.name} />
        <button class="strong" disabled=${open.busy}>${label[open.what]}</button>
      </form>
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
      <p>The meeting ends for everybody. All pages empty themselves, and nothing that was said is kept.</p>
      <button class="strong" disabled=${open.busy} onClick=${() => act({ type: "close" })}>Close the meeting for everybody</button>
    </div>`;
  }

  function LeaveForm() {
    return html`<div>
      <p>You are the only facilitator here. When you leave, the room pauses until a facilitator is back.</p>
      <button class="strong" onClick=${leave}>Leave and pause the room</button>
    </div>`;
  }

  function Tools() {
    const pause = () => ask({ type: paused.value ? "resume" : "pause" });
    return html`<section class="tools"><h2>Hold the room</h2>
      <button type="button" onClick=${pause}>${paused.value ? "Resume the room" : "Pause the room"}</button>
      <button type="button" onClick=${() => openSheet({ kind: "announce" })}>Announce…</button>
      <button type="button" onClick=${() => openSheet({ kind: "close" })}>Close the meeting…</button>
    </section>`;
  }

  return { Tools, forms: { person: PersonForm, announce: AnnounceForm, close: CloseForm, leave: LeaveForm } };
}
