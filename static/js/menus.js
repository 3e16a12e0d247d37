// Menus are <details> and open without script. With it they close on Escape, on a click elsewhere, and when another opens.
const menus = "details.menu-at, details.who-menu, details.bar-menu";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(`:is(${menus})[open]`))
    if (!menu.contains(event.target) || event.target.closest(".menu a, .menu-sheet a")) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(`:is(${menus})[open]`)) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
  if (location.hash === "#menu") location.hash = "main";
});
