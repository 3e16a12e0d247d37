// Asking for what came after the version that is shown, and stopping where this chat is no more to be seen.
class Lost extends Error {}
const ask = async (url, options = {}) => {
  const answer = await fetch(url, { ...options, headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
  if (answer.status === 404 || answer.status === 403 || answer.type === "opaqueredirect") throw new Lost();
  if (!answer.ok) throw Object.assign(new Error(answer.status), { answer });
  return answer.status === 204 ? null : answer.json();
};
const lost = () => {
  over = true;
  socket?.close();
  clearInterval(poller);
  tell(say("Lost"));
  if (form) form.hidden = true;
};
let catching = null;
let again = false;
const catchUp = (how = "") => {
  if (over) return Promise.resolve();
  if (catching) return (again = true), catching;
  catching = (async () => {
    try {
      for (let more = true; more; ) {
        const answer = await ask(`${root.dataset.changes}?after=${version}${how}`);
        if (answer.reset) {
          for (const line of lines()) line.remove();
          if (answer.earlier && !part("earlier")) return location.reload();
        }
        show(answer.messages, { quiet: answer.reset });
        more = answer.more;
        version = Math.max(more ? 0 : answer.version, ...answer.messages.map((m) => m.version), answer.reset ? answer.version : version);
        meet(answer.people);
      }
      return true;
    } catch (error) {
      if (error instanceof Lost) lost();
      else if (!(error instanceof TypeError) && !error.answer) throw error; // TypeError: the network is away
      return false;
    } finally {
      catching = null;
      if (again) {
        again = false;
        catchUp();
      }
    }
  })();
  return catching;
};
