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

  // Arrows go from paper to paper; an enlarged page needs them to be moved about.
  const step = (open, key) => {
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[key];
    const link = way && !open.querySelector(".enlarged") && open.querySelector(`.viewer-steps a[rel=${way}]`);
    if (link) link.click();
    return Boolean(link);
  };
  // What a paper is worth is said in the forms behind the dialog, one for each thing it is cited
  // for; here it is only pressed. Digits speak to the first of which nothing is said yet.
  const formOf = (group) => document.getElementById(`judge-${group.dataset.piece}`);
  const saidOf = (group) => formOf(group).querySelector(":checked");
  const groups = () => Array.from(document.querySelectorAll("dialog#viewer [data-verdict]")).filter(formOf);
  const spokenTo = () => {
    const all = groups();
    return all.find((group) => !saidOf(group)) || all.find((group) => group.contains(document.activeElement)) || all[0];
  };
  const showVerdict = () => {
    const next = spokenTo();
    for (const group of groups()) {
      const said = saidOf(group);
      group.hidden = false;
      group.classList.toggle("spoken-to", group === next);
      for (const button of group.querySelectorAll("[data-worth]")) {
        const pressed = Boolean(said) && said.value === button.dataset.worth;
        button.setAttribute("aria-pressed", pressed);
        button.classList.toggle("btn-primary", pressed);
      }
    }
  };
  const judge = (group, worth) => {
    const form = formOf(group);
    const choice = form.querySelector(`[value="${worth}"]`);
    choice.click();
    showVerdict();
    // What is wanting has to be written beside the paper.
    if (choice.dataset.digit !== "1") {
      group.closest("dialog").close();
      form.querySelector("[name=remark]").focus();
    }
  };
  const judgeBy = (key) => {
    const group = ["1", "2", "3"].includes(key) && spokenTo();
    if (group) judge(group, group.querySelectorAll("[data-worth]")[Number(key) - 1].dataset.worth);
    return Boolean(group);
  };

  document.addEventListener("click", (event) => {
    const said = event.target.closest("[data-worth]");
    if (said) judge(said.closest("[data-verdict]"), said.dataset.worth);
  });
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
    if (open && step(open, event.key)) return event.preventDefault();
    if (open && judgeBy(event.key)) return event.preventDefault();
    const pages = open && pagesOf(open);
    if (!pages) return;
    const factor = { "+": STEP, "=": STEP, "-": 1 / STEP, 0: 0 }[event.key];
    if (factor === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    enlarge(pages, factor);
  });

  // The paper changed under the focus: it goes on at the top, from where the next one is.
  const arrive = (dialog) => {
    if (document.activeElement !== document.body && document.activeElement !== dialog) return;
    dialog.scrollTop = 0;
    (dialog.querySelector(".viewer-steps a[rel=next]") || dialog.querySelector(".viewer-shut")).focus();
  };
  // Back among the measures, at the paper that was looked at last.
  const leave = (place) => {
    const last = place.querySelector("[data-piece]");
    const piece = last && document.getElementById(`piece-${last.dataset.piece}`);
    place.replaceChildren();
    const written = document.activeElement.closest("form[data-judge]");
    if (piece && !written && !piece.contains(document.activeElement)) piece.querySelector("a").focus();
  };

  // htmx has put the piece into the dialog: now it is opened; shut, it forgets it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = document.getElementById("viewer");
    if (!dialog) return;
    showVerdict();
    const place = document.getElementById("viewer-place");
    if (dialog.open) return arrive(dialog);
    if (event.detail.target !== place) return;
    dialog.showModal();
    dialog.querySelector(".viewer-shut").focus();
    dialog.addEventListener("close", () => leave(place), { once: true });
  });
})();
