"""What a sweep is asked for: from a grid's file as the command line reads it, or from values of a setting."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from lineside.ui.client import Json, Mistake, RefusedError

NO_EDIT = "no edit"
"""What a grid's file says for a choice that changes nothing."""
SHAPE = "A grid has a name, scenarios, and axes, each with a name and choices."


class GridMistakesError(ValueError):
    """A grid that cannot be sent; the sentences tell every mistake and what to do."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


def read_text(name: str, text: bytes) -> Json:
    """Return the plain data of a file: JSON if its name ends so, else TOML.

    Raises
    ------
    GridMistakesError
        If it is not written so.
    """
    language = "JSON" if name.lower().endswith(".json") else "TOML"
    try:
        whole = text.decode("utf-8-sig")
        found = json.loads(whole) if language == "JSON" else tomllib.loads(whole)
        plain: Json = json.loads(json.dumps(found, default=str, allow_nan=False, ensure_ascii=False).encode())
    except (ValueError, RecursionError) as error:
        raise GridMistakesError([f"{name} is not written in {language}: {error}. Correct that line."]) from None
    return plain


def read_all(files: Mapping[str, bytes]) -> dict[str, Json]:
    """Return the plain data of files by name.

    Raises
    ------
    GridMistakesError
        With a sentence for each that cannot be read.
    """
    read: dict[str, Json] = {}
    sentences: list[str] = []
    for name, text in files.items():
        try:
            read[name] = read_text(name, text)
        except GridMistakesError as error:
            sentences += error.sentences
    if sentences:
        raise GridMistakesError(sentences)
    return read


def edits_in(files: Mapping[str, bytes]) -> list[Json]:
    """Return the edits that files hold, one each, in their order.

    Raises
    ------
    GridMistakesError
        With a sentence for each file that cannot be read or is no edit.
    """
    read = read_all(files)
    sentences = [
        f"{name} is no edit. Give it a name and lists of settings, cells, added and removed."
        for name, edit in read.items()
        if not isinstance(edit, dict) or not isinstance(edit.get("name"), str)
    ]
    if sentences:
        raise GridMistakesError(sentences)
    return list(read.values())


def order_from(pasted: str, files: Mapping[str, bytes], scenarios: Sequence[Json]) -> Json:
    r"""Return what the service is asked for by a grid's file.

    Parameters
    ----------
    pasted
        The grid as TOML; if it is empty, one of the files is the grid.
    files
        Contents by name: the grid, and the edits that it names.
    scenarios
        Those of the region, with id and name.

    Raises
    ------
    GridMistakesError
        With a sentence for each mistake that can be seen here; the service looks for the others.

    Examples
    --------
    >>> grid = 'name = "A"\nscenarios = ["North"]\n[[axes]]\nname = "end"\nchoices = ["no edit", "ten.toml"]'
    >>> ten = b'name = "ten weeks"'
    >>> order_from(grid, {"ten.toml": ten}, [{"id": "7f", "name": "North"}])["axes"]
    [{'name': 'end', 'choices': [None, {'name': 'ten weeks'}]}]
    """
    edits = read_all(files)
    if pasted.strip():
        grid = read_text("The text", pasted.encode())
    else:
        grids = [name for name, data in edits.items() if isinstance(data, dict) and "scenarios" in data]
        if not grids:
            raise GridMistakesError(["No grid was given. Choose its file, which names scenarios, or paste its text."])
        if len(grids) > 1:
            raise GridMistakesError(
                [f"Several files are grids: {', '.join(grids)}. Choose one, and the edits it names."]
            )
        grid = edits.pop(grids[0])
    return _order(grid, edits, scenarios)


def _order(grid: Json, edits: Mapping[str, Json], scenarios: Sequence[Json]) -> Json:
    sentences: list[str] = []
    if not isinstance(grid, dict):
        raise GridMistakesError([f"The grid is a list or a single value. {SHAPE}"])
    order = dict(grid)
    if isinstance(order.get("scenarios"), list):
        order["scenarios"] = [_identity(str(text), scenarios, sentences) for text in order["scenarios"]]
    if isinstance(order.get("axes"), list):
        order["axes"] = [_axis(axis, edits, sentences) for axis in order["axes"]]
    if sentences:
        raise GridMistakesError(dict.fromkeys(sentences))
    return order


def _identity(text: str, scenarios: Sequence[Json], sentences: list[str]) -> str:
    found = [row["id"] for row in scenarios if text in (row["id"], row["name"])]
    if not found:
        sentences.append(
            f"Scenario '{text}': No saved scenario of the region has this name. Give the name as the page Scenario has "
            "it, or an id."
        )
    elif len(found) > 1:
        ids = ", ".join(sorted(found))
        sentences.append(f"Scenario '{text}': {len(found)} saved scenarios have this name. Give the id of one: {ids}.")
    return found[0] if found else text


def _axis(axis: Json, edits: Mapping[str, Json], sentences: list[str]) -> Json:
    if not isinstance(axis, dict) or not isinstance(axis.get("choices"), list):
        return axis
    where = f"Axis '{axis.get('name', '')}'"
    return {**axis, "choices": [_choice(choice, edits, where, sentences) for choice in axis["choices"]]}


def _choice(choice: Json, edits: Mapping[str, Json], where: str, sentences: list[str]) -> Json:
    if choice == NO_EDIT:
        return None
    if not isinstance(choice, str):
        return choice
    name = PurePosixPath(choice.replace("\\", "/")).name
    if name not in edits:
        sentences.append(f"{where}: {choice} was not chosen. Choose that file beside the grid, or write '{NO_EDIT}'.")
    return edits.get(name)


def values_in(text: str) -> list[str]:
    """Return the values that somebody typed, without those typed twice.

    >>> values_in("8, 10;12, 8,")
    ['8', '10', '12']
    """
    values = (value.strip() for value in text.replace(";", ",").split(","))
    return list(dict.fromkeys(value for value in values if value))


def setting_choices(section: str | None, key: str, values: Iterable[str]) -> list[Json]:
    """Return an edit for each value of a setting.

    >>> setting_choices("rules", "rest_minutes", ["600"])
    [{'name': 'rest minutes 600', 'settings': [{'key': 'rules.rest_minutes', 'after': '600'}]}]
    """
    path, words = ".".join(filter(None, (section, key))), key.replace("_", " ")
    return [{"name": f"{words} {value}", "settings": [{"key": path, "after": value}]} for value in values]


def num_points(order: Json) -> int:
    """Return how many runs a grid asks for.

    >>> num_points({"scenarios": ["a", "b"], "axes": [{"choices": [1, 2, 3]}]})
    6
    """
    count = len(order["scenarios"])
    for axis in order["axes"]:
        count *= len(axis["choices"])
    return count


def refusal(error: RefusedError) -> list[str]:
    """Return what the service says of a grid: every mistake, and last what has come of it."""
    told = dict.fromkeys(_sentence(mistake) for mistake in error.mistakes)
    is_shape = any(mistake.column is not None for mistake in error.mistakes)
    return [*told, f"Nothing was begun. {SHAPE}" if is_shape else error.detail]


def _sentence(mistake: Mistake) -> str:
    """Return a mistake; one of the shape has its place in front, counted from 1."""
    if mistake.column is None:
        return mistake.message
    parts = [str(int(part) + 1) if part.isdigit() else part for part in mistake.column.split(".")]
    return f"{', '.join(parts)}: {mistake.message}"
