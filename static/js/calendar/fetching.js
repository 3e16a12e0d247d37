// What the server knows of a window. It is asked again when the socket of static/js/bell.js tells of a change, each
// minute beside it, and every 20 seconds without it; 304 while nothing has changed.
const TOPICS = ["sessions", "bookings", "calendar", "clients"];
const kept = new Map(); // by address: what was told, under its ETag
let lost = false;

const say = (is) => {
  lost = is;
  const mark = document.querySelector("[data-cal-live]");
  mark.classList.toggle("is-lost", is);
  mark.lastElementChild.textContent = is ? words.lost : words.live;
};

const drawn = ({ events, closed, dates }) => [
  ...events.map(({ canMove, canStretch, id, start, end, title, ...rest }) => ({
    id,
    start,
    end,
    title,
    startEditable: canMove,
    durationEditable: canStretch,
    interactive: true,
    extendedProps: rest,
  })),
  ...closed.map(([start, end]) => ({ start, end, display: "background" })),
  ...dates.map(({ date, title }) => ({ start: date, allDay: true, title, display: "background", own: true })),
];

const fetched = async ({ startStr, endStr }) => {
  const address = `${words.events}?${new URLSearchParams({ start: startStr, end: endStr })}`;
  const known = kept.get(address);
  try {
    const answer = await fetch(address, { headers: known ? { "If-None-Match": known.etag } : {}, redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") location.reload(); // logged out meanwhile
    if (answer.status !== 304 && !answer.ok) throw new TypeError(answer.status);
    say(false);
    if (answer.status === 304) return known.events;
    const told = { etag: answer.headers.get("ETag"), events: drawn(await answer.json()) };
    kept.clear();
    kept.set(address, told);
    return told.events;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError: the network is away
    say(true);
    return known?.events ?? [];
  }
};

// Nothing is drawn anew under somebody's pointer, nor while a dialog asks.
let held = false;
let waiting = null;
const refresh = () => {
  if (document.hidden) return;
  waiting ??= setTimeout(() => {
    waiting = null;
    if (held || document.querySelector("dialog[open]")) return;
    calendar.refetchEvents();
  }, 150);
};
const listen = () => {
  document.addEventListener("naksha:changed", ({ detail }) => (detail === "*" || TOPICS.includes(detail)) && refresh());
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("close", refresh, true);
  let rounds = 0;
  setInterval(() => (document.documentElement.dataset.socket !== "open" || lost || ++rounds % 3 === 0) && refresh(), 20000);
};
