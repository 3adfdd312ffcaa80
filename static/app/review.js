// The review page by keyboard.
"use strict";
(() => {
  const startKeys = () => {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (event.target.matches("input, textarea, select")) {
        if (event.key === "Escape") event.target.blur();
        return;
      }
      if (event.key === "j" || event.key === "k") {
        const link = document.querySelector(`[data-review] a[rel=${event.key === "j" ? "next" : "prev"}]`);
        if (link) link.click();
      }
      // A decision is not one keystroke: the key goes there, Enter takes it.
      if (event.key === "a" || event.key === "r") decide(event.key, event);
      if (["1", "2", "3"].includes(event.key)) judge(event.key, event);
      if (event.key === "/") {
        event.preventDefault();
        const here = document.querySelector(".review-queue [aria-current]");
        if (here) here.focus();
      }
    });
    const asked = /^#key-([ar])$/.exec(location.hash);
    if (asked) decide(asked[1]);
  };
  // The piece that has the focus, or else the first of which nothing is said yet.
  const judge = (digit, event) => {
    const forms = Array.from(document.querySelectorAll("form[data-judge]"));
    const here = document.activeElement.closest(".proof-paper");
    const form = (here && here.querySelector("form[data-judge]")) || forms.find((one) => !one.querySelector(":checked"));
    if (!form) return;
    event.preventDefault();
    form.querySelector(`[data-digit="${digit}"]`).click();
    if (digit !== "1") form.querySelector("[name=remark]").focus();
  };
  const decide = (key, event) => {
    const button = document.querySelector(`[data-review] [data-key=${key}]`);
    const words = document.getElementById("words");
    if (!button || button.disabled) return;
    if (event) event.preventDefault();
    const needed = key === "r" || button.form.action.endsWith("/close/");
    (needed && !words.value.trim() ? words : button).focus();
  };

  // Accepted needs no words, so that saying it is enough; what is wanting waits for the remark.
  document.addEventListener("change", (event) => {
    if (event.target.matches('[data-judge] [data-digit="1"]')) event.target.form.requestSubmit();
  });

  // From a doubt one comes back to write; pictures that load above must not carry the place away.
  window.addEventListener("load", () => {
    const words = location.hash === "#decision" && document.getElementById("words");
    if (!words) return;
    words.focus();
    words.scrollIntoView({ block: "center" });
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("[data-review]")) startKeys();
  });
})();
