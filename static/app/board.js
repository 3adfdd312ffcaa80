// Draws the board's pictures from their JSON; on a wall turns its pages and survives a lost line.
"use strict";
(() => {
  const TURN = 15000;
  const drawn = new Map();

  function draw() {
    for (const [place, chart] of drawn) {
      if (!place.isConnected) { chart.dispose(); drawn.delete(place); }
    }
    for (const place of document.querySelectorAll("[data-option]")) {
      if (drawn.has(place) || !place.clientWidth) continue;
      drawn.set(place, paint(place));
      watch.observe(place);
    }
  }

  function paint(place) {
    const option = JSON.parse(document.getElementById(place.dataset.option).textContent);
    const style = getComputedStyle(place);
    const size = parseFloat(style.fontSize);
    const bars = option.yAxis.type === "category";
    if (bars) {
      const needed = 9 * size + option.yAxis.data.length * 4.2 * size;
      place.style.height = `${Math.max(place.clientHeight, needed)}px`;
      option.yAxis.axisLabel.width = Math.min(place.clientWidth * 0.34, 15 * size);
      option.yAxis.axisLabel.lineHeight = 1.2 * size;
    } else {
      option.tooltip.formatter = (points) => [points[0].value[0]]
        .concat(points.map((point) => `${point.seriesName}  ${point.value[1]}`)).join("\n");
    }
    option.textStyle = { fontFamily: style.fontFamily, fontSize: size };
    for (const part of [option.xAxis, option.yAxis]) {
      part.axisLabel = { fontSize: size, color: "#212529", ...part.axisLabel };
      part.nameTextStyle = { fontSize: size, color: "#212529" };
    }
    for (const series of option.series) {
      if (series.label && place.clientWidth < 30 * size) series.label.padding = [1, 1];
      for (const label of [series.label, series.markLine?.label]) if (label) label.fontSize = size;
    }
    option.legend.textStyle = { fontSize: size, color: "#212529" };
    option.tooltip.textStyle = { fontSize: size, fontFamily: style.fontFamily };
    option.grid.top = (1.8 * rows(option.series, place.clientWidth / size) + 1.6) * size;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option);
    return chart;
  }

  // How many rows the legend takes: a Chinese character is as wide as the type is high.
  function rows(series, width) {
    let used = 0;
    let count = 1;
    for (const { name } of series) {
      const wide = 4 + [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1 : 0.6), 0);
      if (used && used + wide > width) { count += 1; used = 0; }
      used += wide;
    }
    return count;
  }

  const watch = new ResizeObserver((seen) => {
    for (const { target } of seen) drawn.get(target)?.resize();
  });

  const wall = document.querySelector("[data-wall]");
  let at = 0;
  let turning = 0;

  function show(by = 0) {
    const slides = [...document.querySelectorAll("[data-slide]")];
    if (!slides.length) return;
    at = (at + by + slides.length) % slides.length;
    slides.forEach((slide, place) => { slide.hidden = place !== at; });
    draw();
  }

  function pause(stay) {
    clearInterval(turning);
    turning = stay ? 0 : setInterval(() => show(1), TURN);
    wall.querySelector("[data-pause]").setAttribute("aria-pressed", String(stay));
  }

  function turn(by) {
    show(by);
    if (turning) pause(false);
  }

  function press(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) turn(by);
  }

  function hang() {
    const buttons = wall.querySelector("[data-turning]");
    buttons.hidden = false;
    buttons.addEventListener("click", ({ target }) => {
      if (target.dataset.turn) turn(Number(target.dataset.turn));
      if ("pause" in target.dataset) pause(turning !== 0);
      if ("full" in target.dataset) wall.requestFullscreen();
    });
    document.addEventListener("keydown", press);
    document.body.addEventListener("htmx:beforeOnLoad", sent);
    document.body.addEventListener("htmx:beforeSwap", answered);
    document.body.addEventListener("htmx:sendError", () => lost(true));
    document.body.addEventListener("htmx:afterSwap", () => show());
    show();
    pause(false);
  }

  // A session that ended: reload, and so come back to the wall after logging in.
  function sent(event) {
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")) return;
    event.preventDefault();
    location.reload();
  }

  function answered({ detail }) {
    detail.shouldSwap = detail.xhr.status === 200;
    lost(!detail.shouldSwap);
  }

  function lost(so) {
    wall.querySelector("[data-lost]").hidden = !so;
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  if (wall) hang(); else draw();
})();
