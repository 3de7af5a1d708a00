"""Checks the vectors of this folder by themselves: their form, that the msgpack library reads what they say, that canonical ones are
written so, and that every operation and every error code occurs. Needs Python 3.9 and the package `msgpack`; the last line is
`N passed, N failed`."""

import json
import re
import struct
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import msgpack

from values import RepeatedKey, Unjudged, Unreadable, Wrong, broken_rules, read, same, value_of, write

FOLDER = Path(__file__).resolve().parent
OPERATIONS = json.loads((FOLDER.parent / "operations.json").read_text("utf-8"))
ERRORS = json.loads((FOLDER.parent / "errors.json").read_text("utf-8"))
CODES = {entry["code"] for entry in ERRORS["errors"]}
OPERATION_CODES = {entry["name"]: entry["code"] for entry in OPERATIONS["operations"]}
KINDS: Dict[str, int] = OPERATIONS["frameKinds"]
ARGUMENTS: Dict[str, int] = OPERATIONS["argumentKeys"]
ERROR_KEYS = {"code": 1, "message": 2, "retryable": 3, "outcomeKnown": 4, "details": 5}
FRAME_KEYS: Dict[str, Dict[str, int]] = {
    "hello": {"name": 2, "features": 3},
    "welcome": {"name": 2, "features": 3, "limits": 4, "backends": 5},
    "request": {"id": 1, "operation": 2, "repository": 3, "arguments": 4, "deadline": 5, "attempt": 6},
    "reply": {"id": 1, "result": 2, "error": 3, "token": 4, "more": 5},
    "cancel": {"id": 1},
    "goingAway": {"reason": 2},
    "fault": {"error": 3},
}
SENT_BY = {
    "client-to-daemon": {"hello", "request", "cancel", "invalid", "skipped", "refused", "incomplete"},
    "daemon-to-client": {"welcome", "reply", "goingAway", "fault", "skipped", "refused", "incomplete"},
    "either": {"document", "invalid"},
}
VECTOR_KEYS = {"name", "why", "direction", "hex", "canonical", "operation", "after", "halfClose", "meaning", "answers"}
MAX_FRAME_BYTES = 16777216
LEAST_VECTORS = 150


# Frames.


def bytes_of(hex_text: str) -> bytes:
    data = b""
    for token in hex_text.split():
        if not re.fullmatch(r"([0-9a-f]{2})+(\*[1-9][0-9]*)?", token):
            raise Wrong(f"{token!r} is not lower-case hex, perhaps with a count")
        digits, _, times = token.partition("*")
        data += bytes.fromhex(digits) * int(times or 1)
    return data


def payload(data: bytes, meaning: Dict[str, Any]) -> Tuple[bytes, bytes]:
    """The frame that starts `data`, and what is behind it."""
    length = int.from_bytes(data[:4], "big")
    if len(data) < 4 + length:
        raise Wrong(f"{meaning} needs {4 + length} bytes")
    return data[4 : 4 + length], data[4 + length :]


def named_error(wire: Dict[int, Any]) -> Dict[str, Any]:
    named = {name: wire[key] for name, key in ERROR_KEYS.items() if key in wire}
    return {**named, "code": named["code"] if named["code"] in CODES else "backendError"}


def named_result(wire: Any, operation: str) -> Any:
    if operation != "saveMany":
        return wire
    return [{"document": one[1]} if 1 in one else {"error": named_error(one[2])} for one in wire]


def named(kind: str, wire: Dict[int, Any], operation: str) -> Dict[str, Any]:
    """A frame's entries by their names; unknown ones are left out."""
    if next(iter(wire)) != 0 or wire[0] != KINDS[kind]:
        raise Wrong(f"no {kind}")
    result = {name: wire[key] for name, key in FRAME_KEYS[kind].items() if key in wire}
    if "operation" in result:
        result["operation"] = next(name for name, code in OPERATION_CODES.items() if code == result["operation"])
    if "arguments" in result:
        result["arguments"] = {name: result["arguments"][key] for name, key in ARGUMENTS.items() if key in result["arguments"]}
    if "error" in result:
        result["error"] = named_error(result["error"])
    if "result" in result:
        result["result"] = named_result(result["result"], operation)
    return result


def meant(kind: str, json_value: Dict[str, Any]) -> Dict[str, Any]:
    """The same from a meaning."""
    return {name: value_of(inner) for name, inner in json_value.items()}


def wire_error(error: Dict[str, Any]) -> Dict[int, Any]:
    return {ERROR_KEYS[name]: inner for name, inner in error.items()}


