// Giving a role: offer only the sections that fit the chosen role and unit. The server insists anyway.
"use strict";
const grant = document.querySelector("[data-grant]");
if (grant) {
  const { role, unit, section } = grant.elements;
  const fit = () => {
    const wanted = role.selectedOptions[0].dataset.ofSection === "1";
    section.disabled = !wanted;
    section.required = wanted;
    for (const option of section.options) {
      option.hidden = option.value !== "" && option.dataset.unit !== unit.value;
    }
    if (!wanted || section.selectedOptions[0].hidden) section.value = "";
  };
  role.addEventListener("change", fit);
  unit.addEventListener("change", fit);
  fit();
}
