// <button type="button" hidden data-share="https://…" data-share-title="Ira Deshmukh" data-copied="Link copied">: the
// device's own share sheet, else the link goes to the clipboard. Shown only where one of the two can work.
for (const button of document.querySelectorAll("[data-share]")) button.hidden = !(navigator.share || navigator.clipboard);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-share]");
  if (!button) return;
  if (!navigator.share) {
    await navigator.clipboard.writeText(button.dataset.share);
    document.dispatchEvent(new CustomEvent("naksha:toast", { detail: button.dataset.copied || "Link copied" }));
    return;
  }
  try {
    await navigator.share({ url: button.dataset.share, title: button.dataset.shareTitle || document.title });
  } catch (error) {
    if (error.name !== "AbortError") throw error; // the person closed the sheet
  }
});
