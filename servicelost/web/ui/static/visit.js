// The strips of a line open in place; without script the same links load the page with the strip open.
// Ticked lines are counted, and a question that a move waits for is brought into view.

function strips() {
  return document.querySelectorAll("[data-sl-strip]");
}

function open(strip) {
  for (const other of strips()) other.hidden = other !== strip;
  const first = strip.querySelector("button[name=confirm], button[name=answer], input[type=radio], input:not([type=hidden])");
  first?.focus({ preventScroll: true });
  strip.scrollIntoView({ block: "nearest" });
}

function followTheCause(form, { demandsNote }) {
  const fields = form.querySelector("[data-sl-competitor]");
  const note = form.querySelector("[data-sl-note]");
  const update = () => {
    const cause = form.querySelector("input[name=cause]:checked");
    if (fields) fields.hidden = cause?.dataset.competitor !== "yes";
    if (note && demandsNote) note.required = cause?.dataset.text === "yes";
  };
  form.addEventListener("change", update);
  update();
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
  followTheCause(strip, { demandsNote: true });
}

// A move waits for the answer: the question is what the person looks at, but no answer is pressed by a held key.
const asked = document.querySelector("[data-sl-asked]");
if (asked) {
  asked.scrollIntoView({ block: "center" });
  asked.focus({ preventScroll: true });
}

const several = document.querySelector("[data-sl-several]");
if (several) {
  const told = several.querySelector("[data-sl-picked]");
  const ticks = document.querySelectorAll("[data-sl-pick]");
  const count = () => {
    const ticked = [...ticks].filter((tick) => tick.checked).length;
    told.textContent = told.dataset.slPicked.replace("#", ticked);
    several.hidden = ticked === 0 && !several.querySelector("details[open]");
  };
  for (const tick of ticks) tick.addEventListener("change", count);
  count();
  followTheCause(several, { demandsNote: false });
}
