// Tabs that don't fit are scrolled sideways; the open one is brought into view.
const bring = () => {
  for (const open of document.querySelectorAll(".subnav [aria-current]")) {
    const strip = open.closest(".subnav");
    const at = open.getBoundingClientRect().left - strip.getBoundingClientRect().left;
    strip.scrollLeft += at - (strip.clientWidth - open.offsetWidth) / 2;
  }
};
bring();
document.addEventListener("htmx:afterSettle", bring);
