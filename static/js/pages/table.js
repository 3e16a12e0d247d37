// The table of sessions: kept choices, the keyboard, the menu of a row's state, the head's "all on this page". The
// rows themselves are swapped by htmx (parts.js beside it) and kept true by live.js; without script all of it is links and one form.
const box = document.getElementById("sessions");
const find = document.getElementById("find");
const search = document.getElementById("id_q");
const chosen = new Set();

if (window.htmx) htmx.config.refreshOnHistoryMiss = true; // the way back loads the page: its search belongs to it
for (const button of document.querySelectorAll("[data-needless]")) button.hidden = true;

// --- what follows the rows -------------------------------------------------------------------

const rows = () => [...box.querySelectorAll("[data-row]")];
const follow = () => {
  const { search: query } = location;
  box.dataset.live = box.dataset.live.split("?")[0] + query;
  for (const link of document.querySelectorAll("[data-follows-address]")) link.href = link.href.split("?")[0] + query;
};
const fillForm = () => {
  const asked = new URLSearchParams(location.search);
  for (const control of find.elements) {
    if (control.type === "checkbox") control.checked = asked.getAll(control.name).includes(control.value);
    else if (["q", "from", "to"].includes(control.name) && control !== document.activeElement) control.value = asked.get(control.name) ?? "";
    else if (control.name === "client" && !asked.has("client")) control.value = "";
  }
};
document.addEventListener("htmx:pushedIntoHistory", () => {
  follow();
  fillForm();
});

// --- who is chosen ---------------------------------------------------------------------------
// Choices outlive a swap of the rows; those whose row is no longer shown are given up.

const picks = () => [...box.querySelectorAll('input[name="id"]')];
const countChosen = () => {
  const words = box.querySelector("[data-chosen-words]");
  const all = picks();
  const on = all.filter((pick) => pick.checked);
  if (words) words.textContent = words.dataset.chosenWords.replace("{n}", on.length);
  const head = box.querySelector("[data-pick-page]");
  if (head) [head.checked, head.indeterminate] = [on.length > 0 && on.length === all.length, on.length > 0 && on.length < all.length];
};
const redrawn = () => {
  const here = new Set(picks().map((pick) => pick.value));
  for (const pk of chosen) if (!here.has(pk)) chosen.delete(pk);
  for (const pick of picks()) pick.checked = chosen.has(pick.value);
  for (const one of box.querySelectorAll("[data-needs-script]")) one.hidden = false;
  for (const opener of box.querySelectorAll("[data-acts]")) {
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-haspopup", "true");
    opener.setAttribute("aria-expanded", "false");
  }
  countChosen();
};
box.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-page]")) for (const pick of picks()) pick.checked = event.target.checked;
  for (const pick of picks()) chosen[pick.checked ? "add" : "delete"](pick.value);
  countChosen();
});
const choose = (row) => {
  const pick = row?.querySelector('input[name="id"]');
  if (!pick) return;
  pick.checked = !pick.checked;
  pick.dispatchEvent(new Event("change", { bubbles: true }));
};
for (const swapped of ["htmx:afterSwap", "htmx:afterSettle"]) document.addEventListener(swapped, redrawn);

// A login that has ended meanwhile answers with another page: this one is loaded again then, which leads to the login and
// back here.
const isOurs = (url) => new URL(url).pathname.startsWith(box.dataset.live.split("list/")[0]);

// --- a row's menu ----------------------------------------------------------------------------
// What the state allows now, asked for when the menu opens. Its forms go to the session's own addresses, which lead back
// to the rows as they are then, with what there is to say before them.

const notices = document.querySelector("[data-notices]");
const say = (words) => {
  const notice = Object.assign(document.createElement("div"), { className: "notice error" });
  notice.append(Object.assign(document.createElement("p"), { textContent: words }));
  notices.replaceChildren(notice);
};
const close = (focus) => {
  const menu = box.querySelector("[data-busy]");
  if (!menu) return;
  const opener = menu.previousElementSibling;
  menu.remove();
  opener.setAttribute("aria-expanded", "false");
  if (focus) opener.focus();
  document.dispatchEvent(new CustomEvent("naksha:changed", { detail: "*" })); // what was held back meanwhile
};
const open = async (opener) => {
  const again = opener.nextElementSibling?.matches("[data-busy]");
  close(again);
  if (again) return;
  const menu = Object.assign(document.createElement("div"), { className: "menu" });
  menu.dataset.busy = "";
  opener.after(menu);
  opener.setAttribute("aria-expanded", "true");
  const next = `${box.dataset.live.split("?")[0]}${location.search}`;
  try {
    const answer = await fetch(`${opener.pathname}acts/?${new URLSearchParams({ of: opener.dataset.acts, next })}`, { redirect: "manual" });
    if (answer.type === "opaqueredirect") return location.reload();
    if (!answer.ok) throw new TypeError(answer.status);
    menu.innerHTML = await answer.text();
    menu.querySelector("button, a")?.focus();
  } catch {
    close(true);
    say(box.dataset.actsFailed);
  }
};
const take = (text) => {
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const said = fresh.content.querySelector(".notices");
  said?.remove();
  box.replaceChildren(fresh.content);
  notices.replaceChildren();
  if (said?.querySelector(".error")) notices.replaceChildren(...said.children);
  else if (said) document.dispatchEvent(new CustomEvent("naksha:toast", { detail: said.textContent.trim() }));
  redrawn();
};
box.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-acts]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(opener);
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-busy], [data-acts]")) close(false);
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.closest("[data-busy]")) return;
  event.preventDefault();
  const row = form.closest("[data-row]").dataset.row;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!isOurs(answer.url)) return location.reload();
    if (!answer.ok) throw new TypeError(answer.status);
    take(await answer.text());
    box.querySelector(`[data-row="${row}"] th a`)?.focus();
  } catch {
    close(true);
    say(box.dataset.actsFailed);
  }
}, true);
box.addEventListener("keydown", (event) => {
  const menu = event.target.closest("[data-busy]");
  if (event.target.matches("[data-acts]") && [" ", "ArrowDown"].includes(event.key)) {
    event.preventDefault();
    open(event.target);
  }
  if (!menu || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Escape") return close(true);
  const items = [...menu.querySelectorAll("button, a")];
  const at = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  items[(at + items.length) % items.length].focus();
});

// --- the keyboard ----------------------------------------------------------------------------
// j and k move, Enter opens (it is a link that has the focus), / searches. Keys with Ctrl, Alt or Meta, keys that are
// typed into something, and what follows a "g" or an "n" belong to others.

const held = () => document.activeElement?.closest?.("[data-row]");
const step = (by) => {
  const all = rows();
  const at = all.indexOf(held());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.querySelector("th a")?.focus();
  next?.scrollIntoView({ block: "nearest" });
};
const keys = {
  "/": () => {
    search.focus();
    search.select();
  },
  j: () => step(1),
  k: () => step(-1),
  x: () => choose(held()),
  s: () => {
    const opener = held()?.querySelector('[data-acts="state"]');
    if (opener) open(opener);
  },
};
let before = { key: "", at: 0 };
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && event.target === search && !search.value) search.blur();
  const second = ["g", "n"].includes(before.key) && event.timeStamp - before.at < 1500;
  before = { key: event.key, at: event.timeStamp };
  if (event.defaultPrevented || typing || second || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const act = Object.hasOwn(keys, event.key) && keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

redrawn();
