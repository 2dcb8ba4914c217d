// Today stays fresh while nobody is at work on it, and its rows answer to keys. Without script the page is complete.

const PAUSE = 20_000;

function rows() {
  return [...document.querySelectorAll("[data-sl-row]")];
}

function current() {
  return document.activeElement?.closest("[data-sl-row]") ?? null;
}

function step(by) {
  const all = rows();
  const place = all.indexOf(current());
  all[Math.max(0, Math.min(all.length - 1, place < 0 ? 0 : place + by))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "j" || event.key === "ArrowDown") step(1);
  else if (event.key === "k" || event.key === "ArrowUp") step(-1);
  else if (event.key === "u") document.querySelector(".sl-say form button")?.click();
  else {
    const button = current()?.querySelector(`[data-sl-key="${event.key}"]`);
    if (!button) return;
    event.stopImmediatePropagation();
    button.click();
  }
  event.preventDefault();
}, { capture: true });

const live = document.querySelector("[data-sl-live]");

function busy() {
  return document.hidden || live.querySelector("details[open]") || live.contains(document.activeElement);
}

async function refresh() {
  if (!busy()) {
    try {
      const address = new URL(location.href);
      address.searchParams.delete("done");
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-sl-live]");
      if (answer.ok && fresh && !busy() && fresh.innerHTML !== live.innerHTML) live.innerHTML = fresh.innerHTML;
    } catch {
      // The network came and went: try again at the next turn.
    }
  }
  setTimeout(refresh, PAUSE);
}

if (live) setTimeout(refresh, PAUSE);
