// A hub that does not answer is told: then nothing on the page is of now.
const stale = document.getElementById("stale");
document.addEventListener("htmx:afterRequest", (event) => {
  stale.hidden = event.detail.successful;
});
