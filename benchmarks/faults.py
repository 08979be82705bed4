"""Rounds of faults, drawn from seeds, while clients save, publish, solve and fetch: ``python -m benchmarks.faults``."""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults_audit import Audit
from benchmarks.faults_clients import EXAMPLE, Clients
from benchmarks.faults_clock import clock_in
from benchmarks.faults_kinds import possible_faults
from benchmarks.faults_places import OwnServer, new_database, small_folder
from benchmarks.faults_service import ServiceUnderTest
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.scenarios.examples import BUNDLED
from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer

SERVER = "LINESIDE_TEST_DATABASE"
"""Environment variable with the address of a server; its role may create databases."""
PAUSE_SECONDS = (0.2, 1.2)
"""How long clients ask in peace before a fault, drawn evenly."""


@dataclass
class Tally:
    """What came of some rounds: their seconds, the faults that were made, those that met nothing, what was lost."""

    seconds: list[float] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    vain: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)


class Rounds:
    """Rounds on one store.

    Parameters
    ----------
    service, database, clients, audit
        What is under test, its store, who uses it, who looks.
    faults
        How many faults a round has.
    """

    def __init__(
        self, service: ServiceUnderTest, database: Database, clients: Clients, audit: Audit, faults: int
    ) -> None:
        self._service = service
        self._database = database
        self._clients = clients
        self._audit = audit
        self._num_faults = faults
        self.tally = Tally()

    def run(self, seed: int) -> None:
        """Let clients ask, make some faults at random times, wait until all is well again, and audit."""
        began, draw = time.monotonic(), random.Random(seed)
        chosen = [draw.choice(possible_faults(self._service)) for _ in range(self._num_faults)]
        self._clients.begin(seed)
        for fault in chosen:
            time.sleep(draw.uniform(*PAUSE_SECONDS))
            try:
                fault(self._service, self._database, draw)
                self.tally.made[fault.__name__] += 1
            except Exception as error:  # a fault may meet what an earlier one left dead; that is told and no loss
                self.tally.vain[fault.__name__] += 1
                print(f"  {fault.__name__}: {type(error).__name__}", flush=True)
            self._service.ensure()
            self._database.engine.dispose()
        time.sleep(draw.uniform(*PAUSE_SECONDS))
        self._clients.end()
        self._service.ensure()
        losses = self._audit.losses()
        self.tally.losses += [f"seed {seed}: {loss}" for loss in losses]
        self.tally.seconds.append(time.monotonic() - began)
        names = " ".join(fault.__name__ for fault in chosen)
        print(f"{seed}: {names}: {losses or 'no loss'} ({self.tally.seconds[-1]:.1f} s)", flush=True)

    def finish(self) -> None:
        """Wait until every run is over, audit once more, and tell what was acknowledged."""
        self.tally.losses += [f"at the end: {loss}" for loss in self._audit.last_losses()]
        done = self._clients.done
        print(
            f"{len(done.saves)} saves, {len(done.plans)} plans, {done.publications.total()} publications, "
            f"{len(done.runs)} runs and {done.fetches} calendars acknowledged; {self._service.starts} starts",
            flush=True,
        )


def run_rounds(is_by_address: bool, seeds: range, seconds: float, faults: int) -> Tally:
    """Make rounds on one store until the seeds or the time are over."""
    until = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(small_folder())
        clock = clock_in(folder)
        if clock is None:
            print("No clock is moved: that needs a C compiler.", flush=True)
        else:
            stack.callback(clock.close)
        own, address = None, None
        if is_by_address and SERVER not in os.environ:
            own = OwnServer(folder, {} if clock is None else clock.environment)
            stack.callback(own.stop)
            own.ensure()
        if is_by_address:
            address = stack.enter_context(new_database(os.environ[SERVER] if own is None else own.address))
        data = folder / "data"
        data.mkdir()
        service = ServiceUnderTest(data, address, own, clock)
        stack.callback(service.end)
        service.ensure()
        database = Database(address or _embedded_address(data))
        stack.callback(database.close)
        clients = Clients(service.address, service.key)
        stack.callback(clients.close)
        rounds = Rounds(service, database, clients, Audit(database, clients, _scenario()), faults)
        for seed in seeds:
            if time.monotonic() > until:
                break
            rounds.run(seed)
        rounds.finish()
    return rounds.tally


def _scenario() -> Scenario:
    scenario = read_scenario(BUNDLED / EXAMPLE).scenario
    if scenario is None:
        raise ValueError(f"The example {EXAMPLE} has mistakes. Look at them with lineside validate.")
    return scenario


def _embedded_address(data: Path) -> str:
    """Return the address of the embedded server that the service runs, without keeping it running."""
    server = EmbeddedServer(data)
    server.stop()
    return server.address


def main() -> None:
    """Make rounds and tell what was lost; status 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no round after so long")
    parser.add_argument("--faults", type=int, default=2, help="faults in a round")
    parser.add_argument(
        "--server", action="store_true", help=f"by address: on the server of {SERVER}, else on one that is started"
    )
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    seeds = range(given.first_seed, given.first_seed + given.rounds)
    tally = run_rounds(given.server, seeds, given.seconds, given.faults)
    mean = sum(tally.seconds) / max(len(tally.seconds), 1)
    print(f"{len(tally.seconds)} rounds of {mean:.1f} s, {tally.made.total()} faults, {len(tally.losses)} losses")
    print(f"faults: {dict(tally.made)}; in vain: {dict(tally.vain)}")
    for loss in tally.losses:
        print(loss)
    sys.exit(1 if tally.losses else 0)


if __name__ == "__main__":
    main()
