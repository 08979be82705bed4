"""Which columns refer to which tables, and the words besides ids that they may hold."""

from __future__ import annotations

REFERENCES: dict[tuple[str, str], str] = {
    ("sites", "company"): "companies",
    ("sites", "open_to"): "companies",
    ("rooms", "site"): "sites",
    ("lines", "site"): "sites",
    ("rotas", "company"): "companies",
    ("crews", "line"): "lines",
    ("crews", "rota"): "rotas",
    ("modules", "after"): "modules",
    ("requirements", "modules"): "modules",
    ("instructors", "modules"): "modules",
    ("patterns", "sites"): "sites",
    ("apprentices", "company"): "companies",
    ("apprentices", "line"): "lines",
    ("apprentices", "rota"): "rotas",
    ("apprentices", "program"): "requirements",
    ("apprentices", "credits"): "modules",
    ("apprentices", "wanted"): "modules",
    ("pins", "apprentice"): "apprentices",
    ("pins", "module"): "modules",
}
"""Table of the ids in a column, one id or a list; a program is the first key column of ``requirements``."""

WORDS: dict[tuple[str, str], tuple[str, ...]] = {("sites", "open_to"): ("all", "own"), ("patterns", "sites"): ("all",)}
"""Words that may stand alone in place of ids."""
