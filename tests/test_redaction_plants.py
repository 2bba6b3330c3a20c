from __future__ import annotations

from plants import CARRIERS, NAMED, is_leaked, plants

from analyzer.redact.mask import Masker


def test_of_a_thousand_planted_secrets_at_least_99_percent_are_masked() -> None:
    left = []
    for plant in plants(1000, seed=7):
        masker = Masker()
        if is_leaked(plant.secret, "\n".join(masker.clean(plant.lines))):
            left.append(plant)
    assert len(left) <= 10, "\n".join(f"{p.kind} {p.syntax} {p.carrier}: {p.lines[1:-1]}" for p in left[:40])


def test_the_plants_cover_every_way_of_writing_and_every_carrier() -> None:
    made = plants(1000, seed=7)
    assert {p.carrier for p in made} == set(CARRIERS)
    assert set(NAMED) <= {p.syntax for p in made}


def test_the_lines_around_a_plant_stay() -> None:
    for plant in plants(50, seed=8):
        clean = Masker().clean(plant.lines)
        assert (clean[0], clean[-1]) == ("starting the server", "connection refused")
        assert len(clean) == len(plant.lines)
