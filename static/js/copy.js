// Copy a link: <button type="button" hidden data-copy="https://…" data-copied="Link copied">. Shown only where it can work.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  document.dispatchEvent(new CustomEvent("naksha:toast", { detail: button.dataset.copied || "Copied" }));
});
