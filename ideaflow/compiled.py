"""Templates compiled once for every process and start: the first visit to a page need not wait for it."""

import contextlib
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """A cache that may fail: a full disk costs time, not the page."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def keep_compiled(app: Flask, home: Path) -> None:
    """Keep compiled templates in the home folder, apart for each way of compiling them."""
    way = f"{version('jinja2')} {sorted(app.jinja_env.extensions)} {sorted(app.jinja_env.filters)}"
    folder = home / "compiled" / sha256(way.encode()).hexdigest()[:12]
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        app.jinja_env.bytecode_cache = CompiledTemplates(str(folder))
