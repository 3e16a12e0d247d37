// Changing or taking back what one has written oneself.
const change = (line) => {
  if (line.querySelector(".msg-edit")) return;
  const words = line.querySelector(".msg-words");
  const url = line.querySelector("[data-change]").href;
  const edit = make("form", "msg-edit");
  edit.dataset.many = "";
  const field = Object.assign(make("textarea", ""), { value: words?.innerText ?? "", maxLength: 4000, rows: 3 });
  field.setAttribute("aria-label", say("Edit"));
  const told = make("p", "chat-problem");
  told.setAttribute("role", "alert");
  const row = make("p", "acts");
  for (const [label, look, kind] of [[say("Save"), "btn btn-ink btn-sm", "submit"], [say("Cancel"), "btn btn-quiet btn-sm", "button"], [say("TakeBack"), "btn btn-danger btn-sm", "button"]])
    row.append(Object.assign(make("button", look, label), { type: kind }));
  edit.append(field, told, row);
  const close = () => {
    edit.remove();
    line.classList.remove("is-edited");
    box.focus();
  };
  const act = async (values) => {
    try {
      const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, ...values });
      const answer = await ask(url, { method: "POST", body });
      close();
      take(answer.message);
    } catch (error) {
      if (error.answer?.status >= 500) told.textContent = say("NotNow");
      else if (error.answer) told.textContent = (await error.answer.json()).error;
      else if (error instanceof TypeError) told.textContent = say("Offline");
      else if (error instanceof Lost) (close(), catchUp());
      else throw error;
    }
  };
  edit.addEventListener("submit", (event) => {
    event.preventDefault();
    act({ act: "edit", body: field.value });
  });
  const [, cancel, takeBack] = row.children;
  cancel.addEventListener("click", close);
  takeBack.addEventListener("click", () => confirm(say("Confirm")) && act({ act: "delete" }));
  field.addEventListener("keydown", (event) => event.key === "Escape" && close());
  line.classList.add("is-edited");
  line.querySelector(".msg-in").prepend(edit);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
};
list.addEventListener("click", (event) => {
  const link = event.target.closest("[data-change]");
  if (!link || over) return;
  event.preventDefault();
  change(link.closest("[data-message]"));
});
