"""The protocol's vectors (protocol/vectors/README.md), read and written by this client."""

import base64
import datetime
import decimal
import json
import struct
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

import sluice
from sluice import errors, wire
from sluice.calls import Call
from sluice.link import Link, Pending

FILES = sorted((Path(__file__).parents[3] / "protocol" / "vectors").glob("*.json"))
ALL: List[Dict[str, Any]] = [vector for file in FILES for vector in json.loads(file.read_text())["vectors"]]
ARGUMENTS = json.loads((Path(__file__).parents[3] / "protocol" / "operations.json").read_text())["argumentKeys"]
OPERATIONS = {entry["name"]: entry["code"] for entry in json.loads(
    (Path(__file__).parents[3] / "protocol" / "operations.json").read_text())["operations"]}
DOCUMENT_REPLY = bytes.fromhex("830004010902")
MANY_CUTS = 400


def of(*directions: str, canonical: bool = False) -> List[Any]:
    chosen = [one for one in ALL if one["direction"] in directions and (not canonical or one.get("canonical"))]
    return [pytest.param(one, id=one["name"]) for one in chosen]


def bytes_of(vector: Dict[str, Any]) -> bytes:
    data = b""
    for group in vector["hex"].split():
        unit, _, times = group.partition("*")
        data += bytes.fromhex(unit) * int(times or 1)
    return data


def value_of(shown: Any) -> Any:
    """A value from its Extended JSON."""
    if isinstance(shown, list):
        return [value_of(one) for one in shown]
    if not isinstance(shown, dict):
        return shown
    if len(shown) == 1:
        (key, inner), = shown.items()
        if key == "$escaped":
            return {name: value_of(one) for name, one in inner.items()}
        kinds = {
            "$numberLong": int, "$numberDouble": float, "$oid": sluice.ObjectId, "$numberDecimal": decimal.Decimal,
            "$binary": lambda binary: base64.b64decode(binary["base64"]),
            "$date": lambda text: datetime.datetime.strptime(text[:-1] + "000", "%Y-%m-%dT%H:%M:%S.%f").replace(
                tzinfo=datetime.timezone.utc),
        }
        if key in kinds:
            return kinds[key](inner)
    return {name: value_of(one) for name, one in shown.items()}


