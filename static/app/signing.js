// The pad a signature is drawn on: mouse, finger, pen or keyboard; its picture and strokes go along.
"use strict";
(() => {
  const MOST_POINTS = 5000;
  const STEP = 10;
  const startPad = (pad) => {
    const canvas = pad.querySelector("canvas");
    const pen = pad.querySelector("[data-pen]");
    const state = pad.querySelector("[data-pad-state]");
    const form = pad.closest("form");
    const brush = canvas.getContext("2d");
    let strokes = [];
    let begun = 0;
    let down = false;
    let at = [canvas.width / 8, canvas.height / 2];

    const count = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
    const keep = () => {
      form.elements.drawing.value = strokes.length ? canvas.toDataURL("image/png") : "";
      form.elements.strokes.value = strokes.length ? JSON.stringify(strokes) : "";
    };
    const time = () => {
      if (!strokes.length) begun = performance.now();
      return Math.round(performance.now() - begun);
    };
    const point = ([x, y]) => {
      const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
      return [within(x, canvas.width), within(y, canvas.height), time()];
    };
    const begin = (place) => {
      const first = point(place);
      strokes.push([first]);
      brush.fillStyle = "#111";
      brush.beginPath();
      brush.arc(first[0], first[1], 2.5, 0, 2 * Math.PI);
      brush.fill();
    };
    const draw = (place) => {
      if (count() >= MOST_POINTS) return;
      const stroke = strokes[strokes.length - 1];
      const [from, to] = [stroke[stroke.length - 1], point(place)];
      if (from[0] === to[0] && from[1] === to[1]) return;
      stroke.push(to);
      brush.strokeStyle = "#111";
      brush.lineWidth = 5;
      brush.lineCap = brush.lineJoin = "round";
      brush.beginPath();
      brush.moveTo(from[0], from[1]);
      brush.lineTo(to[0], to[1]);
      brush.stroke();
    };
    const clear = () => {
      strokes = [];
      down = false;
      brush.clearRect(0, 0, canvas.width, canvas.height);
      pen.classList.remove("down");
      state.textContent = state.dataset.empty;
      keep();
    };

    const placeOf = (event) => {
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    };
    let drawing = false;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || count() >= MOST_POINTS) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      pen.hidden = true;
      drawing = true;
      down = false;
      begin(placeOf(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (drawing) draw(placeOf(event));
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, () => {
        drawing = false;
        keep();
      });
    }

    const showPen = () => {
      pen.hidden = false;
      pen.style.left = `${(100 * at[0]) / canvas.width}%`;
      pen.style.top = `${(100 * at[1]) / canvas.height}%`;
      pen.classList.toggle("down", down);
    };
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Delete" || event.key === "Backspace") clear();
      else if (event.key === " ") {
        down = !down && count() < MOST_POINTS;
        if (down) begin(at);
        state.textContent = down ? state.dataset.down : state.dataset.up;
      } else if (moves[event.key]) {
        const [x, y] = moves[event.key];
        const far = event.shiftKey ? 4 * STEP : STEP;
        at = [
          Math.max(0, Math.min(canvas.width, at[0] + far * x)),
          Math.max(0, Math.min(canvas.height, at[1] + far * y)),
        ];
        if (down) draw(at);
      } else return;
      event.preventDefault();
      event.stopPropagation();
      showPen();
      keep();
    });
    canvas.addEventListener("blur", () => {
      pen.hidden = true;
      down = false;
    });
    pad.querySelector("[data-clear]").addEventListener("click", clear);
    keep();
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-pad]").forEach(startPad);
    // A refused form stays as it was typed, but for the password.
    document.addEventListener("htmx:afterRequest", (event) => {
      const field = event.target.elements && event.target.elements.password;
      if (field && !event.detail.successful) field.value = "";
    });
  });
})();
