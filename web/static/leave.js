// Leave now: blank at once, then go somewhere harmless. Works by click, by Shift three times, and with no network.
// Without this script the link goes to /exit, which does the same from the server's side.
(function () {
  const link = document.querySelector("[data-leave]");
  const practice = document.querySelector("[data-practice]"); // a page to try it on
  const status = document.querySelector("[data-leave-status]");
  const WITHIN = 5000; // ms between two presses of Shift
  const TIMES = 3;
  let pressed = 0, alone = false, timer = 0, left = false;

  function say(words) { if (status) status.textContent = words; }

  function leave() {
    if (left) return;
    left = true;
    const target = link.dataset.leave;
    document.documentElement.hidden = true; // before anything that could take time
    document.title = "";
    document.querySelectorAll("form").forEach((form) => form.reset());
    try { navigator.sendBeacon("/exit"); } catch (error) { /* no network: the way out must not wait for it */ }
    try { dispatchEvent(new Event("hearth:leave")); } catch (error) { /* a room's trouble must not keep anybody here */ }
    while (document.body.firstChild) document.body.removeChild(document.body.firstChild);
    if (!dispatchEvent(new Event("hearth:gone", { cancelable: true }))) return; // a kiosk stays until it is signed out
    location.replace(target); // takes this page's place in the history
  }

  function forgetPresses() {
    clearTimeout(timer);
    if (pressed) say("");
    pressed = 0;
    if (link) delete link.dataset.pressed;
  }

  function count() {
    clearTimeout(timer);
    pressed += 1;
    if (pressed >= TIMES) return practice ? practice.click() : leave();
    const more = TIMES - pressed;
    link.dataset.pressed = String(pressed);
    say("Press Shift " + more + (more === 1 ? " more time" : " more times") + " to leave.");
    timer = setTimeout(forgetPresses, WITHIN);
  }

  if (link) {
    link.addEventListener("click", (event) => { event.preventDefault(); leave(); });
    addEventListener("keydown", (event) => {
      alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
      if (!alone) forgetPresses(); // Shift was held to type something
    });
    addEventListener("keyup", (event) => {
      if (event.key === "Shift" && alone && !event.repeat) count();
      alone = false;
    });
  }

  // A page from the browser's own memory of pages may show what was signed out of meanwhile.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.documentElement.hidden = true;
    if (left) location.replace("/"); else location.reload();
  });
})();
