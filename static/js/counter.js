// <textarea maxlength="500" data-counter="{n} left">: says how much room is left; aloud only near the end.
const count = (box) => {
  if (box.nextElementSibling?.matches(".counter")) return;
  const most = Number(box.getAttribute("maxlength"));
  const words = box.dataset.counter.includes("{n}") ? box.dataset.counter : "{n} left";
  const said = Object.assign(document.createElement("p"), { className: "tiny counter" });
  const tell = () => {
    const left = most - box.value.length;
    said.textContent = words.replace("{n}", left);
    said.setAttribute("aria-live", left <= 20 ? "polite" : "off");
  };
  box.after(said);
  box.addEventListener("input", tell);
  tell();
};
const countAll = () => document.querySelectorAll("[data-counter][maxlength]").forEach(count);
countAll();
document.addEventListener("htmx:afterSettle", countAll);
