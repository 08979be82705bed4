"""What stands in a PDF, page by page."""

from __future__ import annotations

import io

from pypdf import PdfReader


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, its white space as single blanks."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def is_tagged(pdf: bytes) -> bool:
    """Return whether a PDF has a structure that is read aloud, a language and a title."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.root_object
    title = reader.metadata.title if reader.metadata else None
    return "/StructTreeRoot" in root and "/Lang" in root and bool(title)
