"""Mails as a server gets them, and errors that give nobody away."""

from __future__ import annotations

import socket
import uuid
from typing import Any

import pytest

from lineside.service.mail.sending import Letter, MailRefusedError, address_of, send
from lineside.service.settings import ServiceSettings
from tests.service.mail.smtp import mail_server

LETTER = Letter(uuid.UUID(int=7), "dana@acme.example", "Your next class has moved", "Dear Dána,\n.\nfrom 15:00\n")


def settings(port: int, **more: Any) -> ServiceSettings:
    given = {"smtp_host": "127.0.0.1", "smtp_security": "none", "smtp_from": "training@college.example"}
    return ServiceSettings(smtp_port=port, smtp_seconds=5, **{**given, **more})


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        send(settings(server.port), LETTER)
    [(address, mail)] = server.taken
    assert address == "dana@acme.example"
    assert mail["From"] == "training@college.example"
    assert mail["Subject"] == "Your next class has moved"
    assert mail["Message-ID"] == f"<{uuid.UUID(int=7)}@college.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == LETTER.text.strip()


def test_errors_say_what_happened_and_not_to_whom() -> None:
    with mail_server(refusals=1) as server, pytest.raises(MailRefusedError) as refused:
        send(settings(server.port), LETTER)
    assert str(refused.value) == "the server answered 451"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(MailRefusedError) as unreachable:
        send(settings(port), LETTER)
    assert str(unreachable.value) == "the server could not be reached: ConnectionRefusedError"


def test_a_server_without_encryption_gets_nothing_unless_that_is_allowed() -> None:
    with mail_server() as server, pytest.raises(MailRefusedError):
        send(settings(server.port, smtp_security="starttls"), LETTER)
    assert server.taken == []


@pytest.mark.parametrize("text", ["dana@acme.example", " d.o-x+y@acme.example "])
def test_addresses(text: str) -> None:
    assert address_of(text) == text.strip()


NO_ADDRESSES = ("", "dana", "@acme.example", "dana@", "a b@acme.example", "a@b@c", "a,b@c.example", "d\n@acme.example")


@pytest.mark.parametrize("text", [*NO_ADDRESSES, "ü@acme.example"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="no mail address"):
        address_of(text)


def test_a_server_needs_a_sender() -> None:
    with pytest.raises(ValueError, match="notices must come from an address"):
        ServiceSettings(smtp_host="mail.example")
