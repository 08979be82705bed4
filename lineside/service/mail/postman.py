"""The postman: takes mails from the queue, hands each to the server, and tries again for a while if that fails."""

from __future__ import annotations

import asyncio
import uuid

import structlog
from sqlalchemy import func, text

from lineside.service.mail.queue import QUEUE, enqueue_mail
from lineside.service.mail.sending import Letter, MailRefusedError, send
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from lineside.service.storage.models import Contact, Mail

log = structlog.get_logger("lineside.mail")


class Postman:
    """Sends the mails of one database.

    Parameters
    ----------
    database
        Where the mails and the contacts are.
    settings
        The server, and how often a mail is tried.
    """

    def __init__(self, database: Database, settings: ServiceSettings) -> None:
        self._database, self._settings = database, settings

    async def deliver(self, mail: str) -> None:
        """Make one attempt at a mail; the queue calls this, and again later if it raises.

        Raises
        ------
        MailRefusedError
            If the server did not take it and it is to be tried again.
        """
        await asyncio.to_thread(self._deliver, uuid.UUID(mail))

    def _deliver(self, mail: uuid.UUID) -> None:
        letter = self._letter(mail)
        if letter is None:
            return
        try:
            send(self._settings, letter)
        except MailRefusedError as error:
            attempts = self._count(mail)
            if attempts < self._settings.mail_attempts:
                log.warning("mail not taken, it is tried again", mail=str(mail), attempt=attempts, reason=str(error))
                raise
            self._end(mail, "failed")
            log.error("mail given up", mail=str(mail), attempt=attempts, reason=str(error))
        else:
            self._end(mail, "sent")
            log.info("mail sent", mail=str(mail))

    def _letter(self, mail: uuid.UUID) -> Letter | None:
        """Return a mail with its address; one whose owner has none any more ends here."""
        with self._database.session() as session:
            found = session.get(Mail, mail)
            if found is None or found.status != "waiting":
                return None
            contact = session.get(Contact, (found.region_id, found.kind, found.owner))
            if contact is not None:
                return Letter(found.id, contact.address, found.subject, found.text)
        self._end(mail, "failed")
        log.warning("mail given up, its owner has no address any more", mail=str(mail))
        return None

    def sweep(self) -> list[uuid.UUID]:
        """Queue mails anew whose worker died on the way, and return them.

        A mail that the server took before its worker died comes twice, with the same Message-ID.
        """
        with self._database.session() as session:
            query = text(
                "SELECT m.id FROM mails m WHERE m.status = 'waiting' AND NOT EXISTS ("
                "SELECT FROM procrastinate_jobs q WHERE q.queue_name = :queue AND q.args->>'mail' = m.id::text "
                "AND (q.status = 'todo' OR q.status = 'doing' AND q.worker_id IS NOT NULL)) FOR UPDATE SKIP LOCKED"
            )
            lost = list(session.scalars(query, {"queue": QUEUE}))
            for mail in lost:
                enqueue_mail(session, mail)
            return lost

    def _count(self, mail: uuid.UUID) -> int:
        with self._database.session() as session:
            found = session.get_one(Mail, mail)
            found.attempts += 1
            return found.attempts

    def _end(self, mail: uuid.UUID, status: str) -> None:
        """Note how a mail ended, and forget its words."""
        with self._database.session() as session:
            found = session.get_one(Mail, mail)
            found.status, found.subject, found.text, found.ended_at = status, "", "", func.now()
