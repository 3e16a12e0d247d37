// The consultant's calendar, drawn by FullCalendar over the agenda that the server wrote. Its parts share their names
// (naksha/web/bundles.py joins them in order). <div data-calendar data-events="…" data-zone="…" data-day="2026-11-16"
// data-view="week" data-opens="08:00:00">.
const box = document.querySelector("[data-calendar]");
const words = box.dataset;
const views = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay", list: "listWeek" };
const nameOf = (type) => Object.keys(views).find((name) => views[name] === type);
const phone = matchMedia("(max-width: 43.74rem)");

const make = (tag, className, text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
};
const icon = (name) => document.querySelector(`[data-icons] [data-icon="${name}"] svg`)?.cloneNode(true) ?? "";
const dayOf = (moment) => calendar.formatIso(moment).slice(0, 10);
const toast = (detail) => document.dispatchEvent(new CustomEvent("naksha:toast", { detail }));
if (!globalThis.FullCalendar) {
  document.querySelector(".cal-agenda").classList.add("is-shown");
  box.hidden = true;
  throw new Error("The calendar could not be loaded");
}
