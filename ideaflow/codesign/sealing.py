"""How anonymous ballots are sealed until the close, and the receipts of their voters. Pure.

The key of a session comes from the server's secret, which no database dump holds. AES-256-GCM (NIST
SP 800-38D) by the library cryptography; what is sealed is filled up to full kilobytes, so that its length
tells little of what was answered.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ideaflow.errors import Unavailable

BLOCK = 1024
NONCE_BYTES = 12
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # None that are mistaken for another.


def key_of(secret: str, session_id: int) -> bytes:
    """Return the key of a session's box; never stored."""
    return hmac.digest(secret.encode(), f"ideaflow codesign box {session_id}".encode(), hashlib.sha256)


def seal(value: dict[str, Any], key: bytes) -> str:
    """Return a ballot as only the key opens it."""
    plain = json.dumps(value, separators=(",", ":")).encode()
    plain += b" " * (-len(plain) % BLOCK)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, None)).decode()


def unseal(sealed: str, key: bytes) -> dict[str, Any]:
    """Return a sealed ballot.

    :raises Unavailable: it was sealed with another key, or touched since.
    """
    raw = base64.b64decode(sealed)
    try:
        opened = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
    except InvalidTag:
        raise Unavailable(
            "The box of this session does not open: the server’s secret key has changed since ballots were "
            "cast. Put the former secret key back (IDEAFLOW_SECRET_KEY or secret.key), and close again."
        ) from None
    value: dict[str, Any] = json.loads(opened)
    return value


def new_receipt() -> str:
    """Return a receipt of 80 bits of chance, as one reads it aloud: “7KQ2-M4XD-9TPA-V3HC”."""
    signs = [secrets.choice(SIGNS) for _ in range(16)]
    return "-".join("".join(signs[at : at + 4]) for at in range(0, 16, 4))


def read_receipt(typed: str) -> str:
    """Return a receipt as it was given, however it is typed; empty: it is none.

    >>> read_receipt(" 7kq2 m4xd-9tpav3hc ")
    '7KQ2-M4XD-9TPA-V3HC'
    """
    signs = typed.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    found = [sign for sign in signs if sign in SIGNS]
    rest = [sign for sign in signs if sign not in SIGNS and sign not in " -–"]
    if len(found) != 16 or rest:
        return ""
    return "-".join("".join(found[at : at + 4]) for at in range(0, 16, 4))


def receipt_hash(session_id: int, receipt: str) -> str:
    """Return what is kept and published of a receipt (SHA-256)."""
    return hashlib.sha256(f"{session_id}:{receipt}".encode()).hexdigest()
