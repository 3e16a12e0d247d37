// An ink plate that says what was done: document.dispatchEvent(new CustomEvent("naksha:toast", { detail: "Link copied" })).
// It goes after 8 seconds, but stays while the pointer or the focus is on it. Errors never toast.
document.addEventListener("naksha:toast", (event) => {
  let shelf = document.querySelector(".toasts");
  if (!shelf) {
    shelf = Object.assign(document.createElement("div"), { className: "toasts" });
    shelf.setAttribute("role", "status");
    document.body.append(shelf);
  }
  const toast = Object.assign(document.createElement("div"), { className: "toast", textContent: event.detail });
  // The shelf must be in the page before its words are, or a screen reader says nothing.
  requestAnimationFrame(() => shelf.replaceChildren(toast));
  let timer;
  const wait = () => (timer = setTimeout(() => toast.remove(), 8000));
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", wait);
  wait();
});
