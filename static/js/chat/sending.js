// Writing, picking files, and sending both until the server has them.
const outbox = []; // {key, body, files, line}
let flushing = false;
const keep = () => {
  const words = outbox.filter((one) => !one.files.length).map(({ key, body }) => ({ key, body }));
  words.length ? sessionStorage.setItem(`${store}:out`, JSON.stringify(words)) : sessionStorage.removeItem(`${store}:out`);
};
const state = (entry, words, acts = []) => {
  const told = entry.line.querySelector(".msg-state");
  told.replaceChildren(words, ...acts.flatMap(([label, act]) => {
    const button = make("button", "btn btn-link", label);
    button.type = "button";
    button.addEventListener("click", act);
    return [" ", button];
  }));
};
const queue = (body, files = [], key = uuid()) => {
  const line = make("li", "msg is-mine is-pending");
  line.dataset.pending = key;
  line.dataset.sent = new Date().toISOString();
  const inside = make("div", "msg-in");
  if (body) inside.append(Object.assign(make("p", "msg-words", body), { dir: "auto" }));
  for (const file of files) inside.append(make("p", "msg-file", file.name));
  if (files.length) inside.append(Object.assign(make("progress", "msg-progress"), { max: 1, value: 0 }));
  inside.append(make("p", "msg-foot msg-state", say("Sending")));
  line.append(inside);
  list.append(line);
  part("empty")?.setAttribute("hidden", "");
  outbox.push({ key, body, files, line });
  keep();
  toEnd();
  flush();
};
const drop = (entry) => {
  outbox.splice(outbox.indexOf(entry), 1);
  keep();
};
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
const flush = async () => {
  if (flushing || over || !form) return;
  flushing = true;
  for (let fails = 0; outbox.length && !over; ) {
    const entry = outbox[0];
    const answer = await upload(entry);
    if (answer.status === 200 || answer.status === 201) {
      drop(entry);
      entry.line.remove();
      take(answer.response.message);
      fails = 0;
    } else if ([400, 409, 413].includes(answer.status)) {
      drop(entry);
      entry.line.querySelector("progress")?.remove();
      state(entry, `${say("Refused")} ${answer.response?.error ?? ""}`, [[say("Drop"), () => (entry.line.remove(), marks())]]);
      news.textContent = entry.line.querySelector(".msg-state").textContent;
    } else if (answer.status === 404 || answer.status === 403) {
      lost();
    } else {
      const told = answer.status === 429 ? say("Quick") : navigator.onLine ? say("Failed") : say("Offline");
      const pause = answer.status === 429 ? 1000 * (Number(answer.getResponseHeader("Retry-After")) || 10) : Math.min(30000, 1000 * 2 ** fails++);
      await Promise.race([wait(pause), new Promise((done) => {
        addEventListener("online", done, { once: true });
        state(entry, told, answer.status === 429 ? [] : [[say("Again"), done]]);
      })]);
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
const pick = (files) => {
  problem("");
  for (const file of files) {
    if (file.size > 10 * 1024 * 1024) problem(say("TooLarge", { name: file.name }));
    else if (picked.length >= 5) problem(say("TooMany"));
    else if (picked.reduce((sum, one) => sum + one.size, file.size) > 20 * 1024 * 1024) problem(say("TooHeavy"));
    else picked.push(file);
  }
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
