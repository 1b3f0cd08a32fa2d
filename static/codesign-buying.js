// What is left of a budget while one types; without script the server says it on the next page.
(() => {
  const left = document.querySelector("[data-left]");
  const fields = document.querySelectorAll("[data-spends]");
  if (!left || !fields.length) return;
  left.setAttribute("aria-live", "polite");
  const value = (field) => Number(field.value.replace("−", "-").replace(/[\s.,]/g, "")) || 0;
  const count = () => {
    const spent = [...fields].map(value).reduce((sum, v) => sum + ("square" in left.dataset ? v * v : v), 0);
    const rest = Number(left.dataset.left) - spent;
    left.textContent = rest.toLocaleString(document.documentElement.lang);
    left.classList.toggle("if-over", rest < 0);
  };
  fields.forEach((field) => field.addEventListener("input", count));
  count();
})();
