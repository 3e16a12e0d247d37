// A password can be read while it is typed. Without script the field is as safe and as plain as ever.
for (const input of document.querySelectorAll('input[type="password"]')) {
  const label = document.createElement("label");
  label.className = "choice show-password";
  const box = document.createElement("input");
  box.type = "checkbox";
  const words = document.createElement("span");
  words.textContent = document.documentElement.dataset.showPassword ?? "Show the password";
  label.append(box, words);
  input.after(label);
  box.addEventListener("change", () => { input.type = box.checked ? "text" : "password"; });
  input.form?.addEventListener("submit", () => { input.type = "password"; });
}
