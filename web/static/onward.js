// A button that goes with what it was for takes the focus along. It then goes on to the next thing of the kind, else to
// where one writes, so that whoever uses the keyboard stays where they were. It comes to the page soon after the room.

const SETTLES = 100; // ms for whatever moves the focus itself

export default function onward() {
  const page = document.getElementById("room");
  const touch = matchMedia("(pointer: coarse)");
  let held = null; // what has the focus, and the things like the one that it is in, those after it first

  function holds(target) {
    const item = target.closest("[data-one]");
    const kind = item ? like(item.dataset.one) : [];
    const at = kind.indexOf(item);
    held = { target, one: item && item.dataset.one, kind: kind.slice(at + 1).concat(kind.slice(0, Math.max(0, at)).reverse()) };
  }

  function like(one) {
    return one ? Array.from(page.querySelectorAll('[data-one="' + one + '"]')) : [];
  }

  function gone() {
    if (!held || held.target.isConnected) return;
    const { one, kind } = held;
    held = null;
    setTimeout(() => { if (document.activeElement === document.body) go(kind.filter((item) => item.isConnected).concat(like(one))); }, SETTLES);
  }

  function go(items) {
    const buttons = [].concat(...items.map((item) => Array.from(item.querySelectorAll("button"))));
    const write = page.querySelector(touch.matches ? "[role=log]" : "#words"); // no keyboard comes up that nobody asked for
    buttons.concat(page.querySelector("#sheet-title"), write, page.querySelector(".side.open, .people.open")).filter(Boolean).some(takes);
  }

  function takes(node) {
    node.focus();
    return document.activeElement === node;
  }

  page.addEventListener("focusin", (event) => holds(event.target));
  new MutationObserver(gone).observe(page, { childList: true, subtree: true });
  if (page.contains(document.activeElement)) holds(document.activeElement);
  return {};
}
