// What pages do and the room does not need: trying out leaving, and a room in the place of the page that leads to it.
(function () {
  const practice = document.querySelector("[data-practice]"); // a page to try it on; nobody is signed out

  if (practice) practice.addEventListener("click", (event) => {
    event.preventDefault();
    document.documentElement.hidden = true;
    document.title = "";
    location.replace(practice.href);
  });

  // So one page less is left in the history, and a neutral one.
  document.addEventListener("click", (event) => {
    const way = event.target.closest && event.target.closest('a[href^="/rooms/"]:not([target])');
    if (!way || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    location.replace(way.href);
  });
})();
