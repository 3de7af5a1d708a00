"""What each method of a repository asks for: one function an operation, giving a `Call`. Both clients share it, and so are the same."""

from typing import Any, Iterable, List, Mapping, NamedTuple, Optional

from . import wire
from .errors import InvalidInput
from .filters import FilterLike, Order, conditions, sort_fields
from .objectid import ids

Record = Mapping[str, Any]

_FILTER, _OBJECT, _OBJECTS, _ORDER, _LIMIT, _OFFSET, _TOKEN, _ALL, _GENERATED, _PAGE_SIZE, _DEFINITION = range(1, 12)


class Call(NamedTuple):
    """An operation on its way, packed once for all attempts."""

    operation: int
    name: str
    repository: Optional[str]
    arguments: Optional[bytes]
    is_write: bool = False
    repeatable: bool = True
    """Safe to send again although it may have been done (PROTOCOL.md section 8)."""


def ping() -> Call:
    return Call(1, "ping", None, None)


def backends() -> Call:
    return Call(2, "backends", None, None)


def stats() -> Call:
    return Call(3, "stats", None, None)


def repositories() -> Call:
    return Call(4, "repositories", None, None)


def define(repository: str, definition: Record) -> Call:
    return Call(5, "define", repository, wire.packed({_DEFINITION: definition}))


def get_one(repository: str, filter: FilterLike) -> Call:
    return Call(16, "getOne", repository, wire.packed({_FILTER: conditions(filter)}))


def get_all(
    repository: str, filter: Optional[FilterLike], order: Optional[Order], sorting: Optional[str], limit: int = 0, offset: int = 0,
    page_size: Optional[int] = None, token: Optional[str] = None,
) -> Call:
    arguments = {
        _FILTER: conditions(filter), _ORDER: sort_fields(order, sorting), _LIMIT: limit or None, _OFFSET: offset or None,
        _PAGE_SIZE: page_size, _TOKEN: token,
    }
    return Call(17, "getAll", repository, wire.packed({key: value for key, value in arguments.items() if value is not None}))


def save(repository: str, object: Record, filter: Optional[FilterLike]) -> Call:
    if filter is not None:
        arguments = {_OBJECT: _checked(object), _FILTER: conditions(filter)}
        return Call(18, "save", repository, wire.packed(arguments), is_write=True, repeatable=False)
    record, generated = _identified(object)
    packed = wire.packed({_OBJECT: record, _GENERATED: True} if generated else {_OBJECT: record})
    return Call(18, "save", repository, packed, is_write=True, repeatable=generated)


def delete_one(repository: str, filter: FilterLike) -> Call:
    return Call(19, "deleteOne", repository, wire.packed({_FILTER: conditions(filter)}), is_write=True, repeatable=False)


def delete_all(repository: str, filter: Optional[FilterLike], all: bool) -> Call:
    arguments = {_FILTER: conditions(filter), _ALL: True} if all else {_FILTER: conditions(filter)}
    return Call(20, "deleteAll", repository, wire.packed(arguments), is_write=True, repeatable=False)


def count(repository: str, filter: Optional[FilterLike]) -> Call:
    return Call(21, "count", repository, wire.packed({_FILTER: conditions(filter)}))


def explain(
    repository: str, filter: Optional[FilterLike], order: Optional[Order], sorting: Optional[str], limit: int = 0, offset: int = 0,
) -> Call:
    return get_all(repository, filter, order, sorting, limit, offset)._replace(operation=25, name="explain")


def save_many(repository: str, objects: Iterable[Record]) -> Call:
    identified = [_identified(object) for object in objects]
    arguments = {_OBJECTS: [record for record, _ in identified], _GENERATED: [generated for _, generated in identified]}
    repeatable = all(generated for _, generated in identified)
    return Call(22, "saveMany", repository, wire.packed(arguments), is_write=True, repeatable=repeatable)


def upsert(repository: str, object: Record) -> Call:
    record, generated = _identified(object)
    packed = wire.packed({_OBJECT: record, _GENERATED: True} if generated else {_OBJECT: record})
    return Call(23, "upsert", repository, packed, is_write=True, repeatable=False)


def replace(repository: str, object: Record) -> Call:
    return Call(24, "replace", repository, wire.packed({_OBJECT: _checked(object)}), is_write=True, repeatable=False)


def _checked(object: Record) -> Record:
    if not isinstance(object, Mapping):
        raise InvalidInput(f"a record is a mapping, not {type(object).__name__}")
    return object


def _identified(object: Record) -> "tuple[Record, bool]":
    """A record with an id, and whether that was chosen here: then the daemon can tell a repeated create from a collision."""
    if "id" in _checked(object):
        return object, False
    return {**object, "id": ids.next()}, True


def joined(parts: List[Any], last: Any) -> Any:
    """The result of a reply in parts."""
    if not parts:
        return last
    result: List[Any] = []
    for part in [*parts, last]:
        if not isinstance(part, list):
            raise wire.BadFrame("a part that is no list")
        result += part
    return result
