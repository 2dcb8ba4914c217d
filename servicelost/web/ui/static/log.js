// The quick log shows the competitor's fields only where the cause allows them, and asks for words where it needs them.

const form = document.querySelector("[data-sl-log]");
const competitor = form?.querySelector("[data-sl-competitor]");
const note = form?.querySelector("[data-sl-note]");

function update() {
  const cause = form.querySelector("input[name=cause]:checked");
  if (competitor) competitor.hidden = cause?.dataset.competitor !== "yes";
  if (note) note.required = cause?.dataset.text === "yes";
}

form?.addEventListener("change", update);
if (form) update();
