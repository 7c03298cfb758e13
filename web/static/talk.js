// The talk as it is shown: each message and line, by keyboard and by touch, with the newest in sight.

import { Component, html, useEffect, useRef, useSignal } from "/static/vendor/ui.0bb38755.js";
import { Face, hue } from "./around.js";
import { counts, cover } from "./log.js";
import { openSheet } from "./opening.js";
import { need, slot } from "./parts.js";
import { leads, link, log, parts, pending, spared, unread, unshown } from "./state.js";
import { clock } from "./words.js";

const TOGETHER = 180000; // ms within which one person's messages join

export function Log() {
  const box = useRef();
  const near = useSignal(""); // the message that has the focus within
  const low = useRef(true); // the reader is at the newest message
  const entries = unshown.value ? log.value.filter((entry) => !entry.waits) : log.value;
  const newest = entries.filter((entry) => entry.kind !== "line").pop();
  const size = entries.length + pending.value.length;
  const seen = useRef(size);
  const was = useRef(0);
  const down = () => {
    box.current.scrollTop = box.current.scrollHeight;
    was.current = box.current.scrollTop; // less than before where the log has grown: nobody scrolled up
  };
  useEffect(() => {
    const more = size - seen.current;
    seen.current = size;
    if (low.current) down();
    else if (more > 0) unread.value += more;
  }, [entries, size]);
  useEffect(() => {
    const watch = window.ResizeObserver && new ResizeObserver(() => box.current && low.current && down());
    if (watch) watch.observe(box.current); // a keyboard that opens must not cover the newest message
    return () => watch && watch.disconnect();
  }, []);
  const scrolled = () => {
    const top = box.current.scrollTop;
    const end = box.current.scrollHeight - top - box.current.clientHeight < 60;
    low.current = end || (low.current && top >= was.current); // growing is not scrolling up
    was.current = top;
    if (low.current) unread.value = 0;
  };
  const reached = ({ target }) => {
    const item = target && box.current.contains(target) && target.closest("li");
    near.value = item ? item.dataset.key : "";
  };
  return html`<section class="log" aria-labelledby="log-title">
    <h2 id="log-title" class="unseen">Messages</h2>
    <div role="log" aria-live="off" aria-labelledby="log-title" tabindex="0" data-region ref=${box} onScroll=${scrolled} onKeyDown=${walk}
      onFocusIn=${reached} onFocusOut=${(event) => reached({ target: event.relatedTarget })}>
      ${slot("Before")}<ol>${entries.map((entry, at) => html`<${Entry} key=${entry.key} entry=${entry} follows=${follows(entries[at - 1], entry)} spares=${spared.value} tools=${leads.value}
        near=${entry === newest || entry.key === near.value} />`)}
        ${pending.value.map((item) => html`<li key=${item.ref} class="said mine waiting"><p class="words">${item.text}</p>
          <p class="hint">${link.value === "here" ? "Sending…" : "Not sent yet"}</p></li>`)}${slot("Waiting")}</ol>
    </div>
    ${unshown.value > 0 && parts.value.beside ? html`<${parts.value.beside.Unshown} />` : unread.value > 0 && html`<button type="button" class="newer" onClick=${down}>New messages</button>`}
  </section>`;
}

/** Arrow keys go from message to message. */
function walk(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || event.target.closest(".before button, summary")) return;
  const items = Array.from(event.currentTarget.querySelectorAll("li"));
  const at = items.indexOf(event.target.closest("li"));
  const next = at < 0 ? items[items.length - 1] : items[at + step];
  event.preventDefault();
  if (next) next.focus();
}

function follows(before, entry) {
  return Boolean(before) && before.kind === "said" && entry.kind === "said" && before.by === entry.by && entry.at - before.at < TOGETHER;
}

export function By({ entry }) {
  return html`<p class="by"><${Face} id=${entry.by} /> <b>${entry.mine ? "You" : entry.name}</b>
    ${entry.facilitates && html` <small>facilitator</small>`} <time>${clock(entry.at)}</time>${entry.written && html` <small>written at ${clock(entry.written)}, let through by a facilitator</small>`}</p>`;
}

/** One entry; drawn again only when it changed. */
class Entry extends Component {
  shouldComponentUpdate(next, state) {
    return state !== this.state || next.entry !== this.props.entry || next.follows !== this.props.follows || next.spares !== this.props.spares || next.tools !== this.props.tools || next.near !== this.props.near;
  }

  /** By Tab one comes to the buttons of the message that is `near`: of all of them, they would stand between the room and writing. */
  render({ entry, follows: joined, spares, tools, near }) {
    const stop = near ? "0" : "-1";
    if (entry.kind === "line") return html`<li class="line" tabindex="-1" data-key=${entry.key}>${entry.text}${entry.report && html`<button type="button" class="quiet more" tabindex=${stop}
      aria-label=${"More about the message that was taken back, " + clock(entry.at)} onClick=${() => openSheet({ kind: "report", key: entry.key })}>⋯</button>`}</li>`;
    const answering = this.state.open;
    const { beside } = parts.value;
    const classes = [entry.kind, "hue-" + hue(entry.by), entry.mine && "mine", joined && "joined"].filter(Boolean).join(" ");
    const open = () => openSheet({ kind: "message", key: entry.key, name: entry.name, entry });
    return html`<li class=${classes} tabindex="-1" data-key=${entry.key}>
      <${By} entry=${entry} />
      <div class="bubble"><${Words} entry=${entry} />
      ${html`<button type="button" class="quiet more" tabindex=${stop} onClick=${open}
        aria-label=${(entry.mine ? "Take back your message of " : (tools ? "Options for" : "More about") + " the message of " + entry.name + ", ") + clock(entry.at)}>
        ⋯</button>`}
      ${!entry.mine && counts(entry) && !spares.gestures && html`<button type="button" class="quiet answer" tabindex=${stop} aria-expanded=${answering ? "true" : "false"}
        aria-label=${"Answer the message of " + entry.name + ", " + clock(entry.at) + ", without words"} onClick=${() => { need("beside"); this.setState({ open: !answering }); }}>♡</button>`}</div>
      ${entry.rule && parts.value.agreeing && html`<${parts.value.agreeing.Proposal} entry=${entry} />`}
      ${answering && beside && html`<${beside.Answers} to=${{ n: entry.n }} done=${() => this.setState({ open: false })} />`}
      ${entry.gestures && beside && !spares.gestures && html`<${beside.Given} counted=${entry.gestures} from=${entry.from} />`}${entry.beside}
    </li>`;
  }
}

function Words({ entry }) {
  if (parts.value.care) return parts.value.care.Words({ entry }); // no component: a fold that is open stays open when it comes
  const words = html`<p class="words" dir="auto">${entry.text}</p>`;
  return cover(entry) ? html`<details><summary>${cover(entry)}</summary>${words}</details>` : words;
}
