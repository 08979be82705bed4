"""A hook of MkDocs: brings pages from elsewhere in the repository into the site, and keeps links between them right."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.reference_pages import PAGES

ROOT = Path(__file__).parents[1]
BROUGHT = {
    "formulation.md": "lineside/solver/FORMULATION.md",
    "benchmarks.md": "benchmarks/README.md",
    "changes.md": "CHANGELOG.md",
}
"""Page of the site, and the file in the repository whose text it has."""

PLACES = {source: page for page, source in BROUGHT.items()} | {"README.md": "index.md"}
"""Which page of the site a file outside its folder is."""

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand elsewhere, and those that are written from the code."""
    for page, source in BROUGHT.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    for page, text in PAGES.items():
        files.append(File.generated(config, page, content=text()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links between files of the repository lead to pages of the site.

    Source text is no page of the site: a link to it becomes its words.
    """
    here = page.file.src_uri
    return relinked(markdown, here, {file.src_uri for file in files})


def relinked(markdown: str, here: str, pages: set[str]) -> str:
    """Return a page's text with the links as the site needs them.

    Parameters
    ----------
    markdown
        Text as it stands in the repository.
    here
        Path of the page in the site.
    pages
        Paths of all pages and pictures of the site.
    """
    source = BROUGHT.get(here, f"docs/{here}")

    def link(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        inside = PLACES.get(path) or path.removeprefix("docs/")
        if inside in pages and (path in PLACES or path.startswith("docs/")):
            return f"[{words}]({posixpath.relpath(inside, posixpath.dirname(here) or '.')}{anchor})"
        if (ROOT / path).exists():
            return words if words.startswith("`") else f"{words} (`{path}`)" if words != target else f"`{path}`"
        return found[0]  # a link that leads nowhere: the strict build tells it

    return LINK.sub(link, markdown)
