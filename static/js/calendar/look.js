// How it looks: FullCalendar 7 brings only bones; every part is named here for static/css/pages/calendar.css. What a
// state means is told by a word and a pattern, never by colour alone.
const marks = { completed: "check", no_show: "x", request: "clock", held: "clock", blocked: "ban", cancelled: "x", in_progress: "video" };

const stateClass = ({ event, isDragging, isMirror, isShort, isNarrow }) => {
  const { kind, state } = event.extendedProps;
  const flags = [isDragging && "is-dragged", isMirror && "is-mirror", isShort && "is-short", isNarrow && "is-narrow"];
  return ["cal-event", kind && `is-${kind}`, state && `is-${state}`, ...flags].filter(Boolean).join(" ");
};

// With a space between, so that the words don't run together when they are read out.
const spaced = (...nodes) => ({ domNodes: nodes.flatMap((node) => [node, document.createTextNode(" ")]) });

const content = ({ event, timeText, view, isShort, isStart }) => {
  const { words: state, about, tone } = event.extendedProps;
  const name = make("b", "cal-name", event.title);
  const bare = isStart && (isShort || view.type === views.month);
  const time = make("span", "cal-time", bare ? calendar.formatDate(event.start, ({ date }) => clock(date, isShort)) : timeText);
  if (event.display === "background") return { domNodes: [make("span", "cal-own", event.title)] };
  if (!state) return { domNodes: [time] }; // what is being drawn with the pointer
  const mark = make("span", "cal-mark");
  mark.append(icon(marks[event.extendedProps.state]));
  const isList = view.type === views.list;
  const said = make("span", isList ? `badge ${tone}` : "visually-hidden", isList ? state : `, ${state}`);
  const more = make("span", "cal-about", about);
  if (isList) return spaced(time, name, more, said);
  if (view.type === views.month) return spaced(mark, time, name, said);
  if (isShort) return spaced(mark, time, name, said);
  const word = make("span", "cal-word", state);
  word.prepend(mark);
  return spaced(name, time, more, word);
};

const look = {
  className: "cal-root",
  viewClass: ({ view }) => `cal-view cal-view-${nameOf(view.type)}`,
  tableHeaderClass: "cal-head",
  dayHeaderClass: ({ isToday }) => (isToday ? "cal-day-head is-today" : "cal-day-head"),
  dayHeaderInnerClass: "cal-day-name",
  dayHeaderDividerClass: "cal-rule",
  dayRowClass: "cal-row",
  dayCellClass: ({ isOther, isToday }) => `cal-cell${isOther ? " is-other" : ""}${isToday ? " is-today" : ""}`,
  dayCellTopClass: "cal-cell-top",
  dayCellTopInnerClass: "cal-number",
  dayLaneClass: ({ isToday }) => (isToday ? "cal-lane is-today" : "cal-lane"),
  dayLaneInnerClass: "cal-lane-in",
  slotLaneClass: ({ isMinor }) => (isMinor ? "cal-slot is-minor" : "cal-slot"),
  slotHeaderClass: "cal-hour",
  slotHeaderInnerClass: "cal-hour-in",
  slotHeaderDividerClass: "cal-side",
  allDayHeaderClass: "cal-hour",
  allDayHeaderInnerClass: "cal-hour-in",
  allDayDividerClass: "cal-rule",
  nowIndicatorLineClass: "cal-now",
  nowIndicatorDotClass: "cal-now-dot",
  nowIndicatorHeaderClass: "cal-now-head",
  eventClass: stateClass,
  blockEventClass: "cal-block",
  rowEventClass: "cal-bar-event",
  columnEventClass: "cal-column-event",
  listItemEventClass: "cal-line",
  backgroundEventClass: ({ event }) => (event.extendedProps.own ? "cal-own-day" : "cal-closed"),
  columnEventBeforeClass: ({ isStartResizable }) => isStartResizable && "cal-grip is-top",
  columnEventAfterClass: ({ isEndResizable }) => isEndResizable && "cal-grip is-bottom",
  eventInnerClass: "cal-in",
  highlightClass: "cal-chosen",
  moreLinkClass: "cal-more",
  popoverClass: "cal-pop",
  popoverCloseClass: "cal-pop-close btn btn-quiet btn-icon",
  popoverCloseContent: () => ({ domNodes: [icon("x")] }),
  navLinkClass: "cal-day-link",
  fillerClass: "cal-filler",
  listDayClass: "cal-list-day",
  listDayHeaderClass: "cal-list-head",
  listDayHeaderInnerClass: "cal-list-name",
  noEventsClass: "cal-none",
  eventContent: content,
  backgroundEventContent: content,
};
