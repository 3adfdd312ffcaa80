// What was opened from this page is read now: its mark, the count and the button say so at once.
// The server keeps its own account; a mark here decides nothing.
"use strict";
(() => {
  const left = () =>
    new Set(
      Array.from(
        document.querySelectorAll("[data-mark] [data-unread]:not([hidden])"),
        (words) => words.parentElement.dataset.mark,
      ),
    );
  const opened = (digest) => {
    const marks = document.querySelectorAll(`[data-mark="${digest}"]`);
    for (const mark of marks) {
      mark.querySelector("[data-unread]").hidden = true;
      mark.querySelector("[data-read]").hidden = false;
      const piece = mark.closest("[id^='piece-']");
      for (const link of document.querySelectorAll(`[data-until-read] a[href="#${piece.id}"]`)) {
        link.closest("li").hidden = true;
      }
    }
    const all = new Set(Array.from(document.querySelectorAll("[data-mark]"), (mark) => mark.dataset.mark)).size;
    const unread = left().size;
    for (const count of document.querySelectorAll("[data-read-count]")) count.textContent = all - unread;
    if (unread) return;
    for (const words of document.querySelectorAll("[data-until-read]")) words.hidden = true;
    for (const button of document.querySelectorAll("button.unread")) button.classList.remove("unmet", "unread");
  };
  const follow = (event) => {
    const link = event.target.closest("a[data-opens]");
    if (link) opened(link.dataset.opens);
  };
  document.addEventListener("click", follow);
  document.addEventListener("auxclick", follow);
  const drawn = (picture) => {
    if (picture.matches("img[data-opens]") && picture.naturalWidth) opened(picture.dataset.opens);
  };
  document.addEventListener("load", (event) => event.target.matches && drawn(event.target), true);
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("img[data-opens]").forEach(drawn));
})();
