// The grid by keyboard and by ticks; without this file every form still works.
"use strict";
const rowsOfGrid = () => [...document.querySelectorAll("[data-row]")];

function moveRow(by) {
  const rows = rowsOfGrid();
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
  if (next) next.querySelector("[data-open]").focus();
}

function countPicked() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const picks = [...document.querySelectorAll("[data-pick]")];
  const picked = picks.filter((pick) => pick.checked).length;
  const whole = bar.querySelector("[data-whole]");
  bar.hidden = picked === 0 && !whole.checked;
  bar.querySelector("[data-count]").textContent = whole.checked ? whole.dataset.whole : String(picked);
  const all = document.querySelector("[data-all]");
  all.checked = picked > 0 && picked === picks.length;
  all.indeterminate = picked > 0 && picked < picks.length;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const search = document.querySelector("#f-q");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "j") moveRow(1);
  else if (event.key === "k") moveRow(-1);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const pick of document.querySelectorAll("[data-pick]")) pick.checked = event.target.checked;
  }
  if (event.target.matches("[data-all], [data-pick], [data-whole]")) countPicked();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[data-shut]")) {
    const drawer = document.querySelector("#drawer");
    drawer.replaceChildren();
    if (drawer.opener) drawer.opener.focus();
  }
  const peek = event.target.closest("[data-peek]");
  if (peek) document.querySelector("#drawer").opener = peek;
});

document.addEventListener("DOMContentLoaded", () => {
  for (const hidden of document.querySelectorAll("[data-print], [data-peek], .pick-all")) hidden.hidden = false;
  countPicked();
});
window.addEventListener("pageshow", countPicked);
