from __future__ import annotations

import csv
from importlib import resources

import pytest

from detente.accounts.products import hs_sectors, sector_of

# Hand-checked against the HS nomenclature.
EXAMPLES = {
    "7208.10": "steel",
    "7306.61": "steel",
    "7308.90": "fabricated_metals",
    "7601.10.6000": "aluminum",
    "2818.20": "aluminum",
    "7610.90": "fabricated_metals",
    "7403.11": "nonferrous_metals",
    "8703.23": "motor_vehicles",
    "8701.21": "motor_vehicles",
    "8701.91": "machinery",
    "8708.29": "motor_vehicle_parts",
    "8407.34": "motor_vehicle_parts",
    "8544.30": "motor_vehicle_parts",
    "8544.49": "electrical_equipment",
    "4011.10": "rubber_plastics",
    "8802.40": "other_transport_equipment",
    "2709.00": "oil_gas",
    "2711.21": "oil_gas",
    "2711.12": "refined_petroleum",
    "2710.12": "refined_petroleum",
    "2701.12": "mining",
    "2716.00": "electricity",
    "4407.11": "lumber",
    "4418.20": "wood_products",
    "0406.90": "dairy",
    "0407.11": "agriculture",
    "3501.10": "dairy",
    "2203.00": "beverages",
    "2207.20": "chemicals",
    "3004.90": "pharmaceuticals",
    "2937.12": "pharmaceuticals",
}


@pytest.mark.parametrize(("code", "sector"), EXAMPLES.items())
def test_known_products(code: str, sector: str) -> None:
    assert sector_of([code])[0] == sector
    assert sector_of([code.replace(".", "")])[0] == sector


def test_every_chapter_and_every_goods_sector_is_covered() -> None:
    chapters = [f"{k:02d}" for k in range(1, 98) if k != 77]
    assert all(sector_of(chapters))
    with (resources.files("detente.accounts") / "sectors.csv").open() as file:
        goods = {row["sector"] for row in csv.DictReader(file) if row["group"] == "goods"}
    assert set(hs_sectors().values()) == goods


def test_the_most_specific_prefix_wins_and_no_line_repeats_its_parent() -> None:
    table = hs_sectors()
    for prefix, sector in table.items():
        parents = [prefix[:k] for k in range(2, len(prefix)) if prefix[:k] in table]
        assert not parents or table[max(parents, key=len)] != sector, prefix


def test_codes_outside_the_goods_chapters_have_no_sector() -> None:
    assert list(sector_of(["9801.00", "9999", "77", "", "x"])) == ["", "", "", "", ""]
