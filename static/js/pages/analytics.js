// Draws each <figure data-chart="along|stack|across"> from the table beside it: a head cell with data-drawn="bar" or
// "line" is a series, td[data-n] its numbers. What is drawn is what the table says. Colours are the tokens of the page
// and change with it; nothing moves for who wants no motion.
const MOST = 12; // bars across; the table has all
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const tokens = () => {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
};
const whole = new Intl.NumberFormat("en-IN");
const short = new Intl.NumberFormat("en-IN", { notation: "compact", maximumFractionDigits: 1 });
const rupees = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR" });
const said = {
  paise: (n) => rupees.format(n / 100),
  minutes: (n) => `${whole.format(Math.round(n / 6) / 10)} h`,
  percent: (n) => `${n} %`,
  count: (n) => whole.format(n),
};
const told = (n, unit) => (n === null ? "–" : said[unit](n));
const onAxis = {
  ...said,
  paise: (n) => `${n < 0 ? "−" : ""}₹${short.format(Math.abs(n) / 100)}`,
  count: (n) => (Number.isInteger(n) ? whole.format(n) : ""),
};

const read = (table) => {
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const rows = [...table.tBodies[0].rows];
  const series = heads
    .map((head, at) => ({ title: head.textContent.trim(), unit: head.dataset.unit, drawn: head.dataset.drawn, at }))
    .filter(({ drawn }) => drawn)
    .map((one) => ({
      ...one,
      numbers: rows.map((row) => (row.cells[one.at + 1].dataset.n === undefined ? null : Number(row.cells[one.at + 1].dataset.n))),
    }));
  return { titles: rows.map((row) => row.cells[0].textContent.trim()), series };
};

// What a part is told by: a colour for each outcome, ink for the one series, a dashed line for the period before.
const OUTCOMES = ["ink", "bad", "contour-index", "water-deep"];
// As functions, for what is drawn already keeps a colour that was given by name.
const clothe = (datasets, box, colour) => {
  const bars = box.series.filter(({ drawn }) => drawn === "bar").length;
  const as = (name) => {
    const value = colour(name);
    return () => value;
  };
  let bar = 0;
  box.series.forEach((one, n) => {
    const set = datasets[n];
    if (one.drawn === "bar") {
      set.backgroundColor = as(bars > 1 ? OUTCOMES[bar++ % OUTCOMES.length] : "ink");
      set.borderColor = as("sheet");
      set.borderWidth = bars > 1 ? 1 : 0;
    } else {
      set.borderColor = set.pointBackgroundColor = as("accent");
      set.backgroundColor = as("accent-wash");
    }
  });
  return datasets;
};
const paint = (chart, box, colour) => {
  clothe(chart.data.datasets, box, colour);
  for (const scale of Object.values(chart.options.scales)) {
    scale.ticks.color = colour("ink-3");
    scale.grid.color = colour("line");
    scale.border.color = colour("ink");
  }
  chart.options.plugins.legend.labels.color = colour("ink-2");
  const tip = chart.options.plugins.tooltip;
  tip.backgroundColor = colour("ink");
  tip.titleColor = tip.bodyColor = colour("paper");
  chart.update("none");
};

const draw = (figure, moves) => {
  const across = figure.dataset.chart === "across";
  const stacked = figure.dataset.chart === "stack";
  const box = read(figure.parentElement.querySelector("table"));
  const titles = across ? box.titles.slice(0, MOST) : box.titles;
  const unit = box.series[0].unit;
  figure.hidden = false;
  const frame = figure.firstElementChild;
  const several = box.series.length > 1;
  if (across) frame.style.height = `${(several ? 80 : 44) + titles.length * (several && !box.series.some((one) => one.drawn === "line") ? 36 : several ? 52 : 40)}px`;
  const parts = across && box.series.filter(({ drawn }) => drawn === "bar").length > 1;
  const font = { family: getComputedStyle(document.body).fontFamily, size: 13 };
  const amounts = {
    beginAtZero: true,
    stacked: stacked || parts,
    ticks: { font, maxTicksLimit: 6, callback: (value) => onAxis[unit](value) },
    grid: { drawTicks: false },
    border: { display: false },
  };
  const names = {
    stacked: stacked || parts,
    ticks: { font, maxRotation: 0, autoSkip: !across, autoSkipPadding: 16, callback(value) {
      const words = this.getLabelForValue(value);
      return across && words.length > 22 ? `${words.slice(0, 21)}…` : words;
    } },
    grid: { display: false },
    border: { display: true },
  };
  const chart = new Chart(figure.querySelector("canvas"), {
    type: "bar",
    data: {
      labels: titles,
      datasets: clothe(box.series.map((one) => ({
        label: one.title,
        data: one.numbers.slice(0, titles.length),
        // A period before is a line along the time, and a second bar across.
        type: one.drawn === "line" && !across ? "line" : "bar",
        order: one.drawn === "line" ? 0 : 1,
        borderDash: [4, 4],
        borderWidth: one.drawn === "line" ? 1.5 : 0,
        pointRadius: 0,
        pointHitRadius: 12,
        maxBarThickness: 28,
        categoryPercentage: 0.8,
        barPercentage: 0.9,
      })), box, tokens()),
    },
    options: {
      indexAxis: across ? "y" : "x",
      maintainAspectRatio: false,
      animation: moves ? { duration: 300 } : false,
      interaction: { mode: "index", axis: across ? "y" : "x", intersect: false },
      scales: across ? { x: amounts, y: names } : { x: names, y: amounts },
      plugins: {
        colors: { enabled: false },
        legend: { display: several, position: "bottom", align: "start", labels: { font, boxWidth: 14, boxHeight: 10 } },
        tooltip: {
          titleFont: font, bodyFont: font, cornerRadius: 2,
          callbacks: { label: (item) => `${item.dataset.label}: ${told(item.parsed[across ? "x" : "y"], unit)}` },
        },
      },
    },
  });
  return [chart, box];
};

let drawn = [];
const repaint = () => {
  const colour = tokens();
  for (const [chart, box] of drawn) paint(chart, box, colour);
};
// What live.js has put in the place of a drawing is drawn anew, at once and without moving.
const drawAll = (moves) => {
  for (const [chart] of drawn) chart.destroy();
  drawn = [...document.querySelectorAll("[data-chart]")].map((figure) => draw(figure, moves));
  repaint();
};
const begin = () => {
  drawAll(!still);
  document.addEventListener("htmx:afterSettle", () => drawAll(false));
  // The switch changes an attribute and a sheet; the device changes a media query.
  new MutationObserver(() => requestAnimationFrame(repaint)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(repaint));
  // On paper: in its colours, with every table.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".as-table:not([open])")];
    for (const table of opened) table.open = true;
  });
  addEventListener("afterprint", () => {
    for (const table of opened) table.open = false;
  });
  matchMedia("print").addEventListener("change", repaint);
};
const first = () => document.querySelector("[data-chart]") && location.reload(); // there was nothing to draw with so far
if (window.Chart) begin();
else document.addEventListener("htmx:afterSettle", first);
