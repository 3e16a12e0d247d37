// <form method="get" data-autosubmit>: a choice in it is sent at once; its button is needed without script only.
for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  for (const button of form.querySelectorAll("[data-autosubmit-hide]")) button.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
