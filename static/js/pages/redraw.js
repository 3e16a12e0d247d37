// <form data-redraw id="…">: a button named "arrange" changes the form on the server and draws it anew, without a
// reload. Without script the same button loads the page. data-redraw="live" also asks after each change, and then
// draws only the element that data-redraw-into names, so that nothing moves under the fingers.
const ask = async (form, submitter) => {
  const body = new FormData(form, submitter?.isConnected ? submitter : undefined);
  if (!body.has("arrange")) body.append("arrange", "tell");
  const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("redraw" in form.dataset) || event.submitter?.name !== "arrange") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  const day = submitter.closest("fieldset")?.id;
  try {
    const fresh = (await ask(form, submitter)).getElementById(form.id);
    form.replaceWith(document.adoptNode(fresh));
    fresh.dispatchEvent(new Event("input", { bubbles: true })); // what was typed is still to be saved
    const next = fresh.querySelector("[autofocus]") ?? fresh.querySelector(day ? `#${day} button` : "[name=arrange]");
    next?.focus({ preventScroll: true });
  } catch {
    form.dataset.redrawn = "";
    delete form.dataset.redraw;
    form.requestSubmit(submitter);
  }
}, true);

let waiting;
let asked = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest('form[data-redraw="live"]');
  if (!form || event.target === form) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const mine = ++asked;
    try {
      const page = await ask(form);
      const into = document.getElementById(form.dataset.redrawInto);
      const fresh = page.getElementById(form.dataset.redrawInto);
      if (mine === asked && into && fresh) into.replaceWith(document.adoptNode(fresh));
    } catch {
      // The preview stays as it was; saving tells what is wrong.
    }
  }, 350);
});
// What was saved meanwhile is drawn by whoever saved it (static/js/pages/autosave.js).
document.addEventListener("naksha:saved", () => {
  clearTimeout(waiting);
  asked++;
});
