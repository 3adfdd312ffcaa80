// A file sent in parts by tus 1.0.0. It goes on from where the server has it, however often the
// line breaks, the server is started anew or the page is loaded again.
"use strict";
window.Tus = (() => {
  const PART = 8 * 1048576;
  const PAUSES = [1, 2, 3, 5, 10, 20, 30];
  const SAMPLES = 16;
  const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const encoded = (words) =>
    Object.entries(words)
      .map(([key, text]) => `${key} ${base64(new TextEncoder().encode(text))}`)
      .join(",");

  // By this the same file is known again: its size, its date, and pieces from all over it.
  const fingerprint = async (file) => {
    let hash = 0x811c9dc5;
    const step = Math.max(1, Math.floor(file.size / SAMPLES));
    for (let n = 0; n <= SAMPLES; n += 1) {
      const at = Math.min(n * step, Math.max(0, file.size - 16384));
      for (const byte of new Uint8Array(await file.slice(at, at + 16384).arrayBuffer())) {
        hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
      }
    }
    return `${file.size}-${file.lastModified}-${hash.toString(16)}`;
  };

  // Browsers hash only where the page came safely; elsewhere the whole file is hashed on arrival.
  const checksum = async (part) => {
    if (!(crypto.subtle && window.isSecureContext)) return {};
    const digest = await crypto.subtle.digest("SHA-256", await part.arrayBuffer());
    return { "Upload-Checksum": `sha256 ${base64(new Uint8Array(digest))}` };
  };

  class Fault extends Error {
    // `again`: worth another try. `words`: what the server said, for a person.
    constructor(kind, { again = false, words = "" } = {}) {
      super(kind);
      Object.assign(this, { kind, again, words });
    }
  }

  const faultOf = (request) => {
    const { status } = request;
    if (!request.getResponseHeader("Tus-Resumable")) {
      return status >= 500 ? new Fault("broken", { again: true }) : new Fault("door");
    }
    if (status === 404 && request.method !== "POST") return new Fault("gone", { again: true });
    if ([409, 423, 460].includes(status) || status >= 500) return new Fault("broken", { again: true });
    let words = "";
    try {
      const said = JSON.parse(request.responseText);
      words = `${said.rule} ${said.next}`;
    } catch {
      // HEAD has no words.
    }
    return new Fault("refused", { words });
  };

  // told(state, about): queued, sending (offset), broken (seconds), paused, arrived, failed (words), door.
  class Sending {
    constructor({ begin, at, file, words, told }) {
      Object.assign(this, { begin, at, file, words, told });
      this.offset = 0;
      this.unsure = Boolean(at);
      this.stopped = true;
    }

    async run() {
      this.stopped = false;
      for (let tries = 0; !this.stopped; ) {
        try {
          if (!this.at) await this.make();
          if (this.unsure) await this.ask();
          while (this.offset < this.file.size && !this.stopped) {
            await this.part();
            tries = 0;
          }
          if (!this.stopped) return this.told("arrived");
        } catch (fault) {
          if (this.stopped) break;
          if (!fault.again) return this.told(fault.kind === "door" ? "door" : "failed", fault.words);
          if (fault.kind === "gone") Object.assign(this, { at: "", offset: 0, unsure: false });
          else this.unsure = Boolean(this.at);
          await this.rest(PAUSES[Math.min(tries, PAUSES.length - 1)]);
          tries += 1;
        }
      }
      return undefined;
    }

    // Cut short when the machine is on line again, and by a pause.
    async rest(seconds) {
      this.told("broken", seconds);
      const awake = new Promise((done) => {
        this.wake = done;
      });
      window.addEventListener("online", this.wake, { once: true });
      await Promise.race([wait(seconds), awake]);
    }

    pause() {
      this.stopped = true;
      if (this.request) this.request.abort();
      if (this.wake) this.wake();
      this.unsure = Boolean(this.at);
      this.told("paused");
    }

    async drop() {
      this.stopped = true;
      if (this.request) this.request.abort();
      if (this.at) await this.send("DELETE", this.at).catch(() => undefined);
    }

    async make() {
      const answer = await this.send("POST", this.begin, {
        "Upload-Length": this.file.size,
        "Upload-Metadata": encoded(this.words),
      });
      this.at = answer.getResponseHeader("Location");
      this.told("begun", this.at);
    }

    async ask() {
      const answer = await this.send("HEAD", this.at);
      this.offset = Number(answer.getResponseHeader("Upload-Offset"));
      this.unsure = false;
      this.told("sending", this.offset);
    }

    async part() {
      const part = this.file.slice(this.offset, this.offset + PART);
      const headers = await checksum(part).catch(() => {
        // The file was moved, changed or unplugged since it was chosen.
        throw new Fault("refused", { words: this.unreadable });
      });
      if (this.stopped) throw new Fault("broken", { again: true });
      const answer = await this.send(
        "PATCH",
        this.at,
        { ...headers, "Upload-Offset": this.offset, "Content-Type": "application/offset+octet-stream" },
        part,
      );
      this.offset = Number(answer.getResponseHeader("Upload-Offset"));
      this.told("sending", this.offset);
    }

    send(method, at, headers = {}, body = null) {
      return new Promise((done, failed) => {
        const request = new XMLHttpRequest();
        this.request = request;
        request.open(method, at);
        request.method = method;
        const all = { "Tus-Resumable": "1.0.0", ...window.ownHeaders(), "HX-Request": "true", ...headers };
        for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
        const before = this.offset;
        request.upload.addEventListener("progress", (event) => this.told("sending", before + event.loaded));
        request.addEventListener("loadend", () => {
          if (!request.status) failed(new Fault("broken", { again: true }));
          else if (request.status < 300 && request.getResponseHeader("Tus-Resumable")) done(request);
          else failed(faultOf(request));
        });
        request.send(body);
      });
    }
  }

  return { Sending, fingerprint, wait };
})();
