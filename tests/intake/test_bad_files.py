"""Bad input: every broken file gets one clear answer, and what can be read of it is accounted for."""

import gzip
import json
import struct
import sys
import zipfile

import pytest

from ideaflow.intake.faults import FileRejected
from tests.intake.exports import Read, archive, members_of, workbook, written

HEAD = "id,note,company\n"
GOOD = '1,"The scanner forgets half of every pallet",Brask\n'
_SHEET = "xl/worksheets/sheet1.xml"


def _xlsx(folder, change):
    """Return a good workbook with its members changed."""
    members = members_of(workbook(folder, [["id", "note"], ["1", "Too slow on Mondays"]]))
    change(members)
    return archive(folder, members)


def _bomb(members):
    members[_SHEET] = members[_SHEET].replace(b"Too slow", b"A" * 30_000_000)
    members["xl/sharedStrings.xml"] = b"<sst>" + b"A" * 30_000_000 + b"</sst>"


def _far(members):
    members[_SHEET] = members[_SHEET].replace(b'r="B2"', b'r="XFD1048576"')


def _entities(members):
    members[_SHEET] = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + members[_SHEET]


def _lying(folder):
    path = archive(folder, members_of(workbook(folder, [["id", "note"], ["1", "x " * 30_000]])))
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        sheet = max(packed.infolist(), key=lambda member: member.file_size)
    place = raw.rfind(b"PK\x01\x02", 0, raw.rfind(sheet.filename.encode()))
    raw[place + 24 : place + 28] = struct.pack("<I", 100)
    path.write_bytes(bytes(raw))
    return path


def _encrypted(folder):
    path = workbook(folder, [["id", "note"], ["1", "x"]])
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        members = packed.infolist()
    for member in members:
        raw[member.header_offset + 6] |= 1
    place = -1
    while (place := raw.find(b"PK\x01\x02", place + 1)) >= 0:
        raw[place + 8] |= 1
    path.write_bytes(bytes(raw))
    return path


REFUSED = {
    "an empty file": (lambda d: written(d, b""), "empty"),
    "only spaces": (lambda d: written(d, b"  \r\n \t"), "empty"),
    "only a mark": (lambda d: written(d, b"\xef\xbb\xbf"), "empty"),
    "only a header": (lambda d: written(d, HEAD), "no rows"),
    "a header and blank lines": (lambda d: written(d, HEAD + "\n\n,,\n"), "no rows"),
    "no such file": (lambda d: d / "missing.csv", "no such file"),
    "a folder": (lambda d: d, "folder"),
    "a picture": (lambda d: written(d, b"\x89PNG\r\n\x1a\n" + bytes(500)), "PNG"),
    "a photograph": (lambda d: written(d, b"\xff\xd8\xff\xe0" + bytes(500)), "JPEG"),
    "a PDF named csv": (lambda d: written(d, b"%PDF-1.7\n..."), "PDF"),
    "a gzip archive": (lambda d: written(d, gzip.compress(b"a,b\n1,2\n")), "gzip"),
    "a database": (lambda d: written(d, b"SQLite format 3\x00" + bytes(90)), "SQLite"),
    "a program": (lambda d: written(d, b"MZ\x90\x00\x03" + bytes(90)), "program"),
    "bytes without sense": (lambda d: written(d, bytes(range(256)) * 40 + bytes(20_000)), "no text"),
    "a web page named csv": (lambda d: written(d, "<!DOCTYPE html><html><body>Sign in</body>"), "web page"),
    "a web table named xls": (lambda d: written(d, " <table><tr><td>1", "export.xls"), "web page"),
    "an old XLS": (
        lambda d: written(d, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "export.xlsx"),
        "XLS",
    ),
    "a workbook with a password": (
        lambda d: written(
            d, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
        ),
        "password",
    ),
    "encrypted members": (_encrypted, "password"),
    "a zip of a csv": (lambda d: archive(d, {"export.csv": b"a,b\n1,2\n"}), "ZIP"),
    "a zip of a zip": (lambda d: archive(d, {"inner.zip": b"PK\x03\x04"}), "ZIP"),
    "a truncated workbook": (
        lambda d: written(d, workbook(d, [["id", "note"], ["1", "x"]]).read_bytes()[:-900], "cut.xlsx"),
        "damaged",
    ),
    "a zip bomb": (lambda d: _xlsx(d, _bomb), "packed more than"),
    "a workbook that lies about its size": (_lying, "damaged"),
    "cells at the end of the world": (lambda d: _xlsx(d, _far), "spreads over"),
    "XML entities": (lambda d: _xlsx(d, _entities), "entities"),
    "a workbook without sheets' parts": (lambda d: _xlsx(d, lambda m: m.pop(_SHEET)), "Save it"),
    "an empty workbook": (lambda d: workbook(d, []), "empty"),
    "a workbook with only a header": (lambda d: workbook(d, [["id", "note"]]), "no rows"),
    "an unclosed quote at the end": (lambda d: written(d, HEAD + GOOD + '2,"open,Brask\n3,x,y\n'), "row 3"),
    "an unclosed quote before others": (
        lambda d: written(d, HEAD + GOOD + '2,"open,Brask\n' + GOOD.replace("1,", "3,")),
        "row 3",
    ),
    "a column twice": (lambda d: written(d, "id,Note,note\n1,a,b\n"), "twice"),
    "no name in the header": (lambda d: written(d, '"",""\n,\n;'), "empty|names no column|no rows|becomes"),
    "a missing column": (lambda d: written(d, "id,colour\n1,red\n"), "no column becomes"),
    "too many columns": (lambda d: written(d, ",".join(f"c{i}" for i in range(5000)) + "\n1\n"), "columns"),
    "a line without end": (lambda d: written(d, HEAD + "1," + "x" * 33_000_000), "longer than"),
    "half a UTF-16 character": (lambda d: written(d, (HEAD + GOOD).encode("utf-16")[:-1]), "cut off"),
    "torn JSON": (lambda d: written(d, '{"tickets": [{"id": 1, "subject": "a"},', "x.json"), "line 1"),
    "JSON with more behind": (lambda d: written(d, '[{"id": 1, "note": "a"}] x', "x.json"), "more follows"),
    "JSON that holds nothing": (lambda d: written(d, "[]", "x.json"), "no records"),
    "JSON nested without end": (lambda d: written(d, "[" * 200_000, "x.json"), "deeper|torn"),
    "a JSON number without end": (lambda d: written(d, '[{"id": ' + "9" * 9000 + "}]", "x.json"), "too long"),
}

