// My work by keyboard: j and k go from row to row, a and r to its decision, / to the search.
"use strict";
(() => {
  const rows = () => Array.from(document.querySelectorAll("[data-worklist] .work-item"));
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
    all[next].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j" || event.key === "k") go(event.key === "j" ? 1 : -1);
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("q").focus();
    }
    // A decision is not one keystroke: the key goes to its button on the review page.
    if ((event.key === "a" || event.key === "r") && rows().includes(document.activeElement)) {
      const to = document.activeElement.getAttribute("href");
      if (to.includes("?item=")) location.assign(`${to}#key-${event.key}`);
    }
  });
})();
