// What htmx draws into a page is a part of that page. Where the login has ended meanwhile the answer is the login page: it
// is opened, and leads back to what was asked for; where something was typed to be reckoned with, the page stays as it is.
const path = (url) => new URL(url, location.href).pathname;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { responseURL } = detail.xhr;
  if (!responseURL || path(responseURL) === path(detail.pathInfo.requestPath)) return;
  detail.shouldSwap = false;
  if (detail.requestConfig.verb === "get") location.assign(responseURL);
});
