"""Values of the cases: from Extended JSON and short forms (protocol/conformance/README.md) to what the Python client takes and gives."""

import base64
import datetime
import decimal
import struct
from typing import Any, Callable, Dict

import sluice

Json = Any
Value = Any

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

_KINDS: Dict[str, Callable[[Any], Value]] = {
    "$numberLong": int,
    "$numberInt": int,
    "$numberDouble": float,
    "$numberDecimal": decimal.Decimal,
    "$oid": sluice.ObjectId,
    "$binary": lambda inner: base64.b64decode(inner["base64"], validate=True),
    "$date": lambda text: datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc),
}


def record_id(number: int) -> str:
    """The id of 24 hexadecimal digits that is the number."""
    return f"{number:024x}"


def value_of(json: Json, now: int) -> Value:
    """What stands for something else written out.

    Args:
        now: seconds since 1970.
    """
    if isinstance(json, list):
        return [value_of(element, now) for element in json]
    if not isinstance(json, dict):
        return json
    if len(json) == 1:
        ((name, inner),) = json.items()
        if name in _KINDS:
            try:
                return _KINDS[name](inner)
            except (ArithmeticError, KeyError, TypeError, ValueError):
                pass  # Only the exact shapes are kinds; every other map is the caller's own.
        if name in _SHORT_FORMS:
            return _SHORT_FORMS[name](inner, now)
        if name == "$escaped" and isinstance(inner, dict):
            return {key: value_of(entry, now) for key, entry in inner.items()}
    return {key: value_of(inner, now) for key, inner in json.items()}


def _nested(inner: Json, now: int) -> Value:
    levels, value = inner
    result = value_of(value, now)
    for _ in range(levels):
        result = {"m": result}
    return result


_SHORT_FORMS: Dict[str, Callable[[Any, int], Value]] = {
    "$repeat": lambda inner, now: inner[0] * inner[1],
    "$bytes": lambda count, now: bytes(index & 0xFF for index in range(count)),
    "$list": lambda count, now: list(range(count)),
    "$fields": lambda count, now: {f"f{index}": index for index in range(count)},
    "$named": lambda inner, now: {"n" * inner[0]: value_of(inner[1], now)},
    "$nest": _nested,
    "$id": lambda number, now: record_id(number),
    "$ago": lambda seconds, now: _EPOCH + datetime.timedelta(seconds=now - seconds),
}


def replaced(json: Json, placeholder: str, text: str) -> Json:
    """With a placeholder in all texts and names replaced."""
    if isinstance(json, str):
        return json.replace(placeholder, text)
    if isinstance(json, list):
        return [replaced(element, placeholder, text) for element in json]
    if isinstance(json, dict):
        return {text if name == placeholder else name: replaced(inner, placeholder, text) for name, inner in json.items()}
    return json


def stored(value: Value, capabilities: Dict[str, bool]) -> Value:
    """A value as the engine gives it back: where it does not keep integral floats, as integers."""
    if capabilities["integralFloatsKept"]:
        return value
    if isinstance(value, float) and value.is_integer() and -(2.0**63) <= value < 2.0**63:
        return int(value)
    if isinstance(value, list):
        return [stored(element, capabilities) for element in value]
    if isinstance(value, dict):
        return {name: stored(inner, capabilities) for name, inner in value.items()}
    return value


def same(left: Value, right: Value) -> bool:
    """The same kind with the same contents: Python itself takes 1, 1.0 and True for one, and decimals with other zeros too."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(inner, right[name]) for name, inner in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float):
        return struct.pack("<d", left) == struct.pack("<d", right)
    if isinstance(left, decimal.Decimal):
        return str(left) == str(right)
    return bool(left == right)


def shown(value: Value) -> str:
    """The beginning of a value, for people."""
    text = repr(value)
    return text if len(text) <= 1_000 else text[:1_000] + "…"
