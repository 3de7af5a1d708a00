"""Single values of the vectors: from their Extended JSON, from and to MessagePack, and the rules that PROTOCOL.md section 3 has for them.

A map is a dict, a timestamp a msgpack.Timestamp; ObjectIds and decimals stay msgpack.ExtType.
"""

import base64
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Callable, Dict, Iterator, List, Tuple

import msgpack


class Wrong(Exception):
    """What a vector says does not hold."""


class Unreadable(Exception):
    """The msgpack library finds that the bytes are not one MessagePack value."""


class Unjudged(Exception):
    """The msgpack library has limits of its own: nothing can be said."""



class RepeatedKey(Exception):
    """A map has a key twice, which a dict cannot show."""


def pairs(entries: List[Tuple[Any, Any]]) -> Dict[Any, Any]:
    # Python takes 1, 1.0 and True for one key; MessagePack does not.
    if len({(type(key), key) for key, _ in entries}) < len(entries):
        raise RepeatedKey
    return dict(entries)


def read(data: bytes) -> Any:
    """The one value that is all of `data`. Bytes that are no UTF-8 become lone surrogates, which no other string holds."""
    if deep(data):
        raise Unjudged
    try:
        return msgpack.unpackb(
            data, raw=False, unicode_errors="surrogateescape", strict_map_key=False, object_pairs_hook=pairs, timestamp=0)
    except RepeatedKey:
        raise
    except Exception as error:
        raise Unreadable(str(error)) from error


def deep(data: bytes) -> bool:
    """Whether it opens with more lists or maps than the library nests (1024)."""
    return re.match(rb".{0,16}?(\x91|\x81\xa1m){1000}", data, re.S) is not None


def write(value: Any) -> bytes:
    return msgpack.packb(value, use_bin_type=True, strict_types=True)


def normal(value: Any) -> Any:
    """The value with its maps in the order of their keys' bytes, its times in milliseconds and its decimals canonical."""
    if isinstance(value, dict):
        entries = [(write(normal(key)), normal(key), normal(entry)) for key, entry in value.items()]
        return {key: entry for _, key, entry in sorted(entries, key=lambda entry: entry[0])}
    if isinstance(value, list):
        return [normal(element) for element in value]
    if isinstance(value, msgpack.Timestamp):
        return msgpack.Timestamp(value.seconds, value.nanoseconds // 1_000_000 * 1_000_000)
    if isinstance(value, msgpack.ExtType) and value.code == 2:
        return msgpack.ExtType(2, str(Decimal(value.data.decode("ascii"))).encode("ascii"))
    return value


def same(left: Any, right: Any) -> bool:
    return write(normal(left)) == write(normal(right))


def value_of(json_value: Any) -> Any:
    """The value that Extended JSON stands for (README.md)."""
    if isinstance(json_value, list):
        return [value_of(element) for element in json_value]
    if not isinstance(json_value, dict):
        if isinstance(json_value, float):
            raise Wrong("floats are written as $numberDouble")
        return json_value
    if len(json_value) == 1:
        (key, inner), = json_value.items()
        if key.startswith("$"):
            if key not in KIND_READERS:
                raise Wrong(f"{key} is no kind of Extended JSON here")
            return KIND_READERS[key](inner)
    return {key: value_of(inner) for key, inner in json_value.items()}


def timestamp_of(text: str) -> msgpack.Timestamp:
    time = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    milliseconds = (time - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)
    return msgpack.Timestamp(milliseconds // 1000, milliseconds % 1000 * 1_000_000)


KIND_READERS: Dict[str, Callable[[Any], Any]] = {
    "$numberLong": int,
    "$numberDouble": float,
    "$binary": lambda inner: base64.b64decode(inner["base64"], validate=True),
    "$date": timestamp_of,
    "$oid": lambda text: msgpack.ExtType(1, bytes.fromhex(text)),
    "$numberDecimal": lambda text: msgpack.ExtType(2, text.encode("ascii")),
    "$escaped": lambda inner: {key: value_of(entry) for key, entry in inner.items()},
}


def broken_rules(document: Any) -> Iterator[str]:
    if not isinstance(document, dict):
        yield "a document is a map"
        return
    for key in document:
        if isinstance(key, str) and (key in ("", "_id") or key.startswith("$") or "." in key):
            yield f"the top-level name {key!r}"
    yield from broken_in(document, 1)


def broken_in(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        if depth > 28:
            yield "it nests deeper than 28"
            return
        for element in value.values() if isinstance(value, dict) else value:
            yield from broken_in(element, depth + 1)
    if isinstance(value, dict):
        for key in value:
            yield from broken_in(key, depth) if isinstance(key, str) else ["a key that is no string"]
    elif isinstance(value, bool):
        return
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield "an integer out of range"
    elif isinstance(value, float) and value - value != 0:
        yield "a float that is not finite"
    elif isinstance(value, str) and ("\0" in value or re.search("[\ud800-\udfff]", value)):
        yield "a string with U+0000 or of invalid UTF-8"
    elif isinstance(value, msgpack.Timestamp) and not -62135596800 <= value.seconds <= 253402300799:
        yield "a time out of range"
    elif isinstance(value, msgpack.ExtType):
        yield from broken_extension(value)


def broken_extension(value: msgpack.ExtType) -> Iterator[str]:
    if value.code == 1:
        if len(value.data) != 12:
            yield "an ObjectId that has not 12 bytes"
    elif value.code == 2:
        found = re.fullmatch(rb"-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?", value.data) if len(value.data) <= 64 else None
        if found is None:
            yield "a decimal that is none"
            return
        fraction = found[2] or b""
        exponent = int(found[3] or b"0") - len(fraction)
        if len((found[1] + fraction).lstrip(b"0")) > 38 or not -6176 <= exponent <= 6111:
            yield "a decimal of too many digits or too large an exponent"
    else:
        yield "an unknown extension type"
