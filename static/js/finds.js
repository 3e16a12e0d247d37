// <input list="clients"> with <datalist id="clients" data-finds="/where/to/ask/">: what is offered is asked for while one
// types, ?q= what was typed. Without script, and until the answer is there, the list offers what it came with.
for (const list of document.querySelectorAll("datalist[data-finds]")) {
  const input = document.querySelector(`input[list="${list.id}"]`);
  let waiting;
  input?.addEventListener("input", () => {
    clearTimeout(waiting);
    if (!input.value || [...list.options].some((option) => option.value === input.value)) return;
    waiting = setTimeout(async () => {
      const typed = input.value;
      const answer = await fetch(`${list.dataset.finds}?${new URLSearchParams({ q: typed })}`, { redirect: "manual" }).catch(() => null);
      if (answer?.ok && input.value === typed) list.innerHTML = await answer.text();
    }, 200);
  });
}
