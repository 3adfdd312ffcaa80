// Files for a measure: chosen, dropped, pasted or photographed, sent in parts, then handed in together.
"use strict";
(() => {
  const AT_ONCE = 2;
  const IDLE = ["clean", "failed", "paused", "again", "door"];
  const LEFT_BY_SYSTEMS = /^(\..*|thumbs\.db|desktop\.ini)$/i;
  const { Sending, fingerprint, wait } = window.Tus;

  const size = (bytes) => {
    if (bytes < 1048576) return `${Math.ceil(bytes / 1024)} KB`;
    return bytes < 1073741824 ? `${(bytes / 1048576).toFixed(1)} MB` : `${(bytes / 1073741824).toFixed(2)} GB`;
  };

  // --- what is sent now, and what waits for its turn ---
  let running = 0;
  const turns = [];
  const next = async () => {
    if (running >= AT_ONCE || !turns.length) return;
    const line = turns.shift();
    running += 1;
    await line.sending.run();
    running -= 1;
    next();
  };

  // --- one file, one line ---
  class Line {
    constructor(box, row) {
      this.box = box;
      this.row = row;
      this.words = row.querySelector(".file-state");
      this.bar = row.querySelector("progress");
      this.pick = row.querySelector("[name=uploads]");
      this.at = row.dataset.at || "";
      this.state = row.dataset.state || "new";
      this.size = Number(row.dataset.size || 0);
      this.waiters = [];
      this.on(".pause-file", () => this.pause());
      this.on(".resume-file", () => this.go());
      this.on(".drop-file", (event) => {
        event.preventDefault();
        this.drop();
      });
      row.querySelector(".again-file input").addEventListener("change", (event) => this.again(event.target));
    }

    on(place, act) {
      this.row.querySelector(place).addEventListener("click", act);
    }

    set(state, words) {
      this.state = state;
      this.row.dataset.state = state;
      this.row.classList.toggle("failed", state === "failed" || state === "door");
      this.pick.disabled = state !== "clean";
      if (state === "clean") this.bar.value = 100;
      this.words.textContent = words === undefined ? this.box.say(state) : words;
      if (IDLE.includes(state)) this.waiters.splice(0).forEach((done) => done());
      this.box.count();
    }

    settled() {
      return IDLE.includes(this.state) ? undefined : new Promise((done) => this.waiters.push(done));
    }

    async take(file, shown) {
      this.row.querySelector(".file-name").textContent = shown.replaceAll("/", " - ");
      this.row.querySelector(".file-size").textContent = size(file.size);
      this.print = await fingerprint(file).catch(() => "");
      if (!this.print) return this.set("failed", this.box.say("unreadable"));
      return this.queue(file, { filename: file.name, path: shown, fingerprint: this.print, for: this.box.purpose });
    }

    queue(file, words) {
      this.size = file.size;
      this.sending = new Sending({
        begin: this.box.begin,
        at: this.at,
        file,
        words,
        told: (state, about) => this.told(state, about),
      });
      this.sending.unreadable = this.box.say("unreadable");
      this.go();
    }

    go() {
      this.set("queued");
      turns.push(this);
      next();
    }

    told(state, about) {
      if (state === "begun") this.named(about);
      else if (state === "sending") this.sent(about);
      else if (state === "broken") this.set("broken", this.box.say("broken").replace("{n}", about));
      else if (state === "arrived") this.look();
      else this.set(state, about || undefined);
    }

    named(at) {
      this.at = at;
      this.pick.value = at.split("/").at(-2);
    }

    sent(bytes) {
      const percent = Math.floor((100 * bytes) / this.size);
      this.bar.value = percent;
      if (this.state !== "sending") this.set("sending");
      this.words.textContent = `${this.box.say("sending")} ${percent}%`;
    }

    pause() {
      const waits = turns.indexOf(this);
      if (waits >= 0) turns.splice(waits, 1);
      if (this.sending) this.sending.pause();
    }

    // Arrived whole: ask what the inspection says, now and then, until it has said it.
    async look() {
      this.bar.value = 100;
      this.set("inspecting");
      for (let pause = 0.5; !this.dropped; pause = Math.min(5, pause * 1.5)) {
        const answer = await fetch(this.at, { credentials: "same-origin" }).catch(() => null);
        if (this.dropped) break;
        if (answer && answer.status === 404) return this.set("failed", this.box.say("gone"));
        const told = answer && answer.ok && answer.headers.get("Tus-Resumable") ? await answer.json() : null;
        if (told && told.state === "clean") return this.set("clean");
        if (told && told.state === "refused") return this.set("failed", `${told.words} ${told.next}`);
        if (told && told.next) this.words.textContent = `${told.words} ${told.next}`;
        await wait(pause);
      }
      return undefined;
    }

    async again(field) {
      const [file] = field.files;
      field.value = "";
      if (file && !(await this.goOn(file))) this.set("again", this.box.say("other"));
    }

    // Only with the very file whose beginning is there already.
    async goOn(file) {
      if (this.state !== "again" || file.size !== this.size) return false;
      if ((await fingerprint(file).catch(() => "")) !== this.row.dataset.print) return false;
      this.queue(file, {});
      return true;
    }

    async drop() {
      const waits = turns.indexOf(this);
      if (waits >= 0) turns.splice(waits, 1);
      const sending = this.sending || new Sending({ at: this.at });
      this.box.forget(this);
      this.box.form.querySelector(".drop input").focus();
      await sending.drop();
    }
  }

  // --- one form, many lines ---
  class Box {
    constructor(form) {
      this.form = form;
      this.list = form.querySelector(".waiting");
      this.begin = form.dataset.upload;
      this.purpose = form.dataset.for;
      this.button = form.querySelector(".hand-in");
      form.classList.add("live");
      this.lines = Array.from(this.list.children, (row) => new Line(this, row));
      for (const line of this.lines) {
        const { state } = line;
        if (state === "receiving") line.set("again", line.words.textContent);
        else if (state === "quarantined") line.look();
        else if (state === "refused") line.set("failed", line.words.textContent);
        else line.set("clean");
      }
      this.count();
      this.listen();
    }

    say(state) {
      return this.list.dataset[state] || "";
    }

    listen() {
      const { form } = this;
      for (const field of form.querySelectorAll(".drop input[type=file]")) {
        const taken = () => {
          const files = Array.from(field.files, (file) => [file, file.webkitRelativePath || file.name]);
          field.value = "";
          this.add(files);
        };
        field.addEventListener("change", taken);
        taken(); // on a slow line files are chosen before this script has come
      }
      const drop = form.querySelector(".drop");
      for (const name of ["dragenter", "dragover"]) {
        drop.addEventListener(name, (event) => {
          event.preventDefault();
          drop.classList.add("over");
        });
      }
      drop.addEventListener("dragleave", () => drop.classList.remove("over"));
      drop.addEventListener("drop", async (event) => {
        event.preventDefault();
        drop.classList.remove("over");
        this.add(await dropped(event.dataTransfer));
      });
      form.addEventListener("submit", (event) => {
        if (event.submitter && event.submitter !== this.button) return;
        event.preventDefault();
        this.handIn();
      });
      this.list.addEventListener("change", () => this.count());
    }

    async add(files) {
      for (const [file, shown] of files) {
        if (LEFT_BY_SYSTEMS.test(file.name)) continue;
        if (await this.wentOn(file)) continue;
        const row = this.form.querySelector("template").content.firstElementChild.cloneNode(true);
        this.list.append(row);
        const line = new Line(this, row);
        this.lines.push(line);
        line.set("queued");
        line.take(file, shown);
      }
      this.count();
    }

    async wentOn(file) {
      for (const line of this.lines) if (await line.goOn(file)) return true;
      return false;
    }

    forget(line) {
      line.dropped = true;
      const note = this.form.querySelector(".arrived-note");
      if (note) note.remove(); // it counted this one
      this.lines = this.lines.filter((one) => one !== line);
      line.row.remove();
      line.set("paused");
    }

    count() {
      this.form.classList.toggle("chosen", this.lines.length > 0);
      const ready = this.lines.filter((line) => line.state === "clean" && line.pick.checked).length;
      this.button.querySelector(".how-many").textContent = ready ? `(${ready})` : "";
    }

    async handIn() {
      this.button.disabled = true;
      this.form.classList.add("handing");
      await Promise.all(this.lines.map((line) => line.settled()));
      this.form.classList.remove("handing");
      this.button.disabled = false;
      const ready = this.lines.filter((line) => line.state === "clean" && line.pick.checked);
      if (ready.length) await this.cite(ready);
    }

    async cite(ready) {
      const body = new FormData(this.form);
      body.delete("files");
      body.delete("csrfmiddlewaretoken");
      const headers = { ...window.ownHeaders(), "HX-Request": "true" };
      const answer = await fetch(this.form.action, { method: "POST", body, headers }).catch(() => null);
      const version = answer && answer.headers.get("X-Item-Version");
      if (!version) return this.refuse(answer);
      document.dispatchEvent(new CustomEvent("item:moved", { detail: version }));
      for (const line of ready) this.forget(line);
      if (!this.lines.length) {
        for (const field of this.form.querySelectorAll(".upload-words input")) field.value = "";
      }
      document.getElementById("refusal").replaceChildren();
      if (this.form.dataset.refresh === "page") location.reload();
      else document.dispatchEvent(new CustomEvent("item:redraw", { detail: this.form.dataset.refresh.split(",") }));
      return undefined;
    }

    async refuse(answer) {
      const place = document.getElementById("refusal");
      if (answer && answer.status >= 400) {
        const told = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...told.body.childNodes);
      } else {
        const words = document.createElement("p");
        words.className = "alert alert-warning";
        words.textContent = this.say(answer ? "door" : "unsent");
        place.replaceChildren(words);
      }
      place.scrollIntoView({ block: "center" });
    }
  }

  // --- folders that are dropped ---
  const within = async (entry, path) => {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      return [[file, path + file.name]];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return found;
      for (const one of some) found.push(...(await within(one, `${path}${entry.name}/`)));
    }
  };
  const dropped = async (transfer) => {
    // Asked for before the first pause: afterwards the browser has emptied the list.
    const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
    const plain = Array.from(transfer.files, (file) => [file, file.name]);
    if (!entries.some((entry) => entry && entry.isDirectory)) return plain;
    const found = [];
    for (const entry of entries) if (entry) found.push(...(await within(entry, "")));
    return found;
  };

  // --- the clipboard ---
  const dated = (file, words) => {
    const [day, time] = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().split("T");
    const ending = file.name.split(".").at(-1);
    return `${words} ${day} ${time.slice(0, 8).replaceAll(":", ".")}.${ending}`;
  };
  const startPasting = (boxes) => {
    let last = boxes[0];
    for (const box of boxes) {
      const measure = box.form.closest(".measure") || box.form;
      for (const name of ["pointerenter", "focusin"]) {
        measure.addEventListener(name, () => {
          last = box;
        });
      }
    }
    document.addEventListener("paste", (event) => {
      const files = Array.from(event.clipboardData.files);
      if (!files.length) return;
      event.preventDefault();
      last.form.scrollIntoView({ block: "nearest" });
      last.add(
        files.map((file) => {
          const shot = file.name === "image.png" ? dated(file, last.say("shot")) : file.name;
          return [new File([file], shot, { type: file.type, lastModified: file.lastModified }), shot];
        }),
      );
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const boxes = Array.from(document.querySelectorAll("form[data-upload]"), (form) => new Box(form));
    if (boxes.length) startPasting(boxes);
  });
})();
