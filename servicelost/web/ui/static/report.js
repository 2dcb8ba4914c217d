// Draws the figure of a report and asks after a report that is still being computed.
// The tables are in the page already; without script nothing but the figure is missing.

// Plotly writes some styles as attributes, which the page's policy forbids; the style object may say the same.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style" && this.style) this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

const dark = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  return document.documentElement.dataset.bsTheme ?? (dark.matches ? "dark" : "light");
}

function draw(place, colours = theme(), size = { autosize: true }) {
  const figure = JSON.parse(place.querySelector(`script[data-theme=${colours}]`).textContent);
  const canvas = place.querySelector("[data-sl-canvas]");
  const options = { responsive: true, displayModeBar: false };
  globalThis.Plotly.react(canvas, figure.data, { height: size.width && 340, ...figure.layout, ...size }, options).then(() => {
    if (canvas.dataset.ready) return;
    canvas.dataset.ready = "yes";
    canvas.on("plotly_click", (event) => follow(event.points[0], place.dataset.slRows));
  });
}

// A bar or point knows the filters of the rows behind it.
function follow(point, rows) {
  if (typeof point.customdata === "string" && point.customdata) location.assign(`${rows}?${point.customdata}`);
}

function drawAll() {
  if (globalThis.Plotly) document.querySelectorAll("[data-sl-figure]").forEach((place) => draw(place));
}

drawAll();
document.addEventListener("servicelost:theme", drawAll);
// Paper is light, and a page of A4 is so many pixels wide. What moves while it is drawn is printed as its table.
addEventListener("beforeprint", () => {
  document.querySelectorAll("[data-sl-figure]").forEach((place) => draw(place, "light", { width: 690 }));
  for (const table of document.querySelectorAll(".sl-drawn-flow + details")) table.open = true;
});
addEventListener("afterprint", () => {
  drawAll();
  for (const table of document.querySelectorAll(".sl-drawn-flow + details")) table.open = false;
});
dark.addEventListener("change", drawAll);

for (const time of document.querySelectorAll("[data-sl-time]")) {
  const moment = new Date(time.dateTime);
  const today = moment.toDateString() === new Date().toDateString();
  const language = document.documentElement.lang;
  const day = moment.toLocaleDateString(language === "en" ? "en-GB" : language, { dateStyle: "medium" });
  // The clock is written 14:02 on all pages, in every language.
  const clock = moment.toLocaleTimeString("en-GB", { timeStyle: "short" });
  time.textContent = today ? clock : `${day}, ${clock}`;
}

const waiting = document.querySelector("[data-sl-run]");
if (waiting) {
  const link = waiting.querySelector("a");
  link.hidden = true;
  // Numbers somebody is reading are not taken away: newer ones are offered.
  const ready = () => {
    waiting.querySelector(".sl-busy").remove();
    waiting.querySelector("p").textContent = waiting.dataset.slReady;
    link.hidden = false;
  };
  const failed = (hint) => {
    waiting.querySelector(".sl-busy").remove();
    waiting.classList.add("sl-say-wrong");
    waiting.querySelector("p").textContent = hint;
    link.textContent = waiting.dataset.slAgain;
    link.hidden = false;
  };
  let pause = 400;
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.slRun, { headers: { Accept: "application/json" } });
      const run = await answer.json();
      if (run.failed) return failed(run.hint);
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
