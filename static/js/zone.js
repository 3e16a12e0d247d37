// Tells the server the visitor's own time zone, by a cookie, so that pages are drawn in it. A page of times that was
// drawn for another zone (data-zone-page says which) is asked for again, once: on the first visit from abroad.
const renamed = { "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon" };
const told = Intl.DateTimeFormat().resolvedOptions().timeZone;
const zone = renamed[told] ?? told;
if (zone && !document.cookie.split("; ").includes(`tz=${zone}`)) {
  document.cookie = `tz=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  const kept = document.cookie.split("; ").includes(`tz=${zone}`);
  const drawn = document.querySelector("[data-zone-page]")?.dataset.zonePage;
  if (kept && drawn && drawn !== zone && !new URLSearchParams(location.search).has("tz")) location.reload();
}
