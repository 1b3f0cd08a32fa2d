import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
VENDOR = STATIC / "vendor"
PAGES = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = sorted(STATIC.glob("*.js"))
STYLES = sorted([*STATIC.glob("*.css"), *(STATIC / "pages").glob("*.css")])


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_vendored_file_is_the_one_that_was_checked():
    recorded = dict(reversed(line.split()) for line in (VENDOR / "checksums.txt").read_text().splitlines())
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "checksums.txt"
    }
    assert found == recorded


def test_every_vendored_file_names_its_version_and_its_licence():
    licences = (VENDOR / "LICENSES.txt").read_text()
    for path in VENDOR.iterdir():
        if path.suffix == ".txt":
            continue
        version = re.search(r"\d+\.\d+\.\d+", path.name)
        assert version, f"{path.name} does not say its version"
        assert version[0] in licences, f"{path.name} has no licence in LICENSES.txt"


@pytest.mark.parametrize("style", STYLES, ids=name)
def test_every_style_sheet_closes_what_it_opens(style):
    depth = 0
    for mark in re.findall(r"[{}]", re.sub(r"/\*.*?\*/", "", style.read_text(), flags=re.S)):
        depth += 1 if mark == "{" else -1
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_needs_a_style_or_a_script_in_its_markup(page):
    markup = re.sub(r"{#.*?#}", "", page.read_text(), flags=re.S)
    if "emails" in page.parts:  # Mail readers know no style sheets.
        return
    assert not re.search(r"<[^>]*\sstyle\s*=", markup), "an inline style, which the policy forbids"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", markup), "an inline handler, which the policy forbids"
    assert not re.search(r"hx-on|hx-vals\s*=\s*.js:", markup), "htmx would have to evaluate this"
    for script in re.findall(r"<script\b([^>]*)>", markup):
        assert "src=" in script or 'type="application/json"' in script, "a script in the page"
    assert "https://" not in markup and "http://" not in markup.replace("http://www.w3.org", "")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_templates_stay_small(page):
    assert len(page.read_text().splitlines()) <= 120


def test_every_icon_that_a_page_names_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    wanted = {
        (match, name(page))
        for page in PAGES
        for match in re.findall(r"""icon(?:_name)?(?:\(|=)["']([a-z0-9-]+)["']""", page.read_text())
    }
    assert not [pair for pair in wanted if pair[0] not in sprite]


def test_every_file_that_a_page_links_exists():
    links = {
        (link, name(page))
        for page in PAGES
        for link in re.findall(r"url_for\('static', filename='([^']+)'\)", page.read_text())
    }
    assert links
    assert not [pair for pair in links if not (STATIC / pair[0]).is_file()]


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_our_scripts_evaluate_no_text(script):
    assert not re.search(r"\beval\(|new Function|innerHTML|setAttribute\(.style", script.read_text())


def test_styles_use_tokens_that_exist():
    css = {path: path.read_text() for path in STATIC.rglob("*.css") if "vendor" not in path.parts}
    defined = {token for text in css.values() for token in re.findall(r"(--if-[a-z0-9-]+)\s*:", text)}
    used = {
        (token, name(path))
        for path, text in css.items()
        for token in re.findall(r"var\((--if-[a-z0-9-]+)", text)
    }
    assert not [pair for pair in used if pair[0] not in defined]


def test_every_class_of_ours_that_a_page_uses_has_a_style():
    css = "".join(path.read_text() for path in STATIC.rglob("*.css") if "vendor" not in path.parts)
    defined = set(re.findall(r"\.(if-[a-z0-9-]+)", css))
    used = {
        (word, name(page))
        for page in PAGES
        for words in re.findall(r'class="([^"]*)"', page.read_text())
        for word in re.findall(r"(?:^|[\s'])(if-[a-z0-9-]+)(?=$|[\s'{])", words)
    }
    assert not [pair for pair in used if pair[0] not in defined]
