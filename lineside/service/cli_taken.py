"""The options --take and --out of why and advise: a change that was told becomes an edit's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lineside.scenarios.edits import EditError, write_edit
from lineside.scenarios.taken_edits import taken_edit
from lineside.service.cli_inputs import BadInputError, reason, texts_from
from lineside.service.console import Screen
from lineside.solver import Loosening


@dataclass(frozen=True)
class Taking:
    """Which change is taken, and the new file that it is written to as an edit."""

    number: int
    out: Path

    @classmethod
    def of(cls, number: int | None, out: Path | None) -> Taking | None:
        """Return what is taken, or None for nothing.

        Raises
        ------
        BadInputError
            If one of the two is missing, or the file is there already.
        """
        if number is None and out is None:
            return None
        if number is None or out is None:
            raise BadInputError(["--take and --out belong together. Give the number of the change and a new file."])
        if out.exists():
            raise BadInputError([f"{out} is there already. Choose a new name, so that nothing is lost."])
        return cls(number, out)

    def write(self, scenario: Path, told: Sequence[tuple[Loosening, str]], screen: Screen) -> None:
        """Write the change.

        Parameters
        ----------
        scenario
            The tables.
        told
            Changes in the order in which they were told, each with its sentence.

        Raises
        ------
        BadInputError
            If there is no such change, it does not fit the tables, or the file cannot be written.
        """
        if self.number > len(told):
            raise BadInputError([f"There is no change {self.number}; {len(told)} were told. Choose one of these."])
        change, sentence = told[self.number - 1]
        try:
            write_edit(taken_edit(texts_from(scenario)[0], change.edits, change.words, sentence), self.out)
        except EditError as error:
            raise BadInputError(error.sentences) from None
        except OSError as error:
            raise BadInputError([f"{self.out} cannot be written: {reason(error)}. Choose another place."]) from None
        screen.say(f"Written: {self.out}. Solve with it: lineside solve {scenario} --edit {self.out}")
