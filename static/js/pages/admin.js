// Unfold's scrolling boxes all carry the same name; each gets its own, so that a screen reader can tell them apart.
addEventListener("load", () => {
  document.querySelectorAll(".simplebar-content-wrapper").forEach((box, n) => {
    const part = box.closest("nav") ? "Navigation" : "Content";
    box.setAttribute("aria-label", `${part}, scrolls (${n + 1})`);
  });
});
