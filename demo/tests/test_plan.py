"""The plan gives every record to one process, and says rightly what is left."""

import pytest

import plan
from source import COLLECTIONS, LANGUAGES, SUBDIVISIONS, Source

LANGUAGE_RECORDS = [
    {"alpha_3": "aaa", "name": "Ghotuo", "scope": "I", "type": "L"},
    {"alpha_3": "aab", "name": "É50%", "scope": "I", "type": "E"},
    {"alpha_3": "bbb", "name": "Zz", "scope": "M", "type": "L"},
]
SUBDIVISION_RECORDS = [
    {"code": "AD-02", "name": "Canillo", "type": "Parish"},
    {"code": "AZ-BAB", "name": "Babək", "parent": "NX", "type": "Rayon"},
    {"code": "AZ-NX", "name": "Naxçıvan", "type": "Autonomous republic"},
]
SOURCE = Source(LANGUAGE_RECORDS, SUBDIVISION_RECORDS)


@pytest.mark.parametrize("processes", [1, 2, 3, 16])
def test_every_record_belongs_to_one_process(processes):
    for collection in COLLECTIONS:
        shares = [plan.Share(SOURCE, process, processes).records(collection) for process in range(processes)]
        assert sorted(record[collection.key] for share in shares for record in share) == [
            record[collection.key] for record in SOURCE.of(collection)
        ]


def test_what_is_left():
    left = plan.final(SOURCE, 2)
    # Process 0 has aaa, bbb, AD-02 and AZ-NX; it drops Andorra, process 1 drops Azerbaijan and the extinct aab.
    assert left == {
        "languages": {"aaa": {**LANGUAGE_RECORDS[0], "letters": 6, "process": 0}, "bbb": LANGUAGE_RECORDS[2]},
        "subdivisions": {},
    }
    left = plan.final(SOURCE, 1)
    assert left["languages"]["aaa"]["process"] == 0
    assert left["subdivisions"] == {code["code"]: code for code in SUBDIVISION_RECORDS[1:]}
    assert "letters" not in LANGUAGE_RECORDS[0], "the source itself is left alone"


def test_what_is_missing_comes_first_and_text_goes_by_its_bytes():
    def codes(order):
        return [record["code"] for record in plan.ordered(SUBDIVISION_RECORDS, order)]

    assert codes([("parent", "asc"), ("code", "desc")]) == ["AZ-NX", "AD-02", "AZ-BAB"]
    assert codes([("parent", "desc"), ("code", "asc")]) == ["AZ-BAB", "AD-02", "AZ-NX"]
    assert [record["alpha_3"] for record in plan.ordered(LANGUAGE_RECORDS, [("name", "asc")])] == ["aaa", "bbb", "aab"]


def test_patterns_and_ranges():
    assert plan.pattern("É5") == "É5%"
    assert plan.pattern("0%") == "0%%%"
    first, after = plan.country_range("AZ")
    assert [code for code in ("AY-1", "AZ-BAB", "AZ-NX", "AZA-1", "BA-1") if first <= code < after] == ["AZ-BAB", "AZ-NX"]


def test_definitions_ask_for_nothing_that_an_engine_cannot_do():
    for collection in (LANGUAGES, SUBDIVISIONS):
        assert collection.definition["hashKey"] == collection.key
        (index,) = collection.definition["indexes"]
        assert len(index["fields"]) == 2 and "unique" not in index
