"""A record that is off in any way is named; one that is not, is not."""

import pytest

from verifier import difference, faults

ID = "65a1b2c3d4e5f60718293a4b"
OTHER_ID = "65a1b2c3d4e5f60718293a4c"
FRENCH = {"alpha_3": "fra", "name": "Français", "letters": 8}
SEIN = {"alpha_3": "yyy", "name": "Sein"}
EXPECTED = {"fra": FRENCH, "yyy": SEIN}


def stored(record, own_id=ID, **changes):
    return {**record, "id": own_id, **changes}


def test_what_is_there_as_expected_is_no_fault():
    assert faults("languages", [stored(SEIN, OTHER_ID), stored(FRENCH)], EXPECTED, "alpha_3") == []


@pytest.mark.parametrize(
    "spoiled, what",
    [
        (stored(FRENCH, name="Franc"), "name is 'Franc' instead of 'Français'"),
        # The same character for the eye, other bytes.
        (stored(FRENCH, name="Franc\u0327ais"), "instead of 'Français'"),
        (stored(FRENCH, letters=8.0), "letters is 8.0 instead of 8"),
        (stored(FRENCH, letters="8"), "letters is '8' instead of 8"),
        (stored(FRENCH, letters=True), "letters is True instead of 8"),
        (stored(FRENCH, more=None), "more should not be there"),
        ({"id": ID, "alpha_3": "fra", "name": "Français"}, "letters is missing"),
        (stored(FRENCH, "fra"), "id is 'fra'"),
        (FRENCH, "id is None"),
    ],
)
def test_a_spoiled_record_is_named(spoiled, what):
    assert what in difference(spoiled, FRENCH)
    (fault,) = faults("languages", [spoiled, stored(SEIN, OTHER_ID)], EXPECTED, "alpha_3")
    assert fault.startswith("languages fra: ") and what in fault


@pytest.mark.parametrize(
    "found, expected",
    [
        ([stored(FRENCH)], ["languages yyy: is missing"]),
        ([], ["languages fra: is missing", "languages yyy: is missing"]),
        ([stored(FRENCH), stored(SEIN, OTHER_ID), stored(SEIN, OTHER_ID)], ["languages yyy: is there twice"]),
        ([stored(FRENCH), stored(SEIN)], ["languages yyy: has another record's id"]),
        (
            [stored(FRENCH), stored(SEIN, OTHER_ID), stored(SEIN, "0" * 24, alpha_3="zzz")],
            ["languages zzz: should not be there"],
        ),
    ],
)
def test_too_few_and_too_many_are_named(found, expected):
    assert faults("languages", found, EXPECTED, "alpha_3") == expected
