// What no attribute can say: the phone's menu, printing, and for whom a request of this page goes.
"use strict";
// Whoever logged in again in another window has a new token: this page goes on with it. The server
// asks whether it is still the person for whom the page was drawn.
window.ownHeaders = () => {
  const drawn = JSON.parse(document.body.getAttribute("hx-headers"));
  const [, token] = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie) || [];
  return { ...drawn, ...(token && { "X-CSRFToken": token }) };
};
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = window.ownHeaders()["X-CSRFToken"];
  detail.headers["X-CSRFToken"] = token;
  if (detail.parameters.csrfmiddlewaretoken) detail.parameters.csrfmiddlewaretoken = token;
});
for (const button of document.querySelectorAll("[data-print-page]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// Paper has nothing to unfold.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.picture-table, details.decided, details.earlier-acts")) fold.open = true;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle]");
  if (!button) return;
  const shown = document.querySelector(button.dataset.toggle).classList.toggle("show");
  button.setAttribute("aria-expanded", String(shown));
});
