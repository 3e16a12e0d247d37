// The booking pages. Everything works without this; with it, the calendar is swapped in place, a zone is shown as soon
// as it is chosen, and the links of the step bar keep what was typed.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form) form.requestSubmit();
});

// A day was chosen on a phone: its times stand below the calendar, so bring them into view.
let dayChosen = false;
document.addEventListener("htmx:beforeRequest", (event) => {
  dayChosen = Boolean(event.target.closest("[data-day]"));
});
document.addEventListener("htmx:afterSettle", () => {
  if (!dayChosen || matchMedia("(min-width: 60rem)").matches) return;
  dayChosen = false;
  document.getElementById("times")?.scrollIntoView({ block: "start" });
});

// Stepping back by the bar: the form goes along, so that nothing typed is lost.
document.addEventListener("click", (event) => {
  const form = document.querySelector("form[data-keep]");
  const link = form && event.target.closest(".steps a, .change a");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const go = document.createElement("input");
  Object.assign(go, { type: "hidden", name: "change", value: link.closest(".change") || link.pathname.endsWith("/book/") ? "service" : "time" });
  form.append(go);
  form.noValidate = true;
  form.submit();
});
