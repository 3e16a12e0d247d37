// What a price leaves, while it is typed: <div data-price-preview="/…/"> is filled with what the server reckons.
const box = document.querySelector("[data-price-preview]");
const price = document.querySelector("[name=price_paise]");
let waiting;
let asked = 0;

const ask = async () => {
  const mine = ++asked;
  const response = await fetch(`${box.dataset.pricePreview}?${new URLSearchParams({ price_paise: price.value })}`);
  if (response.ok && mine === asked) box.innerHTML = await response.text();
};

price?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 250);
});
