// Arrow keys walk from the field through what was found and back. Without script the tab key does.

const field = document.querySelector("main [data-sl-search]");

function stops() {
  return [field, ...document.querySelectorAll("[data-sl-found]")].filter(Boolean);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = stops();
  const place = all.indexOf(document.activeElement);
  if (!by || place < 0) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, place + by))].focus();
});
