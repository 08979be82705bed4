"""The queue of mails: one entry for each, in the transaction of the publication that it tells of."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lineside.service.storage.queueing import put_into_queue

QUEUE = "mails"
TASK = "lineside.mail"


def enqueue_mail(session: Session, mail: uuid.UUID) -> int:
    """Put a mail into the queue as part of the session's transaction, and return the entry's id."""
    return put_into_queue(session, QUEUE, TASK, mail=str(mail))
