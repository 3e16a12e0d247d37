// After a form comes back with mistakes, the summary is where the reader starts, and without one the first field that
// is wrong; else the field in which one goes on. An address with a # takes the focus away as the page is loaded.
const start = ["[data-error-summary]", "main [aria-invalid=true]", "[data-focus]"];
const begin = () => start.map((where) => document.querySelector(where)).find(Boolean)?.focus();
begin();
if (location.hash) addEventListener("load", begin, { once: true });
