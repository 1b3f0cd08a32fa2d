"""`ideaflow serve` as people run it: real processes on a real instance, killed and stopped."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _until(is_so: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError(f"Waited {seconds} s in vain until {what}.")


class Served:
    def __init__(self, home: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ideaflow", "serve", "--port", str(self.port)], cwd=ROOT,
            env={**os.environ, "IDEAFLOW_HOME": str(home), "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=5) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False

    def children(self, words: str) -> list[int]:
        found = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True).stdout
        rows = re.findall(rf"^\s*(\d+)\s+{self.process.pid}\s+(.*)$", found, re.M)
        return [int(pid) for pid, line in rows if words in line]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path / "home")
    _until(one.answers, "the sign-in page answers")
    yield one
    if one.process.poll() is None:
        one.process.terminate()
        one.process.wait(timeout=60)


def test_it_serves_heals_and_stops_clean(served):
    worker = served.children("ideaflow worker")
    os.kill(worker[0], signal.SIGKILL)
    _until(lambda: served.children("ideaflow worker") not in ([], worker), "another worker runs")

    database = _pid_of_database(served.home)
    os.kill(database, signal.SIGKILL)
    _until(lambda: _pid_of_database(served.home) not in {0, database}, "the database is started again")
    _until(served.answers, "pages answer again after the database was killed")

    served.process.terminate()
    assert served.process.wait(timeout=60) == 0
    assert not (served.home / "postgres" / "postmaster.pid").exists(), "the last user stops the database"
    assert not served.answers()


def _pid_of_database(home: Path) -> int:
    try:
        return int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
