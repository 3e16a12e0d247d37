// Passkeys: their buttons show where the browser can use them, and a refusal is said in words.
const buttons = document.querySelectorAll("[data-passkey]");
for (const button of buttons) button.hidden = !window.PublicKeyCredential;
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const button = document.querySelector("[data-passkey]");
  if (!button) return;
  let said = document.querySelector("[data-passkey-said]");
  if (!said) {
    said = document.createElement("p");
    said.className = "wrong";
    said.dataset.passkeySaid = "";
    said.setAttribute("role", "alert");
    button.after(said);
  }
  said.textContent = button.dataset.passkey;
});
