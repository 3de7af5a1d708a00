"""Data in the origin's layout in MongoDB, written and read by MongoDB's own driver beside the daemon (PyMongo)."""

import datetime
import decimal
from typing import Any, Dict

import bson
import pytest
from bson.decimal128 import Decimal128
from bson.int64 import Int64

import sluice
from extended import same
from scene import Scene
from servers import servers

pytestmark = pytest.mark.parametrize("scene", servers("mongodb"), indirect=True, ids=str)

TIME = datetime.datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=datetime.timezone.utc)
OTHER = bson.ObjectId("65a1b2c3d4e5f60718293a4b")

DOCUMENT: Dict[str, Any] = {
    "name": "Ann", "age": 41, "big": Int64(2**40), "ratio": 1.5, "whole": 6.0, "is": True, "none": None, "when": TIME,
    "price": Decimal128("1.50"), "blob": b"\x00\xff", "friend": OTHER, "tags": ["a", 1, {"deep": [None]}], "address": {"city": "Ohrid"},
}
"""What the origin may have stored."""

RECORD: Dict[str, Any] = {
    **DOCUMENT, "big": 2**40, "price": decimal.Decimal("1.50"), "friend": sluice.ObjectId(str(OTHER)),
}
"""The same as callers see it."""


def test_the_origins_documents_are_read_changed_and_deleted(scene: Scene) -> None:
    name = scene.new_name()
    collection = scene.running.mongodb()[name]
    inserted = collection.insert_one(dict(DOCUMENT)).inserted_id
    items = scene.repository({"name": name, "indexes": ["name"]})
    key = {"id": str(inserted)}
    expected = {**RECORD, **key}
    for found in [items.get_one(key), items.get_one({"address.city": "Ohrid"}), *items.get_all({"name": "Ann"}), *items.scan()]:
        assert same(found, expected), found
    assert items.count(sluice.Filter().in_("id", [str(inserted), str(OTHER)])) == 1
    assert same(items.save({"age": 42}, key), {**expected, "age": 42})
    assert collection.find_one() == {**DOCUMENT, "_id": inserted, "age": 42}
    assert items.replace({**key, "name": "Anna"}) == {**key, "name": "Anna"}
    assert collection.find_one() == {"_id": inserted, "name": "Anna"}
    items.delete_one(key)
    assert collection.count_documents({}) == 0


def test_what_is_saved_stands_in_the_origins_layout(scene: Scene) -> None:
    items = scene.repository()
    saved = items.save(RECORD)
    document = scene.running.mongodb()[items.description["definition"]["name"]].find_one()
    assert document is not None
    assert document.pop("_id") == bson.ObjectId(saved["id"])
    assert document == DOCUMENT
    kinds = {field: type(value) for field, value in document.items()}
    assert kinds == {**{field: type(value) for field, value in DOCUMENT.items()}, "big": int if kinds["big"] is int else Int64}


def test_an_id_of_the_callers_own_stays_a_field(scene: Scene) -> None:
    name = scene.new_name()
    collection = scene.running.mongodb()[name]
    inserted = collection.insert_one({"id": "ann", "age": 41}).inserted_id
    users = scene.repository({"name": name, "customId": True})
    assert users.get_one({"id": "ann"}) == {"id": "ann", "age": 41}
    assert users.save({"age": 42}, {"id": "ann"}) == {"id": "ann", "age": 42}
    assert users.upsert({"id": "ann", "on": True}) == {"id": "ann", "age": 42, "on": True}
    assert users.replace({"id": "ann", "age": 43}) == {"id": "ann", "age": 43}
    assert collection.find_one({"id": "ann"}) == {"_id": inserted, "id": "ann", "age": 43}
    with pytest.raises(sluice.AlreadyExists):
        users.save({"id": "ann"})
    users.save({"id": "bob"})
    made = collection.find_one({"id": "bob"})
    assert made is not None and isinstance(made["_id"], bson.ObjectId) and made.keys() == {"_id", "id"}
    assert [user["id"] for user in users.get_all(order="id")] == ["ann", "bob"]
    users.delete_one({"id": "ann"})
    assert collection.count_documents({}) == 1


