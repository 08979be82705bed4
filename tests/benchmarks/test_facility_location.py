"""The published instances are read as their makers meant them: known optima are found and proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.facility_location import chosen_instances, main, read_instance
from lineside.solver import allot


@pytest.mark.parametrize(("folder", "name"), [("holmberg", "p2"), ("holmberg", "p10"), ("diaz_fernandez", "p2")])
def test_a_known_optimum_is_found_and_proven(folder: str, name: str) -> None:
    instance = read_instance(folder, name)
    found = allot(instance.arrays, seconds=60.0)
    assert instance.is_optimum
    assert found.objective == round(instance.published) * instance.scale
    assert found.optimal


def test_costs_per_unit_of_demand_become_costs_of_customers() -> None:
    instance = read_instance("tbed1", "i300_1")
    assert (instance.arrays.num_parties, instance.arrays.num_cohorts) == (300, 300)
    assert not instance.is_optimum


def test_every_instance_of_the_folder_is_chosen_by_default_words() -> None:
    chosen = chosen_instances(["holmberg", "yang", "tbed1", "diaz_fernandez"])
    assert len(chosen) == len(set(chosen)) == 75


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no instance moon"):
        chosen_instances(["moon"])


def test_the_command_writes_a_table(tmp_path: Path) -> None:
    assert main(["--cases", "holmberg/p2", "--seconds", "30", "--results", str(tmp_path)]) == 0
    (file,) = tmp_path.iterdir()
    assert "| holmberg/p2 | 10 × 50 | 7,913 | optimum | 7,913 | 0.000% | 7,913 |" in file.read_text(encoding="utf-8")
