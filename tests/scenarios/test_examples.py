"""The bundled scenarios by name."""

from __future__ import annotations

import pytest

from lineside.scenarios.examples import example_raw, examples


def test_every_bundled_scenario_tells_its_size_and_its_story() -> None:
    found = {example.name: example for example in examples()}
    assert list(found) == ["two_plants", "near_misses", "st_cloud", "st_cloud_compressed", "milwaukee", "fox_valley"]
    assert found["milwaukee"].num_apprentices == 80 and found["milwaukee"].weeks == 18
    for example in found.values():
        assert example.title and example.story and not {"`", "*", "#"} & set(example.story)


@pytest.mark.parametrize("name", ["nowhere", "", ".", "../bundled/two_plants"])
def test_other_names_lead_nowhere(name: str) -> None:
    with pytest.raises(KeyError):
        example_raw(name)
