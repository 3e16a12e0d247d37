// Time left, by the server's clock:
//   <div data-until="2026-11-24T11:00:00Z" data-now="…the server's now…" data-from="…the start, for the scale bar…" data-reload>
//     <b data-left role="timer">6:42</b> <svg class="scale" data-cells="10">…</svg>
//   </div>
// data-format="clock" (6:42, the default) or "words" (12 min). At the end: data-over names an element to show instead
// of this one, and data-reload fetches the page anew.
const bars = (svg, part) => {
  const cells = Number(svg.dataset.cells) || 10;
  const filled = Math.max(0, Math.min(1, part)) * cells;
  const whole = Math.floor(filled);
  svg.querySelector(".on")?.setAttribute("width", `${(whole * 100) / cells}%`);
  svg.querySelector(".now")?.setAttribute("x", `${(whole * 100) / cells}%`);
  svg.querySelector(".now")?.setAttribute("width", `${((filled - whole) * 100) / cells}%`);
};

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const words = (seconds) => {
  const minutes = Math.ceil(seconds / 60);
  if (minutes >= 2880) return `${Math.floor(minutes / 1440)} days`;
  if (minutes >= 1500) return `1 day ${Math.floor(minutes / 60) - 24} h`;
  if (minutes >= 1440) return "1 day";
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  return `${minutes} min`;
};

const start = (box) => {
  const until = Date.parse(box.dataset.until);
  const ahead = box.dataset.now ? Date.parse(box.dataset.now) - Date.now() : 0;
  const from = box.dataset.from ? Date.parse(box.dataset.from) : NaN;
  const left = box.querySelector("[data-left]") ?? box;
  const scale = box.querySelector(".scale[data-cells]");
  let timer;
  const tick = () => {
    if (!box.isConnected) return clearInterval(timer);
    const rest = until - (Date.now() + ahead);
    const seconds = Math.max(0, Math.ceil(rest / 1000));
    const text = (box.dataset.format === "words" ? words : clock)(seconds);
    if (left.textContent !== text) left.textContent = text;
    if (scale && !Number.isNaN(from)) bars(scale, rest / (until - from));
    if (seconds > 0) return;
    clearInterval(timer);
    const over = box.dataset.over && document.getElementById(box.dataset.over);
    if (over) {
      over.hidden = false;
      box.hidden = true;
    }
    if ("reload" in box.dataset) setTimeout(() => location.reload(), 1500);
  };
  tick();
  if (until > Date.now() + ahead) timer = setInterval(tick, 1000);
};

const startAll = (root) => {
  for (const box of root.querySelectorAll("[data-until]:not([data-counting])")) {
    box.dataset.counting = "";
    start(box);
  }
};
startAll(document);
document.addEventListener("htmx:afterSettle", () => startAll(document));
