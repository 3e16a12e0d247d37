// A press on free time, or a stretch of it: keep it free, or write down a session. Both are links to pages as well.
const chooser = document.getElementById("cal-free");

const LEAST = 30 * 60000; // what a single press means, where a drag may be finer
const choose = ({ start: begin, end: until, allDay }) => {
  const span = { start: begin, end: until - begin < LEAST ? new Date(+begin + LEAST) : until, allDay };
  // On a whole day a session begins when the hours do.
  const [hours, minutes] = words.opens.split(":");
  const start = new Date(span.start.getTime() + (span.allDay ? (hours * 60 + minutes * 1 + 30) * 60000 : 0));
  const asked = new URLSearchParams({ start: start.toISOString(), ...(span.allDay ? {} : { end: span.end.toISOString() }) });
  chooser.querySelector("h2").textContent = whole(span);
  for (const link of chooser.querySelectorAll("[data-cal-to]")) link.href = `${link.dataset.calTo}?${asked}`;
  const form = chooser.querySelector("form");
  const last = new Date(span.end.getTime() - 60000);
  form.elements.from_date.value = dayOf(span.start);
  form.elements.to_date.value = dayOf(last);
  form.elements.from_time.value = wallTime(span.start);
  form.elements.to_time.value = wallTime(span.end);
  chooser.querySelector("[data-cal-wrong]").textContent = "";
  chooser.showModal();
  form.elements.reason.focus();
};
const wallTime = (moment) =>
  calendar.formatDate(moment, ({ date }) => `${String(date.hour).padStart(2, "0")}:${String(date.minute).padStart(2, "0")}`);
const whole = ({ start, end, allDay }) => {
  const named = ({ date }) => dayName(date, "short");
  const day = calendar.formatDate(start, named);
  const until = calendar.formatDate(new Date(end.getTime() - 60000), named);
  const days = day === until ? day : words.span.replace("{from}", day).replace("{to}", until);
  return allDay ? days : `${days}, ${calendar.formatRange(start, end, clocks)}`;
};

chooser.addEventListener("close", () => calendar.unselect());
chooser.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const data = Object.fromEntries(new FormData(event.target));
  delete data.csrfmiddlewaretoken;
  const answer = await reach(event.target.action, data);
  button.ariaBusy = "false";
  if (answer?.type === "opaqueredirect") return location.reload(); // logged out meanwhile
  const told = answer?.headers.get("Content-Type")?.startsWith("application/json") ? (await answer.json()).words : words.lost;
  if (!answer?.ok) return void (chooser.querySelector("[data-cal-wrong]").textContent = told);
  toast(told);
  event.target.reset();
  kept.clear();
  chooser.close();
});
