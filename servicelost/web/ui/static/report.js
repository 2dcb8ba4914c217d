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

const waiting = document.querySelector("[data-sl-run]");
if (waiting) {
  let pause = 400;
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.slRun, { headers: { Accept: "application/json" } });
      const run = await answer.json();
      if (run.done) return location.reload();
      waiting.querySelector("[data-sl-hint]").textContent = run.hint;
    } catch {
      // The network came and went: ask again.
    }
    pause = Math.min(pause * 1.4, 5000);
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}
