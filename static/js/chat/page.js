// The chat of a session (templates/sessions/_chat.html). The page is drawn by the server and works by forms; this keeps it
// true while it is open. What is sent goes over HTTP under a key made here, so that a retry can't post twice; what comes is
// told by a socket, and anything that it loses is asked for by the conversation's version. The parts in this folder share one
// scope: naksha/web/bundles.py joins them, in its order, to js/pages/chat.js.
const root = document.querySelector("[data-chat]");
const say = (name, values = {}) => root.dataset[`say${name}`].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
const part = (name) => root.querySelector(`[data-${name}]`);
const [log, list, bar, news, here, typing] = ["log", "list", "bar", "news", "here", "typing"].map(part);
const form = part("write");
const box = form?.elements.body;
const me = root.dataset.member;
const crowd = "crowd" in root.dataset;
const zone = root.dataset.zone;
const store = `chat:${root.dataset.messages}`;
const people = new Map();
let version = Number(root.dataset.version);
let seen = Number(root.dataset.seen);
const unreadFrom = seen;
let over = root.dataset.lastPage === "no"; // an older page, read without following what comes

const clock = new Intl.DateTimeFormat("en-IN", { hour: "numeric", minute: "2-digit", timeZone: zone });
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
const dayName = new Intl.DateTimeFormat("en-IN", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: zone });
const time = (iso) => clock.format(new Date(iso)).toLowerCase();
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
const lines = () => [...list.querySelectorAll("[data-message]")];
const sequenceOf = (line) => Number(line.dataset.sequence);
const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
const toEnd = () => (log.scrollTop = log.scrollHeight);
