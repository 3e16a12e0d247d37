// Who is there, who types, and how far this reader has read.
const meet = (all) => {
  for (const one of all) people.set(one.member, one);
  tellHere();
  receipts();
};
const tellHere = () => {
  const others = [...people.values()].filter((one) => one.member !== me && one.here);
  here.replaceChildren();
  if (!others.length) return;
  here.append(make("span", "dot"), others.length === 1 ? say("Here", { name: others[0].name }) : say("ManyHere", { n: others.length }));
};
const typers = new Map();
const hush = (member) => {
  clearTimeout(typers.get(member));
  typers.delete(member);
  typing.hidden = typers.size === 0;
};
const types = (member) => {
  if (member === me || !people.has(member)) return;
  clearTimeout(typers.get(member));
  typers.set(member, setTimeout(() => hush(member), 5000));
  const follow = atEnd();
  typing.hidden = false;
  part("typing-words").textContent = say("Typing", { name: people.get(member).name });
  if (follow) toEnd();
};
let reading = 0;
const markRead = () => {
  const last = sequenceOf(lines().filter((line) => line.dataset.member !== me).at(-1) ?? { dataset: { sequence: 0 } });
  if (over || reading || last <= seen || document.hidden || !document.hasFocus() || !atEnd()) return;
  const token = root.querySelector("[name=csrfmiddlewaretoken]") ?? document.querySelector("[name=csrfmiddlewaretoken]");
  if (!token) return;
  reading = setTimeout(async () => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token.value, sequence: last });
    try {
      await ask(root.dataset.readUrl, { method: "POST", body });
      seen = last;
    } catch (error) {
      if (error instanceof Lost) lost();
    }
    reading = 0;
    if (seen === last) markRead();
  }, 1500);
};
