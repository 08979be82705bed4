"""ID tokens of an OpenID Connect issuer: whether they are real, for this service and still good, and whose they are."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import structlog
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import GuestProtocol, KeySet

from lineside.service.addresses import is_safe
from lineside.service.problems import IssuerAwayProblem, NoKeyProblem

log = structlog.get_logger("lineside.access")

ALGORITHMS = ("RS256", "ES256")
"""Signatures with a key that the issuer alone has; never one that is shared, and never none."""
TYPES = (None, "JWT")
"""Other tokens of the same issuer, such as access tokens, may call themselves something else."""
LEEWAY_SECONDS = 30
"""How far the clocks of two machines may be apart."""
PATIENCE_SECONDS = 5.0
UNKNOWN_KEY_SECONDS = 60.0
"""An unknown key makes the service ask the issuer at most this often: anybody can make up the name of a key."""
RETRY_SECONDS = 5.0
OLDEST_SECONDS = 3600.0
"""Keys are asked for anew after this time, so that one that the issuer took back ends here too."""
MOST_LETTERS = 16_384
YES = (True, 1, "true", "1")
"""What issuers write for an address that they have confirmed."""


@dataclass(frozen=True)
class Person:
    """Who an ID token says somebody is.

    Parameters
    ----------
    issuer, subject
        Together they name one account for good.
    email
        Address as the issuer has it; None if it does not tell.
    is_confirmed
        Whether the issuer has confirmed that the address is theirs.
    """

    issuer: str
    subject: str
    email: str | None
    is_confirmed: bool


class Issuer:
    """An OpenID Connect issuer, whose keys are fetched when they are needed and then remembered.

    Parameters
    ----------
    address
        The issuer, exactly as it writes itself in its tokens.
    client_id
        What the issuer calls this service.
    confirmed_claim
        Claim that tells that the address was confirmed.
    """

    def __init__(self, address: str, client_id: str, confirmed_claim: str = "email_verified") -> None:
        self.address = address
        self._client_id = client_id
        self._confirmed_claim = confirmed_claim
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": address},
            aud={"essential": True, "value": client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched_at = self._tried_at = -float("inf")

    def person(self, token: str) -> Person:
        """Return whose ID token this is.

        Raises
        ------
        NoKeyProblem
            If it is no good ID token of this issuer for this service.
        IssuerAwayProblem
            If the issuer's keys are needed and it does not answer.
        """
        claims = self._verified(token)
        audience = claims["aud"]
        party = claims.get("azp")
        if isinstance(audience, list) and len(audience) > 1 and party != self._client_id:
            raise _wrong()
        email = claims.get("email")
        is_confirmed = claims.get(self._confirmed_claim) in YES
        return Person(self.address, claims["sub"], email if isinstance(email, str) and email else None, is_confirmed)

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > MOST_LETTERS:
            raise _wrong()
        try:
            read = jwt.decode(token, self._keys_for, algorithms=ALGORITHMS)
            if read.header.get("typ") not in TYPES:
                raise _wrong()
            self._claims.validate(read.claims)
        except ExpiredTokenError:
            raise NoKeyProblem("This sign-in has ended, for its time is over. Sign in again.") from None
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            # Whatever is wrong with a token that anybody may have written is not told: it helps nobody else.
            raise _wrong() from None
        return read.claims

    def _keys_for(self, token: GuestProtocol) -> KeySet:
        """Return the issuer's keys; they are fetched if there are none, or none of the name in the token's head."""
        name = token.headers().get("kid")
        known = self._keys
        if known is None or self._is_due(known, name):
            with self._alone(known) as may_fetch:
                if may_fetch and (self._keys is None or self._is_due(self._keys, name)):
                    self._fetch()
                known = self._keys
        if known is None:
            raise IssuerAwayProblem("Signing in does not work now, for its issuer does not answer. Try again soon.")
        return known

    @contextlib.contextmanager
    def _alone(self, known: KeySet | None) -> Iterator[bool]:
        """Let one request fetch; others go on with the keys that are known, and wait only if there are none."""
        is_mine = self._lock.acquire(blocking=known is None)
        try:
            yield is_mine
        finally:
            if is_mine:
                self._lock.release()

    def _is_due(self, known: KeySet, name: object) -> bool:
        since = time.monotonic() - self._tried_at
        is_old = time.monotonic() - self._fetched_at > OLDEST_SECONDS
        is_unknown = all(key.kid != name for key in known.keys)
        return since > UNKNOWN_KEY_SECONDS and (is_old or is_unknown)

    def _fetch(self) -> None:
        if self._keys is None and time.monotonic() - self._tried_at < RETRY_SECONDS:
            return
        self._tried_at = time.monotonic()
        try:
            with httpx2.Client(timeout=PATIENCE_SECONDS, follow_redirects=False) as http:
                about = http.get(f"{self.address.rstrip('/')}/.well-known/openid-configuration")
                where = _place_of_keys(about.raise_for_status().json(), self.address)
                keys = KeySet.import_key_set(http.get(where).raise_for_status().json())
        except (httpx2.HTTPError, httpx2.InvalidURL, JoseError, ValueError, TypeError, KeyError) as error:
            log.error("the issuer's keys cannot be read", error=type(error).__name__)
            return
        self._keys, self._fetched_at = keys, self._tried_at


def _place_of_keys(about: Any, address: str) -> str:
    """Return where an issuer has its keys, by its own description.

    Raises
    ------
    ValueError
        If the description is that of another issuer, or the keys would come over an open line.
    """
    if about["issuer"] != address:
        raise ValueError("the description is that of another issuer")
    where = str(about["jwks_uri"])
    if not is_safe(where):
        raise ValueError("the keys are not at an https address")
    return where


def _wrong() -> NoKeyProblem:
    return NoKeyProblem("This is no ID token of the configured issuer for Lineside. Sign in again, or use a key.")
