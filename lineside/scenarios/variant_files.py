"""Variants on disk: a small file that names its base and its edits, or a base with edits given beside it.

A variant file is TOML: ``base = "../milwaukee"``, a list ``edits = ["longer.toml"]`` of files, paths counted from
the variant's folder, and, if wanted, a ``name`` for the scenario.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError

from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario
from lineside.models.reading import any_texts
from lineside.scenarios.edits import EditError, EditPart, ScenarioEdit, read_edit
from lineside.scenarios.variants import Variant, variant_of

SUFFIX = ".toml"


class VariantFile(EditPart):
    """What a variant file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = Field(min_length=1)
    edits: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True)
class Source:
    """Where a scenario comes from: a base on disk, the edits to make, and another name for the result, if any."""

    base: Path
    edits: tuple[ScenarioEdit, ...] = ()
    name: str | None = None


def is_variant_file(path: Path) -> bool:
    """Return whether a path is a variant file rather than a folder or a workbook."""
    return path.suffix.lower() == SUFFIX and path.is_file()


def source_of(path: Path, edits: Sequence[Path] = ()) -> Source:
    """Return the base and the edits that a path and further edit files stand for.

    Parameters
    ----------
    path
        Folder or workbook of a scenario, or a variant file.
    edits
        Files of edits to make on top.

    Raises
    ------
    EditError
        If a variant file or an edit is not written as it should be.
    OSError
        If a file cannot be read.
    """
    more = tuple(read_edit(edit) for edit in edits)
    if not is_variant_file(path):
        return Source(path, more)
    try:
        found = VariantFile.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except ValidationError as error:
        raise EditError(
            f"{path.name}, {'.'.join(map(str, detail['loc']))}: {detail['msg']}. A variant has a base and edits."
            for detail in error.errors(include_url=False)
        ) from None
    except (ValueError, RecursionError) as error:
        raise EditError([f"{path.name} is not written in TOML: {error}. Correct that line."]) from None
    below = path.parent / found.base
    if is_variant_file(below):
        raise EditError([f"{path.name} has the variant {found.base} as its base. Name a folder or workbook."])
    own = tuple(read_edit(path.parent / edit) for edit in found.edits)
    return Source(below, own + more, found.name)


def texts_of(source: Source, findings: Findings) -> tuple[RawScenario, Variant]:
    """Return the base's texts, and the variant of them.

    Parameters
    ----------
    source
        The base and the edits.
    findings
        Takes what was found while reading.

    Raises
    ------
    ScenarioMistakes
        If there are no texts at all.
    """
    base = any_texts(source.base, findings)
    variant = variant_of(base, source.edits)
    if source.name is not None:
        settings = {**variant.raw.settings, "name": source.name}
        variant = dataclasses.replace(variant, raw=dataclasses.replace(variant.raw, settings=settings))
    return base, variant
