// Sets the chosen theme before the page is painted; without a choice the system's own applies.
(() => {
  const key = "servicelost-theme";
  const chosen = localStorage.getItem(key);
  const apply = (theme) => {
    if (theme) document.documentElement.dataset.bsTheme = theme;
    else delete document.documentElement.dataset.bsTheme;
  };
  apply(chosen);
  // Paper is white, whatever the screen is.
  let before;
  addEventListener("beforeprint", () => {
    before = document.documentElement.dataset.bsTheme;
    apply("light");
  });
  addEventListener("afterprint", () => apply(before));
})();
