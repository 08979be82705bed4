"""What a request can come to besides success; the interface turns each into a problem-details answer."""

from __future__ import annotations

from collections.abc import Sequence

from lineside.models.mistakes import Mistake


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """Something that the one who asked can put right.

    Parameters
    ----------
    detail
        Two sentences: the fact, then what to do.
    mistakes
        All mistakes of a scenario, where there are any.
    """

    status = 400
    title = "The request cannot be done"

    def __init__(self, detail: str, mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.mistakes = tuple(mistakes)


class NoKeyProblem(Problem):
    """No key, or one that is not known or revoked."""

    status, title = 401, "A key is needed"


class NotAllowedProblem(Problem):
    """A key whose role or company does not open this."""

    status, title = 403, "This key does not open that"


class NotLetInProblem(Problem):
    """Somebody who has signed in, but whom no planner has let in."""

    status, title = 403, "You were not let in yet"


class NotFoundProblem(Problem):
    """Nothing there, or nothing of this region's."""

    status, title = 404, "Not found"


class ConflictProblem(Problem):
    """The state does not allow it."""

    status, title = 409, "The state does not allow it"


class ChangedProblem(Problem):
    """Somebody saved in between."""

    status, title = 412, "It was changed in between"


class TooLargeProblem(Problem):
    """More bytes than the service takes."""

    status, title = 413, "Too large"


class MistakesProblem(Problem):
    """A scenario, plan or request with mistakes in it."""

    status, title = 422, "There are mistakes"


class NoVersionProblem(Problem):
    """A change without the version that it is a change of."""

    status, title = 428, "Say which version you change"


class IssuerAwayProblem(Problem):
    """The issuer of ID tokens does not answer."""

    status, title = 503, "Signing in does not work now"


class SlowDownProblem(Problem):
    """Too many failed tries."""

    status, title = 429, "Too many tries"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"Too many tries with wrong keys. Wait {wait_seconds} seconds, then use the right one.")
        self.wait_seconds = wait_seconds
