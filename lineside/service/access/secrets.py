"""Secrets: 256 random bits, shown once; only their SHA-256 is stored."""

from __future__ import annotations

import hashlib
import secrets

KEY_PREFIX = "lsk_"
"""Start of every key, so that one that was pasted into the wrong place is found."""
SIGN_IN_PREFIX = "lss_"
"""Start of what stands for a person who signed in with OpenID Connect."""


def new_secret(prefix: str = "") -> str:
    """Return a new secret in letters that an address can hold."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """Return what is stored of a secret.

    No salt and no slow hash: 256 random bits cannot be guessed from their digest. Looking a digest up in an index
    leaks no time that tells anything about the secret.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
