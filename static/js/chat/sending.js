// Writing, picking files, and sending both until the server has them.
const PATIENCE = 4; // so many errors of the server for one message, until the next is tried
let flushing = false;
let hurry = null; // ends a pause between two tries
const upload = (entry) => new Promise((done) => {
  const data = entry.files.length ? new FormData() : new URLSearchParams(); // words alone are read sooner
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.append("client_message_id", entry.key);
  data.append("body", entry.body);
  for (const file of entry.files) data.append("files", file);
  const request = new XMLHttpRequest();
  request.open("POST", root.dataset.messages);
  request.setRequestHeader("X-Requested-With", "fetch");
  request.timeout = 30000 + entry.files.reduce((sum, file) => sum + file.size, 0) / 20;
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    const shown = entry.line.querySelector("progress");
    if (shown && event.lengthComputable) shown.value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => done(request));
  request.send(data);
});
const ready = (entry) => !entry.names && !entry.aside;
const flush = async () => {
  if (flushing) return hurry?.();
  if (over || !form) return;
  flushing = true;
  let doubted = null; // the server fails with it: one of the others is tried, to learn whether with all
  for (let fails = 0, entry; !over && (entry = outbox.find((one) => ready(one) && one !== doubted) ?? outbox.find(ready)); ) {
    const answer = await upload(entry);
    const refused = [400, 409, 413].includes(answer.status);
    if (refused || answer.status === 200 || answer.status === 201) {
      if (outbox.includes(entry)) drop(entry);
      fails = 0;
      if (doubted && doubted !== entry) doubted.last = true; // the server works: once more, then it stands aside
      doubted = null;
    }
    if (refused) {
      entry.line.querySelector("progress")?.remove();
      state(entry, `${say("Refused")} ${answer.response?.error ?? ""}`, [discard(entry)]);
      news.textContent = entry.line.querySelector(".msg-state").textContent;
    } else if (answer.status === 200 || answer.status === 201) {
      entry.line.remove();
      take(answer.response.message);
    } else if (answer.status === 404 || answer.status === 403) {
      lost();
    } else if (outbox.includes(entry)) {
      if (answer.status >= 500) {
        entry.fails = (entry.fails ?? 0) + 1;
        if (entry.last) {
          aside(entry);
          continue;
        }
        if (doubted && doubted !== entry) doubted = null; // it fails with all: their order stays
        else if (entry.fails >= PATIENCE && outbox.some((one) => ready(one) && one !== entry)) {
          doubted = entry;
          state(entry, say("Failed"), [discard(entry)]);
          continue;
        }
      }
      const told = answer.status === 429 ? say("Quick") : navigator.onLine ? say("Failed") : say("Offline");
      const pause = answer.status === 429 ? 1000 * (Number(answer.getResponseHeader("Retry-After")) || 10) : Math.min(30000, 1000 * 2 ** fails++);
      await Promise.race([wait(pause), new Promise((done) => {
        addEventListener("online", done, { once: true });
        if (answer.status === 429) return state(entry, told);
        hurry = done;
        const [label, away] = discard(entry);
        state(entry, told, [[say("Again"), done], ...(entry.fails < PATIENCE ? [] : [[label, () => (away(), done())]])]);
      })]);
      hurry = null;
    }
  }
  flushing = false;
};
const grow = () => {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
};
const problem = (words) => {
  const told = part("problem");
  told.hidden = !words;
  told.textContent = words;
};
let picked = [];
const fitting = (files, before = []) => {
  problem("");
  const fit = [...before];
  for (const file of files) {
    if (file.size > 10 * 1024 * 1024) problem(say("TooLarge", { name: file.name }));
    else if (fit.length >= 5) problem(say("TooMany"));
    else if (fit.reduce((sum, one) => sum + one.size, file.size) > 20 * 1024 * 1024) problem(say("TooHeavy"));
    else fit.push(file);
  }
  return fit;
};
const pick = (files) => {
  picked = fitting(files, picked);
  drawPicked();
};
const drawPicked = () => {
  const shelf = part("picked");
  shelf.hidden = !picked.length;
  shelf.replaceChildren(...picked.map((file) => {
    const item = make("li", "", `${file.name} `);
    const button = make("button", "btn btn-link", "×");
    button.type = "button";
    button.setAttribute("aria-label", say("Remove", { name: file.name }));
    button.addEventListener("click", () => {
      picked = picked.filter((one) => one !== file);
      drawPicked();
      box.focus();
    });
    item.append(button);
    return item;
  }));
};
const submit = () => {
  const body = box.value.trim();
  if (!body && !picked.length) return;
  queue(body, picked);
  picked = [];
  drawPicked();
  problem("");
  box.value = "";
  sessionStorage.removeItem(`${store}:draft`);
  grow();
};
if (form && !over) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    box.focus();
  });
  let typedAt = 0;
  box.addEventListener("input", () => {
    grow();
    box.value ? sessionStorage.setItem(`${store}:draft`, box.value) : sessionStorage.removeItem(`${store}:draft`);
    if (box.value && Date.now() - typedAt > 3000) {
      typedAt = Date.now();
      send({ type: "typing" });
    }
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && !box.value) {
      const line = lines().filter(canChange).at(-1);
      if (line && !line.classList.contains("is-gone")) {
        event.preventDefault();
        change(line);
      }
    }
  });
  form.elements.files.addEventListener("change", () => {
    pick(form.elements.files.files);
    form.elements.files.value = "";
  });
  root.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    root.classList.add("is-over");
  });
  root.addEventListener("dragleave", (event) => root.contains(event.relatedTarget) || root.classList.remove("is-over"));
  root.addEventListener("drop", (event) => {
    root.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    pick(event.dataTransfer.files);
  });
  box.value ||= sessionStorage.getItem(`${store}:draft`) ?? "";
  grow();
}
