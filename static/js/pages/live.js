// A page that stays true while it is open: <div data-live="/fragment/" data-live-on="bookings sessions"
// data-version='W/"…"'> asks whether it has changed (304: no) and takes the new fragment: at once when the socket of
// static/js/bell.js tells of one of its topics, every two minutes beside it, and every 20 seconds without it. Nothing is
// replaced while a form is being sent, holds what somebody has typed into it, or something is data-busy; then a later
// round does it. Who stands on a link or button with the keyboard goes on standing on it, or where it is gone on what is
// data-live-home; what was unfolded stays so, and tables stay scrolled. What the server drew only once, and a form that
// asks for something else, is data-live-stays="name" on both sides: the element that is there is put where the new one
// would be.
const box = document.querySelector("[data-live]");
const news = document.querySelector("[data-live-news]");
const EVERY = 20000;
const LONGEST = 60000; // an answer that takes longer is given up
let version = box.dataset.version;
const words = box.querySelector("[data-live-words]")?.textContent;

const say = (lost) => {
  const mark = box.querySelector("[data-live-mark]");
  if (!mark) return;
  mark.classList.toggle("is-lost", lost);
  mark.querySelector("[data-live-words]").textContent = lost ? box.dataset.lost : words;
};
const TEXTS = 'form[method="post"] :is(textarea, input:not([type="checkbox"], [type="radio"]))';
const typed = () => [...box.querySelectorAll(TEXTS)].some((field) => field.value !== field.defaultValue);
const BUSY = "form[data-sent], [data-busy], [data-live-stays] :is(input:not([readonly]), select, textarea):focus";
const busy = () => box.querySelector(BUSY) || typed();
const nameOf = (summary) => `${summary.closest("[id]")?.id} ${summary.textContent}`;
const unfolded = () => [...box.querySelectorAll("details[open] > summary")].map(nameOf);
const quoted = (name, value) => (value === null ? `:not([${name}])` : `[${name}="${CSS.escape(value)}"]`);
const place = () => {
  const held = document.activeElement;
  if (!box.contains(held)) return null;
  if (held.matches("summary")) {
    const name = nameOf(held);
    return () => [...box.querySelectorAll("summary")].find((summary) => nameOf(summary) === name);
  }
  const like = () => {
    if (held.id) return `#${CSS.escape(held.id)}`;
    if (held.matches("a[href]")) return `a${quoted("href", held.getAttribute("href"))}`;
    if (held.form) return `form${quoted("action", held.form.getAttribute("action"))} button`;
    if (held.matches(".table-in")) return `.table-in${quoted("aria-labelledby", held.getAttribute("aria-labelledby"))}`;
    return held.matches("[data-copy]") ? "[data-copy]" : "[data-live-home], h1";
  };
  const there = like();
  return () => box.querySelector(there);
};
const put = (fresh) => {
  const stays = [...box.querySelectorAll("[data-live-stays]")];
  const scrolled = [...box.querySelectorAll(".table-in")].map((table) => [table.scrollLeft, table.scrollTop]);
  const open = unfolded();
  box.innerHTML = fresh;
  for (const one of stays) box.querySelector(`[data-live-stays="${one.dataset.liveStays}"]`)?.replaceWith(one);
  for (const summary of box.querySelectorAll("details > summary")) summary.parentElement.open ||= open.includes(nameOf(summary));
  for (const [at, table] of [...box.querySelectorAll(".table-in")].entries()) table.scrollTo(...(scrolled[at] ?? [0, 0]));
  for (const button of box.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  for (const button of box.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
};

const ask = async () => {
  try {
    const headers = { "If-None-Match": version, "X-Requested-With": "fetch" };
    const response = await fetch(box.dataset.live, { headers, redirect: "manual", signal: AbortSignal.timeout(LONGEST) });
    if (response.type === "opaqueredirect") return location.reload(); // logged out meanwhile
    if (response.status === 404) return location.reload(); // it is gone, or opens no longer
    if (response.status === 200) {
      const fresh = await response.text();
      if (busy()) return;
      version = response.headers.get("ETag") ?? version;
      const before = box.textContent.replace(/\s+/g, " ");
      const held = place();
      put(fresh);
      if (held) (held() ?? box.querySelector("[data-live-home]"))?.focus({ preventScroll: true });
      document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
      if (news && box.textContent.replace(/\s+/g, " ") !== before) news.textContent = box.dataset.news;
    }
    say(!response.ok && response.status !== 304);
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error; // TypeError: the network is away
    say(true);
  }
};
// One look at a time, so that no older answer is drawn over a newer one. What came meanwhile has a look of its own.
let asking = false;
let again = false;
const look = async () => {
  if (document.hidden || busy()) return;
  again = asking;
  if (asking) return;
  asking = true;
  try {
    await ask();
  } finally {
    asking = false;
  }
  if (again) look();
};
const topics = box.dataset.liveOn?.split(" ") ?? [];
let rounds = 0;
setInterval(() => {
  if (document.documentElement.dataset.socket !== "open" || ++rounds % 6 === 0) look();
}, EVERY);
// A change is often told in several parts: one look for all that come together.
let soon = null;
document.addEventListener("naksha:changed", (event) => {
  if (event.detail !== "*" && !topics.includes(event.detail)) return;
  soon ??= setTimeout(() => {
    soon = null;
    look();
  }, 150);
});
document.addEventListener("visibilitychange", look);
