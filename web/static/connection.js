// The line between this page and its room: it comes back by itself, misses nothing it can have, and asks nothing twice.

const FIRST_WAIT = 500; // ms; doubles each time, and the real wait is anything up to it, so that a crowd does not return as one
const LONGEST_WAIT = 30000;
const OPENING = 10000; // ms for a socket to open before it is given up
const ANSWERING = 10000; // ms for an answer; a phone that changed networks keeps a dead line open for minutes
const QUIET = 25000; // ms without a word from the server; then it is asked whether the line still holds
const CLOSELY = 4000; // ms of quiet after which a facilitator's page asks: the room takes its facilitator for gone after ten seconds
const DOUBT = 3000; // ms without an answer to that, after which it says so
const STEADY = 5000; // ms a line has held before the next loss counts as a first one
const ASLEEP = 30000; // ms out of sight after which a line is not trusted: its silence may be a dead network's
const FULL = 4004;
const ASIDE = 4010; // sitting in a side room, whose id is the reason given
const FINAL = 4500; // close codes from here on say: do not come back

// Names this page among all pages of one person, so that no two commands share a `ref`.
const page = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join("");
let count = 0; // of all its lines: whoever was in a side room comes back to one that knows the names of before

/**
 * `listener` has `frame(frame, again)` for each frame, `again` if it was told before; `state(name)` with connecting, here,
 * interrupted, doubtful, lost, full or offline; `aside(room)` when its place is there; and `ended(code)` once, when the room said not to come back. Nothing is stored: it
 * all goes with the page.
 */
