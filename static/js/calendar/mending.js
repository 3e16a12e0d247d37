// What screen readers are told, where FullCalendar 7.1 tells it wrongly: a list of buttons is no list, a head without
// words is none, and a name has to hold the words that are seen.
const mend = () => {
  for (const list of box.querySelectorAll('[role="listitem"] [role="list"]')) list.setAttribute("role", "group");
  for (const head of box.querySelectorAll('[role="rowheader"]:empty')) {
    head.setAttribute("role", "presentation");
    head.removeAttribute("aria-label");
  }
  for (const words of box.querySelectorAll('[role="columnheader"] [aria-hidden]')) words.removeAttribute("aria-hidden");
  for (const cell of box.querySelectorAll(':is([role="gridcell"], [role="columnheader"])[aria-label]')) cell.removeAttribute("aria-label");
};
new MutationObserver(mend).observe(box, { childList: true, subtree: true });
