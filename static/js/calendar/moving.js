// Dragged or stretched: the server is asked what it would mean, the dialog says it, and only then it is done. Whatever
// closes the dialog before puts the event back to where it was.
const asker = document.getElementById("cal-move");
let putBack = null;

const post = (address, data) => {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", document.querySelector("[data-cal-token] input").value);
  for (const [name, value] of Object.entries(data)) body.append(name, value);
  return fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
};
const inside = async (answer) => {
  if (answer?.type === "opaqueredirect") return location.reload(); // logged out meanwhile
  const told = answer?.headers.get("Content-Type")?.startsWith("text/html") && [200, 400, 404, 409].includes(answer.status);
  const body = asker.querySelector("[data-cal-inside]");
  if (told) body.innerHTML = await answer.text();
  else body.replaceChildren(document.getElementById("cal-lost").content.cloneNode(true));
  if (!asker.open) asker.showModal();
  body.querySelector("[autofocus]")?.focus();
};
const reach = (address, data) => post(address, data).catch((error) => {
  if (!(error instanceof TypeError)) throw error; // TypeError: the network is away
});

const asked = async ({ event, revert }) => {
  putBack = revert;
  held = true;
  const { kind, key, version } = event.extendedProps;
  const move = { kind, key, version, start: event.start.toISOString(), end: event.end.toISOString() };
  await inside(await reach(words.try, move));
};

asker.addEventListener("close", () => {
  putBack?.();
  putBack = null;
  held = false;
  refresh();
});
asker.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const data = Object.fromEntries(new FormData(event.target));
  delete data.csrfmiddlewaretoken;
  const answer = await reach(event.target.action, data);
  if (!answer?.ok) return inside(answer);
  putBack = null;
  toast((await answer.json()).words);
  kept.clear();
  asker.close();
});
