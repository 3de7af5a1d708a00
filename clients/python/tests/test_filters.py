"""Filters and orders as they stand on the wire."""

from typing import Any

import pytest

import sluice
from sluice.filters import conditions, sort_fields


def test_methods_chain() -> None:
    built = (
        sluice.Filter().match("a", 1).match_pattern("b", "x%").ne("c", None).lt("d", 1).lte("e", 2).gt("f", 3).gte("g", 4)
        .in_("h", (1, 2)).exists("i").exists("j", False)
    )
    assert conditions(built) == [
        ["a", "eq", 1], ["b", "like", "x%"], ["c", "ne", None], ["d", "lt", 1], ["e", "lte", 2], ["f", "gt", 3], ["g", "gte", 4],
        ["h", "in", [1, 2]], ["i", "exists", True], ["j", "exists", False],
    ]
    assert repr(sluice.Filter().match("a", "x")) == "Filter(a eq 'x')"


def test_a_mapping_is_equalities() -> None:
    assert conditions({"a": {"$gt": 1}, "b": "50%"}) == [["a", "eq", {"$gt": 1}], ["b", "eq", "50%"]]
    assert conditions({}) == [] and conditions(None) is None


@pytest.mark.parametrize("wrong", ["role=user", 7, ["a"]])
def test_anything_else_is_no_filter(wrong: Any) -> None:
    with pytest.raises(sluice.InvalidInput):
        conditions(wrong)


def test_orders() -> None:
    assert sort_fields("name", "desc") == [["name", "desc"]]
    assert sort_fields("name", None) == [["name", "asc"]]
    assert sort_fields(["a", ("b", "desc")], None) == [["a", "asc"], ["b", "desc"]]
    assert sort_fields(None, "asc") is None
    for order, sorting in (("a", "up"), ([("a", "down")], None), ([("a",)], None)):
        with pytest.raises(sluice.InvalidInput):
            sort_fields(order, sorting)  # type: ignore[arg-type]
