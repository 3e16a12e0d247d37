// The bar above is the agenda's own: its links step through the weeks without script.
const named = views[words.view];
const first = phone.matches && !["list", "day"].includes(words.view) ? views.list : (named ?? views.week);

// 11:00 to 11:30 am, as everywhere else on the site.
const clock = ({ hour, minute }, bare) => {
  const digits = `${hour % 12 || 12}:${String(minute).padStart(2, "0")}`;
  return bare ? digits : `${digits} ${hour < 12 ? "am" : "pm"}`;
};
const clocks = ({ start, end }) => {
  if (!end || end.instantMs === start.instantMs) return clock(start);
  const oneHalf = start.hour < 12 === end.hour < 12 && start.day === end.day;
  return words.span.replace("{from}", clock(start, oneHalf)).replace("{to}", clock(end));
};
// Fri 27 November, without the comma that Indian English would write.
const dayName = (date, month = "long") => {
  const noon = new Date(Date.UTC(date.year, date.month, date.day, 12));
  const part = (options) => noon.toLocaleDateString("en-IN", { ...options, timeZone: "UTC" });
  return `${part({ weekday: "short" })} ${date.day} ${part({ month })}`;
};
const hour = ({ start }) => `${start.hour % 12 || 12} ${start.hour < 12 ? "am" : "pm"}`;
// A grid of hours scrolls within the screen; a month and a list are as long as they are.
const fit = (view) => calendar.setOption("height", view.type.startsWith("timeGrid") ? Math.max(480, innerHeight - 230) : "auto");

const remember = (view) => {
    history.replaceState(null, "", `?${new URLSearchParams({ from: dayOf(view.currentStart), view: nameOf(view.type) })}`);
  document.querySelector("[data-cal-title]").textContent = view.title;
  for (const button of document.querySelectorAll("[data-cal-view]"))
    button.setAttribute("aria-pressed", String(views[button.dataset.calView] === view.type));
};

const calendar = new FullCalendar.Calendar(box, {
  ...look,
  initialView: first,
  initialDate: words.day,
  timeZone: words.zone,
  locale: "en-in",
  firstDay: 1,
  headerToolbar: false,
  events: fetched,
  nowIndicator: true,
  navLinks: true,
  navLinkDayClick: (date) => calendar.changeView(views.day, date),
  editable: true,
  eventDurationEditable: true,
  eventAllow: (span, event) => span.allDay === event.allDay,
  eventDragStart: () => (held = true),
  eventResizeStart: () => (held = true),
  eventDragStop: () => (held = Boolean(putBack)),
  eventResizeStop: () => (held = Boolean(putBack)),
  selectable: true,
  selectMirror: true,
  unselectAuto: false,
  select: choose,
  eventDrop: asked,
  eventResize: asked,
  eventInteractive: true,
  eventClick: ({ event }) => event.extendedProps.kind && show(event),
  datesSet: ({ view }) => {
    remember(view);
    fit(view);
  },
  lazyFetching: false,
  dayMaxEvents: true,
  slotDuration: "00:30:00",
  snapDuration: "00:15:00",
  scrollTime: words.opens,
  slotMinHeight: 26,
  eventTimeFormat: clocks,
  slotHeaderFormat: hour,
  dayHeaderFormat: { weekday: "short", day: "numeric" },
  noEventsText: words.none,
  allDayText: words.allday,
  moreLinkHint: words.more,
  navLinkHint: (_day, date) => words.open.replace("{day}", calendar.formatDate(date, (told) => `${dayName(told.date)} ${told.date.year}`)),
  views: {
    timeGridWeek: { titleFormat: { day: "numeric", month: "short", year: "numeric" } },
    timeGridDay: { titleFormat: ({ date }) => `${dayName(date, "short")} ${date.year}` },
    dayGridMonth: { dayHeaderFormat: { weekday: "short" }, titleFormat: { month: "long", year: "numeric" } },
    listWeek: {
      titleFormat: { day: "numeric", month: "short", year: "numeric" },
      listDayFormat: ({ date }) => dayName(date),
      listDayAltFormat: false,
    },
  },
});

document.addEventListener("click", (event) => {
  const go = event.target.closest("[data-cal-go]");
  if (go) {
    event.preventDefault();
    calendar[go.dataset.calGo]();
  }
  const view = event.target.closest("[data-cal-view]");
  if (view) calendar.changeView(views[view.dataset.calView]);
});
addEventListener("resize", () => fit(calendar.view));
phone.addEventListener("change", () => {
  if (phone.matches && !["list", "day"].includes(nameOf(calendar.view.type))) calendar.changeView(views.list);
});
calendar.render();
listen();
