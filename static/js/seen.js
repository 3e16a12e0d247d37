// Says once that a page was opened by a person: <meta name="seen" content="/seen/…/page/">. No cookie, nothing about
// who it is. A page that the browser only fetches ahead waits until somebody looks at it.
const seen = document.querySelector('meta[name="seen"]')?.content;
const say = () => navigator.sendBeacon?.(seen);
if (seen && document.visibilityState === "visible" && !document.prerendering) say();
else if (seen) {
  const once = () => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", once);
    say();
  };
  document.addEventListener("visibilitychange", once);
}
