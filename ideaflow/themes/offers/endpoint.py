"""The one address outside that names of themes may be asked from, if the operator set one."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow.config import Settings

SECONDS = 30.0
"""How long one answer may take."""
ATTEMPTS = 3
PAUSE_SECONDS = 1.0
LARGEST = 1_000_000
"""Bytes of an answer that are read."""
PASSING = {408, 409, 425, 429, 500, 502, 503, 504}
"""Answers after which asking again may help."""


class EndpointError(Exception):
    """No answer came; the message says why."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Goes nowhere but where the operator said: no answer sends the quotes and the key elsewhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible chat endpoint.

    :ivar url: its address up to ``/v1``; ``/chat/completions`` is added.
    """

    url: str
    model: str
    key: str = ""
    seconds: float = SECONDS
    pause: Callable[[float], None] = time.sleep

    def ask(self, messages: Sequence[dict[str, str]]) -> str:
        """Return what the model answers.

        :raises EndpointError: it is not there, does not answer in time, or answers something else.
        """
        body = {"model": self.model, "messages": list(messages), "temperature": 0, "max_tokens": 400}
        data, failure = json.dumps(body).encode(), "It was not asked."
        for attempt in range(ATTEMPTS):
            if attempt:
                self.pause(PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                return _content(self._post(data))
            except urllib.error.HTTPError as error:
                failure = f"It answered with status {error.code}."
                error.close()
                if error.code not in PASSING:
                    break
            except TimeoutError:
                failure = f"It did not answer within {self.seconds:g} seconds."
            except (OSError, http.client.HTTPException) as error:
                failure = f"It cannot be reached: {getattr(error, 'reason', error)}."
            except ValueError as error:
                raise EndpointError(f"Its answer cannot be read: {error}") from error
        raise EndpointError(failure)

    def _post(self, data: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = self.url.rstrip("/")
        if not address.endswith("/chat/completions"):
            address += "/chat/completions"
        request = urllib.request.Request(address, data, headers, method="POST")  # noqa: S310 - http(s) only.
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=self.seconds) as answer:
            return self._read(answer)

    def _read(self, answer: Any) -> bytes:
        """Read an answer to its end, but not for longer or more than is allowed."""
        until, body = time.monotonic() + self.seconds, b""
        while piece := answer.read1(65_536):
            body += piece
            if len(body) > LARGEST:
                raise ValueError("it is larger than a megabyte.")
            if time.monotonic() > until:
                raise TimeoutError
        return body


def configured(settings: Settings) -> Endpoint | None:
    """Return the endpoint of the settings; None where names stay on this machine."""
    url = settings.naming_url.strip()
    if not url.startswith(("http://", "https://")) or not settings.naming_model:
        return None
    return Endpoint(url, settings.naming_model, settings.naming_key)


def _content(body: bytes) -> str:
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ValueError("it is not what such an endpoint answers.") from error
    if not isinstance(content, str):
        raise ValueError("it holds no text.")
    return content
