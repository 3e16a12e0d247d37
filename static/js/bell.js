// The bell of every page of a login: how much waits, told live. <details data-bell data-state="…" data-latest="…"
// data-socket="…">. One socket for the page; who else wants to know listens for "naksha:changed" on the document, whose
// detail names what has changed ("notifications", "bookings", …, or "*" after a time without the socket). Without a
// socket the count is asked for every minute. <html data-socket="open"> while it is open.
const bell = document.querySelector("[data-bell]");
const root = document.documentElement;
const plainTitle = document.title;
const POLL = 60000;
const SILENCE = 45000; // the server says something every 20 seconds
const LONGEST = 60000;

let socket = null;
let over = false; // logged out: nothing is asked any more
let tries = 0;
let etag = null;
let newest = null; // when the newest line that is known came
let poll = null;
let again = null;
let silence = null;

const tell = (topic) => document.dispatchEvent(new CustomEvent("naksha:changed", { detail: topic }));

const show = ({ count, latest, quiet }) => {
  const box = bell.querySelector("[data-bell-count]");
  box.textContent = count > 99 ? "99+" : count;
  box.hidden = !count;
  bell.querySelector("summary").setAttribute("aria-label", count ? bell.dataset.some.replace("{n}", count) : bell.dataset.none);
  document.title = count ? `(${count > 99 ? "99+" : count}) ${plainTitle}` : plainTitle;
  const came = latest?.at ?? "";
  if (newest !== null && came > newest && !quiet && !document.hidden) document.dispatchEvent(new CustomEvent("naksha:toast", { detail: latest.title }));
  if (newest === null || came > newest) newest = came;
  if (bell.open) fill();
};

const offline = (is) => {
  for (const mark of document.querySelectorAll("[data-offline]")) mark.hidden = !is;
};

const end = () => {
  over = true;
  clearInterval(poll);
  clearTimeout(again);
  clearTimeout(silence);
};

const ask = async () => {
  if (over || document.hidden) return;
  try {
    const answer = await fetch(bell.dataset.state, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
    offline(false);
    if (answer.status === 401) return end();
    if (answer.status !== 200) return;
    const first = etag === null;
    etag = answer.headers.get("ETag");
    show(await answer.json());
    if (!first) tell("notifications");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError: the network is away
    offline(true);
  }
};

const byPolling = () => {
  poll ??= setInterval(ask, POLL);
};

const listen = () => {
  clearTimeout(silence);
  silence = setTimeout(() => socket?.close(), SILENCE);
};

const connect = () => {
  again = null;
  if (over || socket) return;
  const address = new URL(bell.dataset.socket, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    root.dataset.socket = "open";
    clearInterval(poll);
    poll = null;
    offline(false);
    if (tries) tell("*");
    tries = 0;
    listen();
  });
  socket.addEventListener("message", (event) => {
    listen();
    const frame = JSON.parse(event.data);
    if (frame.type === "state") show(frame);
    for (const topic of frame.topics ?? []) tell(topic);
  });
  socket.addEventListener("close", (event) => {
    socket = null;
    root.dataset.socket = "closed";
    clearTimeout(silence);
    if (event.code === 4401) return end();
    byPolling();
    if (!tries) ask(); // says whether it is the network, or the login
    const pause = Math.min(1000 * 2 ** tries++, LONGEST) * (0.5 + Math.random() / 2);
    if (!over) again = setTimeout(connect, pause);
  });
};

// The few newest, when the bell is opened.
const fill = async () => {
  const box = bell.querySelector("[data-bell-lines]");
  if (!box.firstElementChild) box.innerHTML = '<p class="bell-wait" aria-hidden="true"><span></span><span></span><span></span></p>';
  try {
    const answer = await fetch(bell.dataset.latest, { redirect: "error" });
    if (!answer.ok) throw new TypeError(answer.status);
    const lines = await answer.text();
    const held = box.contains(document.activeElement) && document.activeElement.form?.getAttribute("action");
    box.innerHTML = lines;
    if (held) (box.querySelector(`form[action="${CSS.escape(held)}"] button`) ?? bell.querySelector("summary")).focus();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    box.replaceChildren(Object.assign(document.createElement("p"), { className: "bell-none", textContent: bell.dataset.failed }));
  }
};

if (bell) {
  bell.addEventListener("toggle", () => bell.open && fill());
  const waits = Number(bell.dataset.count);
  if (waits) document.title = `(${waits > 99 ? "99+" : waits}) ${plainTitle}`;
  const start = () => (bell.dataset.socket && "WebSocket" in window ? connect() : byPolling());
  const soon = window.requestIdleCallback ?? ((act) => setTimeout(act, 200));
  if (document.readyState === "complete") soon(start);
  else addEventListener("load", () => soon(start), { once: true });
  addEventListener("online", () => {
    offline(false);
    if (!bell.dataset.socket || over) return ask();
    clearTimeout(again);
    connect();
  });
  addEventListener("offline", () => offline(true));
  document.addEventListener("visibilitychange", () => !document.hidden && poll && ask());
  // A page that is kept for the way back gives its socket up, and has missed something when it is shown again.
  addEventListener("pagehide", () => {
    clearTimeout(again);
    socket?.close();
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted || over) return;
    tries = 1;
    bell.dataset.socket ? connect() : ask();
  });
}
