// The exact time is one tap away: a tap or Enter on a time swaps its words for those of its title, and back.
const swap = (time) => {
  const words = time.textContent;
  time.textContent = time.title;
  time.title = words;
};
document.addEventListener("click", (event) => {
  const time = event.target.closest("time[data-exact]");
  if (time && !event.target.closest("a, button, summary, label")) swap(time);
});
