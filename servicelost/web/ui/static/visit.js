// The decline and defer strips open in place; without script the same links load the page with the strip open.

function strips() {
  return document.querySelectorAll("[data-sl-strip]");
}

function open(strip) {
  for (const other of strips()) other.hidden = other !== strip;
  const first = strip.querySelector("input[type=radio], input:not([type=hidden])");
  first?.focus({ preventScroll: true });
  strip.scrollIntoView({ block: "nearest" });
}

for (const link of document.querySelectorAll("[data-sl-opens]")) {
  link.addEventListener("click", (event) => {
    const strip = document.getElementById(link.dataset.slOpens);
    if (!strip) return;
    event.preventDefault();
    if (strip.hidden) open(strip);
    else strip.hidden = true;
  });
}

for (const strip of strips()) {
  strip.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    strip.hidden = true;
    document.querySelector(`[data-sl-opens="${strip.id}"]`)?.focus();
  });
  const fields = strip.querySelector("[data-sl-competitor]");
  const note = strip.querySelector("[data-sl-note]");
  const update = () => {
    const cause = strip.querySelector("input[name=cause]:checked");
    if (fields) fields.hidden = cause?.dataset.competitor !== "yes";
    if (note) note.required = cause?.dataset.text === "yes";
  };
  strip.addEventListener("change", update);
  update();
}
