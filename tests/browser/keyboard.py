"""A page without a mouse: everything is reached by Tab and pressed by a key."""

from playwright.sync_api import Page

FURTHEST = 60
FOCUSED = """
() => {
  const one = document.activeElement;
  const words = one.innerText || one.value || "";
  return words.replace(/\\s+/g, " ").replaceAll(" :", ":") + (one.ariaLabel || "");
}
"""


def reach(page: Page, name: str) -> None:
    """Walk by Tab to a button, link or field whose words hold ``name``."""
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"Nothing called {name} can be reached by Tab.")


def press(page: Page, name: str) -> None:
    """Walk to a button or link by Tab and press Enter."""
    reach(page, name)
    page.keyboard.press("Enter")


def reach_field(page: Page, name: str) -> None:
    """Walk by Tab to a field of this name."""
    for _ in range(FURTHEST):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"No field called {name} can be reached by Tab.")
