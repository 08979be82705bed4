"""A mail server for tests: as little of RFC 5321 as a client needs, in a thread of its own."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message


@dataclass
class MailServer:
    """What a server got, and how often it still refuses.

    Parameters
    ----------
    port
        Where it listens.
    refusals
        Mails that it refuses for now before it takes one.
    taken
        Address and mail of each that it took.
    tries
        Mails that were offered, refused ones too.
    """

    port: int
    refusals: int = 0
    taken: list[tuple[str, Message]] = field(default_factory=list)
    tries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str, text: str) -> bool:
        with self.lock:
            self.tries += 1
            if self.refusals > 0:
                self.refusals -= 1
                return False
            self.taken.append((address, message_from_string(text)))
            return True


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: MailServer = self.server.mail_server  # type: ignore[attr-defined]
        address = ""
        self._say("220 test")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            word = line[:4].upper()
            if word == "RCPT":
                address = line.partition("<")[2].rstrip(">")
                self._say("250 ok")
            elif word == "DATA":
                self._say("354 go on")
                self._say("250 taken" if server.take(address, self._text()) else "451 not now")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _text(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line.removeprefix(".") if line.startswith("..") else line)
        return "\n".join(lines)


class _Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server(refusals: int = 0) -> Iterator[MailServer]:
    """Run a server on a free port as long as the context lasts."""
    with _Threads(("127.0.0.1", 0), _Conversation) as listening:
        server = MailServer(listening.server_address[1], refusals)
        listening.mail_server = server  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
