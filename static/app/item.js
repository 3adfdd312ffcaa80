// The item's and the review page: drafts that keep themselves, versions that move on, keys.
"use strict";
(() => {
  const DAYS = 7 * 86400 * 1000;
  const VERSION = "X-Item-Version";

  // crypto.randomUUID is missing where a page comes by plain http, as inside many offices.
  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // After an act of ours the other forms of the page are on the next version.
  const moveOn = (version) => {
    if (!version) return;
    document.querySelectorAll("form input[name=version]").forEach((field) => {
      field.value = version;
    });
    document.querySelectorAll("form input[name=command]").forEach((field) => {
      field.value = uuid();
    });
  };

  // --- drafts ---
  const fieldsOf = (form) =>
    Array.from(form.elements).filter(
      (field) => field.name && !["hidden", "file", "submit"].includes(field.type),
    );
  const said = (form) =>
    fieldsOf(form).map((field) => [
      field.name,
      field.value,
      ["radio", "checkbox"].includes(field.type) ? field.checked : null,
    ]);
  const say = (form, draft) => {
    for (const [name, value, checked] of draft) {
      for (const field of fieldsOf(form)) {
        if (field.name !== name) continue;
        if (checked === null) field.value = value;
        else if (field.value === value) field.checked = checked;
        const fold = field.closest("details");
        if (fold && checked === null && value && value !== "0") fold.open = true;
      }
    }
  };
  const stored = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key) || "null");
    } catch {
      return null;
    }
  };
  const keep = (key, draft) => {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), said: draft }));
      return true;
    } catch {
      return false;
    }
  };
  const forget = (key) => {
    try {
      localStorage.removeItem(key);
    } catch {
      // Where nothing can be kept, nothing needs to be forgotten.
    }
  };

  const startDraft = (form) => {
    const key = form.dataset.draft;
    const drawn = said(form);
    const notice = document.getElementById("draft-notice");
    const draft = stored(key);
    if (draft && Date.now() - draft.at < DAYS) {
      if (JSON.stringify(draft.said) !== JSON.stringify(drawn)) {
        say(form, draft.said);
        notice.hidden = false;
        unsaved(form);
      }
    } else {
      forget(key);
    }
    notice.querySelector("[data-drop-draft]").addEventListener("click", () => {
      say(form, drawn);
      forget(key);
      notice.hidden = true;
    });
    const changed = (event) => {
      if (event.target.form !== form) return;
      const state = form.querySelector("[data-draft-state]");
      state.hidden = !keep(key, said(form));
      unsaved(form);
    };
    document.addEventListener("input", changed);
    document.addEventListener("change", changed);
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.successful || event.detail.xhr.getResponseHeader(VERSION)) forget(key);
    });
  };
  // What is missing was counted before this was typed: the button may well be right now.
  const unsaved = (form) => {
    form.querySelectorAll(".unmet").forEach((button) => button.classList.remove("unmet"));
  };

  // Draw parts of the page anew, so that what is typed elsewhere on it stays.
  const refresh = async (places) => {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of [...places, "#timeline", "#missing"]) {
      const [now, then] = [document.querySelector(place), fresh.querySelector(place)];
      if (!now || !then) continue;
      now.replaceWith(then);
      window.htmx.process(then);
    }
    const button = document.querySelector("#progress .btn-primary");
    const drawn = fresh.querySelector("#progress .btn-primary");
    if (button && drawn && !drawn.classList.contains("unmet")) button.classList.remove("unmet");
    return undefined;
  };

  // --- places of what is missing ---
  let lastForm = null;
  document.addEventListener("submit", (event) => {
    lastForm = event.target;
  });
  const open = (place) => {
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
  };
  // A browser may have gone to the place before it was unfolded.
  const arrive = () => {
    const place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!place) return;
    open(place);
    place.scrollIntoView();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    const name = link.getAttribute("href").slice(1);
    const inForm = lastForm && !(lastForm.elements instanceof Element) && lastForm.elements[name];
    const place = document.getElementById(name) || inForm || (lastForm && lastForm.elements.words);
    if (!place || !place.closest) return;
    event.preventDefault();
    open(place);
    if (place.matches("details")) place.open = true;
    place.scrollIntoView({ block: "center" });
    if (place.matches("input, textarea, select")) place.focus();
    else {
      const first = place.querySelector("summary, input:not([type=hidden]), textarea, select, a, button");
      if (first) first.focus({ preventScroll: true });
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-draft]").forEach(startDraft);
    document.addEventListener("item:moved", (event) => moveOn(event.detail));
    document.addEventListener("item:redraw", (event) => refresh(event.detail));
    document.addEventListener("htmx:afterRequest", (event) => {
      if (!event.detail.successful) moveOn(event.detail.xhr.getResponseHeader(VERSION));
    });
    arrive();
    window.addEventListener("hashchange", arrive);
  });
})();