def wire(kind: str, meaning: Dict[str, Any], operation: str) -> Dict[int, Any]:
    """What an encoder makes of a meaning: the entries in its order."""
    result: Dict[int, Any] = {0: KINDS[kind]}
    for name, inner in meaning.items():
        if name == "operation":
            inner = OPERATION_CODES[inner]
        elif name == "arguments":
            inner = {ARGUMENTS[argument]: value for argument, value in inner.items()}
        elif name == "error":
            inner = wire_error(inner)
        elif name == "result" and operation == "saveMany":
            inner = [{1: one["document"]} if "document" in one else {2: wire_error(one["error"])} for one in inner]
        result[FRAME_KEYS[kind][name]] = inner
    return result


def agree(decoded: Dict[str, Any], meaning: Dict[str, Any]) -> bool:
    """Whether they are the same. Of details a meaning names those that must be there; an elided one says less than the bytes."""
    if meaning.get("elided"):
        return all(same(decoded[name], inner) for name, inner in meaning.items() if name != "elided")
    if "error" in meaning and "error" in decoded:
        shown = meaning["error"]["details"]
        details = {key: decoded["error"]["details"].get(key) for key in shown}
        decoded = {**decoded, "error": {**decoded["error"], "details": details}}
    return same(decoded, meaning)


def check_incomplete(data: bytes, needed: int) -> bytes:
    expected = 4 if len(data) < 4 else 4 + int.from_bytes(data[:4], "big")
    if needed != expected or len(data) >= needed:
        raise Wrong(f"{len(data)} bytes are there, {expected} needed")
    return b""


def check_refused(data: bytes, code: str) -> bytes:
    """A refused frame may be anything, but must be whole; or its length is what is refused. Nothing behind it is read."""
    length = int.from_bytes(data[:4], "big")
    if 0 < length <= MAX_FRAME_BYTES and len(data) != 4 + length:
        raise Wrong(f"the frame has {len(data) - 4} bytes, not {length}")
    if code != ("tooLarge" if length > MAX_FRAME_BYTES else "invalidInput"):
        raise Wrong(f"a frame of {length} bytes is not refused as {code}")
    return b""


def check_invalid(data: bytes, expected: Dict[str, Any]) -> bytes:
    """Kind and id must be readable, whatever is wrong behind them."""
    frame, rest = payload(data, expected)
    head = msgpack.Unpacker(max_buffer_size=len(frame), strict_map_key=False, raw=True, max_map_len=2**32 - 1)
    head.feed(frame)
    head.read_map_header()
    if [head.unpack() for _ in range(4)] != [0, KINDS["request"], 1, expected["id"]]:
        raise Wrong("it does not start with the kind of a request and this id")
    check_reason(frame, expected)
    return rest


def check_reason(data: bytes, expected: Dict[str, Any]) -> None:
    """What is called malformed the library cannot read, what is only invalid it can; times and extension types it judges by its own
    rules."""
    if expected["code"] != "invalidInput":
        raise Wrong("what is invalid is invalidInput")
    try:
        read(data)
        readable = True
    except Unreadable as error:
        readable = re.match("invalid timestamp data|nanoseconds must be|code must be", str(error)) is not None
    except (RepeatedKey, Unjudged):
        readable = True
    if readable == (expected.get("reason") == "malformed"):
        raise Wrong("the msgpack library does not agree that it is " + expected.get("reason", "well-formed"))


def check_frames(vector: Dict[str, Any]) -> None:
    data = bytes_of(vector["hex"])
    operation = vector.get("operation", "")
    encoded = b""
    for meaning in vector["meaning"]:
        (kind, inner), = meaning.items()
        if kind == "incomplete":
            data = check_incomplete(data, inner["needed"])
        elif kind == "refused":
            data = check_refused(data, inner["code"])
        elif kind == "invalid":
            data = check_invalid(data, inner)
        else:
            frame, data = payload(data, meaning)
            if kind == "skipped":
                if read(frame)[0] != inner["kind"] or inner["kind"] in KINDS.values():
                    raise Wrong("its kind is another, or a known one")
                continue
            try:
                if not agree(named(kind, read(frame), operation), meant(kind, inner)):
                    raise Wrong(f"the msgpack library reads another {kind}")
            except Unjudged:
                pass
            except (RepeatedKey, Unreadable) as error:
                # What is skipped may hold what the library refuses, such as a key that comes twice.
                raise Wrong(f"the msgpack library cannot read the {kind}: {error!r}") from error
            if vector.get("canonical"):
                one = write(wire(kind, meant(kind, inner), operation))
                encoded += struct.pack(">I", len(one)) + one
    if data:
        raise Wrong(f"{len(data)} bytes have no meaning")
    if vector.get("canonical") and encoded != bytes_of(vector["hex"]):
        raise Wrong(f"it is not canonical, that would be {encoded.hex()}")


