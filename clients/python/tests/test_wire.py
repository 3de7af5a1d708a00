"""Values, frames and ids."""

import datetime
import decimal
import random
from typing import Any

import msgpack
import pytest

import sluice
from sluice import wire

UTC = datetime.timezone.utc


@pytest.mark.parametrize("value", [
    None, True, 0, -(2**63), 2**63 - 1, 1.5, -0.0, "", "ü\U0001f600", b"\x00\xff", [], {}, {"a": [1, {"b": None}]},
    datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC), datetime.datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    datetime.datetime(1, 1, 1, tzinfo=UTC), decimal.Decimal("1.50"), decimal.Decimal("-1E+6"), sluice.ObjectId("0123456789abcdef01234567"),
])
def test_values_come_back_with_their_kind(value: Any) -> None:
    back = wire.unpacked(wire.packed(value))
    assert back == value and type(back) is type(value)
    assert str(back) == str(value)


def test_times_are_truncated_to_milliseconds_towards_the_past_and_shown_in_utc() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2))
    back = wire.unpacked(wire.packed(datetime.datetime(2026, 1, 1, 1, 0, 0, 123999, tzinfo=zone)))
    assert back == datetime.datetime(2025, 12, 31, 23, 0, 0, 123000, tzinfo=UTC)
    assert back.utcoffset() == datetime.timedelta(0)
    before = wire.unpacked(wire.packed(datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)))
    assert before.microsecond == 999000


@pytest.mark.parametrize("value", [
    datetime.datetime(2026, 1, 1), object(), {1, 2}, 2**64, -(2**63) - 1, "\ud800", datetime.date(2026, 1, 1), 1j,
])
def test_what_cannot_be_stored_is_refused(value: Any) -> None:
    with pytest.raises(sluice.InvalidInput):
        wire.packed({"field": value})


def test_a_document_without_end_is_refused() -> None:
    loop: "list[Any]" = []
    loop.append(loop)
    with pytest.raises(sluice.InvalidInput):
        wire.packed(loop)


def test_frames_come_in_any_pieces() -> None:
    values = [{0: 4, 1: number, 2: "x" * number} for number in range(200)]
    data = b"".join(wire.framed(wire.packed(value)) for value in values)
    chance = random.Random(7)
    for _ in range(50):
        reader, found, at = wire.FrameReader(), [], 0
        while at < len(data):
            step = chance.choice([1, 2, 3, 5, 70, 3000])
            found += reader.frames(data[at : at + step])
            at += step
        assert found == values


@pytest.mark.parametrize("data", [
    b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1", b"\x00\x00\x00\x01\xc0", b"\x00\x00\x00\x02\xc0\xc0",
    b"\x00\x00\x00\x05\xdd\xff\xff\xff\xff", b"\x00\x00\x00\x03\x81\x01\x02", b"\x00\x00\x00\x01\x80",
    wire.framed(b"\x91" * 10_000 + b"\xc0"), wire.framed(b"\x82\x00\x04\x01\xa1\xff"),
])
def test_what_is_no_frame_is_said(data: bytes) -> None:
    with pytest.raises(wire.BadFrame):
        wire.FrameReader().frames(data)


def test_a_request_is_what_the_protocol_shows() -> None:
    # PROTOCOL.md section 10, with a deadline.
    assert wire.request(1, 1, None, None, 1000, 1) == bytes.fromhex("0000000b8400030101020105cd03e8")
    repeated = msgpack.unpackb(wire.request(9, 18, "users", wire.packed({2: {}}), 5, 3)[4:], strict_map_key=False)
    assert list(repeated)[:2] == [0, 1]
    assert repeated == {0: 3, 1: 9, 2: 18, 3: "users", 4: {2: {}}, 5: 5, 6: 3}


def test_ids_are_object_ids_and_differ() -> None:
    from sluice.objectid import ids

    made = [ids.next() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert all(len(one) == 24 and one == str(sluice.ObjectId(one)) for one in made)
    assert len({one[8:18] for one in made}) == 1
    ids.reseed()
    assert ids.next()[8:18] != made[0][8:18]


def test_object_ids() -> None:
    one = sluice.ObjectId("0123456789abcdef01234567")
    assert one == sluice.ObjectId(one.binary) and hash(one) == hash(sluice.ObjectId(one.binary))
    assert one < sluice.ObjectId("ff" * 12) and one != "0123456789abcdef01234567"
    assert repr(one) == "ObjectId('0123456789abcdef01234567')"
    for wrong in ("", "zz" * 12, b"short", "00" * 13):
        with pytest.raises(ValueError):
            sluice.ObjectId(wrong)
