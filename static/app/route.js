// Shows a step's person and its share only where they mean something.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const fit = (step) => {
    const says = {
      person: step.querySelector("[name=party]").value === "person",
      ratio: step.querySelector("[name=how]").value === "ratio",
    };
    step.querySelectorAll("[data-when]").forEach((field) => {
      field.hidden = !says[field.dataset.when];
    });
  };
  document.querySelectorAll("[data-step]").forEach((step) => {
    fit(step);
    step.addEventListener("change", () => fit(step));
  });
});
