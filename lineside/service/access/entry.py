"""Who comes with a secret: a key, an ID token, or what stands for one after signing in."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lineside.service.access.identities import person_let_in, signed_in
from lineside.service.access.issuer import Issuer
from lineside.service.access.keys import Actor, actor_of
from lineside.service.access.secrets import KEY_PREFIX, SIGN_IN_PREFIX


def actor_with(session: Session, secret: str, issuer: Issuer | None) -> Actor:
    """Return whose secret this is, and note its use.

    Parameters
    ----------
    session
        A transaction.
    secret
        What came in the header ``Authorization``.
    issuer
        Whose ID tokens are believed; None if nobody's.

    Raises
    ------
    NoKeyProblem
        If it is nobody's, or no longer good.
    NotLetInProblem
        If it is a good ID token of somebody who was not let in.
    IssuerAwayProblem
        If the issuer's keys are needed and it does not answer.
    """
    if secret.startswith(SIGN_IN_PREFIX):
        return signed_in(session, secret)
    if issuer is None or secret.startswith(KEY_PREFIX):
        return actor_of(session, secret)
    return person_let_in(session, issuer.person(secret))
