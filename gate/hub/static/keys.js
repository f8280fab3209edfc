// For pages that work without this file: "/" goes to the search field, a menu closes by Escape or a
// click beside it, a button prints, and one ticks all that is shown.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("input[type=search]");
  if (search === null) return;
  event.preventDefault();
  search.focus();
  search.select();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const menus = document.querySelectorAll("details.menu");
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

for (const ticks of document.querySelectorAll("[data-ticks]")) {
  ticks.hidden = false;
  for (const button of ticks.querySelectorAll("[data-tick]")) {
    button.addEventListener("click", () => {
      const boxes = ticks.parentElement.querySelectorAll("input[type=checkbox]");
      for (const box of boxes) box.checked = button.dataset.tick === "all";
    });
  }
}

// "R" shows who is on site; the last roll call stays readable on this device when the hub is gone.
const fire = document.querySelector("form[data-list]");
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (fire === null || event.key.toLowerCase() !== "r" || typing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  location.assign(fire.dataset.list);
});
if (fire !== null && "serviceWorker" in navigator) {
  navigator.serviceWorker.register("/roll-call-worker.js").then(async () => {
    const ready = await navigator.serviceWorker.ready;
    ready.active.postMessage({ keep: fire.dataset.list });
  });
}
for (const form of document.querySelectorAll("form[action$='/sign-out/']")) {
  form.addEventListener("submit", () => navigator.serviceWorker?.controller?.postMessage("forget"));
}
