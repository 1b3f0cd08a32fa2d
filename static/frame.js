// The card in a CRM: opens by itself once somebody connected it, and asks for the theme of a captured wish.
// Works without it: “I have connected” and “Look again” are links.
const EVERY = 2000;
const LONGEST = 600000;
const ask = (address) => fetch(address, { credentials: "same-origin", cache: "no-store" });

document.querySelector("[data-connect]")?.addEventListener("click", (event) => {
  const link = event.currentTarget;
  if (link.dataset.isAsking) return;
  link.dataset.isAsking = "yes";
  document.querySelector("[data-waiting]").hidden = false;
  const until = Date.now() + LONGEST;
  const look = async () => {
    const answer = await ask(link.dataset.check).catch(() => null);
    if (answer?.status === 200 || Date.now() > until) location.replace(document.querySelector("[data-again]").href);
    else setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
});

const follow = async (line, tries) => {
  const answer = await ask(line.dataset.look).catch(() => null);
  if (answer?.ok) {
    line.outerHTML = await answer.text();
    line = document.querySelector("[data-look]");
  }
  if (line && tries > 0) setTimeout(follow, 1000, line, tries - 1);
};
const looking = document.querySelector("[data-look]");
if (looking) setTimeout(follow, 600, looking, 30);
