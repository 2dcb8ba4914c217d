// The board lives: cards are dragged, deeds change it in place, and what colleagues do shows within seconds.
// Nothing here is needed: each deed is a form of its own, and "More" is a link.

const EVERY = 5000;
const board = document.querySelector("[data-sl-board]");
let dragged = null;

function columns() {
  return [...board.querySelectorAll("[data-sl-column]")];
}

function read(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

// Columns

function put(column, fresh) {
  column.replaceWith(fresh);
  prepare(fresh);
}

function isInUse(column) {
  const at = document.activeElement;
  return dragged !== null || (column.contains(at) && at.matches("select, input, textarea"));
}

async function refresh(column) {
  const shown = column.querySelectorAll("[data-sl-card]").length;
  const answer = await fetch(`${column.dataset.slPiece}&cards=${shown}`);
  if (!answer.ok) return;
  const fresh = read(await answer.text()).querySelector("[data-sl-column]");
  const now = board.querySelector(`[data-sl-column="${column.dataset.slColumn}"]`);
  if (!fresh || isInUse(now)) return;
  const kept = now.contains(document.activeElement) ? document.activeElement.closest("[data-sl-card]")?.id : null;
  put(now, fresh);
  if (kept) document.getElementById(kept)?.querySelector("a")?.focus({ preventScroll: true });
}

async function look() {
  if (document.hidden || dragged) return;
  const answer = await fetch(board.dataset.slPulseUrl);
  if (!answer.ok) return;
  const pulse = await answer.json();
  const changed = columns().filter((column) => pulse[column.dataset.slColumn] !== column.dataset.slPulse);
  await Promise.all(changed.filter((column) => !isInUse(column)).map(refresh));
}

// Deeds

function tell(page) {
  for (const old of document.querySelectorAll(".sl-say")) old.remove();
  const said = [...page.querySelectorAll(".sl-say")];
  board.closest(".sl").prepend(...said);
  document.querySelector("[data-sl-told]").textContent = said.map((one) => one.querySelector("p")?.textContent).join(" ");
}

async function send(form) {
  const card = form.closest("[data-sl-card]")?.id;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = read(await answer.text());
    const fresh = page.querySelector("[data-sl-board]");
    if (answer.ok && !fresh) {
      location.assign(answer.url);
      return;
    }
    tell(page);
    if (fresh) for (const column of columns()) put(column, fresh.querySelector(`[data-sl-column="${column.dataset.slColumn}"]`));
    else await Promise.all(columns().map(refresh));
    if (card) document.getElementById(card)?.querySelector("a")?.focus();
  } catch {
    form.submit();
  }
}

board.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  send(event.target);
});

// More

async function more(link) {
  const column = link.closest("[data-sl-column]");
  const answer = await fetch(`${link.href}&piece=1`);
  if (!answer.ok) return location.assign(link.href);
  const page = read(await answer.text());
  const cards = [...page.querySelectorAll("[data-sl-card]")];
  column.querySelector("[data-sl-cards]").append(...cards);
  const next = page.querySelector("[data-sl-more]");
  if (next) link.replaceWith(next);
  else link.remove();
  prepare(column);
  cards[0]?.querySelector("a")?.focus({ preventScroll: true });
}

board.addEventListener("click", (event) => {
  const link = event.target.closest("[data-sl-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  more(link);
});

// Dragging

const ends = document.querySelector("[data-sl-ends]");

function targets(card) {
  if (card.querySelector("form[action*='/take']")) return ["take"];
  return [...card.querySelectorAll("select[name=to] option")].map((option) => option.value);
}

function places() {
  return [...columns(), ...ends.querySelectorAll("[data-sl-end]")];
}

function placeOf(element) {
  return element.closest("[data-sl-column], [data-sl-end]");
}

function valueOf(place) {
  return place.dataset.slColumn ?? place.dataset.slEnd;
}

function prepare(root) {
  for (const card of root.querySelectorAll("[data-sl-card]")) card.draggable = targets(card).length > 0;
}

board.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-sl-card]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
  const legal = targets(dragged);
  dragged.classList.add("sl-dragging");
  ends.hidden = false;
  for (const place of places()) {
    const can = legal.includes(valueOf(place));
    place.classList.toggle("sl-can-drop", can);
    place.classList.toggle("sl-cannot-drop", !can && !place.contains(dragged));
    if (place.dataset.slEnd) place.hidden = !can;
  }
});

function drop(place) {
  const form = dragged.querySelector("form");
  const select = form.querySelector("select[name=to]");
  if (select) select.value = valueOf(place);
  send(form);
}

document.addEventListener("dragover", (event) => {
  const place = dragged && placeOf(event.target);
  for (const one of places()) one.classList.toggle("sl-drop-here", one === place && one.classList.contains("sl-can-drop"));
  if (place?.classList.contains("sl-can-drop")) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const place = dragged && placeOf(event.target);
  if (!place?.classList.contains("sl-can-drop")) return;
  event.preventDefault();
  drop(place);
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("sl-dragging");
  dragged = null;
  ends.hidden = true;
  for (const place of places()) place.classList.remove("sl-can-drop", "sl-cannot-drop", "sl-drop-here");
});

// Hints

async function hint(place) {
  const answer = await fetch(place.dataset.slHints);
  if (answer.ok) place.replaceWith(...read(await answer.text()).body.children);
}

prepare(board);
for (const place of document.querySelectorAll("[data-sl-hints]")) hint(place).catch(() => undefined);
setInterval(() => look().catch(() => undefined), EVERY);
