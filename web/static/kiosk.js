// A device that many people use, one after another: it clears itself when nobody is there, leads nowhere else, and leaves
// nothing behind it. It comes only to a browser that staff have made a kiosk.
(function () {
  const page = document.documentElement;
  const AFTER = Number(page.dataset.kiosk) * 60000; // ms without a touch
  const WARNING = 60000; // ms to say that one is there; WCAG 2.2.1 asks for 20 s
  const ALOUD = [60, 30, 10]; // seconds left at which it is read out
  const SIGN = 60000; // ms between two signs of life to the server
  const AGAIN = 2000; // ms until signing out is tried again, without a network
  const TYPED = "textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio])";
  const visit = page.dataset.visit === "yes";
  const nobody = !visit && location.pathname === "/"; // the first page
  const still = document.createElement("div"), voice = document.createElement("p");
  const beside = document.createElement("div");
  let touched = Date.now(), signed = touched, timer = 0, left = false;

  // Somebody is there, or is asked.

  function waits() {
    clearTimeout(timer);
    if (left) return;
    const quiet = Date.now() - touched;
    if (quiet >= AFTER + WARNING) return done();
    if (quiet < AFTER) {
      timer = setTimeout(waits, AFTER - quiet);
      return;
    }
    if (nobody && !typed()) { // there is nobody to ask
      touched = Date.now();
      return waits();
    }
    asks(Math.ceil((AFTER + WARNING - quiet) / 1000));
    timer = setTimeout(waits, 1000);
  }

  function typed() { return Array.from(document.querySelectorAll(TYPED)).some((one) => one.value); }

  function asks(seconds) {
    if (!still.isConnected) {
      others().forEach((one) => { one.inert = true; });
      document.body.append(still);
      still.querySelector("button").focus();
    }
    still.querySelector("[data-left]").textContent = String(seconds);
    const due = ALOUD.find((one) => one >= seconds && one - seconds < 5);
    if (due && voice.dataset.told !== String(due)) {
      voice.dataset.told = String(due);
      voice.textContent = "Are you still there? This device clears itself in " + seconds + " seconds. Press any key to stay.";
    }
  }

  function others() { return Array.from(document.body.children).filter((one) => one !== still && !one.classList.contains("top")); }

  function stays() {
    still.remove();
    voice.textContent = "";
    delete voice.dataset.told;
    others().forEach((one) => { one.inert = false; });
    const main = beside.isConnected ? beside : document.getElementById("main");
    if (main) main.focus();
  }

  function touch() {
    if (left) return;
    if (Date.now() - touched >= AFTER + WARNING) return done(); // the device was asleep
    touched = Date.now();
    if (visit && touched - signed >= SIGN) signs();
    if (!still.isConnected) return;
    stays();
    if (visit) signs();
    waits();
  }

  /** A visit that nobody gives a sign of ends on the server, too. */
  function signs() {
    signed = Date.now();
    fetch("/device/kiosk/here", { method: "POST" }).then((answer) => { if (answer.status === 409) done(); }, () => { /* no network: said elsewhere */ });
  }

  function done() { document.querySelector("[data-leave]").click(); }

  // Everything goes. leave.js has emptied the page by now; nobody else may go on with it, so it stays until it is signed out.

  addEventListener("hearth:gone", (event) => {
    event.preventDefault();
    left = true;
    clearTimeout(timer);
    const words = document.createElement("p");
    words.setAttribute("role", "status");
    words.textContent = "One moment …";
    document.body.className = "page";
    document.body.append(words);
    page.hidden = false;
    out(words);
  });

  function out(words) {
    fetch("/exit", { method: "POST" }).then((answer) => {
      if (!answer.ok) throw new Error();
      location.replace("/");
    }).catch(() => {
      words.textContent = "Nothing is shown any more. There is no network now; as soon as there is, this device is ready again.";
      setTimeout(out, AGAIN, words);
    });
  }

  // No way out of this place, and no second window.

  addEventListener("click", (event) => {
    const way = event.target.closest && event.target.closest("a[href]");
    if (!way || way.dataset.leave || event.defaultPrevented) return;
    const to = new URL(way.href);
    if (to.origin === location.origin && to.pathname === location.pathname && to.hash) return;
    event.preventDefault();
    if (to.origin !== location.origin) return;
    if (way.target === "_blank" || way.closest(".beside")) shows(to.href); else location.replace(to.href);
  });
  ["auxclick", "contextmenu", "dragstart"].forEach((kind) => addEventListener(kind, (event) => event.preventDefault(), { capture: true }));
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "p") event.preventDefault();
  }, { capture: true });

  /** What opens beside a page elsewhere lies over it here, so that nobody loses their place in a room. */
  function shows(address) {
    const asked = new XMLHttpRequest(); // for `document`, which needs no parser of ours
    asked.open("GET", address);
    asked.responseType = "document";
    asked.addEventListener("load", () => {
      const main = asked.response && asked.response.querySelector("main");
      if (!main || main.querySelector("form")) return location.replace(address);
      lies(document.importNode(main, true));
    });
    asked.addEventListener("error", () => {
      const words = document.createElement("p");
      words.textContent = "There is no network now.";
      lies(words);
    });
    asked.send();
  }

  function lies(what) {
    const inside = document.createElement("div"), back = document.createElement("button");
    back.type = "button";
    back.className = "strong";
    back.textContent = "Back to where I was";
    back.addEventListener("click", goes);
    what.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
    what.removeAttribute("id");
    inside.append(back, ...(what.localName === "main" ? what.childNodes : [what]));
    beside.replaceChildren(inside);
    if (!beside.isConnected) document.body.append(beside);
    others().forEach((one) => { one.inert = one !== beside; });
    beside.scrollTop = 0;
    beside.focus();
  }

  function goes() {
    beside.remove();
    others().forEach((one) => { one.inert = false; });
    const main = document.getElementById("main");
    if (main) main.focus();
  }

  // Put together, once.

  function made(name, words) {
    const one = document.createElement(name);
    if (words) one.textContent = words;
    return one;
  }

  const inside = made("div"), question = made("h2", "Are you still there?"), count = made("p"), seconds = made("b"), stay = made("button", "I am still here");
  seconds.dataset.left = "";
  count.append("This device clears itself in", seconds, "seconds. Press any key, or touch the screen, to stay.");
  stay.type = "button";
  stay.className = "strong";
  voice.className = "unseen";
  voice.setAttribute("role", "alert");
  question.id = "still-there";
  inside.append(question, count, stay, voice);
  still.className = "still";
  still.setAttribute("role", "alertdialog");
  still.setAttribute("aria-modal", "true");
  still.setAttribute("aria-labelledby", "still-there");
  still.append(inside);
  beside.className = "beside";
  beside.tabIndex = -1;
  beside.setAttribute("role", "dialog");
  beside.setAttribute("aria-modal", "true");
  beside.setAttribute("aria-label", "Beside the page");

  // Only what a person does: a talk that goes on moves the page, too.
  addEventListener("keydown", (event) => {
    if (still.isConnected && !(event.target.closest && event.target.closest("[data-leave]"))) {
      event.preventDefault(); // whatever the key, it only says that somebody is there
      event.stopPropagation();
    }
    touch();
  }, { capture: true });
  ["pointerdown", "input"].forEach((kind) => addEventListener(kind, touch, { passive: true, capture: true }));
  ["pointermove", "wheel", "touchmove"].forEach((kind) => addEventListener(kind, () => { if (!still.isConnected) touch(); }, { passive: true, capture: true }));
  ["visibilitychange", "focus"].forEach((kind) => addEventListener(kind, waits, { capture: true }));
  addEventListener("pagehide", () => document.querySelectorAll(TYPED).forEach((one) => { one.value = ""; }));
  waits();
})();
