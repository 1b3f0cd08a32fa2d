// Set the theme before the first paint: the stored choice, else the system's. Loaded in <head>, blocking, tiny.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    document.documentElement.dataset.bsTheme = localStorage.getItem("theme") || (dark.matches ? "dark" : "light");
  };
  set();
  dark.addEventListener("change", () => {
    set();
    document.dispatchEvent(new Event("themechange"));
  });
})();
