// The theme switch without a round trip. The form posts the same choice where there is no script.
const colours = { light: "not all", dark: "screen", auto: "screen and (prefers-color-scheme: dark)" }; // paper is light

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-switch] button[name=theme]");
  if (!button) return;
  event.preventDefault();
  const choice = button.value in colours ? button.value : "auto";
  const kept = choice === "auto" ? "theme=; Max-Age=0" : `theme=${choice}; Max-Age=31536000`;
  document.cookie = `${kept}; Path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  const sheet = document.querySelector("link[data-theme-sheet]");
  if (sheet) sheet.media = colours[choice];
  document.querySelector("meta[name=color-scheme]")?.setAttribute("content", choice === "auto" ? "light dark" : choice);
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  for (const each of document.querySelectorAll("[data-theme-switch] button[name=theme]"))
    each.setAttribute("aria-pressed", String(each.value === choice));
});