export class Connection {
  constructor(path, listener) {
    this.address = location.origin.replace(/^http/, "ws") + path;
    this.listener = listener;
    this.unanswered = new Map(); // ref -> frame as sent, in the order of asking
    this.tries = 0;
    this.replay = 0; // earlier messages still to come after a snapshot
    this.over = false; // for good
    this.full = false; // the room had no place for us
    this.seated = false;
    this.closely = false; // somebody leads here
    this.doubted = false;
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.lost());
    document.addEventListener("visibilitychange", () => this.seen());
  }

  open() {
    clearTimeout(this.timer);
    if (this.over) return;
    this.drop();
    this.tell(this.tries ? this.away() : "connecting");
    const socket = new WebSocket(this.address + this.cursor());
    this.socket = socket;
    socket.onmessage = (message) => this.hear(JSON.parse(message.data));
    socket.onclose = (event) => this.closed(event.code, event.reason);
    this.timer = setTimeout(() => this.lost(), OPENING);
  }

  /** Asks for something and returns its `ref`; what is not answered is asked again after a reconnect. */
  ask(command) {
    const ref = page + "-" + ++count;
    // Half an emoji, as a cut-off paste leaves it, is no text that can be sent; old browsers cannot mend it.
    const whole = (_, value) => (typeof value === "string" && value.toWellFormed ? value.toWellFormed() : value);
    const frame = JSON.stringify(Object.assign({ ref }, command), whole);
    this.unanswered.set(ref, frame);
    if (this.seated) this.send(frame);
    return ref;
  }

  /** Closes for good, at our own wish. */
  end() {
    this.over = true;
    this.unanswered.clear();
    this.drop();
  }

  /** Says that we leave, and hears nothing more; the room closes the line, or the page does by going away. */
  leave() {
    this.ask({ type: "leave" });
    this.over = true;
    this.unanswered.clear();
    [this.patience, this.timer, this.silence, this.doubt].forEach(clearTimeout);
    if (this.socket) this.socket.onmessage = this.socket.onclose = null;
  }

  send(frame) {
    this.socket.send(frame);
    if (!this.patience) this.expect();
  }

  answered(ref) {
    this.unanswered.delete(ref);
    this.expect();
  }

  /** For the next answer, while one is owed; what is asked meanwhile does not put that off. */
  expect() {
    clearTimeout(this.patience);
    this.patience = this.unanswered.size && setTimeout(() => this.lost(), ANSWERING);
  }

  cursor() {
    const query = this.address.includes("?") ? "&" : "?";
    return this.epoch === undefined ? "" : query + "epoch=" + this.epoch + "&after=" + this.after;
  }

  hear(frame) {
    if (frame.type === "room") this.sit(frame);
    else if (frame.type === "waiting-room") this.wait();
    else if (frame.type === "interrupted") this.tell("interrupted");
    else if (["accepted", "refused", "held"].includes(frame.type)) this.answered(frame.ref);
    if (frame.code === "not-here") return this.lost();
    this.listen();
    if (this.doubted && frame.type !== "interrupted") this.sure();
    const again = this.place(frame);
    this.listener.frame(frame, again);
    if ((frame.type === "room" || frame.type === "waiting-room") && !this.over) this.tell("here");
  }

  /** From now on silence is noticed sooner. */
  watch() {
    if (this.closely) return;
    this.closely = true;
    this.listen();
  }

  /** Asks after a while of quiet whether the line still holds. */
  listen() {
    clearTimeout(this.silence);
    clearTimeout(this.doubt);
    this.silence = setTimeout(() => {
      if (!this.seated) return;
      this.ask({ type: "here" });
      if (this.closely) this.doubt = setTimeout(() => { this.doubted = true; this.tell("doubtful"); }, DOUBT);
    }, this.closely ? CLOSELY : QUIET);
  }

  /** It does. */
  sure() {
    this.doubted = false;
    this.tell("here");
  }

  /** A seat, or the snapshot told afresh: on a new line everything unanswered is asked once more. */
  sit(frame) {
    clearTimeout(this.timer);
    this.replay = frame.replay || 0;
    if (this.epoch !== frame.epoch || !this.replay) this.after = frame.n - this.replay;
    this.epoch = frame.epoch;
    this.newest = frame.n;
    this.address = this.address.split("?")[0]; // how somebody wished to come is said once
    this.wait();
  }

  /** The line holds: things can be asked, also by somebody who waits to be let in. */
  wait() {
    clearTimeout(this.timer);
    if (this.seated) return;
    this.seated = true;
    this.timer = setTimeout(() => { this.tries = 0; }, STEADY);
    this.unanswered.forEach((frame) => this.send(frame));
  }

  /** Keeps the number to resume from; true while the room is still telling what came before. */
  place(frame) {
    if (frame.type !== "said" && frame.type !== "announced") return false;
    this.after = frame.n;
    if (!this.replay) return false;
    if (!--this.replay) this.after = Math.max(this.after, this.newest);
    return true;
  }

  closed(code, reason) {
    if (code === ASIDE) {
      this.end();
      return this.listener.aside(reason);
    }
    this.full = code === FULL;
    if (code < FINAL) {
      this.lost();
    } else {
      this.end();
      this.listener.ended(code);
    }
  }

  lost() {
    clearTimeout(this.timer);
    if (this.over) return;
    this.drop();
    this.tries += 1;
    this.tell(this.away());
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * Math.pow(2, this.tries - 1));
    this.timer = setTimeout(() => this.open(), Math.random() * most);
  }

  /** Tries at once, where there is reason to hope. */
  now() {
    if (this.over || this.seated) return;
    this.open();
  }

  seen() {
    if (document.hidden) {
      this.hiddenAt = Date.now();
    } else if (!this.seated || Date.now() - this.hiddenAt > ASLEEP) {
      this.open();
    }
  }

  /** Lets go of a line without waiting for it: a dead one would take minutes to say that it closed. */
  drop() {
    this.seated = this.doubted = false;
    clearTimeout(this.silence);
    clearTimeout(this.doubt);
    clearTimeout(this.patience);
    this.patience = 0;
    if (!this.socket) return;
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  away() {
    if (navigator.onLine === false) return "offline";
    return this.full ? "full" : "lost";
  }

  tell(state) {
    this.listener.state(state);
  }
}
