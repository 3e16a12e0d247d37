// After a form comes back with mistakes, the summary is where the reader starts.
document.querySelector("[data-error-summary]")?.focus();
