"""Templates are compiled once for every process and start, and a cache that fails costs no page."""

from flask import Flask
from jinja2 import DictLoader, Environment

from ideaflow.compiled import keep_compiled


def an_app(home):
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"page.html": "Hello {{ name }}"})
    keep_compiled(app, home)
    return app


def test_a_second_start_compiles_nothing_anew(tmp_path, monkeypatch):
    assert an_app(tmp_path).jinja_env.get_template("page.html").render(name="Maren") == "Hello Maren"
    monkeypatch.setattr(Environment, "compile", lambda *_, **__: 1 / 0)
    assert an_app(tmp_path).jinja_env.get_template("page.html").render(name="Joris") == "Hello Joris"


def test_another_way_of_compiling_has_a_place_of_its_own(tmp_path):
    first, second = Flask("one"), Flask("two")
    second.jinja_env.add_extension("jinja2.ext.do")
    keep_compiled(first, tmp_path)
    keep_compiled(second, tmp_path)
    assert len(list((tmp_path / "compiled").iterdir())) == 2


def test_a_folder_that_is_gone_costs_no_page(tmp_path):
    app = an_app(tmp_path)
    for folder in (tmp_path / "compiled").iterdir():
        folder.rmdir()
    assert app.jinja_env.get_template("page.html").render(name="Maren") == "Hello Maren"
