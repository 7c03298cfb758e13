// Not in the room any more, and how that came. It comes to the page with the end.

import { html, useEffect, useRef } from "/static/vendor/ui.0bb38755.js";
import { voice } from "./aloud.js";
import { Emergency } from "./around.js";
import { openSheet } from "./opening.js";
import { ending, heard, parts, sheet } from "./state.js";

const place = document.getElementById("room").dataset;

const ENDINGS = {
  4501: ["You are signed out", "Sign in again to come back.", "/", "Sign in"],
  4502: ["The agreement has changed", "Please read it again. After that you can come back in.", place.agreement, "Read the agreement"],
  4503: ["You were asked to leave this meeting", "This is for today’s meeting. You are welcome at the next one.", place.group, "Go to the group"],
  4504: ["You cannot come to this room at the moment", "A facilitator decided this for now.", "/", "Go to my groups"],
  4505: ["The meeting has ended", "Thank you for being here. Nothing that was said is kept, unless somebody handed it over in a report.", place.group, "Go to the group"],
  4506: ["This room is not open to you", "It may have ended, or you may not be in this group.", "/", "Go to my groups"],
  4507: ["You opened the room somewhere else", "It goes on there. One place at a time keeps it simple.", "", "Use this page instead"],
  4508: ["This page and the room do not understand each other", "Loading the page again usually helps.", "", "Load again"],
  4511: ["You are in another room just now", "One room at a time, so that you can be there with all of yourself. Nobody here or there learns of the other.", location.pathname + "?leaves=1", "Leave the other room and come in"],
  4510: ["It cannot be today", "You are welcome at the next meeting.", place.group, "Go to the group"],
  4509: ["You have left the room", "What you read here is gone from this page. Come back whenever you like.", "", "Come back in"],
};
const GIVES_BACK = [4503, 4504, 4505]; // what waited for a facilitator then will not be said
const KEEPS = [4502, 4506, 4507, 4508, 4511]; // nor what was only being written, where nobody has chosen to leave
const CALLED_OUT = [4503, 4504, 4505, 4510];

export default function endings() {
  function how({ code, card }) {
    if (!ENDINGS[code]) return 4506;
    return code === 4503 && card && ["bar", "take-out"].includes(card.act) ? 4504 : code;
  }

  function title(told) {
    if (told.card && told.card.act === "take-out") return "A facilitator took you out of this group";
    return told.card && how(told) !== 4510 ? "A facilitator asked you to leave" : ENDINGS[how(told)][0];
  }

  function words(told) {
    if (told.code === 4505 && told.kept) return "Thank you for being here. What was said is kept for " + told.kept + ", sealed, as the group has agreed.";
    return ENDINGS[how(told)][1];
  }

  /** Some endings come as a surprise, and are said at once. */
  function callOut(told) {
    if (!CALLED_OUT.includes(how(told))) return;
    const { card } = told;
    voice("alert", title(told) + ". " + (card && parts.value.sheets ? parts.value.sheets.cardTitle(card) : words(told)));
  }

  function Ending() {
    const heading = useRef();
    const { card } = ending.value;
    const [, , address, label] = ENDINGS[how(ending.value)];
    useEffect(() => heading.current.focus(), []);
    return html`<div class="ending">
      <h1 tabindex="-1" ref=${heading}>${title(ending.value)}</h1>
      ${card && parts.value.sheets ? html`<${parts.value.sheets.Card} card=${card} last=${true} />` : html`<p>${words(ending.value)}</p>`}
      ${ending.value.code === 4509 && parts.value.after && html`<${parts.value.after.After} />`}
      <${Unsaid} />
      ${heard.size > 0 && html`<${Report} />`}
      <p>If somebody is in danger now, call <${Emergency} />.</p>
      <p><a class="button strong" href=${address || location.pathname}>${label}</a> <a class="button" href=${place.help}>Find somebody to talk to</a></p>
    </div>`;
  }

  /** Somebody’s own words are theirs, however it ended. */
  function Unsaid() {
    const { code } = ending.value;
    const given = GIVES_BACK.includes(code);
    if (!given && !KEEPS.includes(code)) return null;
    const unsent = ending.value.unsaid.filter((one) => one.at === "here" || (given && one.at === "room"));
    const unsure = ending.value.unsaid.filter((one) => one.at === "sent");
    return html`${unsent.length > 0 && html`<${Own} label="What was not sent" words="This was not sent to the room." some=${unsent} />`}
      ${unsure.length > 0 && html`<${Own} label="What was on its way" words="Whether this was sent is not known." some=${unsure} />`}`;
  }

  function Own({ label, words, some }) {
    return html`<section class="card" aria-label=${label + ", seen by you alone"}><p>${words} You have it here until you close this page.</p>
      ${some.map(({ text }, n) => html`<blockquote key=${n} dir="auto">${text}</blockquote>`)}</section>`;
  }

  /** What was said can be reported for a while from this page, which does not show it any more. */
  function Report() {
    if (sheet.value) return parts.value.sheets && html`<${parts.value.sheets.Sheet} />`;
    return html`<p>Was something said that should be looked at? <button type="button" class="quiet" onClick=${() => openSheet({ kind: "report" })}>Report something…</button> For that, this page still knows what was said: for an hour, or until you close it.</p>`;
  }

  return { Ending, callOut };
}
