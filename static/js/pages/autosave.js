// <form method="post" data-autosave>: saves by itself. With data-autosave="left" only once the focus leaves it, else also
// at each choice made in it. What is left is the nearest [data-part], or the form. Inside stands
// components/save_bar.html; the server's side is naksha/web/sections.py, which answers with
//   { said, version, errors: { id of the field: HTML }, parts: { id of an element: HTML for its inside } }
// 200 saved, 422 wrong, 409 changed in another window. One request at a time for each form; what is typed meanwhile is
// sent after it. What can't be sent stays, is tried again, and leaving the page asks first. Who has logged in anew in
// another tab has another token: it is fetched from the page as it is now, unless that is another account's. What a lost
// login has stopped is tried again when somebody comes back to this tab.
const LEFT = 250; // the focus passes through nothing on its way to a label's field
const CHOSEN = 150;
const PATIENCE = 20000;
const FIRST = 2000, LONGEST = 30000; // between two tries
const PAUSE = 30; // seconds after "too many", where the answer names none
const OWN = new Set(["csrfmiddlewaretoken", "version"]);

const sections = [];

const shut = (answer) => answer.type === "opaqueredirect" || answer.status === 403;

const told = (value) => (value instanceof File ? `${value.name}:${value.size}:${value.lastModified}` : value);
const typed = (form) =>
  JSON.stringify([...new FormData(form)].filter(([name, value]) => !OWN.has(name) && !(value instanceof File && !value.name)).map(([name, value]) => [name, told(value)]));

const boxOf = (id) => document.getElementById(`${id}_field`) ?? document.getElementById(id)?.closest(".field, td");

class Section {
  constructor(form) {
    this.form = form;
    this.bar = form.querySelector("[data-save-bar]");
    this.kept = form.querySelector(".is-wrong") ? "" : typed(form); // what the server has; drawn with errors, it hasn't
    this.under = null; // the request under way
    this.wanted = false; // asked for while one was
    this.halted = false; // until somebody decides
    this.failures = 0;
    this.shut = false; // the login was lost, or is another's
    this.until = 0; // too much was sent; nothing is sent before then
    this.slowed = false; // and it was waited for once
    this.refused = null; // what was sent and is wrong: it isn't sent again as it is
    this.timer = null;
    this.idle = this.part("[data-save-idle]").textContent;
    this.part("[data-save-button]").hidden = true;
    this.part("[data-save-idle]").hidden = Boolean(this.part("[data-save-said]").textContent.trim());
    form.addEventListener("submit", (event) => this.submitted(event));
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", (event) => this.chosen(event));
    form.addEventListener("focusout", (event) => this.left(event));
    form.addEventListener("focusin", (event) => {
      if (event.target.closest("[data-part]") === this.leaving) this.stay();
      requestAnimationFrame(() => this.uncover(event.target));
    });
    this.part("[data-save-again]").addEventListener("click", () => this.again());
    this.part("[data-save-mine]").addEventListener("click", () => this.over());
    this.part("[data-save-theirs]").addEventListener("click", () => { this.given = true; });
  }

  part(selector) {
    return this.bar.querySelector(selector);
  }

  get dirty() {
    return typed(this.form) !== this.kept;
  }

  get slow() {
    return Date.now() < this.until;
  }

  get unsaved() {
    return !this.given && (Boolean(this.under) || this.dirty);
  }

  say(words, state, acts = []) {
    this.bar.dataset.state = state;
    const said = this.part("[data-save-said]");
    if (said.textContent !== words) said.textContent = words;
    this.part("[data-save-idle]").hidden = Boolean(words);
    this.part("[data-save-idle]").textContent = state === "waits" ? this.bar.dataset.unsaved : this.idle;
    for (const name of ["again", "mine", "theirs"]) this.part(`[data-save-${name}]`).hidden = !acts.includes(name);
    this.part("[data-save-acts]").hidden = !acts.length;
  }

