"""Signing in with OpenID Connect: who is let in, as whom, and for how long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, update

from lineside.service.access.identities import let_in
from lineside.service.problems import ConflictProblem
from lineside.service.storage.database import Database
from lineside.service.storage.models import SignIn
from tests.service.api.conftest import World, bearer, make_world
from tests.service.issuing import CLIENT, SECRET, IssuerHere, issuer_here

DANA = {"role": "manager", "company": "acme", "label": "Dana", "email": "Dana@Acme.example"}


@pytest.fixture(scope="module")
def here() -> Iterator[IssuerHere]:
    with issuer_here() as running:
        yield running


@pytest.fixture
def world(database: Database, here: IssuerHere) -> World:
    issuer = {"oidc_issuer": here.address, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return make_world(database, failed_keys_per_minute=1000, **issuer)


def me(world: World, secret: str) -> Any:
    return world.ask("GET", "/me", bearer(secret))


def let(world: World, **changes: Any) -> Any:
    return world.ask("POST", "/identities", json={**DANA, **changes})


def test_whoever_was_let_in_is_let_in_as_what_the_planner_said(world: World, here: IssuerHere) -> None:
    made = let(world)
    assert made.status_code == 201 and made.json()["email"] == "dana@acme.example" and not made.json()["is_bound"]
    told = me(world, here.token()).json()
    assert (told["role"], told["company"], told["label"]) == ("manager", "acme", "Dana")
    assert told["access"] == made.json()["id"] and told["region"] == str(world.region)
    assert world.ask("GET", "/scenarios", bearer(here.token())).status_code == 403
    (listed,) = world.ask("GET", "/identities").json()
    assert listed["is_bound"] and listed["last_used_at"]
    assert let(world, email="pat@acme.example", role="planner", company=None).status_code == 201
    assert world.ask("GET", "/scenarios", bearer(here.token(email="PAT@acme.example"))).status_code == 200


def test_others_are_told_whom_to_ask(world: World, here: IssuerHere) -> None:
    answer = me(world, here.token())
    assert answer.status_code == 403 and answer.json()["title"] == "You were not let in yet"
    assert answer.json()["detail"].endswith("Ask the region's planner to let dana@acme.example in.")
    let(world)
    unconfirmed = me(world, here.token(email_verified=False))
    assert unconfirmed.status_code == 403 and "was confirmed" in unconfirmed.json()["detail"]
    nameless = me(world, here.token(email=None))
    assert nameless.status_code == 403 and "no email address" in nameless.json()["detail"]
    # Letters that look or fold alike are others: whoever has that address is not Dana.
    assert me(world, here.token(email="dana@acme.e\u017eample")).status_code == 403
    assert me(world, here.token(email="d\uff41na@acme.example")).status_code == 403


def test_the_first_sign_in_binds_the_account(world: World, here: IssuerHere) -> None:
    let(world)
    assert me(world, here.token(sub="7")).status_code == 200
    assert me(world, here.token(sub="7", email="dana.new@acme.example", email_verified=False)).status_code == 200
    assert me(world, here.token(sub="7", email=None)).status_code == 200
    heir = me(world, here.token(sub="8"))
    assert heir.status_code == 403 and "with another account" in heir.json()["detail"]


def test_whoever_is_revoked_is_out_at_once_and_may_be_let_in_anew(world: World, here: IssuerHere) -> None:
    identity = let(world).json()["id"]
    signed_in = world.ask("POST", "/sign-in", bearer(here.token())).json()["secret"]
    assert me(world, signed_in).status_code == 200
    assert world.ask("DELETE", f"/identities/{identity}").status_code == 204
    assert me(world, signed_in).status_code == 401
    assert me(world, here.token()).status_code == 403
    assert world.ask("DELETE", f"/identities/{identity}").status_code == 409
    assert let(world, company="bolt").status_code == 201
    assert me(world, here.token()).json()["company"] == "bolt"


def test_an_address_is_let_in_once(world: World) -> None:
    assert let(world).status_code == 201
    again = let(world, email="DANA@acme.example")
    assert again.status_code == 409 and "let in already" in again.json()["detail"]
    elsewhere = world.ask("POST", "/identities", world.foreign, json=DANA)
    assert elsewhere.status_code == 409
    for email in ("dana", "@acme.example", "dana@", "da na@acme.example", "a@b@c", "dana@acme.example\n"):
        assert let(world, email=email).status_code == 422
    assert let(world, company=None).status_code == 422


def test_another_region_neither_sees_nor_ends_it(world: World, here: IssuerHere) -> None:
    identity = let(world).json()["id"]
    assert world.ask("GET", "/identities", world.foreign).json() == []
    assert world.ask("DELETE", f"/identities/{identity}", world.foreign).status_code == 404
    assert world.ask("DELETE", f"/identities/{identity}", bearer(here.token())).status_code == 403


def test_a_sign_in_outlives_its_token_and_ends_when_asked(world: World, here: IssuerHere) -> None:
    let(world)
    made = world.ask("POST", "/sign-in", bearer(here.token(exp=int(time.time()) + 2)))
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("lss_") and me(world, secret).json()["label"] == "Dana"
    assert world.ask("POST", "/sign-in", bearer(secret)).status_code == 409  # it cannot make itself longer
    assert world.ask("DELETE", "/sign-in", bearer(secret)).status_code == 204
    ended = me(world, secret)
    assert ended.status_code == 401 and "has ended" in ended.json()["detail"]


def test_a_sign_in_ends_by_itself(world: World, here: IssuerHere) -> None:
    let(world)
    secret = world.ask("POST", "/sign-in", bearer(here.token())).json()["secret"]
    with world.database.session() as session:
        session.execute(update(SignIn).values(ends_at=func.now()))
    assert me(world, secret).status_code == 401


def test_wrong_tokens_are_counted_like_wrong_keys(database: Database, here: IssuerHere) -> None:
    issuer = {"oidc_issuer": here.address, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    world = make_world(database, failed_keys_per_minute=3, **issuer)
    for _ in range(3):
        answer = me(world, here.token(aud="another"))
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert me(world, here.token(aud="another")).status_code == 429


def test_an_issuer_that_is_away_does_not_keep_keys_out(database: Database) -> None:
    issuer = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    with issuer_here() as other:
        world = make_world(database, **issuer)
        answer = me(world, other.token())
    assert answer.status_code == 503 and "does not answer" in answer.json()["detail"]
    assert world.ask("GET", "/me").status_code == 200


def test_without_an_issuer_no_token_is_looked_at(database: Database, here: IssuerHere) -> None:
    world, asked = make_world(database), here.asked
    let(world)
    assert me(world, here.token()).status_code == 401
    assert here.asked == asked


def test_the_last_planner_stays(world: World, here: IssuerHere) -> None:
    (key,) = [row["id"] for row in world.ask("GET", "/keys").json() if row["role"] == "planner"]
    identity = let(world, role="planner", company=None).json()["id"]
    assert world.ask("DELETE", f"/keys/{key}").status_code == 409  # Dana has never signed in: it may not work
    dana = bearer(world.ask("POST", "/sign-in", bearer(here.token())).json()["secret"])
    assert world.ask("DELETE", f"/keys/{key}").status_code == 204
    assert world.ask("DELETE", f"/identities/{identity}", dana).status_code == 409
    assert world.ask("POST", "/keys", dana, json={"role": "planner", "label": "x"}).status_code == 201
    assert world.ask("DELETE", f"/identities/{identity}", dana).status_code == 204


def test_the_console_lets_in_the_first_planner(world: World, here: IssuerHere) -> None:
    let_in(world.database, "new", None, " Pat@Acme.example", "Pat")
    told = me(world, here.token(email="pat@acme.example")).json()
    assert told["role"] == "planner" and told["region"] != str(world.region)
    with pytest.raises(ConflictProblem):
        let_in(world.database, "here", "acme", "pat@acme.example", "Pat")
