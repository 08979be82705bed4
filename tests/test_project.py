"""The project as a whole: pinned versions, portable files, honest documents."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from docs.reference_pages import PAGES
from lineside.models.plan import Measures
from lineside.models.rules import RULES
from tests.rule_cases import PRICE_CASES, RULE_CASES

ROOT = Path(__file__).parents[1]
TEXT_ENDINGS = {".py", ".md", ".toml", ".txt", ".csv", ".json", ""}
# Written in two halves, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile("(^|[^A-Za-z0-9_.-])/(" + "work|farm|root|" + "tmp/bash_jobs)/")
INDEX_ADDRESS = re.compile("index" + "-url|find" + "-links|py" + "pi\\.org|python" + "hosted")
SKIPPED_TEST = re.compile("pytest\\.(mark\\.)?" + "(skip|xfail)|unittest\\." + "skip")


def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return loaded


def files() -> list[Path]:
    """Return the files that are, or would be, part of the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix in TEXT_ENDINGS]


@pytest.mark.parametrize("pattern", [MACHINE_PATH, INDEX_ADDRESS], ids=["path of a machine", "address of an index"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    found = [path for path in files() if pattern.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


def test_no_test_is_skipped() -> None:
    tests = [path for path in files() if path.suffix == ".py"]
    assert [path for path in tests if SKIPPED_TEST.search(path.read_text(encoding="utf-8"))] == []


def test_no_module_is_too_long() -> None:
    lengths = {path: path.read_text(encoding="utf-8").count("\n") for path in files() if path.suffix == ".py"}
    assert {path for path, length in lengths.items() if length > 400} == set()


def pins() -> dict[str, list[str]]:
    """Return the lines of each pinned package: its version, then its hashes."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    return {block.split("==")[0].lower(): block.splitlines() for block in blocks}


def test_every_pin_has_a_version_and_hashes() -> None:
    for name, (first, *hashes) in pins().items():
        assert re.match(r"^[a-z0-9-]+==[0-9][0-9a-z.]*( ; [^\\]+)? \\$", first), name
        assert hashes and all(re.match(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in hashes), name


def test_every_dependency_is_pinned() -> None:
    declared = project()
    optional = declared["optional-dependencies"]
    assert isinstance(optional, dict) and isinstance(declared["dependencies"], list)
    wanted = [*declared["dependencies"], *(name for group in optional.values() for name in group), "setuptools>=77"]
    names = {re.split(r"[\[>=<]", requirement)[0].lower() for requirement in wanted}
    assert names <= set(pins())


def test_figures_are_judged_with_the_contract_versions() -> None:
    assert pins()["zipcodes"][0].startswith("zipcodes==3.0.0 ")
    assert pins()["holidays"][0].startswith("holidays==0.109 ")


def test_changelog_knows_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{project()['version']}]" in changelog or "## [Unreleased]" in changelog


def test_documents_name_only_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+)(?= |:)", makefile, re.MULTILINE))
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        named = set(re.findall(r"`make ([a-z-]+)", document.read_text(encoding="utf-8")))
        assert named <= targets, document


def test_links_between_documents_lead_somewhere() -> None:
    for document in [path for path in files() if path.suffix == ".md"]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            place = (document.parent / target).resolve()
            is_written = place.is_relative_to(ROOT / "docs") and place.relative_to(ROOT / "docs").as_posix() in PAGES
            assert is_written or place.exists(), f"{document}: {target}"


def test_formulation_names_every_rule() -> None:
    text = (ROOT / "lineside" / "solver" / "FORMULATION.md").read_text(encoding="utf-8")
    assert [name for name in RULES if f"`{name}`" not in text] == []


def test_every_rule_has_a_case_and_every_measure_an_exact_amount() -> None:
    assert {case.rule for case in RULE_CASES} == set(RULES)
    assert {case.measure for case in PRICE_CASES} == set(Measures.model_fields)
