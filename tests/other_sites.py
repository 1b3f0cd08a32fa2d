"""A page of somebody else, on another port, that holds a piece of ours."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def another_site(ours: Flask, line: Callable[[str], str]) -> Iterator[int]:
    """Serve our product and, beside it, one page of another site; yields the other site's port.

    :param line: what stands on that page, by the address of our product.
    """
    theirs = Flask("theirs")
    servers = [make_server("127.0.0.1", 0, one, threaded=True) for one in (ours, theirs)]
    held = line(f"http://127.0.0.1:{servers[0].server_port}")
    theirs.add_url_rule("/", "index", lambda: f'<link rel=icon href="data:,"><h1>Theirs</h1>{held}')
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers[1].server_port
    for server in servers:
        server.shutdown()
