// The live connection, and asking every few seconds where there is none.
let socket = null;
let tries = 0;
let heardAt = 0;
let poller = 0;
let barTimer = 0;
const tell = (words) => {
  clearTimeout(barTimer);
  bar.hidden = !words;
  bar.textContent = words;
};
const live = () => socket?.readyState === WebSocket.OPEN;
const send = (frame) => live() && socket.send(JSON.stringify(frame));
const poll = () => {
  clearInterval(poller);
  poller = setInterval(() => document.hidden || catchUp("&polling"), 5000);
};
const heard = {
  welcome: (frame) => {
    tries = 0;
    clearInterval(poller);
    tell("");
    meet(frame.people);
    if (document.hidden) send({ type: "away" });
    if (frame.version > version) catchUp();
    flush();
  },
  message: take,
  version: (frame) => frame.version > version && catchUp(),
  typing: (frame) => types(frame.member),
  presence: (frame) => (people.has(frame.member) ? (people.get(frame.member).here = frame.here, tellHere()) : catchUp()),
  here: (frame) => {
    for (const one of people.values()) one.here = frame.members.includes(one.member);
    tellHere();
  },
  read: (frame) => {
    const one = people.get(frame.member);
    if (one && frame.sequence > one.sequence) meet([{ ...one, sequence: frame.sequence, at: frame.at }]);
  },
  "session.changed": () => document.dispatchEvent(new CustomEvent("naksha:session-changed")),
};
const connect = () => {
  if (!root.dataset.socket) return poll(); // this server holds no sockets
  if (over || (socket && socket.readyState <= WebSocket.OPEN)) return;
  socket = new WebSocket(new URL(root.dataset.socket, location.href.replace(/^http/, "ws")));
  const mine = socket;
  heardAt = Date.now();
  mine.addEventListener("message", (event) => {
    heardAt = Date.now();
    const frame = JSON.parse(event.data);
    heard[frame.type]?.(frame);
  });
  mine.addEventListener("close", async (event) => {
    if (mine !== socket || over) return;
    if (!(await catchUp("&polling")) && over) return;
    poll();
    clearTimeout(barTimer);
    barTimer = setTimeout(() => !live() && tell(navigator.onLine ? say("Polling") : say("Offline")), 3000);
    const pause = Math.min(30000, 1000 * 2 ** tries++) * (0.5 + Math.random());
    setTimeout(connect, event.code === 1008 ? Math.max(60000, pause) : pause);
  });
};
setInterval(() => {
  if (live() && Date.now() - heardAt > 50000) socket.close();
  for (const line of list.querySelectorAll("[data-change]")) line.hidden = !canChange(line.closest("[data-message]"));
}, 10000);
addEventListener("online", () => {
  tell("");
  tries = 0;
  connect();
  catchUp();
  flush();
});
addEventListener("offline", () => tell(say("Offline")));
document.addEventListener("visibilitychange", () => {
  send({ type: document.hidden ? "away" : "here" });
  if (document.hidden) return;
  connect();
  catchUp();
  marks();
  markRead();
});
addEventListener("focus", markRead);
log.addEventListener("scroll", markRead, { passive: true });
