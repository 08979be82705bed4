"""Where the names of places on a map stand, so that none covers another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""

LETTER_PIXELS, LINE_PIXELS = 6.4, 12.0
"""About the size of a letter of a name."""
MARK_PIXELS = 7.0
"""Half of a site's mark."""
RINGS = (14.0, 26.0, 40.0, 56.0)
"""How far from its mark a name may stand; the nearest ring with room is taken."""
DIRECTIONS = ((0.0, -1.0), (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (1.0, -1.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
"""Above, below, right, left, and between them; right and down are positive."""


def label_places(points: Sequence[Point], names: Sequence[str], size: float) -> list[Point | None]:
    """Return the middle of each place's name in pixels; None for a name that finds no room.

    Parameters
    ----------
    points
        The places in pixels from the upper left corner.
    names
        What is written beside each.
    size
        Width and height of the picture in pixels.
    """
    marks = [_around(point, MARK_PIXELS, MARK_PIXELS) for point in points]
    taken: list[Box] = []
    found: list[Point | None] = []
    for number, (point, name) in enumerate(zip(points, names, strict=True)):
        half = len(name) * LETTER_PIXELS / 2
        others = [*taken, *(mark for place, mark in enumerate(marks) if place != number)]
        free = (one for one in _tried(point, half) if _is_free(_around(one, half, LINE_PIXELS / 2), others, size))
        middle = next(free, None)
        found.append(middle)
        if middle is not None:
            taken.append(_around(middle, half, LINE_PIXELS / 2))
    return found


def _tried(point: Point, half: float) -> Iterator[Point]:
    for ring in RINGS:
        for right, down in DIRECTIONS:
            yield point[0] + right * (half + ring - LINE_PIXELS / 2), point[1] + down * ring


def _around(middle: Point, half_width: float, half_height: float) -> Box:
    return middle[0] - half_width, middle[1] - half_height, middle[0] + half_width, middle[1] + half_height


def _is_free(box: Box, others: Sequence[Box], size: float) -> bool:
    if box[0] < 0 or box[1] < 0 or box[2] > size or box[3] > size:
        return False
    return not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in others
    )
