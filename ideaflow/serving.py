"""Running ideaflow: the web server with a worker beside it, more workers, and a look at what is wrong."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext

from ideaflow import audit, queue, schema
from ideaflow.config import Settings
from ideaflow.errors import Unavailable
from ideaflow.server import EmbeddedServer
from ideaflow.themes import engine
from ideaflow.themes.statements import rereading

LOOK_SECONDS = 1.0
MOST_FALLS = 50
Check = tuple[bool, str, str]
"""Whether it is as it should be, what it is, and what to do where it is not."""


@click.command()
@click.option("--host", help="The address to listen on; 127.0.0.1 when left out.")
@click.option("--port", type=int, help="The port to listen on; 8000 when left out.")
@click.option("--no-worker", is_flag=True, help="Run no jobs here; another machine has a worker.")
@with_appcontext
def serve(host: str | None, port: int | None, no_worker: bool) -> None:
    """Serve the pages, with a worker for jobs beside them."""
    settings: Settings = current_app.extensions["settings"]
    run_server(settings, host or settings.host, port or settings.port, with_worker=not no_worker)


@click.command()
@click.option("--until-empty", is_flag=True, help="Stop once no job waits.")
@with_appcontext
def worker(until_empty: bool) -> None:
    """Run jobs: theme runs, imports, mail. As many workers as wanted, on any machine."""
    queue.work(current_app._get_current_object(), until_empty=until_empty, concurrency=2)  # type: ignore[attr-defined]


@click.command()
@with_appcontext
def doctor() -> None:
    """Look whether everything ideaflow stands on is there."""
    settings: Settings = current_app.extensions["settings"]
    known, newest = schema.current(), schema.newest()
    free = shutil.disk_usage(settings.home).free // 1024**2
    broken = audit.first_broken() if known == newest else None
    checks = [
        (known == newest, f"database at {known}", "run: ideaflow db upgrade"),
        (free > 500, f"{free:,} MB free in {settings.home}", "free some space"),
        *_models(rereading.wanted() if known == newest else settings.model, known == newest),
        (broken is None, "audit chain whole", f"event {broken} was changed after it was written"),
    ]
    for is_good, what, advice in checks:
        click.echo(f"{'ok ' if is_good else 'BAD'}  {what}{'' if is_good else ' – ' + advice}")
    if not all(is_good for is_good, _, _ in checks):
        raise SystemExit(1)


def _models(wanted: str, has_themes: bool) -> Iterator[Check]:
    """Look at the chosen language model, and at the one the themes are made with."""
    try:
        told = engine.prove(wanted or engine.DEFAULT)
        yield True, f"language model {wanted or engine.DEFAULT}: {told}", ""
    except Unavailable as error:
        yield False, f"language model {wanted}", str(error)
    version = rereading.in_use() if has_themes else ""
    if version and engine.name_of(version) is None:
        advice = "new words wait until everything is read again: ideaflow themes refresh"
        yield False, f"the model of the themes, {version}, is on this machine", advice


def check_port(host: str, port: int) -> None:
    """Find out early whether the port is free.

    :raises Unavailable: it is not; says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"Cannot listen on {host}:{port}: {error.strerror}. "
                f"Stop the program that has it, or choose another: ideaflow serve --port {port + 1}"
            ) from error


def run_server(settings: Settings, host: str, port: int, *, with_worker: bool = True) -> None:
    """Serve until told to stop; put back on its feet whichever part dies.

    :raises Unavailable: the port is taken.
    """
    check_port(host, port)
    schema.upgrade()
    parts = {
        "web": [
            sys.executable, "-m", "gunicorn", "ideaflow.app:create_app()", "--bind", f"{host}:{port}",
            "--worker-class", "gthread", "--threads", str(settings.threads),
            "--workers", str(settings.web_processes), "--log-level", "warning", "--timeout", "120",
        ],
    }  # fmt: skip
    if with_worker:
        parts["worker"] = [sys.executable, "-m", "ideaflow", "worker"]
    database = None if settings.database_url else EmbeddedServer(settings.home)
    if database is not None:
        database.use()
    click.echo(f"ideaflow is at {settings.base_url or f'http://{host}:{port}'}  (Ctrl+C stops it)")
    _watch(parts, database)


def _watch(parts: dict[str, list[str]], database: EmbeddedServer | None) -> None:
    """Keep the parts running until a signal says stop, then stop them in order."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: stopping.append(number))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    running: dict[str, subprocess.Popen[bytes]] = {}
    fell: dict[str, int] = {}
    try:
        while not stopping:
            _revive(database)
            for name, words in parts.items():
                process = running.get(name)
                if process is None or process.poll() is not None:
                    fell[name] = fell.get(name, -1) + 1
                    if fell[name] > MOST_FALLS:
                        raise Unavailable(f"The {name} process ends again and again; its messages are above.")
                    running[name] = subprocess.Popen(words, env=environment, start_new_session=True)
            time.sleep(LOOK_SECONDS)
    finally:
        _stop(running)


def _revive(database: EmbeddedServer | None) -> None:
    """Start the embedded database again if it died; pages answer 503 until it is back."""
    if database is None:
        return
    try:
        database.ensure_running()
    except Unavailable as error:
        click.echo(f"ideaflow: {error} Trying again.", err=True)


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    for process in running.values():
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
