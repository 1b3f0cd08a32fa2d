// Shows the widget on another site: <script src="https://…/portal/widget/script.js" async></script>
// data-language="de" chooses its language, data-label the word on its button. Sets no cookie, reads nothing.
(() => {
  const own = document.currentScript;
  const origin = new URL(own.src).origin;
  const about = new URLSearchParams({ page: location.origin + location.pathname });
  if (own.dataset.language) about.set("language", own.dataset.language);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = own.dataset.label || "Tell us";
  button.setAttribute("aria-expanded", "false");
  Object.assign(button.style, {
    position: "fixed", insetBlockEnd: "1rem", insetInlineEnd: "1rem", zIndex: 2147483000, padding: ".75rem 1.25rem",
    border: 0, borderRadius: "2rem", background: "#1b1c1a", color: "#fff", font: "600 16px/1.25 system-ui, sans-serif",
    cursor: "pointer", boxShadow: "0 4px 16px rgb(0 0 0 / .25)",
  });
  let frame;
  const open = () => {
    frame = document.createElement("iframe");
    frame.src = `${origin}/portal/widget/?${about}`;
    frame.title = button.textContent;
    Object.assign(frame.style, {
      position: "fixed", insetBlockEnd: "4.5rem", insetInlineEnd: "1rem", zIndex: 2147483000, border: 0,
      width: "min(24rem, calc(100vw - 2rem))", height: "min(36rem, calc(100vh - 6rem))", borderRadius: "14px",
      background: "#fff", boxShadow: "0 8px 40px rgb(0 0 0 / .25)",
    });
    document.body.append(frame);
  };
  const close = () => {
    frame.remove();
    frame = null;
    button.focus();
  };
  button.addEventListener("click", () => {
    frame ? close() : open();
    button.setAttribute("aria-expanded", String(Boolean(frame)));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && frame) button.click();
  });
  document.body.append(button);
})();
