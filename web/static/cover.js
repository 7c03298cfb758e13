// On a device that others use: whatever is on the screen is covered when nobody has touched it for a while, or looks at
// another tab. It comes only to a browser that somebody has said this of when they signed in.
(function () {
  const AFTER = 180000; // ms without a key, a touch or a movement
  const cover = document.createElement("div");
  const show = document.createElement("button");
  let timer = 0;

  cover.className = "cover";
  cover.setAttribute("role", "dialog");
  cover.setAttribute("aria-modal", "true");
  cover.setAttribute("aria-label", "This page is covered");
  show.type = "button";
  show.textContent = "Show the page again";
  cover.append(show);
  show.addEventListener("click", uncover);

  function others() { return Array.from(document.body.children).filter((one) => one !== cover && !one.classList.contains("top")); }

  function hide() {
    if (cover.isConnected) return;
    others().forEach((one) => { one.inert = true; });
    document.body.append(cover);
    show.focus();
  }

  function uncover() {
    cover.remove();
    others().forEach((one) => { one.inert = false; });
    const main = document.getElementById("main");
    if (main) main.focus();
    wait();
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(hide, AFTER);
  }

  ["keydown", "pointerdown", "pointermove", "scroll"].forEach((kind) => addEventListener(kind, () => { if (!cover.isConnected) wait(); }, { passive: true, capture: true }));
  document.addEventListener("visibilitychange", () => { if (document.hidden) hide(); });
  wait();
})();
