"""A pack as a file to print. The same pack gives the same bytes: no clock, no chance, fonts of its own."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ideaflow.gates.review.paper import Paper, Section

FONTS = Path(__file__).resolve().parent / "fonts"
INK, SOFT, LINE = HexColor("#1d1d1a"), HexColor("#5f5e57"), HexColor("#d9d6cc")
WIDTH = A4[0] - 40 * mm
LABEL = 46 * mm


def pdf_of(paper: Paper, pack_hash: str) -> bytes:
    """Return a pack as PDF, its hash on every page."""
    _register()
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=20 * mm,
        title=paper.question, author="ideaflow", invariant=1,
    )  # fmt: skip

    def foot(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont("Body", 7)
        canvas.setFillColor(SOFT)
        canvas.drawString(20 * mm, 11 * mm, f"SHA-256 of the pack {pack_hash}")
        canvas.drawRightString(A4[0] - 20 * mm, 11 * mm, f"page {page.page}")
        canvas.restoreState()

    document.build(_story(paper), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _story(paper: Paper) -> list[Any]:
    story: list[Any] = [Paragraph(escape(paper.question), _style("title"))]
    if paper.value:
        story.append(Paragraph(escape(paper.value), _style("lead")))
    story += [Spacer(1, 3 * mm), _lines(paper.head)]
    for section in paper.sections:
        story += _section(section)
    return story


def _section(section: Section) -> list[Any]:
    head = Paragraph(escape(section.title), _style("head"))
    body: list[Any] = [_lines(section.lines)] if section.lines else []
    for words, who in section.quotes:
        body.append(Paragraph(f"“{escape(words)}”", _style("quote")))
        body.append(Paragraph(escape(who), _style("who")))
    body += [Paragraph(f"– {escape(words)}", _style("body")) for words in section.sentences]
    if section.is_empty:
        body = [Paragraph(escape(section.empty), _style("soft"))]
    return [KeepTogether([head, body[0]]), *body[1:]]


def _lines(lines: Any) -> Table:
    rows = [
        [Paragraph(escape(name), _style("soft")), Paragraph(escape(value), _style("body"))]
        for name, value in lines
    ]
    table = Table(rows, colWidths=[LABEL, WIDTH - LABEL], hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ]
        )
    )
    return table


@cache
def _style(name: str) -> ParagraphStyle:
    body = ParagraphStyle("body", fontName="Body", fontSize=9, leading=12.5, textColor=INK, splitLongWords=1)
    made = {
        "body": body,
        "soft": ParagraphStyle("soft", body, textColor=SOFT),
        "title": ParagraphStyle("title", body, fontName="Bold", fontSize=16, leading=20),
        "lead": ParagraphStyle("lead", body, fontSize=10.5, leading=15, textColor=SOFT, spaceBefore=2 * mm),
        "head": ParagraphStyle(
            "head", body, fontName="Bold", fontSize=11, leading=14, spaceBefore=5 * mm, spaceAfter=1 * mm
        ),
        "quote": ParagraphStyle(
            "quote", body, leftIndent=4 * mm, fontSize=9.5, leading=13, spaceBefore=1.5 * mm
        ),
        "who": ParagraphStyle("who", body, leftIndent=4 * mm, fontSize=8, textColor=SOFT),
    }
    return made[name]


@cache
def _register() -> None:
    for name, file in (("Body", "DejaVuSans.ttf"), ("Bold", "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))
    pdfmetrics.registerFontFamily("Body", normal="Body", bold="Bold", italic="Body", boldItalic="Bold")
