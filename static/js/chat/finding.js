// Scrolling back, and searching.
let loading = false;
const earlier = async (link) => {
  if (loading || over) return;
  loading = true;
  try {
    const answer = await ask(`${root.dataset.messages}?before=${sequenceOf(lines()[0])}`);
    if (!answer.more) link.parentElement.remove();
    const below = log.scrollHeight - log.scrollTop;
    const shelf = document.createElement("template");
    shelf.innerHTML = answer.messages.map((m) => m.html).join("");
    for (const line of shelf.content.children) dress(line);
    list.prepend(shelf.content);
    marks();
    log.scrollTop = log.scrollHeight - below;
    link.textContent = earlierWords;
  } catch (error) {
    if (error instanceof Lost) lost();
    else if (error.answer || error instanceof TypeError) link.textContent = say("NotEarlier");
    else throw error;
  } finally {
    loading = false;
  }
};
const link = part("earlier");
const earlierWords = link?.textContent;
if (link && !over) {
  link.addEventListener("click", (event) => (event.preventDefault(), earlier(link)));
  new IntersectionObserver(([entry]) => entry.isIntersecting && log.scrollTop > 0 | log.scrollHeight > log.clientHeight && earlier(link), { root: log, rootMargin: "200px 0px 0px" }).observe(link);
}
const find = part("find");
let results = null;
const unfind = () => {
  results?.remove();
  results = null;
  log.hidden = false;
};
const showFound = (words, found = []) => {
  unfind();
  results = make("div", "chat-log chat-results");
  results.tabIndex = -1;
  const shelf = make("ol", "msgs");
  shelf.innerHTML = found.map((m) => m.html).join("");
  for (const line of shelf.children) {
    dress(line).removeAttribute("id");
    line.querySelector("[data-change]")?.remove();
    const told = line.querySelector("time");
    told.textContent = `${dayName.format(new Date(told.dateTime))}, ${time(told.dateTime)}`;
  }
  results.append(make("p", "small", words), shelf);
  news.textContent = words;
  log.hidden = true;
  log.before(results);
};
find.addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = find.elements.q.value.trim();
  if (words.length < 2) return unfind();
  try {
    const found = (await ask(`${find.getAttribute("action")}?q=${encodeURIComponent(words)}`)).messages;
    showFound(found.length ? say("Found", { n: found.length }) : say("None"), found);
  } catch (error) {
    if (error instanceof Lost) lost();
    else if (error instanceof TypeError) tell(say("Offline"));
    else if (error.answer) showFound(say("NotNow"));
    else throw error;
  }
});
find.elements.q.addEventListener("input", () => find.elements.q.value || unfind());
