"""Holds records against what they must be."""

import re
from typing import Iterable, List, Mapping

from source import Record

ID = re.compile(r"[0-9a-f]{24}")


def difference(found: Record, expected: Record) -> str:
    """How a record is not as expected, or "" when it is. Its `id` is Sluice's: any of the right form is as expected.

    A value of another kind is another value: 1 is not True, and not 1.0.
    """
    own_id = found.get("id")
    if not isinstance(own_id, str) or not ID.fullmatch(own_id):
        return f"id is {own_id!r}, not 24 hexadecimal digits"
    for field in sorted((found.keys() | expected.keys()) - {"id"}):
        if field not in found:
            return f"{field} is missing"
        if field not in expected:
            return f"{field} should not be there"
        if type(found[field]) is not type(expected[field]) or found[field] != expected[field]:
            return f"{field} is {found[field]!r} instead of {expected[field]!r}"
    return ""


def faults(name: str, found: Iterable[Record], expected: Mapping[str, Record], key: str) -> List[str]:
    """A line for each record that is off: different, missing, there twice, or not expected at all."""
    result: List[str] = []
    seen, ids = set(), set()
    for record in found:
        code = str(record.get(key))
        if code not in expected:
            result.append(f"{name} {code}: should not be there")
            continue
        what = difference(record, expected[code])
        if code in seen:
            what = "is there twice"
        elif record.get("id") in ids:
            what = "has another record's id"
        if what:
            result.append(f"{name} {code}: {what}")
        seen.add(code)
        ids.add(record.get("id"))
    result += [f"{name} {code}: is missing" for code in expected if code not in seen]
    return result
