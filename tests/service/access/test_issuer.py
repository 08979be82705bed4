"""ID tokens: which are believed, and how often the issuer is asked for its keys."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from lineside.service.access import issuer as issuing
from lineside.service.access.issuer import Issuer, Person
from lineside.service.problems import IssuerAwayProblem, NoKeyProblem
from tests.service.issuing import CLIENT, IssuerHere, issuer_here


@pytest.fixture
def here() -> Iterator[IssuerHere]:
    with issuer_here() as running:
        yield running


@pytest.fixture
def issuer(here: IssuerHere) -> Issuer:
    return Issuer(here.address, CLIENT)


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(here: IssuerHere) -> str:
    body = here.token().split(".")[1]
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}."


def signed_with_the_public_key(here: IssuerHere) -> str:
    # As a program would take it that lets the token choose how it is verified.
    said = f"{part({'alg': 'HS256', 'kid': 'first', 'typ': 'JWT'})}.{here.token().split('.')[1]}"
    digest = hmac.digest(here.keys[0].as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def signed(here: IssuerHere, **head: Any) -> str:
    """Return a token with a head that no library would write."""
    said = f"{part({'alg': 'RS256', 'kid': 'first', **head})}.{here.token().split('.')[1]}"
    private: Any = here.keys[0].private_key
    signature = private.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def changed(here: IssuerHere) -> str:
    head, _, signature = here.token().split(".")
    return f"{head}.{here.token(email='boss@acme.example').split('.')[1]}.{signature}"


NOW = time.time()
WRONG: dict[str, Callable[[IssuerHere], str]] = {
    "another audience": lambda here: here.token(aud="another"),
    "several audiences, for another": lambda here: here.token(aud=[CLIENT, "another"], azp="another"),
    "several audiences, for nobody": lambda here: here.token(aud=[CLIENT, "another"]),
    "no audience": lambda here: here.token(aud=None),
    "another issuer": lambda here: here.token(iss="https://id.example.org"),
    "the issuer with a slash": lambda here: here.token(iss=f"{here.address}/"),
    "no issuer": lambda here: here.token(iss=None),
    "expired": lambda here: here.token(exp=int(NOW) - 3600),
    "never expires": lambda here: here.token(exp=None),
    "expires at no number": lambda here: here.token(exp="tomorrow"),
    "not yet": lambda here: here.token(nbf=int(NOW) + 3600),
    "from the future": lambda here: here.token(iat=int(NOW) + 3600),
    "nobody": lambda here: here.token(sub=None),
    "a number of a subject": lambda here: here.token(sub=7),
    "no signature": unsigned,
    "HS256 with the public key": signed_with_the_public_key,
    "another body": changed,
    "a key of somebody else's": lambda here: here.token(key=RSAKey.generate_key(2048, {"kid": "first"})),
    "a key of somebody else's kind": lambda here: here.token(key=ECKey.generate_key("P-256", {"kid": "first"})),
    "RS512": lambda here: signed(here, alg="RS512"),
    "an access token": lambda here: here.token({"typ": "at+jwt"}),
    "its own key in the head": lambda here: with_own_key(),
    "a type that is a list": lambda here: signed(here, typ=["JWT"]),
    "critical extensions": lambda here: signed(here, crit=["x"], x=1),
    "too long": lambda here: here.token(name="x" * 20_000),
    "words": lambda here: "nonsense",
    "dots": lambda here: "..",
    "more dots": lambda here: "a.b.c.d.e",
    "no letters of ours": lambda here: "ä.ö.ü",
    "a list": lambda here: f"{part([])}.{part([])}.x",  # type: ignore[arg-type]
    "an algorithm that is a list": lambda here: f"{part({'alg': ['RS256']})}.{part({})}.x",
    "a key's name that is a list": lambda here: f"{part({'alg': 'RS256', 'kid': ['x']})}.{part({})}.x",
    "a body that is no object": lambda here: jws.serialize_compact(
        {"alg": "RS256", "kid": "first"}, b"[1]", here.keys[0], algorithms=["RS256"]
    ),
    "nothing": lambda here: "",
}


def with_own_key() -> str:
    own = RSAKey.generate_key(2048, {"kid": "first"})
    head = {"alg": "RS256", "kid": "first", "jwk": own.as_dict(private=False)}
    return jws.serialize_compact(head, b"{}", own, algorithms=["RS256"])


def test_a_good_token_says_who_it_is(here: IssuerHere, issuer: Issuer) -> None:
    assert issuer.person(signed(here)).is_confirmed
    assert issuer.person(here.token()) == Person(here.address, "of dana@acme.example", "dana@acme.example", True)
    here.add_key("second", "EC")
    assert Issuer(here.address, CLIENT).person(here.token()).subject == "of dana@acme.example"
    several = here.token(aud=[CLIENT, "another"], azp=CLIENT)
    assert Issuer(here.address, CLIENT).person(several).is_confirmed


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_token_is_refused(here: IssuerHere, issuer: Issuer, name: str) -> None:
    issuer.person(here.token())
    with pytest.raises(NoKeyProblem, match="Sign in again"):
        issuer.person(WRONG[name](here))


def test_an_expired_token_is_told_apart(here: IssuerHere, issuer: Issuer) -> None:
    with pytest.raises(NoKeyProblem, match="This sign-in has ended"):
        issuer.person(here.token(exp=int(time.time()) - 60))
    assert issuer.person(here.token(exp=int(time.time()) - 5)).is_confirmed  # clocks are never quite the same


@pytest.mark.parametrize(
    ("claims", "is_confirmed"),
    [({}, True), ({"email_verified": "true"}, True), ({"email_verified": 1}, True)]
    + [({"email_verified": value}, False) for value in (False, "false", None, 0, "yes", [True])],
)
def test_an_address_is_confirmed_if_the_issuer_says_so(
    here: IssuerHere, issuer: Issuer, claims: dict[str, Any], is_confirmed: bool
) -> None:
    assert issuer.person(here.token(**claims)).is_confirmed == is_confirmed


def test_another_claim_may_confirm_the_address(here: IssuerHere) -> None:
    issuer = Issuer(here.address, CLIENT, "xms_edov")
    assert issuer.person(here.token(email_verified=None, xms_edov="1")).is_confirmed
    assert not issuer.person(here.token()).is_confirmed


def test_the_issuer_is_asked_once_and_again_for_a_new_key(
    here: IssuerHere, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here.asked == 0  # not before somebody comes with a token
    for _ in range(3):
        issuer.person(here.token())
    assert here.asked == 1
    here.add_key("second")
    for _ in range(3):  # not yet: anybody can make up names of keys
        with pytest.raises(NoKeyProblem):
            issuer.person(here.token())
    assert here.asked == 1
    monkeypatch.setattr(issuing, "UNKNOWN_KEY_SECONDS", 0.0)
    issuer.person(here.token())
    issuer.person(here.token(key=here.keys[0]))
    assert here.asked == 2


def test_a_key_that_was_taken_back_ends_after_an_hour(
    here: IssuerHere, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = here.keys[0]
    issuer.person(here.token())
    here.add_key("second")
    here.keys.remove(old)
    monkeypatch.setattr(issuing, "UNKNOWN_KEY_SECONDS", 0.0)
    issuer.person(here.token(key=old))
    monkeypatch.setattr(issuing, "OLDEST_SECONDS", 0.0)
    with pytest.raises(NoKeyProblem):
        issuer.person(here.token(key=old))


def test_an_issuer_that_is_away_is_told_and_asked_again(
    here: IssuerHere, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.is_away = True
    with pytest.raises(IssuerAwayProblem, match="does not answer"):
        issuer.person(here.token())
    here.is_away = False
    with pytest.raises(IssuerAwayProblem):  # not at once
        issuer.person(here.token())
    monkeypatch.setattr(issuing, "RETRY_SECONDS", 0.0)
    assert issuer.person(here.token()).is_confirmed
    here.is_away = True
    monkeypatch.setattr(issuing, "UNKNOWN_KEY_SECONDS", 0.0)
    monkeypatch.setattr(issuing, "OLDEST_SECONDS", 0.0)
    assert issuer.person(here.token()).is_confirmed  # with the keys that are known


def test_a_description_of_another_issuer_is_not_believed(here: IssuerHere) -> None:
    with pytest.raises(IssuerAwayProblem):
        Issuer(f"{here.address}/", CLIENT).person(here.token())
