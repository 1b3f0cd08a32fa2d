from flask import url_for


def test_the_address_of_a_style_sheet_changes_with_its_content(app, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    style = tmp_path / "a.css"
    addresses = set()
    for text in ("a{}", "b{}"):
        style.write_text(text)
        with app.test_request_context():
            addresses.add(url_for("static", filename="a.css"))
    assert len(addresses) == 2
    assert all(address.startswith("/static/a.css?v=") for address in addresses)


def test_a_file_that_is_not_there_still_has_an_address(app):
    with app.test_request_context():
        assert url_for("static", filename="gone.css") == "/static/gone.css"
