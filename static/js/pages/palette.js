// The command palette and the keys that every page of the dashboard knows. Ctrl or Command and K, or ?, opens it; g or n
// and a letter goes where a line of it says; / goes to the page's own search, or opens it. Keys that are typed into
// something belong to what is typed.
const palette = document.getElementById("palette");
const input = palette.querySelector("input");
const finds = palette.querySelector("[data-finds]");
const said = palette.querySelector("[data-said]");
const groups = [...palette.querySelectorAll("[data-group]")];
const places = new Map([...palette.querySelectorAll("[data-keys]")].map((link) => [link.dataset.keys, link]));
const FIRST_KEYS = new Set([...places.keys()].map((keys) => keys[0]));
const TOGETHER = 1500; // ms between two keys that mean one thing
const REST = 180; // ms without a letter before the server is asked

const shown = () => [...palette.querySelectorAll(".finds a")].filter((link) => link.checkVisibility());

function open() {
  if (palette.open) return;
  input.value = "";
  narrow();
  palette.showModal();
  input.focus();
}

function narrow() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of groups) {
    const lines = [...group.querySelectorAll("li")];
    for (const line of lines) line.hidden = !words.every((word) => line.textContent.toLowerCase().includes(word));
    group.hidden = lines.every((line) => line.hidden);
  }
}

let asking;
async function ask() {
  asking?.abort();
  const typed = input.value.trim();
  if (!typed) {
    finds.replaceChildren();
    said.textContent = "";
    return;
  }
  asking = new AbortController();
  const address = `${palette.dataset.found}?${new URLSearchParams({ q: typed })}`;
  const answer = await fetch(address, { signal: asking.signal, redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") location.reload(); // logged out meanwhile
  if (!answer?.ok || input.value.trim() !== typed) return; // Enter still searches on a page of its own
  finds.innerHTML = await answer.text();
  said.textContent = palette.dataset.count.replace("%s", shown().length);
}

let resting;
input.addEventListener("input", () => {
  narrow();
  clearTimeout(resting);
  resting = setTimeout(ask, REST);
});

palette.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const stops = [input, ...shown()];
    const at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[(at + stops.length) % stops.length].focus();
  } else if (event.key === "Enter" && event.target === input) {
    const [only] = groups.some((group) => !group.hidden) && !finds.querySelector("a") ? shown() : [];
    if (!only) return; // the form searches
    event.preventDefault();
    only.click();
  } else if (event.target.matches?.(".finds a") && event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
    input.focus(); // and the letter is typed there
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open();
});

let before = { key: "", at: 0 };
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
    return;
  }
  const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const last = before;
  before = { key: event.key, at: event.timeStamp };
  if (event.defaultPrevented || typing || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const goal = event.timeStamp - last.at < TOGETHER && FIRST_KEYS.has(last.key) && places.get(last.key + event.key);
  if (goal) {
    event.preventDefault();
    goal.click();
  } else if (event.key === "?") {
    event.preventDefault();
    open();
  } else if (event.key === "/") {
    event.preventDefault();
    const search = document.querySelector("main [data-search], main input[type=search]");
    if (search?.checkVisibility()) search.select();
    else open();
  }
});