@pytest.mark.parametrize("fields", [["code"], ["code", "at"]], ids=str)
def test_a_plain_index_on_the_key_is_kept_and_said(scene: Scene, fields: Any) -> None:
    name = scene.new_name()
    collection = scene.running.mongodb()[name]
    collection.create_index([(field, 1) for field in fields], name="origin")
    before = collection.index_information()
    key = dict(zip(["hashKey", "rangeKey"], fields))
    items = scene.repository({"name": name, **key})
    assert items.description["capabilities"] == {**scene.capabilities, "uniqueKey": False}
    assert collection.index_information() == before
    record = {field: "x" for field in fields}
    items.save(record)
    items.save(record)
    assert items.count(record) == 2
    # Where nothing was there, the key is unique, and so it is said.
    fresh = scene.repository(key)
    assert fresh.description["capabilities"]["uniqueKey"] is True
    fresh.save(record)
    with pytest.raises(sluice.AlreadyExists):
        fresh.save(record)


def test_a_sparse_index_serves_a_plain_one(scene: Scene) -> None:
    name = scene.new_name()
    collection = scene.running.mongodb()[name]
    collection.create_index("mail", name="whatever", sparse=True, background=True)
    collection.insert_many([{"mail": "a@x"}, {"mail": None}, {}])
    before = collection.index_information()
    items = scene.repository({"name": name, "indexes": ["mail"]})
    assert collection.index_information() == before
    assert items.count({"mail": "a@x"}) == 1
    # A sparse index does not hold the records without the field; they are found all the same.
    assert items.count({"mail": None}) == 2
    assert [item.get("mail") for item in items.get_all(order="mail")] == [None, None, "a@x"]


def test_a_unique_index_of_the_origin_is_kept_and_held(scene: Scene) -> None:
    name = scene.new_name()
    collection = scene.running.mongodb()[name]
    collection.create_index("mail", name="origin", unique=True, sparse=True)
    before = collection.index_information()
    items = scene.repository({"name": name, "indexes": [{"fields": ["mail"], "unique": True}]})
    assert collection.index_information() == before
    items.save({"mail": "a@x"})
    items.save({})
    items.save({})
    with pytest.raises(sluice.AlreadyExists):
        items.save({"mail": "a@x"})


def test_an_index_of_another_kind_is_a_conflict_that_names_both(scene: Scene) -> None:
    name = scene.new_name()
    collection = scene.running.mongodb()[name]
    collection.create_index("mail", name="origin", unique=True)
    before = collection.index_information()
    with pytest.raises(sluice.InvalidInput) as caught:
        scene.repository({"name": name, "indexes": ["mail"]})
    assert caught.value.reason == "definitionConflict" and {"stored", "asked"} <= caught.value.details.keys()
    assert "origin" in caught.value.message and collection.index_information() == before


def test_time_to_live_is_the_date_and_the_index_of_the_origin(scene: Scene) -> None:
    name = scene.new_name()
    collection = scene.running.mongodb()[name]
    collection.create_index("created", expireAfterSeconds=3600)
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    old = now - datetime.timedelta(hours=2)
    collection.insert_many([{"name": "old", "created": old}, {"name": "new", "created": now}, {"name": "forever"}])
    live = {"name": name, "enableTtl": True, "ttlAttribute": "created", "ttl": 3600}
    items = scene.repository(live)
    # Whether or not the server has deleted it.
    assert [item["name"] for item in items.get_all(order="name")] == ["forever", "new"]
    assert items.get_one({"name": "new"})["created"] == now
    saved = items.save({"name": "saved"})
    assert abs(saved["created"] - now) < datetime.timedelta(minutes=10)
    document = collection.find_one({"name": "saved"})
    assert document is not None and document["created"] == saved["created"]
    with pytest.raises(sluice.InvalidInput) as caught:
        scene.repository({**live, "ttl": 60})
    assert caught.value.reason == "definitionConflict"
