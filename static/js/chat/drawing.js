// Drawing messages: in their place by sequence, with days, what is new and what was read.
const canChange = (line) => line.dataset.member === me && form && Date.now() - new Date(line.dataset.sent) < root.dataset.changeMinutes * 60000 - 5000;
const dress = (line) => {
  line.classList.toggle("is-mine", line.dataset.member === me);
  for (const told of line.querySelectorAll("[data-clock]")) told.textContent = time(told.dateTime);
  const change = line.querySelector("[data-change]");
  if (change) change.hidden = !canChange(line);
  return line;
};
const marks = () => {
  for (const mark of list.querySelectorAll("[data-day-mark], [data-new-mark]")) mark.remove();
  const today = dayKey.format(new Date());
  const yesterday = dayKey.format(new Date(Date.now() - 864e5));
  let last, told = false;
  for (const line of list.children) {
    const sent = new Date(line.dataset.sent);
    const key = dayKey.format(sent);
    if (key !== last) {
      const mark = make("li", "chat-day");
      mark.dataset.dayMark = "";
      mark.append(make("span", "", key === today ? say("Today") : key === yesterday ? say("Yesterday") : dayName.format(sent)));
      line.before(mark);
      last = key;
    }
    if (!told && unreadFrom > 0 && sequenceOf(line) > unreadFrom && line.dataset.member && line.dataset.member !== me) {
      const mark = make("li", "chat-day chat-new");
      mark.dataset.newMark = "";
      mark.append(make("span", "", say("New")));
      line.before(mark);
      told = true;
    }
  }
  receipts();
  part("empty")?.toggleAttribute("hidden", list.children.length > 0);
};
const receipts = () => {
  for (const told of list.querySelectorAll(".msg-read")) told.remove();
  if (crowd) return;
  const reader = [...people.values()].find((one) => one.member !== me);
  if (!reader?.sequence) return;
  const line = lines().filter((one) => one.dataset.member === me && sequenceOf(one) <= reader.sequence).at(-1);
  line?.querySelector(".msg-foot")?.append(make("span", "msg-read", reader.at ? say("ReadAt", { time: time(reader.at) }) : say("Read")));
};
const put = (frame) => {
  const old = list.querySelector(`[data-message="${CSS.escape(frame.id)}"]`);
  if (old && Number(old.dataset.version) >= frame.version) return null;
  const shelf = document.createElement("template");
  shelf.innerHTML = frame.html.trim();
  const line = dress(shelf.content.firstElementChild);
  if (old) return old.replaceWith(line), null;
  if (frame.clientMessageId) {
    list.querySelector(`[data-pending="${CSS.escape(frame.clientMessageId)}"]`)?.remove();
    settled(frame.clientMessageId);
  }
  const all = lines();
  if (all.length && part("earlier") && frame.sequence < sequenceOf(all[0])) return null; // a change of what isn't loaded
  const next = all.find((one) => sequenceOf(one) > frame.sequence) ?? list.querySelector("[data-pending]");
  next ? next.before(line) : list.append(line);
  return line;
};
const show = (frames, { quiet = false } = {}) => {
  const follow = atEnd();
  const fresh = frames.map(put).filter(Boolean);
  marks();
  if (!quiet && frames.some((frame) => frame.html.includes("msg-file") || frame.html.includes("is-gone"))) document.dispatchEvent(new CustomEvent("naksha:changed")); // the room lists files
  const theirs = fresh.filter((line) => line.dataset.member !== me);
  if (follow || fresh.length > theirs.length) toEnd();
  if (theirs.length && !quiet) {
    const line = theirs.at(-1);
    const words = line.querySelector(".msg-words, .msg-event, .msg-file-name")?.textContent.trim() ?? "";
    news.textContent = say("Message", { name: line.querySelector(".msg-who")?.textContent ?? "", words });
    hush(line.dataset.member);
  }
  markRead();
};
const take = (frame) => {
  if (over) return;
  show([frame]);
  if (frame.version === version + 1) version = frame.version;
  else if (frame.version > version) catchUp();
};
