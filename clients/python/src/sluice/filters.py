"""Which records: filters as lists of conditions, so that a value can never act as an operator."""

from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from .errors import InvalidInput


class Filter:
    """Conditions that must all hold. Each method adds one and returns the filter, so that they chain.

    Fields are dotted paths through maps. Values are data and nothing else. PROTOCOL.md section 5 says when each operator holds.
    """

    __slots__ = ("conditions",)

    def __init__(self) -> None:
        self.conditions: List[List[Any]] = []

    def _add(self, field: str, operator: str, value: Any) -> "Filter":
        self.conditions.append([field, operator, value])
        return self

    def match(self, field: str, value: Any) -> "Filter":
        """The field has this value; None: it is null or missing."""
        return self._add(field, "eq", value)

    def match_pattern(self, field: str, pattern: str) -> "Filter":
        """The field is a string that the pattern matches whole: ``%`` is any run of characters, ``%%`` a literal percent sign."""
        return self._add(field, "like", pattern)

    def ne(self, field: str, value: Any) -> "Filter":
        """Exactly what `match` does not match."""
        return self._add(field, "ne", value)

    def lt(self, field: str, value: Any) -> "Filter":
        """The field is of the value's kind (number, string, timestamp) and less."""
        return self._add(field, "lt", value)

    def lte(self, field: str, value: Any) -> "Filter":
        """Less or equal."""
        return self._add(field, "lte", value)

    def gt(self, field: str, value: Any) -> "Filter":
        """Greater."""
        return self._add(field, "gt", value)

    def gte(self, field: str, value: Any) -> "Filter":
        """Greater or equal."""
        return self._add(field, "gte", value)

    def in_(self, field: str, values: Iterable[Any]) -> "Filter":
        """The field has one of these values (at most 1,000); none matches nothing."""
        return self._add(field, "in", list(values))

    def exists(self, field: str, there: bool = True) -> "Filter":
        """The field is there, be it null; False: it is missing."""
        return self._add(field, "exists", there)

    def __repr__(self) -> str:
        return f"Filter({' and '.join(f'{field} {operator} {value!r}' for field, operator, value in self.conditions)})"


FilterLike = Union[Filter, Mapping[str, Any]]
"""A filter, or a mapping of fields to the values that they must have."""

Order = Union[str, Sequence[Union[str, Tuple[str, str]]]]
"""A field, or several; each alone or with its direction, ``"asc"`` or ``"desc"``."""


def conditions(filter: Optional[FilterLike]) -> Optional[List[List[Any]]]:
    """A filter as it stands on the wire; None stays None, "no filter".

    Raises:
        InvalidInput: for what is neither a Filter nor a mapping.
    """
    if filter is None:
        return None
    if isinstance(filter, Filter):
        return filter.conditions
    if isinstance(filter, Mapping):
        return [[field, "eq", value] for field, value in filter.items()]
    raise InvalidInput(f"a filter is a sluice.Filter or a mapping, not {type(filter).__name__}")


def sort_fields(order: Optional[Order], sorting: Optional[str]) -> Optional[List[List[str]]]:
    """An order as it stands on the wire. `sorting` is the direction of fields that come without one.

    Raises:
        InvalidInput: for a direction other than asc and desc.
    """
    if sorting not in (None, "asc", "desc"):
        raise InvalidInput(f"sorting is 'asc' or 'desc', not {sorting!r}")
    if order is None or order == "":
        return None
    fields: Sequence[Union[str, Tuple[str, str]]] = [order] if isinstance(order, str) else order
    result: List[List[str]] = []
    for field in fields:
        if isinstance(field, str):
            result.append([field, sorting or "asc"])
        elif len(field) == 2 and field[1] in ("asc", "desc"):
            result.append([field[0], field[1]])
        else:
            raise InvalidInput(f"an order is a field or a pair of field and 'asc' or 'desc', not {field!r}")
    return result
