"""What no JSON can say, and no engine gets to see."""

import datetime
import decimal
from typing import Any

import pytest

import sluice
from scene import Scene


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"m": value}
    return value


REFUSED = {
    "a string with NUL": "a\0b",
    "a nested name with NUL": {"a\0b": 1},
    "NaN": float("nan"),
    "infinity": float("inf"),
    "negative infinity": float("-inf"),
    "an integer over 2^63-1": 2**63,
    "an integer under -2^63": -(2**63) - 1,
    "a string with a surrogate": "\ud800",
    "maps too deep": nested(28),
    "a decimal of 39 digits": decimal.Decimal("1" * 39),
    "a decimal that is NaN": decimal.Decimal("NaN"),
    "a time without a zone": datetime.datetime(2026, 1, 2),
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED.keys())
def test_refused_in_every_operation(scene: Scene, value: Any) -> None:
    items = scene.repository()
    kept = items.save({"a": 1})
    for attempt in [
        lambda: items.save({"v": value}), lambda: items.save({"v": [value]}), lambda: items.save({"v": value}, {"a": 1}),
        lambda: items.upsert({"id": kept["id"], "v": value}), lambda: items.replace({"id": kept["id"], "v": value}),
        lambda: items.save_many([{"v": value}]), lambda: items.get_all({"v": value}), lambda: items.count({"v": value}),
        lambda: items.get_one(sluice.Filter().in_("v", [1, value])), lambda: items.delete_all({"v": value}),
    ]:
        with pytest.raises(sluice.InvalidInput):
            attempt()
    assert items.get_all() == [kept]


def test_a_name_with_nul_is_refused_wherever_it_stands(scene: Scene) -> None:
    items = scene.repository()
    kept = items.save({"a": 1})
    for attempt in [
        lambda: items.save({"a\0": 1}), lambda: items.save({"a\0": 1}, {"a": 1}), lambda: items.count({"a\0": 1}),
        lambda: items.get_all(order="a\0"), lambda: items.get_all(sluice.Filter().match_pattern("a", "%\0")),
        lambda: scene.repository({"indexes": ["a\0"]}), lambda: scene.repository({"hashKey": "a\0"}),
    ]:
        with pytest.raises(sluice.InvalidInput):
            attempt()
    assert items.get_all() == [kept]


def test_a_record_over_the_largest_is_too_large_and_known_not_to_be_there(scene: Scene) -> None:
    items = scene.repository()
    largest = 400 << 10 if scene.server.engine == "dynamodb" else scene.client.limits["maxRecordBytes"]
    with pytest.raises(sluice.TooLarge) as caught:
        items.save({"v": "x" * largest})
    assert caught.value.outcome_known and not caught.value.retryable and caught.value.details["limit"]
    assert items.count() == 0
    # With room for the names, and for an emulator that stops a little early.
    text = "x" * (largest - 10_000)
    assert items.save({"v": text})["v"] == text
