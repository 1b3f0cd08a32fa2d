// Meeting mode: what others hand in appears by server-sent events; what somebody is filling in stays.
const source = document.querySelector("[data-events]");
const touched = new Set();
document.addEventListener("input", (event) => {
  const part = event.target.closest("[data-live]");
  if (part) touched.add(part.id);
});

const isBusy = (part) => touched.has(part.id) || part.contains(document.activeElement);

const renew = async () => {
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "meeting" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  let isHeldBack = false;
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh) return location.reload();
    if (isBusy(old)) {
      isHeldBack ||= fresh.dataset.live !== old.dataset.live;
      continue;
    }
    const part = document.importNode(fresh, true);
    old.replaceWith(part);
    window.htmx?.process(part);
  }
  document.querySelector("[data-refresh]")?.classList.toggle("btn-primary", isHeldBack);
};

let stream = null;
let running = null;
const listen = () => {
  if (stream || document.visibilityState !== "visible") return;
  stream = new EventSource(source.dataset.events);
  stream.addEventListener("changed", (event) => {
    const [path] = source.dataset.events.split("?");
    source.dataset.events = `${path}?last=${encodeURIComponent(event.data)}`;
    running = (running ?? Promise.resolve()).then(renew).catch(() => {});
  });
  stream.addEventListener("error", () => {
    // The answer ended as it should: the browser asks again. Only a refusal closes for good.
    if (stream?.readyState === EventSource.CLOSED) {
      stream = null;
      setTimeout(listen, 5000);
    }
  });
};
const rest = () => {
  stream?.close();
  stream = null;
};
if (source) {
  listen();
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? listen() : rest()));
  addEventListener("pagehide", rest);
}
