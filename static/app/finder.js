// The palette: Ctrl-K opens it, arrows choose, Enter opens, Esc closes. Without it the link leads to
// the page that searches.
"use strict";
(() => {
  const finder = document.getElementById("finder");
  if (!finder) return;
  const box = finder.querySelector("[name=q]");
  const found = document.getElementById("finder-found");
  const options = () => [...found.querySelectorAll("[role=option]")];
  const chosen = () => found.querySelector("[aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    box.removeAttribute("aria-activedescendant");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function open() {
    if (!finder.open) finder.showModal();
    box.select();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-finder]")) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    } else if (event.target === finder || event.target.closest("[data-finder-shut]")) {
      finder.close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open();
  });

  box.addEventListener("input", () => choose(null));
  box.addEventListener("keydown", (event) => {
    // While Chinese is being spelled, the keys belong to that.
    if (event.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (all.length) choose(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Escape") {
      // A box for searching would only be emptied.
      event.preventDefault();
      finder.close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      finder.close();
      window.location.assign(all[at].href);
    }
  });
  found.addEventListener("htmx:afterSwap", () => {
    const all = options();
    all.forEach((option, n) => { option.id = `finder-option-${n}`; });
    box.setAttribute("aria-expanded", String(all.length > 0));
    choose(all[0]);
  });
})();
