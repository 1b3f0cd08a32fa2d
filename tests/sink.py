"""A mail server of our own, for tests that send real mail."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Takes mail; can kill the worker that sends it, or refuse.

    :ivar taken: mails as they came, the first first.
    """

    port = 0

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.kill: int | None = None
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.content.decode())
        if self.kill is not None:
            os.kill(self.kill, signal.SIGKILL)  # It is ours now; the worker never reads that.
            self.kill = None
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to an address, the first first."""
        read = [message_from_string(one, policy=policy.default) for one in self.taken]
        return [one for one in read if address in str(one["To"])]  # type: ignore[misc]


@contextmanager
def listening() -> Iterator[Sink]:
    """Take mail on a port of its own."""
    taking = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        taking.port = probe.getsockname()[1]
    controller = Controller(taking, hostname="127.0.0.1", port=taking.port)
    controller.start()
    yield taking
    controller.stop()
