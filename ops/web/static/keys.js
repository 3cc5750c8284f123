// Single keys on a task's page. They act outside of fields only, are shown beside what they do,
// and can be turned off; the form works without them.
const off = () => localStorage.getItem("keys") === "off";
const show = () => {
  document.documentElement.classList.toggle("no-keys", off());
  const toggle = document.getElementById("keys");
  if (toggle) {
    toggle.hidden = false;
    toggle.setAttribute("aria-pressed", String(!off()));
  }
};
document.addEventListener("DOMContentLoaded", () => {
  show();
  document.getElementById("keys")?.addEventListener("click", () => {
    localStorage.setItem("keys", off() ? "on" : "off");
    show();
  });
  const outcomes = [...document.querySelectorAll("input[name=outcome]")];
  const offer = () => {
    const chosen = outcomes.find((each) => each.checked)?.value;
    const reasons = [...document.querySelectorAll("#reason option")];
    if (!chosen || !reasons.length) return;
    const fit = reasons.find((each) => each.dataset.outcome === chosen);
    if (fit) fit.selected = true;
  };
  outcomes.forEach((each) => each.addEventListener("change", offer));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("textarea, select, input:not([type=radio])");
    if (off() || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const meant = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!meant) return;
    event.preventDefault();
    if (meant.type === "radio") {
      meant.checked = true;
      meant.focus();
      offer();
    } else {
      meant.click();
    }
  });
});
