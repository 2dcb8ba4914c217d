// Draws the figure of a report and asks after a report that is still being computed.
// The tables are in the page already; without script nothing but the figure is missing.

const STATE_COLOURS = ["potential", "won", "lost", "deferred", "recovered"];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--sl-${name}`).trim();
}

// Colours of a figure are written as "sl:lost" and the like, so that it follows the theme.
function themed(value) {
  if (typeof value === "string" && value.startsWith("sl:")) return colour(value.slice(3)) || "#888888";
  if (Array.isArray(value)) return value.map(themed);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, themed(item)]));
  }
  return value;
}

function draw(place) {
  const figure = themed(JSON.parse(place.querySelector("script").textContent));
  const axis = { gridcolor: colour("line"), zerolinecolor: colour("line"), linecolor: colour("line") };
  const layout = {
    ...figure.layout,
    template: undefined,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "system-ui, sans-serif", size: 14, color: colour("ink") },
    colorway: STATE_COLOURS.map(colour),
    autosize: true,
  };
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
    layout[name] = { ...axis, automargin: true, ...layout[name] };
  }
  globalThis.Plotly.react(place.querySelector("[data-sl-canvas]"), figure.data, layout, {
    responsive: true,
    displayModeBar: false,
    locale: document.documentElement.lang || "en",
  });
}

function drawAll() {
  if (globalThis.Plotly) document.querySelectorAll("[data-sl-figure]").forEach(draw);
}

drawAll();
document.addEventListener("servicelost:theme", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

for (const time of document.querySelectorAll("[data-sl-time]")) {
  const moment = new Date(time.dateTime);
  const today = moment.toDateString() === new Date().toDateString();
  const options = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  time.textContent = moment.toLocaleString(document.documentElement.lang, options);
}

const waiting = document.querySelector("[data-sl-run]");
if (waiting) {
  const link = waiting.querySelector("a");
  link.hidden = true;
  // Numbers somebody is reading are not taken away: newer ones are offered.
  const ready = () => {
    waiting.querySelector(".sl-busy").remove();
    waiting.querySelector("p").textContent = "Newer numbers are ready.";
    link.hidden = false;
  };
  let pause = 400;
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.slRun, { headers: { Accept: "application/json" } });
      const run = await answer.json();
      if (run.done && !waiting.dataset.slShown) return location.reload();
      if (run.done) return ready();
      waiting.querySelector("[data-sl-hint]").textContent = run.hint;
    } catch {
      // The network came and went: ask again.
    }
    pause = Math.min(pause * 1.4, 5000);
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}
