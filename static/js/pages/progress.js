// How far a job is: <div data-progress="/fragment/" data-stage="running"> is drawn again while the job is at this stage,
// and the page is loaded anew once it is at another or has ended. A line that is away is tried again, more slowly.
const box = document.querySelector("[data-progress]");
const FIRST = 1000, LONGEST = 8000;
let pause = FIRST;

const look = async () => {
  try {
    const answer = await fetch(box.dataset.progress, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || (answer.ok && answer.headers.get("X-Stage") !== box.dataset.stage)) return location.reload();
    if (answer.ok) box.innerHTML = await answer.text();
    pause = answer.ok ? FIRST : Math.min(pause * 2, LONGEST);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError: the network is away
    pause = Math.min(pause * 2, LONGEST);
  }
  setTimeout(look, document.hidden ? LONGEST : pause);
};
if (box) setTimeout(look, FIRST);
