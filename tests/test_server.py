"""The embedded database: started by the first, shared by all, stopped by the last, back after a kill."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from ideaflow.errors import Unavailable
from ideaflow.server import EmbeddedServer, _program

ROOT = Path(__file__).resolve().parent.parent
FAST = {"fsync": "off"}


@pytest.fixture
def embedded(tmp_path: Path):
    one = EmbeddedServer(tmp_path / "home", FAST)
    yield one
    one.release()


def _pid(server: EmbeddedServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def _user(home: Path, then: str) -> subprocess.Popen[str]:
    """Another process that uses the server and then does what ``then`` says."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom ideaflow.server import EmbeddedServer\n"
        f"server = EmbeddedServer(Path({str(home)!r}), {FAST!r})\nserver.use()\n"
        f"print('using', flush=True)\n{then}"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "using\n"
    return process


def test_it_starts_clean_and_stops_with_its_last_user(embedded):
    embedded.use()
    with psycopg.connect(embedded.conninfo()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    embedded.release()
    assert not embedded.is_alive()
    assert not (embedded.data / "postmaster.pid").exists()


def test_several_processes_share_one_server(embedded):
    embedded.use()
    pid = _pid(embedded)
    other = _user(embedded.home, "time.sleep(0.3)")
    embedded.release()
    assert embedded.is_alive(), "the other process still needs it"
    other.wait(timeout=20)
    assert not embedded.is_alive(), "the last one stops it"
    embedded.use()
    assert _pid(embedded) != pid


def test_a_killed_user_does_not_keep_the_server_from_stopping(embedded):
    embedded.use()
    other = _user(embedded.home, "time.sleep(60)")
    other.kill()
    other.wait()
    embedded.release()
    assert not embedded.is_alive()


def test_the_starter_may_be_killed_without_harm(embedded):
    starter = _user(embedded.home, "time.sleep(60)")
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    embedded.use()
    with psycopg.connect(embedded.conninfo()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_acknowledged_rows_survive_a_kill_of_the_server(tmp_path):
    server = EmbeddedServer(tmp_path / "home")  # With safe writing: this is what it is for.
    server.use()
    try:
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (id int)")
            for number in range(200):
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
        os.kill(_pid(server), signal.SIGKILL)
        time.sleep(0.1)
        server.ensure_running()
        with psycopg.connect(server.conninfo()) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (200,)
    finally:
        server.release()


def test_several_processes_may_start_at_once(tmp_path):
    home = tmp_path / "home"
    users = [_user(home, "time.sleep(0.5)") for _ in range(4)]
    assert [user.wait(timeout=60) for user in users] == [0] * 4
    assert not EmbeddedServer(home).is_alive()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(Unavailable, match="IDEAFLOW_HOME"):
        EmbeddedServer(tmp_path / "home").use()


def test_a_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("ideaflow.server.LEAST_FREE_BYTES", 2**60)
    with pytest.raises(Unavailable, match=r"MB are free .* Free some space"):
        EmbeddedServer(tmp_path / "home").use()
    assert not (tmp_path / "home" / "postgres").exists()


def test_a_locked_instance_says_who_to_look_for(embedded, monkeypatch):
    import fcntl

    monkeypatch.setattr("ideaflow.server.START_SECONDS", 0.3)
    embedded.home.mkdir(parents=True)
    with (embedded.home / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="Another process"):
            embedded.use()


def test_a_taken_port_says_which_other_to_choose(tmp_path):
    import socket

    from ideaflow.serving import check_port

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=f"--port {port + 1}"):
            check_port("127.0.0.1", port)


def test_the_command_tells_a_bad_setting_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ideaflow", "doctor"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "IDEAFLOW_PORT": "eighty", "IDEAFLOW_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip() == "ideaflow: IDEAFLOW_PORT is “eighty”; it takes a whole number."


@pytest.mark.skipif(os.getuid() != 0, reason="Only root starts the server as somebody else.")
def test_root_may_keep_program_and_data_where_only_root_may_enter(tmp_path, monkeypatch):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    package = _program("initdb").parents[2]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, private / folder.name, symlinks=True)
    programs = private / _program("initdb").parent.relative_to(package.parent)
    monkeypatch.setattr("ideaflow.server._program", lambda name: programs / name)
    server = EmbeddedServer(private / "home", FAST)
    server.use()
    try:
        with psycopg.connect(server.conninfo()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.release()
