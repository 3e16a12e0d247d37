// <form data-guard>: leaving with something typed and not sent asks first.
let changed = null;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) changed = form;
});
document.addEventListener("submit", () => (changed = null));
addEventListener("beforeunload", (event) => {
  if (changed?.isConnected) event.preventDefault();
});
