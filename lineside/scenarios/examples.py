"""The bundled scenarios by name: what each is about, and its texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lineside.models.folder import read_folder
from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario

BUNDLED = Path(__file__).parent / "bundled"
README = "README.md"


@dataclass(frozen=True)
class Example:
    """A bundled scenario.

    Parameters
    ----------
    name
        Name of its folder.
    title
        Name that the scenario itself has.
    story
        What it is about, the first line of its README: plain text.
    num_companies, num_apprentices, weeks
        Its size.
    """

    name: str
    title: str
    story: str
    num_companies: int
    num_apprentices: int
    weeks: int


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Return the bundled scenarios, the smallest first."""
    found = (_example(path) for path in BUNDLED.iterdir() if path.is_dir())
    return tuple(sorted(found, key=lambda example: (example.num_apprentices, example.name)))


def example_raw(name: str) -> RawScenario:
    """Return the texts of a bundled scenario.

    Raises
    ------
    KeyError
        If there is none of this name.
    """
    if name not in (example.name for example in examples()):
        raise KeyError(name)
    return read_folder(BUNDLED / name, Findings())


def _example(folder: Path) -> Example:
    raw = read_folder(folder, Findings())
    companies, apprentices = (len(raw.tables[table].rows) for table in ("companies", "apprentices"))
    story = _story((folder / README).read_text(encoding="utf-8"))
    return Example(folder.name, str(raw.settings["name"]), story, companies, apprentices, int(raw.settings["weeks"]))


def _story(readme: str) -> str:
    r"""Return the first line below the title, without marks.

    >>> _story("# Title\n\nTwo `plants` and a college.\nMore.")
    'Two plants and a college.'
    """
    lines = (line.strip() for line in readme.replace("`", "").replace("**", "").splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")