ROWS = {
    "a NUL byte": (HEAD + GOOD + "2,a\x00b,Brask\n", 3, "note", "NUL"),
    "a cell of 10 MB": (HEAD + GOOD + f"2,{'x' * 10_000_000},Brask\n", 3, "note", "10,000,000"),
    "a short row": (HEAD + GOOD + "2,too short\n" + GOOD.replace("1,", "4,"), 3, "company", "2 cells"),
    "a long row": (HEAD + GOOD + "2,one, two,Brask,too long\n", 3, "column 4", "5 cells"),
    "an empty text": (HEAD + GOOD + "2,,Brask\n", 3, "note", "empty"),
    "a text of nothing": (HEAD + GOOD + "2,N/A,Brask\n", 3, "note", "empty"),
    "one id, two texts": (HEAD + GOOD + GOOD.replace("scanner", "printer"), 3, "id", "row 2"),
    "an impossible date": ("note,date\nslow,2026-02-28\nslower,2026-02-30\n", 3, "date", "impossible"),
    "a date in the future": ("note,date\nslow,2026-02-28\nslower,2031-01-01\n", 3, "date", "future"),
    "a date that is none": ("note,date\nslow,2026-02-28\nslower,soon\n", 3, "date", "no date"),
    "two orders of dates": (
        "note,date\na b,17/04/2026\nc d,04/17/2026\ne f,03/04/2026\n",
        4,
        "date",
        "two days",
    ),
    "no amount": ("deal name,amount\nA,$5\nB,many\n", 3, "amount", "no amount"),
    "no e-mail address": ("note,email\nslow,a@b.example\nslower,at home\n", 3, "email", "e-mail"),
    "no currency": ("deal name,amount,currency\nA,5,EUR\nB,5,shells\n", 3, "currency", "currency"),
    "a name without end": (f"note,company\nslow,Brask\nslower,{'x' * 400}\n", 3, "company", "400"),
}

LINES = {
    "a torn line": ('{"id": "2", "note": ', "no JSON"),
    "a bare value": ("5", "bare value"),
    "NaN": ('{"id": "2", "note": NaN}', "NaN"),
    "Infinity": ('{"id": "2", "note": [1, -Infinity]}', "Infinity"),
    "half a character": ('{"id": "2", "note": "a \\ud83d b"}', "surrogate"),
    "a NUL": ('{"id": "2", "note": "a \\u0000 b"}', "NUL"),
    "deep nesting": ('{"id": "2", "note": ' + "[" * 60 + "]" * 60 + "}", "deeper"),
    "endless nesting": ('{"id": "2", "note": ' + "[" * 90_000 + "]" * 90_000 + "}", "deeper"),
    "a number without end": ('{"id": ' + "7" * 9000 + ', "note": "x"}', "too long"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_by_name(what, tmp_path):
    make, expected = REFUSED[what]
    path = make(tmp_path)
    with pytest.raises(FileRejected, match=expected) as refusal:
        Read(path)
    assert str(refusal.value).startswith(path.name)
    assert len(str(refusal.value)) < 2500


@pytest.mark.parametrize("what", ROWS)
def test_a_bad_row_is_rejected_with_row_column_and_reason(what, tmp_path):
    content, row, column, reason = ROWS[what]
    read = Read(written(tmp_path, content))
    assert [(r.row, r.column) for r in read.rejected] == [(row, column)]
    assert reason in read.rejected[0].reason
    assert read.survey.row_count == len(read.readings)


@pytest.mark.parametrize("what", LINES)
def test_a_bad_line_of_json_rejects_only_itself(what, tmp_path):
    line, reason = LINES[what]
    good = json.dumps({"id": "1", "note": "The scanner is slow"})
    after = json.dumps({"id": "3", "note": "The printer is slow"})
    read = Read(written(tmp_path, f"{good}\n{line}\n{after}\n", "notes.jsonl"))
    assert [r.source_id for r in read.records] == ["1", "3"]
    assert [r.row for r in read.rejected] == [2]
    assert reason in read.rejected[0].reason


def test_no_reader_changes_how_deep_python_may_recurse(tmp_path):
    before = sys.getrecursionlimit()
    with pytest.raises(FileRejected):
        Read(written(tmp_path, "[" * 5000, "x.json"))
    assert sys.getrecursionlimit() == before
