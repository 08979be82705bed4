"""Contacts: where apprentices and instructors are mailed; and the mails that wait for the worker."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lineside.models.mistakes import Mistake
from lineside.scenarios.notices import Notice
from lineside.service.mail.queue import enqueue_mail
from lineside.service.mail.sending import address_of
from lineside.service.problems import MistakesProblem
from lineside.service.storage.models import Contact, Mail, Publication

Reachable = Literal["apprentice", "instructor"]
KINDS: tuple[Reachable, ...] = ("apprentice", "instructor")
COLUMNS = ("kind", "id", "address")
TABLE = "contacts"


@dataclass(frozen=True)
class MailCounts:
    """How many mails of one publication wait, were sent, and were given up."""

    waiting: int = 0
    sent: int = 0
    failed: int = 0


class Contacts:
    """The contacts of one region, and its mails.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    """

    def __init__(self, session: Session, region: uuid.UUID) -> None:
        self._session = session
        self._region = region

    def replace(self, text: str) -> int:
        """Take the rows of a CSV table as all contacts of the region; return how many there are.

        Parameters
        ----------
        text
            A header with ``id`` and ``address``, and perhaps ``kind`` (``apprentice``, which is meant where it is
            missing or empty, or ``instructor``); no row takes all contacts out.

        Raises
        ------
        MistakesProblem
            With every wrong row; then nothing is changed.
        """
        rows = _rows(text)
        self._session.execute(delete(Contact).where(Contact.region_id == self._region))
        for (kind, owner), address in rows.items():
            self._session.add(Contact(region_id=self._region, kind=kind, owner=owner, address=address))
        self._session.flush()
        return len(rows)

    def reachable(self) -> frozenset[tuple[str, str]]:
        """Return kind and id of everybody who has an address."""
        query = select(Contact.kind, Contact.owner).where(Contact.region_id == self._region)
        return frozenset((kind, owner) for kind, owner in self._session.execute(query))

    def post(self, publication: Publication, notices: Iterable[Notice]) -> int:
        """Queue a mail for each notice of somebody who has an address, as part of the transaction."""
        known = self.reachable()
        mails = [
            Mail(
                id=uuid.uuid4(),
                region_id=self._region,
                publication_id=publication.id,
                kind=notice.who,
                owner=notice.id,
                subject=notice.subject,
                text=notice.text,
            )
            for notice in notices
            if (notice.who, notice.id) in known
        ]
        self._session.add_all(mails)
        self._session.flush()
        for mail in mails:
            enqueue_mail(self._session, mail.id)
        return len(mails)

    def counts(self, publications: Sequence[uuid.UUID]) -> MailCounts:
        """Return how many mails of some publications wait, were sent, and were given up."""
        query = select(Mail.status, func.count()).where(Mail.region_id == self._region)
        query = query.where(Mail.publication_id.in_(publications)).group_by(Mail.status)
        found = {str(row[0]): int(row[1]) for row in self._session.execute(query)}
        return MailCounts(found.get("waiting", 0), found.get("sent", 0), found.get("failed", 0))


def _rows(text: str) -> dict[tuple[str, str], str]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        lines = [[cell.strip() for cell in line] for line in reader]
    except csv.Error as error:
        message = f"The table is not written in CSV: {error}. Save it anew."
        raise _mistakes([Mistake(TABLE, None, None, None, message)]) from None
    header = [name.lower() for name in lines[0]] if lines else []
    wrong = [name for name in header if name not in COLUMNS]
    if not {"id", "address"} <= set(header) or wrong or len(set(header)) < len(header):
        names = ", ".join(header) or "nothing"
        message = f"The header is {names}. Write id and address, and kind if instructors are among them."
        raise _mistakes([Mistake(TABLE, 1, None, names[:200], message)])
    found: dict[tuple[str, str], str] = {}
    mistakes: list[Mistake] = []
    for number, line in enumerate(lines[1:], 2):
        if any(line):
            _read_line(dict(zip(header, line, strict=False)), number, found, mistakes)
    if mistakes:
        raise _mistakes(mistakes)
    return found


def _read_line(cells: dict[str, str], number: int, found: dict[tuple[str, str], str], mistakes: list[Mistake]) -> None:
    kind, owner = cells.get("kind") or KINDS[0], cells.get("id", "")
    if kind not in KINDS:
        mistakes.append(Mistake(TABLE, number, "kind", kind[:200], "Write apprentice or instructor."))
    if not owner or not owner.isprintable() or owner.split() != [owner]:
        mistakes.append(Mistake(TABLE, number, "id", owner[:200], "Write an id of the tables, without spaces."))
    if (kind, owner) in found:
        mistakes.append(Mistake(TABLE, number, "id", owner[:200], f"The {kind} stands twice. Keep one row."))
    try:
        found[kind, owner] = address_of(cells.get("address", ""))
    except ValueError:
        # The value itself stays out of the answer, and so out of whatever keeps answers.
        mistakes.append(Mistake(TABLE, number, "address", None, "Write a mail address such as dana@acme.example."))


def _mistakes(found: list[Mistake]) -> MistakesProblem:
    count = "1 mistake" if len(found) == 1 else f"{len(found)} mistakes"
    return MistakesProblem(f"The contacts have {count}. Correct the rows and send all of them again.", found)
