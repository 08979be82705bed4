"""Pages on paper: Typst templates, with what they show given as data and never as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).with_name("templates")


def pdf_of(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a tagged PDF (PDF/UA-1).

    Parameters
    ----------
    template
        Name of a file in the folder of templates; it reads ``json(bytes(sys.inputs.data))``.
    data
        What JSON can hold. Texts stay texts, whatever they look like.
    """
    return typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
