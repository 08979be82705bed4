"""The fixed scenarios of the benchmark, by name and set."""

from __future__ import annotations

from pathlib import Path

import lineside.scenarios

ROOT = Path(__file__).parents[1]
BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"
REGIONS = ROOT / "../shared/regions"
"""Regions beside the project's root folder."""

SETS: dict[str, dict[str, Path]] = {
    "bundled": {
        name: BUNDLED / name for name in ("two_plants", "milwaukee", "st_cloud", "st_cloud_compressed", "fox_valley")
    },
    "s": {name: REGIONS / name for name in ("s-plain-1", "s-plain-2", "s-rotating-3", "s-tight-4", "s-nasty-5")},
    "m": {name: REGIONS / name for name in ("m-plain-11", "m-rotating-12", "m-tight-13")},
    "l": {"l-plain-21": REGIONS / "l-plain-21"},
    "xl": {"xl-plain-31": REGIONS / "xl-plain-31"},
}
"""Folders by set and name."""

FOLDERS: dict[str, Path] = {name: folder for cases in SETS.values() for name, folder in cases.items()}
"""Every case by name."""


def chosen_cases(words: list[str]) -> list[str]:
    """Return the cases that words name, each once: sets or single cases.

    Raises
    ------
    ValueError
        If a word is neither.

    Examples
    --------
    >>> chosen_cases(["m", "m-plain-11", "two_plants"])
    ['m-plain-11', 'm-rotating-12', 'm-tight-13', 'two_plants']
    """
    names: dict[str, None] = {}
    for word in words:
        if word not in SETS and word not in FOLDERS:
            raise ValueError(f"There is no case or set {word}. Choose from: {', '.join([*SETS, *FOLDERS])}.")
        names.update(dict.fromkeys(SETS.get(word, {word: FOLDERS.get(word)})))
    return list(names)
