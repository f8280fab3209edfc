// A refresh of the page of today: companies keep their order while they are read, and a hub that
// does not answer is told, for then nothing on the page is live any more.
const stale = document.getElementById("stale");

function steady(text) {
  const fresh = new DOMParser().parseFromString(`<body>${text}</body>`, "text/html");
  for (const list of fresh.querySelectorAll("[data-steady]")) {
    const order = [...document.querySelectorAll("[data-steady] > [data-key]")].map((one) => one.dataset.key);
    const place = (one) => (order.indexOf(one.dataset.key) + 1 || order.length + 1);
    list.append(...[...list.children].sort((one, other) => place(one) - place(other)));
  }
  return fresh.body.innerHTML;
}

function tell(isGone) {
  const live = document.getElementById("live");
  if (isGone && stale.hidden) {
    stale.querySelector("[data-true-at]").textContent = live.dataset.at;
    const words = live.querySelector(".when-live");
    if (words !== null) words.textContent = `Was true at ${live.dataset.at}`;
  }
  stale.hidden = !isGone;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 200) event.detail.serverResponse = steady(event.detail.serverResponse);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && !stale.hidden) event.detail.target.dataset.stale = "";
  tell(!event.detail.successful);
});
