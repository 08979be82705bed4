"""Handing one mail to the SMTP server; errors say what happened without an address."""

from __future__ import annotations

import smtplib
import ssl
import uuid
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime

from lineside.service.settings import ServiceSettings


class MailRefusedError(Exception):
    """The server did not take a mail; the text holds no address and no word of the mail."""


@dataclass(frozen=True)
class Letter:
    """A mail with its address.

    Parameters
    ----------
    id
        The same for every attempt, so that a mail that comes twice can be told.
    address, subject, text
        To whom and what.
    """

    id: uuid.UUID
    address: str
    subject: str
    text: str


def address_of(text: str) -> str:
    """Return a mail address without blanks around it.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> address_of(" dana@acme.example ")
    'dana@acme.example'
    """
    address = text.strip()
    if not address.isascii() or not address.isprintable() or any(letter in address for letter in ' <>(),;:"\\\\'):
        raise ValueError("no mail address")
    try:
        parsed = Address(addr_spec=address)
    except Exception as error:  # the parser has errors of its own, of several classes
        raise ValueError("no mail address") from error
    if not parsed.username or not parsed.domain:
        raise ValueError("no mail address")
    return address


def send(settings: ServiceSettings, letter: Letter) -> None:
    """Hand a mail to the SMTP server.

    Raises
    ------
    MailRefusedError
        If the server cannot be reached, or does not take it.
    """
    message = EmailMessage()
    message["From"] = settings.smtp_from
    message["To"] = letter.address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{letter.id}@{settings.smtp_from.rpartition('@')[2].rstrip('>') or 'lineside'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")  # not every server takes eight bits
    try:
        with _connected(settings) as server:
            if settings.smtp_password is not None:
                server.login(settings.smtp_username, settings.smtp_password.get_secret_value())
            server.send_message(message)
    except smtplib.SMTPResponseException as error:
        raise MailRefusedError(f"the server answered {error.smtp_code}") from None
    except smtplib.SMTPException as error:
        raise MailRefusedError(f"the server refused it: {type(error).__name__}") from None
    except (OSError, ssl.SSLError) as error:
        raise MailRefusedError(f"the server could not be reached: {type(error).__name__}") from None


def _connected(settings: ServiceSettings) -> smtplib.SMTP:
    where, seconds = (settings.smtp_host, settings.smtp_port), settings.smtp_seconds
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=seconds, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=seconds)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
