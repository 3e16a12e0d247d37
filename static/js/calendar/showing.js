// A press on an event says what it is, and leads on: to its page, and to the page that moves it.
const sheet = document.getElementById("cal-event");

const show = (event) => {
  const { about, when, words: state, tone, page, movePage } = event.extendedProps;
  sheet.querySelector("h2").textContent = event.title;
  sheet.querySelector("[data-cal-when]").textContent = when;
  sheet.querySelector("[data-cal-about]").textContent = about;
  const badge = sheet.querySelector("[data-cal-state]");
  badge.className = `badge ${tone}`;
  badge.textContent = state;
  for (const [name, address] of [["page", page], ["move", movePage]]) {
    const link = sheet.querySelector(`[data-cal-${name}]`);
    link.hidden = !address;
    link.href = address || "#";
  }
  sheet.showModal();
};
