"""A small OpenID Connect issuer: discovery, keys, the code flow with PKCE, and tokens as wrong as a test wants them."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.service.runs.processes import wait_for
from tests.service.serving import free_port

CLIENT = "lineside"
SECRET = "a secret of the issuer's"

FORM = """<!doctype html><html lang="en"><title>Issuer</title><link rel="icon" href="data:,"><h1>The issuer</h1>
<form method="post"><label>Email <input name="email"></label><button>Continue</button></form></html>"""


class IssuerHere:
    """An issuer on this machine.

    ``asked`` counts how often its keys were fetched; ``seconds`` is how long its tokens are good.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.keys = [RSAKey.generate_key(2048, {"kid": "first"})]
        self.asked = 0
        self.seconds = 300
        self.is_away = False
        self.visits: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._about),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize, methods=["GET", "POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/end", self._end),
            ]
        )

    def add_key(self, kid: str, kind: str = "RSA") -> RSAKey | ECKey:
        """Make one more key; tokens are signed with the newest."""
        made: Any
        made = RSAKey.generate_key(2048, {"kid": kid}) if kind == "RSA" else ECKey.generate_key("P-256", {"kid": kid})
        self.keys.append(made)
        return made

    def token(self, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
        """Return an ID token; a claim that is None is left out."""
        key = key or self.keys[-1]
        now = int(time.time())
        said = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": f"of {claims.get('email', 'dana@acme.example')}",
            "email": "dana@acme.example",
            "email_verified": True,
            "iat": now,
            "exp": now + self.seconds,
            **claims,
        }
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        head = {"alg": algorithm, "kid": key.kid, **(header or {})}
        return jwt.encode(head, {name: value for name, value in said.items() if value is not None}, key)

    async def _about(self, request: Request) -> Response:
        if self.is_away:
            return Response(status_code=502)
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "end_session_endpoint": f"{self.address}/end",
                "jwks_uri": f"{self.address}/keys",
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            }
        )

    async def _keys(self, request: Request) -> Response:
        self.asked += 1
        return JSONResponse(KeySet(self.keys).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse(FORM)
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code"
        email = parse_qs((await request.body()).decode())["email"][0]
        code = secrets.token_urlsafe(16)
        self._codes[code] = {**asked, "email": email}
        query = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", status_code=303)

    async def _token(self, request: Request) -> Response:
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self._codes.pop(given["code"])
        credentials = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        assert credentials.startswith(f"{CLIENT}:") and given["redirect_uri"] == asked["redirect_uri"]
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        token = self.token(email=asked["email"], nonce=asked["nonce"])
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    async def _end(self, request: Request) -> Response:
        self.visits.append("end")
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], status_code=303)


@contextlib.contextmanager
def issuer_here() -> Iterator[IssuerHere]:
    """Run an issuer in a thread."""
    issuer = IssuerHere()
    server = uvicorn.Server(uvicorn.Config(issuer.app, port=issuer.port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield issuer
    finally:
        server.should_exit = True
        thread.join()
