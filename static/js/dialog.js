// <a href="/the-same-words-as-a-page/" data-dialog="cancel-dialog">: opens <dialog id="cancel-dialog"> where it is on the
// page, else follows the link. Inside: data-close on what closes it. A click on the backdrop closes too.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const open = event.target.closest("dialog[open]");
  if (open && (event.target === open || event.target.closest("[data-close]"))) {
    event.preventDefault();
    open.close();
  }
});
