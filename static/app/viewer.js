// Evidence beside the page it proves: opened in a dialog, enlarged, turned, by mouse and keyboard.
"use strict";
(() => {
  const STEP = 1.25;
  const MOST = 6;
  const QUARTERS = 4;

  const pagesOf = (within) => within.querySelector(".viewer-pages");
  const enlarge = (pages, factor) => {
    const by = factor ? Math.min(MOST, Math.max(1, Number(pages.dataset.by || 1) * factor)) : 1;
    pages.dataset.by = by;
    pages.classList.toggle("enlarged", by > 1);
    for (const image of pages.querySelectorAll("img")) image.style.width = by > 1 ? `${100 * by}%` : "";
  };
  // The dots themselves are turned, so that a turned page takes the room it needs.
  const turn = (pages) => {
    const quarters = (Number(pages.dataset.quarters || 0) + 1) % QUARTERS;
    pages.dataset.quarters = quarters;
    for (const image of pages.querySelectorAll("img")) {
      const aside = quarters % 2 === 1;
      const ratio = image.getAttribute("width") / image.getAttribute("height");
      image.style.transform = `rotate(${90 * quarters}deg) scale(${aside ? Math.min(ratio, 1 / ratio) : 1})`;
    }
  };
  const jump = (pages, no) => {
    const sheet = pages.querySelector(`#sheet-${no}`);
    if (sheet) sheet.scrollIntoView({ block: "start" });
  };

  document.addEventListener("click", (event) => {
    const viewer = event.target.closest("[data-viewer]");
    const pages = viewer && pagesOf(viewer);
    if (!pages) return;
    const zoom = event.target.closest("[data-zoom]");
    if (zoom) enlarge(pages, { in: STEP, out: 1 / STEP, fit: 0 }[zoom.dataset.zoom]);
    else if (event.target.closest("[data-turn]")) turn(pages);
    else if (event.target.matches(".viewer-sheet img")) enlarge(pages, Number(pages.dataset.by || 1) > 1 ? 0 : 2);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-jump]")) return;
    jump(pagesOf(event.target.closest("[data-viewer]")), event.target.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const open = document.querySelector("dialog#viewer[open]") || document.getElementById("viewer-page");
    const pages = open && pagesOf(open);
    if (!pages) return;
    const factor = { "+": STEP, "=": STEP, "-": 1 / STEP, 0: 0 }[event.key];
    if (factor === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    enlarge(pages, factor);
  });

  // htmx has put the piece into the dialog: now it is opened; shut, it forgets it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = document.getElementById("viewer");
    if (!dialog || event.detail.target.id !== "viewer-place" || dialog.open) return;
    dialog.showModal();
    dialog.querySelector(".viewer-shut").focus();
    dialog.addEventListener("close", () => document.getElementById("viewer-place").replaceChildren(), { once: true });
  });
})();