  // What holds the focus doesn't stand behind the bar.
  uncover(control) {
    if (this.bar.contains(control)) return;
    const hidden = control.getBoundingClientRect().bottom - this.bar.getBoundingClientRect().top;
    if (hidden > 0) scrollBy({ top: hidden + 16, behavior: "instant" });
  }

  changed() {
    if (this.dirty && !this.under && !this.halted && !this.failures && !this.slow) this.say("", "waits");
  }

  // --- when it saves
  submitted(event) {
    if (event.submitter?.name || event.submitter?.formTarget) return; // another act of the form's
    event.preventDefault();
    this.refused = null;
    this.save().then((done) => done || this.form.querySelector("[aria-invalid]")?.focus());
  }

  chosen(event) {
    if (this.form.dataset.autosave === "left" || !event.target.matches("select, [type=checkbox], [type=radio], [type=file]")) return;
    this.soon(CHOSEN);
  }

  left(event) {
    const part = event.target.closest("[data-part]") ?? this.form;
    if (part.contains(event.relatedTarget)) return;
    this.leaving = event.target.closest("[data-part]");
    this.soon(LEFT);
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.max(pause, this.until - Date.now()));
  }

  stay() {
    if (this.failures || this.slow) return; // it waits for another try, not for the focus
    clearTimeout(this.timer);
  }

  again() {
    this.refused = null;
    this.slowed = false;
    return this.save();
  }

  over() {
    this.form.elements.version.value = this.theirs;
    this.halted = false;
    return this.save();
  }

  // --- saving; true once nothing is left to send
  save() {
    clearTimeout(this.timer);
    if (this.halted) return Promise.resolve(false);
    if (this.slow) return Promise.resolve(this.soon(0) ?? false);
    this.wanted = true;
    this.under ??= this.all().finally(() => { this.under = null; });
    return this.under;
  }

  async all() {
    let done = true;
    while (this.wanted && !this.halted && !this.slow) {
      this.wanted = false;
      done = !this.dirty || (typed(this.form) !== this.refused && (await this.send()));
    }
    if (done && this.bar.dataset.state === "waits") this.say("", "");
    return done && !this.dirty;
  }

  async send() {
    const now = typed(this.form);
    this.say(this.bar.dataset.saving, "saving");
    let answer, body;
    try {
      answer = await this.post();
      if (shut(answer)) {
        const why = await this.renew();
        if (why) {
          this.shut = true;
          return this.halt(why);
        }
        answer = await this.post();
      }
      this.shut = false;
      if ([200, 409, 422].includes(answer.status)) body = await answer.json();
    } catch (error) {
      return this.later(answer || navigator.onLine ? this.bar.dataset.away : this.bar.dataset.noLine);
    }
    if (!body) return this.notTaken(answer, now);
    this.slowed = false;
    this.failures = 0;
    return this.answered(answer.status, body, now);
  }

  post() {
    return fetch(this.form.getAttribute("action") || location.pathname, {
      method: "POST",
      body: new FormData(this.form),
      headers: { "X-Requested-With": "autosave" },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  // The forms get the token of the page as it is now; else the answer says why this page can't go on.
  async renew() {
    const { login, account, closed, barred, other } = this.bar.dataset;
    const page = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (page.status >= 500) throw new Error(page.status);
    if (page.redirected && new URL(page.url).pathname === login) return closed;
    const bar = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-save-bar]");
    if (!page.ok || !bar) return barred;
    if (bar.dataset.account !== account) return other;
    const token = bar.closest("form").elements.csrfmiddlewaretoken.value;
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
    return "";
  }

  // Neither saved nor wrong. What the site has refused isn't sent again as it is; only what broke is.
  notTaken(answer, now) {
    const { closed, large, busy, slow, refused } = this.bar.dataset;
    if (answer.status >= 500) return this.later(this.bar.dataset.away);
    if (answer.status === 429 && !this.slowed) {
      this.slowed = true;
      this.until = Date.now() + 1000 * (parseInt(answer.headers.get("Retry-After"), 10) || PAUSE);
      this.soon(0);
      this.say(slow, "away");
      return false;
    }
    this.refused = now;
    if (answer.type === "opaqueredirect") return this.halt(closed);
    return this.halt({ 413: large, 429: busy }[answer.status] ?? refused.replace("{}", answer.status));
  }

  answered(status, body, now) {
    const newer = typed(this.form) !== now;
    if (status === 200) {
      this.kept = now;
      for (const done of this.form.querySelectorAll("[data-once]:checked")) done.checked = false;
    }
    if (status !== 409) this.form.elements.version.value = body.version; // a part may be kept though the rest is wrong
    this.mark(body.errors);
    if (status !== 409) this.draw(body, now, newer);
    if (status === 200 && !newer) this.kept = typed(this.form);
    if (status === 409) {
      this.theirs = body.version;
      this.halted = true;
    }
    this.refused = status === 422 ? now : null;
    const state = { 200: "saved", 409: "elsewhere", 422: "wrong" }[status];
    this.say(body.said, state, status === 409 ? ["mine", "theirs"] : []);
    if (status === 200) this.form.dispatchEvent(new CustomEvent("naksha:saved", { bubbles: true }));
    return status === 200;
  }

  halt(words) {
    this.failures = 0;
    this.say(words, "wrong", ["again"]);
    return false;
  }

  later(words) {
    this.say(words, "away", ["again"]);
    const pause = Math.min(FIRST * 2 ** this.failures++, LONGEST);
    this.timer = setTimeout(() => this.save(), pause);
    return false;
  }

  // --- what the answer shows
  mark(errors) {
    for (const old of this.form.querySelectorAll(".wrong")) {
      const control = document.getElementById(old.id.replace(/_error$/, ""));
      control?.removeAttribute("aria-invalid");
      this.describe(control, old.id, false);
      old.closest(".is-wrong")?.classList.remove("is-wrong");
      old.remove();
    }
    this.form.querySelector("[data-error-summary]")?.remove();
    for (const [id, html] of Object.entries(errors)) {
      const box = boxOf(id);
      if (!box) continue;
      box.classList.add("is-wrong");
      box.insertAdjacentHTML("beforeend", html);
      const control = document.getElementById(id);
      control?.setAttribute("aria-invalid", "true");
      this.describe(control?.matches("input, select, textarea") ? control : box, `${id}_error`, true);
    }
  }

  describe(control, id, is) {
    if (!control) return;
    const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (is) ids.add(id);
    else ids.delete(id);
    if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
    else control.removeAttribute("aria-describedby");
  }

  draw({ errors, parts }, now, newer) {
    for (const input of this.form.querySelectorAll("[type=file]"))
      if (input.value && !errors[input.id] && now.includes(JSON.stringify(told(input.files[0])))) input.value = "";
    for (const [id, html] of Object.entries(parts)) {
      const box = document.getElementById(id);
      if (box && !(this.form.contains(box) && (newer || box.contains(document.activeElement)))) box.innerHTML = html;
    }
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) sections.push(new Section(form));

// A link is followed once what was typed is saved; what can't be saved keeps one here.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.pathname === location.pathname || "saveTheirs" in link.dataset) return;
  const waiting = sections.filter((section) => section.unsaved);
  if (!waiting.length) return;
  event.preventDefault();
  const done = await Promise.all(waiting.map((section) => section.save()));
  if (done.every(Boolean)) location.href = link.href;
  else waiting[done.indexOf(false)].bar.scrollIntoView({ block: "nearest" });
});
addEventListener("beforeunload", (event) => {
  if (sections.some((section) => section.unsaved)) event.preventDefault();
});
const again = () => sections.forEach((section) => (section.failures || section.shut) && section.save());
addEventListener("online", again);
addEventListener("focus", () => sections.some((section) => section.shut) && again()); // two windows are both visible
document.addEventListener("visibilitychange", () => !document.hidden && again());
