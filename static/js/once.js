// A form is sent once: a second click on its button, while the first is under way, does nothing. Every POST form; a form
// that must be sendable again without leaving the page says data-many. Coming back through history frees the buttons.
const busy = (form, submitter) => {
  form.dataset.sent = "";
  const button = submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
};
const free = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "many" in form.dataset || event.defaultPrevented) return;
  if ("sent" in form.dataset) return event.preventDefault();
  // Only marked, never disabled: a disabled button would not be sent with the form.
  busy(form, event.submitter);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) free(form);
});
