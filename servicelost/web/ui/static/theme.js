// Sets the chosen theme before the page is painted; without a choice the system's own applies.
(() => {
  const key = "servicelost-theme";
  const chosen = localStorage.getItem(key);
  if (chosen) document.documentElement.dataset.bsTheme = chosen;
})();
