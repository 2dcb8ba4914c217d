// What every page gains from script: the theme switch, the search key, filters that apply themselves.
// Nothing here is needed: each action is a form or a link of its own.

const THEME = "servicelost-theme";

function isDark() {
  const chosen = document.documentElement.dataset.bsTheme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

for (const button of document.querySelectorAll("[data-sl-theme]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.bsTheme = theme;
    localStorage.setItem(THEME, theme);
    document.dispatchEvent(new CustomEvent("servicelost:theme"));
  });
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const field = document.querySelector("[data-sl-search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  document.querySelector("[data-sl-log-link]")?.click();
});

for (const button of document.querySelectorAll("[data-sl-without-script]")) button.hidden = true;
for (const select of document.querySelectorAll("[data-sl-apply]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// A form sent twice by an impatient finger would be refused as stale; send it once.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
