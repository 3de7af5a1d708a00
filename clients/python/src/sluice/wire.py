"""Bytes to meaning and back: frames and values as PROTOCOL.md sections 2, 3 and 5 lay them out. No I/O."""

import datetime
import decimal
import struct
from typing import Any, Dict, List, NamedTuple, Optional

import msgpack  # type: ignore[import-untyped]

from .errors import InvalidInput
from .objectid import ObjectId

HELLO, WELCOME, REQUEST, REPLY, CANCEL, GOING_AWAY, FAULT = range(1, 8)
FEATURES = ["parts", "goingAway", "cancel", "pages"]
DEFAULT_MAX_FRAME_BYTES = 16 << 20
"""What a frame may have until the welcome says otherwise (PROTOCOL.md section 2)."""

_OBJECT_ID, _DECIMAL = 1, 2
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MILLISECOND = datetime.timedelta(milliseconds=1)
_length = struct.Struct(">I")


class BadFrame(Exception):
    """The daemon sent what PROTOCOL.md does not know."""


def _extension(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        if value.utcoffset() is None:
            raise InvalidInput(f"the datetime {value.isoformat()} has no time zone; give it one, such as datetime.timezone.utc")
        milliseconds = (value - _EPOCH) // _MILLISECOND
        return msgpack.Timestamp(milliseconds // 1000, milliseconds % 1000 * 1_000_000)
    if isinstance(value, decimal.Decimal):
        return msgpack.ExtType(_DECIMAL, str(value).encode("ascii"))
    if isinstance(value, ObjectId):
        return msgpack.ExtType(_OBJECT_ID, value.binary)
    raise InvalidInput(f"Sluice stores no values of the type {type(value).__name__}")


def _kind(code: int, data: bytes) -> Any:
    if code == _OBJECT_ID:
        return ObjectId(data)
    if code == _DECIMAL:
        return decimal.Decimal(data.decode("ascii"))
    return msgpack.ExtType(code, data)


def packed(value: Any) -> bytes:
    """A value's MessagePack.

    Raises:
        InvalidInput: when it holds something that Sluice does not store.
    """
    try:
        data: bytes = msgpack.packb(value, default=_extension, use_bin_type=True)
        return data
    except InvalidInput:
        raise
    except UnicodeEncodeError as error:
        raise InvalidInput(f"a string is no valid Unicode: {error}") from None
    except (OverflowError, ValueError, TypeError, RecursionError) as error:
        raise InvalidInput(f"this cannot be stored: {error}") from None


def unpacked(data: Any) -> Any:
    """A value from its MessagePack.

    Raises:
        BadFrame: when the bytes are not exactly one.
    """
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False, timestamp=3, ext_hook=_kind)
    except Exception as error:  # msgpack and the hooks raise many kinds, all of which mean this
        raise BadFrame(f"not one MessagePack value: {error}") from None


def framed(payload: bytes) -> bytes:
    """A frame: the payload's length, then the payload."""
    return _length.pack(len(payload)) + payload


def hello(name: str) -> bytes:
    """The client's first frame."""
    return framed(packed({0: HELLO, 2: name, 3: FEATURES}))


def cancel(request: int) -> bytes:
    """Asks to end a request soon."""
    return framed(b"\x82\x00\x05\x01" + packed(request))


def request(number: int, operation: int, repository: Optional[str], arguments: Optional[bytes], milliseconds: int, attempt: int) -> bytes:
    """A request; `arguments` are MessagePack already, so that a repeated one need not be packed again."""
    parts: List[bytes] = [b"\x00\x03\x01", packed(number), b"\x02", packed(operation)]
    entries = 4
    if repository is not None:
        parts += [b"\x03", packed(repository)]
        entries += 1
    if arguments is not None:
        parts += [b"\x04", arguments]
        entries += 1
    parts += [b"\x05", packed(milliseconds)]
    if attempt > 1:
        parts += [b"\x06", packed(attempt)]
        entries += 1
    return framed(bytes([0x80 | entries]) + b"".join(parts))


class Reply(NamedTuple):
    """A reply or a part of one."""

    id: int
    result: Any
    error: Any
    token: Optional[str]
    more: bool


def reply(frame: Dict[Any, Any]) -> Reply:
    """A frame of the kind reply.

    Raises:
        BadFrame: when it is not one of PROTOCOL.md section 6.
    """
    number, token, more = frame.get(1), frame.get(4), frame.get(5, False)
    # The id is the second entry, so that it can be read whatever follows.
    if type(number) is not int or list(frame)[1] != 1:
        raise BadFrame("a reply without an id")
    if type(more) is not bool or not isinstance(token, (str, type(None))) or (2 in frame) == (3 in frame):
        raise BadFrame("a reply that is none")
    return Reply(number, frame.get(2), error(frame[3]) if 3 in frame else None, token, more)


def error(value: Any) -> Dict[Any, Any]:
    """An error map.

    Raises:
        BadFrame: when it has no code.
    """
    if not isinstance(value, dict) or not isinstance(value.get(1), str):
        raise BadFrame("an error that is none")
    return value


def field(frame: Dict[Any, Any], key: int, kind: type, default: Any) -> Any:
    """An entry of a frame that has one type.

    Raises:
        BadFrame: when it has another.
    """
    value = frame.get(key, default)
    if not isinstance(value, kind):
        raise BadFrame(f"a frame with a {type(value).__name__} where a {kind.__name__} belongs")
    return value


class FrameReader:
    """Takes bytes as they come and gives whole frames. Holds one incomplete frame at most, and no more of it than has come."""

    def __init__(self) -> None:
        self.max_frame_bytes = DEFAULT_MAX_FRAME_BYTES
        self._held = bytearray()

    def frames(self, data: bytes) -> List[Dict[Any, Any]]:
        """The frames that `data` completes.

        Raises:
            BadFrame: when they are none; the connection is of no use then.
        """
        self._held += data
        result: List[Dict[Any, Any]] = []
        start = 0
        with memoryview(self._held) as view:
            while len(view) - start >= 4:
                (length,) = _length.unpack_from(view, start)
                if length == 0 or length > self.max_frame_bytes:
                    raise BadFrame(f"a frame of {length} bytes")
                if len(view) - start - 4 < length:
                    break
                result.append(_frame(view[start + 4 : start + 4 + length]))
                start += 4 + length
        del self._held[:start]
        return result


def _frame(payload: memoryview) -> Dict[Any, Any]:
    frame = unpacked(payload)
    if not isinstance(frame, dict) or type(frame.get(0)) is not int or next(iter(frame)) != 0:
        raise BadFrame("a frame without a kind")
    if not all(type(key) is int for key in frame):
        raise BadFrame("a frame with a key that is no integer")
    # A key that comes twice is one entry of the dictionary, but two of those that were announced.
    head = payload[0]
    announced = head & 0x0F if head < 0x90 else int.from_bytes(payload[1 : 3 if head == 0xDE else 5], "big")
    if announced != len(frame):
        raise BadFrame("a frame with a key twice")
    return frame
