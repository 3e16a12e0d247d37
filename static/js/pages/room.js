// The session's room. Everything works without this; with it, the parts of the page that change (data-part) are taken
// anew when the clock or somebody changes them, the notes are kept as they are typed, and leaving is told.
const room = document.querySelector("[data-room]");
const token = room.querySelector("[data-token] input").value;
const ahead = Date.parse(room.dataset.now) - Date.now();
const now = () => Date.now() + ahead;
const news = room.querySelector("[data-room-news]");

// --- what changes while the page is open -----------------------------------------------------
const POLL = 30000;
let seen = "";
let asking = false;
const touched = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
const busy = (part) => [...part.querySelectorAll("input, textarea")].some((field) => field === document.activeElement || touched(field));
const unfolded = (part) => [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);

const hold = (part) => {
  const held = document.activeElement;
  if (!part.contains(held)) return null;
  if (held.id) return `#${CSS.escape(held.id)}`;
  return held.matches("a[href]") ? `a[href="${CSS.escape(held.getAttribute("href"))}"]` : "button";
};

const look = async () => {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const response = await fetch(room.dataset.parts, { redirect: "manual" });
    if (response.status === 404) return location.reload(); // let in no longer
    if (!response.ok) return;
    const text = await response.text();
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const plain = [...fresh.querySelectorAll("[data-part]")].map((part) => part.textContent.replace(/\s+/g, " ")).join("|");
    if (plain === seen) return;
    const first = !seen;
    seen = plain;
    const badge = room.querySelector(".now-top")?.textContent.trim();
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = room.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old || busy(old) || old.textContent.replace(/\s+/g, " ") === part.textContent.replace(/\s+/g, " ")) continue;
      const held = hold(old);
      const open = unfolded(old);
      old.replaceChildren(...part.childNodes);
      for (const summary of old.querySelectorAll("details > summary")) summary.parentElement.open ||= open.includes(summary.textContent);
      if (held) old.querySelector(held)?.focus({ preventScroll: true });
    }
    document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
    run();
    const told = room.querySelector(".now-top")?.textContent.trim();
    if (!first && told !== badge) news.textContent = told;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError: the network is away; the next round asks again
  } finally {
    asking = false;
  }
};
setInterval(look, POLL);
setTimeout(look, 2000); // after what the page before this one told as it was left
document.addEventListener("visibilitychange", look);
for (const heard of ["naksha:changed", "naksha:session-changed"]) document.addEventListener(heard, look);

// The instants at which the clock alone changes the page: the door opens, it begins, it ends, the door shuts.
const FAR = 2 ** 31 - 1;
for (const moment of (room.dataset.changes ?? "").trim().split(/\s+/).filter(Boolean)) {
  const wait = Date.parse(moment) - now();
  if (wait > 0 && wait < FAR) setTimeout(look, wait);
}
room.addEventListener("submit", (event) => {
  if (event.target.matches(".join")) setTimeout(look, 2000); // "Go back to the meeting"
});

// --- how much of it is over ------------------------------------------------------------------
const words = (minutes) => (minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`);
const put = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
};
const run = () => {
  const box = room.querySelector("[data-run-from]");
  if (!box) return;
  const from = Date.parse(box.dataset.runFrom);
  const all = Date.parse(box.dataset.runUntil) - from;
  const gone = Math.max(0, Math.min(all, now() - from));
  const minutes = Math.floor(gone / 60000);
  put(box.querySelector("[data-gone]"), words(minutes));
  put(box.querySelector("[data-rest]"), words(Math.round(all / 60000) - minutes));
  const scale = box.querySelector(".scale");
  const cells = Number(scale?.dataset.cells) || 6;
  const filled = (gone / all) * cells;
  const whole = Math.floor(filled);
  scale?.querySelector(".on")?.setAttribute("width", `${(whole * 100) / cells}%`);
  scale?.querySelector(".now")?.setAttribute("x", `${(whole * 100) / cells}%`);
  scale?.querySelector(".now")?.setAttribute("width", `${((filled - whole) * 100) / cells}%`);
};
setInterval(run, 5000);
run();

// --- notes -----------------------------------------------------------------------------------
const form = room.querySelector("form[data-notes]");
let dirty = false;
if (form) {
  const said = form.querySelector("[data-notes-said]");
  const clash = form.querySelector("[data-clash]");
  let timer = 0;
  let saving = false;
  let theirs = null;
  const say = (text) => put(said, text);

  const save = async () => {
    clearTimeout(timer);
    timer = 0;
    if (saving || theirs || !dirty) return;
    saving = true;
    dirty = false;
    say(form.dataset.saving);
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
      if (response.ok) {
        form.elements.version.value = answer.version;
        if (!dirty) say(form.dataset.saved);
      } else if (response.status === 409 && answer.theirs) {
        dirty = true;
        theirs = answer.theirs;
        put(clash.querySelector("[data-clash-words]"), answer.problem);
        for (const box of clash.querySelectorAll("[data-theirs]")) put(box, theirs[box.dataset.theirs] || "–");
        clash.hidden = false;
        clash.scrollIntoView({ block: "nearest" });
        say(form.dataset.typing);
      } else {
        dirty = true;
        say(answer.problem ?? form.dataset.lost);
        if (!answer.problem) timer = setTimeout(save, 10000);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      dirty = true;
      say(form.dataset.lost);
      timer = setTimeout(save, 5000);
    } finally {
      saving = false;
    }
    if (dirty && !theirs) timer ||= setTimeout(save, 1500);
  };

  form.addEventListener("input", () => {
    dirty = true;
    say(form.dataset.typing);
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  });
  form.addEventListener("focusout", save);
  const settle = () => {
    form.elements.version.value = theirs.version;
    theirs = null;
    clash.hidden = true;
    form.elements.private.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.submitter?.matches("[data-keep-mine]") && theirs) settle();
    dirty = true;
    save();
  }, true);
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-take-theirs]") || !theirs) return;
    event.preventDefault();
    form.elements.private.value = theirs.private;
    form.elements.shared.value = theirs.shared;
    dirty = false;
    settle();
    say(form.dataset.saved);
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && theirs) event.preventDefault(); // a choice is open; anything else is sent on the way out
  });
  addEventListener("pagehide", () => {
    if (dirty && !theirs) navigator.sendBeacon(form.action, new FormData(form));
  });
}

// --- leaving ---------------------------------------------------------------------------------
addEventListener("pagehide", () => {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token);
  navigator.sendBeacon(room.dataset.left, body);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // back through history: the page is as old as it was, and we are here again
});
