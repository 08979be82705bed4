"""The command ``lineside`` without its start: a process that has loaded everything forks for each call.

Pages hold dozens of commands, and loading the solver takes longer than most of them. What runs is the command's own
``main``, in a process of its own, with the caller's arguments, folder, environment and streams.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LOADED = ("cli_plans", "cli_outputs", "cli_solve", "cli_advice", "cli_calendar", "cli_respond", "cli_tradeoffs")
CALLER = """#!{python} -IS
import json, os, socket, sys
door = socket.socket(socket.AF_UNIX)
door.connect({address!r})
socket.send_fds(door, [b"."], [0, 1, 2])
door.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
door.shutdown(socket.SHUT_WR)
sys.exit(int(door.recv(8) or b"70"))
"""


@contextlib.contextmanager
def quick_command(script: Path) -> Iterator[None]:
    """Write a script that is the command as long as the context lasts.

    Parameters
    ----------
    script
        File to write; its folder also gets the socket, so the path has to be short.
    """
    address = str(script.with_name("socket"))
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        command = [sys.executable, "-m", __name__, str(door.fileno())]
        with subprocess.Popen(command, pass_fds=[door.fileno()], start_new_session=True) as server:
            script.write_text(CALLER.format(python=sys.executable, address=address), encoding="utf-8")
            script.chmod(0o755)
            try:
                yield
            finally:
                server.kill()


def serve(door: socket.socket) -> None:
    """Answer calls, each in a process of its own."""
    from importlib import import_module

    from lineside.service.cli import main

    for name in LOADED:
        import_module(f"lineside.service.{name}")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        caller, _ = door.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            caller.sendall(str(_status_of(main, caller)).encode())
            os._exit(0)
        caller.close()


def _status_of(main: object, caller: socket.socket) -> int:
    _, streams, _, _ = socket.recv_fds(caller, 1, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    # New ones: the server's own streams believe what they were when it started.
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    with caller.makefile("rb") as given:
        arguments, folder, environment = json.load(given)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["lineside", *arguments]
    assert callable(main)
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
