// What was written and is not yet with the server: shown as lines of its own, kept over a reload, set aside, dropped.
// {key, body, files, line}, and for those that wait: `names` of files that a reload has taken, `fails` of the server in a
// row, `aside` once others go before it.
const outbox = [];
const keep = () => {
  const waiting = outbox.map(({ key, body, files, names }) => ({ key, body, names: names ?? files.map((file) => file.name) }));
  waiting.length ? sessionStorage.setItem(`${store}:out`, JSON.stringify(waiting)) : sessionStorage.removeItem(`${store}:out`);
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
const draw = (entry) => {
  const { key, body, files, names = files.map((file) => file.name) } = entry;
  const line = (entry.line = make("li", "msg is-mine is-pending"));
  line.dataset.pending = key;
  line.dataset.sent = new Date().toISOString();
  const inside = make("div", "msg-in");
  if (body) inside.append(Object.assign(make("p", "msg-words", body), { dir: "auto" }));
  for (const name of names) inside.append(make("p", "msg-file", name));
  if (files.length) inside.append(Object.assign(make("progress", "msg-progress"), { max: 1, value: 0 }));
  inside.append(make("p", "msg-foot msg-state", say("Sending")));
  line.append(inside);
};
const add = (entry) => {
  draw(entry);
  list.append(entry.line);
  part("empty")?.setAttribute("hidden", "");
  outbox.push(entry);
  keep();
};
const queue = (body, files = [], key = uuid()) => {
  add({ key, body, files });
  toEnd();
  flush();
};
const drop = (entry) => {
  outbox.splice(outbox.indexOf(entry), 1);
  keep();
};
const discard = (entry) => [say("Drop"), () => {
  if (outbox.includes(entry)) drop(entry);
  entry.line.remove();
  marks();
}];
// A message whose files a reload has taken: its words are here, its files have to be picked again.
const askForFiles = (entry) => {
  const again = () => {
    const field = Object.assign(document.createElement("input"), { type: "file", multiple: true, accept: form.elements.files.accept });
    field.addEventListener("change", () => {
      const files = fitting(field.files);
      if (files.length) resume(entry, files);
    });
    field.click();
  };
  const acts = [[say("PickAgain"), again], discard(entry)];
  if (entry.body) acts.splice(1, 0, [say("Without"), () => resume(entry, [])]);
  state(entry, say("FilesLost"), acts);
};
const resume = (entry, files) => {
  delete entry.names;
  Object.assign(entry, { files, fails: 0, aside: false });
  const old = entry.line;
  draw(entry);
  old.replaceWith(entry.line);
  keep();
  flush();
  box.focus();
};
const restore = ({ key, body, names = [] }) => {
  if (list.querySelector(`[data-client-id="${CSS.escape(key)}"]`)) return keep(); // it had come through
  if (form && !names.length) return queue(body, [], key);
  const entry = { key, body, files: [], names };
  add(entry);
  form ? askForFiles(entry) : state(entry, say("Refused"), [discard(entry)]);
};
// What the server has after all (its answer was lost) waits no longer.
const settled = (key) => {
  const entry = outbox.find((one) => one.key === key && (one.names || one.aside));
  if (entry) drop(entry);
};
const aside = (entry) => {
  Object.assign(entry, { aside: true, last: false });
  entry.line.querySelector("progress")?.remove();
  state(entry, say("Aside"), [[say("Again"), () => resume(entry, entry.files)], discard(entry)]);
  list.append(entry.line); // later ones come before it
  news.textContent = entry.line.querySelector(".msg-state").firstChild.textContent;
};
// Words outlive a reload; files, and what could not be sent, would be lost with the page.
addEventListener("beforeunload", (event) => {
  if (picked.length || (!over && outbox.some((one) => one.files.length || one.names || one.fails))) event.preventDefault();
});