def check_document(vector: Dict[str, Any]) -> None:
    data = bytes_of(vector["hex"])
    meaning = vector["meaning"][0]
    if "invalid" in meaning:
        check_reason(data, meaning["invalid"])
        if meaning["invalid"].get("reason") == "malformed":
            return
        try:
            if not list(broken_rules(read(data))):
                raise Wrong("it breaks no rule")
        except (RepeatedKey, Unreadable, Unjudged):
            return
        return
    document = read(data)
    broken = list(broken_rules(document))
    if broken:
        raise Wrong("; ".join(broken))
    expected = value_of(meaning["document"])
    if not same(document, expected):
        raise Wrong("the msgpack library reads another document")
    if (write(expected) == data) != bool(vector.get("canonical")):
        raise Wrong(f"canonical is {vector.get('canonical', False)}, the canonical bytes are {write(expected).hex()}")


def check_form(vector: Dict[str, Any], subject: str, requests: Dict[str, Dict[str, Any]]) -> None:
    if set(vector) - VECTOR_KEYS:
        raise Wrong(f"unknown keys {sorted(set(vector) - VECTOR_KEYS)}")
    if not re.fullmatch(re.escape(subject) + r"/[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*", vector["name"]):
        raise Wrong("the name must be the subject, a slash, and words with hyphens")
    if not vector["why"].strip():
        raise Wrong("it says not why it is there")
    if not vector["meaning"] or any(len(meaning) != 1 for meaning in vector["meaning"]):
        raise Wrong("a meaning has one key")
    kinds = [kind for meaning in vector["meaning"] for kind in meaning]
    if set(kinds) - SENT_BY[vector["direction"]]:
        raise Wrong(f"{vector['direction']} cannot be {sorted(set(kinds) - SENT_BY[vector['direction']])}")
    if any(kind in ("refused", "incomplete") for kind in kinds[:-1]):
        raise Wrong("nothing is read behind what is refused or incomplete")
    for name in vector.get("after", []):
        if name not in requests:
            raise Wrong(f"it comes after {name}, which no client sends")
    check_answers(vector, [meaning["request"]["id"] for meaning in vector["meaning"] if "request" in meaning])


def check_answers(vector: Dict[str, Any], ids: List[Any]) -> None:
    """Every request has an answer, and every answer one form."""
    answers = vector.get("answers", [])
    answered = [answer["id"] for answer in answers if "id" in answer]
    if sorted(map(str, ids)) != sorted(map(str, answered)):
        raise Wrong(f"the requests {ids} are answered as {answered}")
    if len([answer for answer in answers if "welcome" in answer]) != len([one for one in vector["meaning"] if "hello" in one]):
        raise Wrong("a hello is answered by a welcome")
    for answer in answers:
        for form in answer.get("oneOf", [answer]):
            if len({"result", "resultContains", "error", "welcome"} & set(form)) != 1:
                raise Wrong(f"an answer has one form: {form}")
            if "error" in form and form["error"]["code"] not in CODES:
                raise Wrong(f"unknown code {form['error']['code']}")


def errors_in(json_value: Any) -> Iterator[str]:
    """The codes of all errors in meanings."""
    if isinstance(json_value, list):
        for element in json_value:
            yield from errors_in(element)
    elif isinstance(json_value, dict):
        if "code" in json_value and "outcomeKnown" in json_value:
            yield json_value["code"]
        for element in json_value.values():
            yield from errors_in(element)


def check_coverage(vectors: List[Dict[str, Any]]) -> Iterator[Tuple[str, bool]]:
    yield f"at least {LEAST_VECTORS} vectors", len(vectors) >= LEAST_VECTORS
    names = [vector["name"] for vector in vectors]
    yield "names are unique", len(set(names)) == len(names)
    meanings = [meaning for vector in vectors for meaning in vector["meaning"]]
    requested = {meaning["request"]["operation"] for meaning in meanings if "request" in meaning}
    replied = {vector["operation"] for vector in vectors if any("result" in one.get("reply", {}) for one in vector["meaning"])}
    for operation in OPERATION_CODES:
        yield f"a request of {operation}", operation in requested
        yield f"a reply of {operation}", operation in replied
    codes = set(errors_in(meanings))
    for code in sorted(CODES):
        yield f"an error {code}", code in codes
    kinds = {kind for meaning in meanings for kind in meaning}
    for kind in KINDS:
        yield f"a frame of the kind {kind}", kind in kinds


def main() -> int:
    passed, failures = 0, []
    files = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    vectors = [vector for file in files for vector in file["vectors"]]
    requests = {vector["name"]: vector for vector in vectors if vector["direction"] == "client-to-daemon"}
    for file in files:
        for vector in file["vectors"]:
            try:
                check_form(vector, file["subject"], requests)
                check_document(vector) if vector["direction"] == "either" else check_frames(vector)
                passed += 1
            except Exception as error:
                failures.append(f"{vector.get('name')}: {error if isinstance(error, Wrong) else repr(error)}")
    for what, holds in check_coverage(vectors):
        if holds:
            passed += 1
        else:
            failures.append(f"missing: {what}")
    for failure in failures:
        print(failure)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
