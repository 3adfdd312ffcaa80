// The item's and the review page: drafts that keep themselves, uploads with their bars, keys.
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

  // --- uploads ---
  const size = (bytes) =>
    bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

  const startUpload = (form) => {
    const list = form.querySelector(".waiting");
    const row = form.querySelector("template").content.firstElementChild;
    const drop = form.querySelector(".drop");
    const waiting = new Map();
    form.classList.add("live");

    const state = (line, name) => {
      const words = line.querySelector(".file-state");
      words.textContent = words.dataset[name];
      line.classList.toggle("failed", name === "failed");
    };
    const add = (files) => {
      for (const file of files) {
        const line = row.cloneNode(true);
        line.querySelector(".file-name").textContent = file.name;
        line.querySelector(".file-size").textContent = size(file.size);
        line.querySelector(".drop-file").addEventListener("click", () => {
          waiting.delete(line);
          line.remove();
          form.classList.toggle("chosen", waiting.size > 0);
        });
        state(line, "waiting");
        waiting.set(line, file);
        list.append(line);
      }
      form.classList.toggle("chosen", waiting.size > 0);
    };
    form.querySelectorAll("input[type=file]").forEach((field) => {
      field.addEventListener("change", () => {
        add(field.files);
        field.value = "";
      });
    });
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      add(event.dataTransfer.files);
    });

    const send = (line, file) =>
      new Promise((resolve) => {
        const body = new FormData(form);
        body.delete("files");
        body.append("files", file);
        const request = new XMLHttpRequest();
        const bar = line.querySelector("progress");
        request.upload.addEventListener("progress", (event) => {
          if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
        });
        request.addEventListener("loadend", () => resolve(request));
        request.open("POST", form.action);
        request.setRequestHeader("HX-Request", "true");
        state(line, "sending");
        request.send(body);
      });
    const refuse = (line, request) => {
      state(line, "failed");
      if (!request.status || request.status < 400) return;
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const rule = answer.querySelector(".alert-title");
      const next = answer.querySelector(".refusal-facts dd:last-child");
      if (!rule) return;
      line.querySelector(".file-state").textContent = `${rule.textContent} ${next ? next.textContent : ""}`;
      const place = document.getElementById("refusal");
      place.replaceChildren(...answer.body.childNodes);
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector(".hand-in");
      button.disabled = true;
      let sent = 0;
      for (const [line, file] of waiting) {
        const request = await send(line, file);
        const version = request.getResponseHeader(VERSION);
        if (request.status !== 204 || !version) {
          refuse(line, request);
          continue;
        }
        moveOn(version);
        sent += 1;
        waiting.delete(line);
        line.querySelector("progress").value = 100;
        line.querySelector(".drop-file").remove();
        state(line, "done");
      }
      button.disabled = false;
      if (sent) await refresh(form.dataset.refresh.split(","));
      if (!waiting.size) {
        list.replaceChildren();
        form.classList.remove("chosen");
        form.querySelectorAll("input:not([type=hidden]):not([type=file])").forEach((field) => {
          field.value = "";
        });
      }
    });
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
    document.querySelectorAll("form[data-upload]").forEach(startUpload);
    document.addEventListener("htmx:afterRequest", (event) => {
      if (!event.detail.successful) moveOn(event.detail.xhr.getResponseHeader(VERSION));
    });
    if (location.hash.length > 1) {
      const place = document.getElementById(location.hash.slice(1));
      if (place) open(place);
    }
  });
})();
