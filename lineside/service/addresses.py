"""Addresses of other services."""

from __future__ import annotations

from urllib.parse import urlsplit

HERE = ("localhost", "127.0.0.1", "::1")


def is_safe(address: str) -> bool:
    """Return whether nobody on the way can change what an address answers: https, or this very machine.

    >>> is_safe("https://id.example.org/x"), is_safe("http://127.0.0.1:9000"), is_safe("http://id.example.org")
    (True, True, False)
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in HERE))
