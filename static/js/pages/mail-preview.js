// A mail as it would go out, while its words are typed: <form data-mail-preview="/where/it/is/drawn/"> and
// <iframe name="mail-preview">. The mail shown is that of the words that are typed, or of the button that was pressed.
const form = document.querySelector("[data-mail-preview]");
const frame = document.querySelector("iframe[name=mail-preview]");
const buttons = document.querySelectorAll("[formtarget=mail-preview]");
let kind = buttons[0].value;
let waiting;
let asked = 0;

const draw = async () => {
  const mine = ++asked;
  const body = new FormData(form);
  body.set("kind", kind);
  const answer = await fetch(form.dataset.mailPreview, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return; // it stays as it was; saving says what is wrong
  const mail = await answer.text();
  const page = frame.contentDocument;
  if (mine !== asked || !page) return;
  const top = page.scrollingElement?.scrollTop ?? 0;
  page.documentElement.innerHTML = mail;
  page.scrollingElement.scrollTop = top;
};
const show = (wanted) => {
  kind = wanted;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === kind));
};

form.addEventListener("input", (event) => {
  const of = event.target.closest("[data-kind]")?.dataset.kind;
  if ([...buttons].some((button) => button.value === of)) show(of);
  clearTimeout(waiting);
  waiting = setTimeout(draw, 300);
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget !== "mail-preview") return;
  event.preventDefault();
  show(event.submitter.value);
  draw();
});