def same(one: Any, other: Any) -> bool:
    """Of one kind and content, floats bit by bit, decimals with their zeros."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return struct.pack(">d", one) == struct.pack(">d", other)
    return bool(str(one) == str(other)) if isinstance(one, decimal.Decimal) else bool(one == other)


def read(pieces: List[bytes]) -> "tuple[List[Dict[Any, Any]], bool]":
    """The frames in some bytes, and whether the connection was given up."""
    reader, frames = wire.FrameReader(), []
    try:
        for piece in pieces:
            frames += reader.frames(piece)
    except wire.BadFrame:
        return frames, True
    return frames, False


def shown_error(error: sluice.Error) -> Dict[str, Any]:
    code = error.code if error.code in {entry.code for entry in errors._CLASSES.values()} else "backendError"
    return {"code": code, "message": error.message, "retryable": error.retryable, "outcomeKnown": error.outcome_known,
            "details": error.details}


def check_error(error: sluice.Error, shown: Dict[str, Any]) -> None:
    found = shown_error(error)
    details = value_of(shown.get("details", {}))
    assert {key: found[key] for key in shown if key != "details"} == {key: shown[key] for key in shown if key != "details"}
    assert all(same(found["details"].get(key), value) for key, value in details.items())


def check_result(result: Any, shown: Any, operation: Optional[str]) -> None:
    if operation != "saveMany":
        assert same(result, value_of(shown))
        return
    assert len(result) == len(shown)
    for outcome, expected in zip(result, shown):
        if "document" in expected:
            assert same(outcome[1], value_of(expected["document"]))
        else:
            check_error(errors.from_wire(outcome[2]), expected["error"])


def check_frame(frame: Dict[Any, Any], meaning: Dict[str, Any], operation: Optional[str]) -> None:
    (kind, shown), = meaning.items()
    if kind == "welcome":
        assert frame[0] == wire.WELCOME
        for key, number in (("name", 2), ("features", 3), ("limits", 4), ("backends", 5)):
            assert key not in shown or same(frame[number], value_of(shown[key]))
    elif kind == "reply":
        reply = wire.reply(frame)
        found = (frame[0], reply.id, reply.more, reply.token)
        assert found == (wire.REPLY, value_of(shown["id"]), shown.get("more", False), shown.get("token"))
        if "error" in shown:
            check_error(errors.from_wire(reply.error), shown["error"])
        else:
            check_result(reply.result, shown["result"], operation)
    elif kind == "goingAway":
        assert (frame[0], frame[2]) == (wire.GOING_AWAY, shown["reason"])
    elif kind == "fault":
        assert frame[0] == wire.FAULT
        check_error(errors.from_wire(frame[3]), shown["error"])
    else:
        assert kind == "skipped" and frame[0] == shown["kind"] and frame[0] not in range(1, 8)


def test_there_are_vectors() -> None:
    assert len(ALL) >= 150


@pytest.mark.parametrize("vector", of("daemon-to-client"))
def test_frames_are_read(vector: Dict[str, Any]) -> None:
    data = bytes_of(vector)
    meanings = [one for one in vector["meaning"] if not {"refused", "incomplete"} & one.keys()]
    refused = any("refused" in one for one in vector["meaning"])
    frames, given_up = read([data])
    for frame, meaning in zip(frames, meanings):
        check_frame(frame, meaning, vector.get("operation"))
    if not refused:
        assert (len(frames), given_up) == (len(meanings), False)
    for cut in range(0, len(data), max(1, len(data) // MANY_CUTS)):
        assert read([data[:cut], data[cut:]])[1] == given_up
    # What the reader lets pass, the connection must see.
    link = Link("vectors", [])
    link.received(wire.framed(wire.packed({0: 2, 4: {"maxInFlight": 8}})), 0.0)
    pending = Pending(Call(0, vector.get("operation", "?"), None, None), 1e9, 1)
    link._next_id = next((value_of(one["reply"]["id"]) for one in meanings if "reply" in one), 9)
    link.submit(pending, 0.0)
    link.received(data, 0.0)
    assert link.open is not refused


@pytest.mark.parametrize("vector", of("daemon-to-client", "either"))
def test_no_beginning_of_a_frame_is_one(vector: Dict[str, Any]) -> None:
    data = bytes_of(vector)
    if vector["direction"] == "either":
        data = wire.framed(DOCUMENT_REPLY + data)
    length = 4 + int.from_bytes(data[:4], "big")
    if len(data) < length or vector["meaning"][0].keys() & {"refused", "incomplete", "invalid"}:
        return
    for end in range(5, length, max(1, length // MANY_CUTS)):
        assert read([wire.framed(data[4:end])]) == ([], True)


def milliseconds(record: Dict[str, Any]) -> Dict[str, Any]:
    """A daemon writes whole milliseconds. Of what it never writes this client keeps the microseconds, which it would not send again."""
    return {
        name: value.replace(microsecond=value.microsecond // 1000 * 1000) if isinstance(value, datetime.datetime) else value
        for name, value in record.items()
    }


@pytest.mark.parametrize("vector", of("either"))
def test_documents_are_read(vector: Dict[str, Any]) -> None:
    data = wire.framed(DOCUMENT_REPLY + bytes_of(vector))
    frames, given_up = read([data])
    meaning = vector["meaning"][0]
    if "document" in meaning:
        assert not given_up and same(milliseconds(wire.reply(frames[0]).result), value_of(meaning["document"]))
    elif meaning["invalid"].get("reason") == "malformed":
        assert given_up


@pytest.mark.parametrize("vector", of("either", canonical=True))
def test_documents_are_written(vector: Dict[str, Any]) -> None:
    if "document" in vector["meaning"][0]:
        assert wire.packed(value_of(vector["meaning"][0]["document"])) == bytes_of(vector)


def written(meaning: Dict[str, Any]) -> Optional[bytes]:
    """What this client sends for a meaning; None for what it never sends."""
    (kind, shown), = meaning.items()
    if kind == "cancel":
        return wire.cancel(value_of(shown["id"]))
    if kind == "hello" and shown.get("features") == wire.FEATURES:
        return wire.hello(shown["name"])
    if kind != "request" or "deadline" not in shown or shown.get("elided") or shown.get("attempt") == 1:
        return None
    arguments = {ARGUMENTS[name]: value_of(value) for name, value in shown["arguments"].items()} if "arguments" in shown else None
    packed = None if arguments is None else wire.packed(arguments)
    operation = OPERATIONS[shown["operation"]]
    return wire.request(
        value_of(shown["id"]), operation, shown.get("repository"), packed, value_of(shown["deadline"]), value_of(shown.get("attempt", 1)))


def test_requests_are_written() -> None:
    count = 0
    for vector in ALL:
        if vector["direction"] != "client-to-daemon" or not vector.get("canonical"):
            continue
        frames = [written(meaning) for meaning in vector["meaning"]]
        if all(frame is not None for frame in frames):
            assert b"".join(frame for frame in frames if frame is not None) == bytes_of(vector), vector["name"]
            count += 1
    assert count >= 9
