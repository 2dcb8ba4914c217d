// On the page of a card: the fields of a loss follow the cause that was chosen.

for (const strip of document.querySelectorAll("[data-sl-loss]")) {
  const fields = strip.querySelector("[data-sl-competitor]");
  const note = strip.querySelector("[data-sl-note]");
  const update = () => {
    const cause = strip.querySelector("input[name=cause]:checked");
    fields.hidden = cause?.dataset.competitor !== "yes";
    note.required = cause?.dataset.text === "yes";
  };
  strip.addEventListener("change", update);
  update();
}
