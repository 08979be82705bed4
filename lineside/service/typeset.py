"""Pages on paper: Typst templates, with what they show given as data and never as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import typst

TEMPLATES = Path(__file__).with_name("templates")
NO_GLYPH = "could not be displayed with font"
"""In Typst's error about a letter that no font has."""


def pdf_of(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a tagged PDF (PDF/UA-1, as far as the fonts have every letter).

    Parameters
    ----------
    template
        Name of a file in the folder of templates; it reads ``json(bytes(sys.inputs.data))``.
    data
        What JSON can hold. Texts stay texts, whatever they look like.

    Notes
    -----
    The standard forbids a letter that no font has. Somebody's name may have one, and the others on the sheet need
    their codes all the same: such a letter is then printed as a box, and the PDF does not claim the standard.
    """

    def compiled(standards: list[Literal["ua-1"]]) -> bytes:
        return typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            format="pdf",
            pdf_standards=[*standards],
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )

    try:
        return compiled(["ua-1"])
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise
    return compiled([])
