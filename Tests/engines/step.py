"""Runs a case of protocol/conformance through the client, a step after the other."""

import json
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union

import sluice
from casefile import Case
from extended import Value, same, shown, stored, value_of
from scene import Scene
from sluice import calls, errors, wire

LATE_SECONDS = 60
"""Within these an eventually consistent read must give what was written."""

Outcome = Union[Dict[str, Value], sluice.Error]


class Failure(AssertionError):
    """What the engine did wrong."""


def run(case: Case, scene: Scene) -> None:
    """Runs it in a repository of its own.

    Raises:
        Failure: with what was expected and what came.
    """
    now = int(time.time())
    repository = scene.repository(value_of(case.define, now))
    if case.records:
        for outcome in repository.save_many(value_of(case.records, now)):
            if isinstance(outcome, sluice.Error):
                raise Failure(f"found {outcome.code}: {outcome}, for a record that is there before the first step")
    for step in case.steps:
        try:
            Step(value_of(step, int(time.time())), scene, repository).check()
        except Failure as failure:
            raise Failure(f"{failure}, in {shown(step)}") from None
        except sluice.Error as error:
            raise Failure(f"found {error.code}: {error}, in {shown(step)}") from error


def filter_of(conditions: List[Any]) -> sluice.Filter:
    """A filter with conditions as they stand, good or bad."""
    result = sluice.Filter()
    result.conditions = conditions
    return result


def order_of(fields: List[str]) -> List[Union[str, Tuple[str, str]]]:
    """An order; ``"-field"`` is descending."""
    return [(field[1:], "desc") if field.startswith("-") else field for field in fields]


def _listed(names: List[str]) -> str:
    return json.dumps(names, ensure_ascii=False)


def _reversed(fields: List[str]) -> List[str]:
    return [field[1:] if field.startswith("-") else f"-{field}" for field in fields]


class Step:
    """An operation, and what must come of it."""

    def __init__(self, step: Dict[str, Value], scene: Scene, repository: sluice.Repository) -> None:
        self.step = step
        self.scene = scene
        self.repository = repository

    def check(self) -> None:
        """Raises Failure when something else comes of it."""
        several: Dict[str, Callable[[Any], None]] = {
            "roundTrip": self._round_trip, "find": self._find, "sorted": self._sorted, "eventually": self._eventually,
        }
        for name, checked in several.items():
            if name in self.step:
                return checked(self.step[name])
        for name, operation in self._operations().items():
            if name in self.step:
                try:
                    outcome = operation(self.step[name])
                except sluice.Error as error:
                    return self._check_error(error)
                return self._check_outcome(name, outcome)
        raise Failure("this is no step")

    # One operation

    def _operations(self) -> Dict[str, Callable[[Any], Any]]:
        return {
            "define": self._define,
            "save": self._save,
            "saveMany": self._save_many,
            "upsert": self._upsert,
            "replace": self.repository.replace,
            "getOne": lambda conditions: self.repository.get_one(filter_of(conditions)),
            "getAll": lambda conditions: self.repository.get_all(
                filter_of(conditions), self._order(), limit=self.step.get("limit", 0), offset=self.step.get("offset", 0)),
            "walk": lambda conditions: self._walk(conditions, self._order(), self.step["pageSize"]),
            "count": lambda conditions: self.repository.count(filter_of(conditions)),
            "deleteOne": lambda conditions: self.repository.delete_one(filter_of(conditions)),
            "deleteAll": lambda conditions: self.repository.delete_all(filter_of(conditions), all=self.step.get("all", False)),
        }

    def _define(self, definition: Mapping[str, Any]) -> None:
        name = self.repository.description["definition"]["name"]
        self.scene.client.define_repository(self.repository.name, {"name": name, **definition})

    def _save(self, record: Dict[str, Value]) -> Any:
        if "where" in self.step:
            return self.repository.save(record, filter_of(self.step["where"]))
        return self._by_hand("save", 18, {2: record, 9: True}) if self.step.get("generated") else self.repository.save(record)

    def _upsert(self, record: Dict[str, Value]) -> Any:
        return self._by_hand("upsert", 23, {2: record, 9: True}) if self.step.get("generated") else self.repository.upsert(record)

    def _save_many(self, records: List[Dict[str, Value]]) -> List[Outcome]:
        if "generated" not in self.step:
            return self.repository.save_many(records)
        outcomes = self._by_hand("saveMany", 22, {3: records, 9: self.step["generated"]})
        return [outcome[1] if 1 in outcome else errors.from_wire(outcome.get(2)) for outcome in outcomes]

    def _by_hand(self, name: str, number: int, arguments: Dict[int, Any]) -> Any:
        """The client itself says which ids it has generated; where a case says it, the arguments are the case's."""
        return self.repository._do(calls.Call(number, name, self.repository.name, wire.packed(arguments), is_write=True), None)

    def _walk(self, conditions: List[Any], order: Any, size: int) -> List[Dict[str, Value]]:
        return list(self.repository.scan(filter_of(conditions), order, page_size=size))

    def _order(self) -> Any:
        return order_of(self.step["order"]) if "order" in self.step else None

    # What must come of it

    def _expected(self, key: str) -> Optional[Value]:
        """A key of the step, or what stands there for this engine."""
        here: Dict[str, Value] = self.step.get("on", {}).get(self.scene.server.engine, self.step)
        return here.get(key)

    def _check_error(self, error: sluice.Error, expected: Optional[Value] = None) -> None:
        expected = self._expected("error") if expected is None else expected
        if expected is None:
            raise Failure(f"found {error.code}: {error}")
        code = expected["code"] if isinstance(expected, dict) else expected
        if error.code != code:
            raise Failure(f"expected {code}, found {error.code}: {error}")
        for name, value in (expected.get("details", {}) if isinstance(expected, dict) else {}).items():
            if not same(error.details.get(name), value):
                raise Failure(f"expected the detail {name} {value!r}, found {error.code} with {error.details}")

    def _check_outcome(self, name: str, outcome: Any) -> None:
        expected = self._expected("error")
        if expected is not None:
            raise Failure(f"expected {shown(expected)}, found {shown(outcome)}")
        if name in ("getAll", "walk"):
            self._check_records(outcome, is_ordered="order" in self.step)
        elif name == "saveMany":
            self._check_outcomes(outcome)
        elif name not in ("define", "deleteOne") and self._expected("gives") is not None:
            self._check_record(outcome, self._expected("gives"))

    def _check_outcomes(self, outcomes: List[Outcome]) -> None:
        expected = self._expected("outcomes")
        if expected is None:
            return
        if len(outcomes) != len(expected):
            raise Failure(f"expected {len(expected)}, found {len(outcomes)}")
        rest = list(expected)
        for outcome in outcomes:
            # Which of two objects with one key wins is open.
            places = [place for place, one in enumerate(rest) if self._is_outcome(outcome, one)] if self.step.get("inAnyOrder") else []
            self._check_one_outcome(outcome, rest.pop(places[0] if places else 0))

    def _is_outcome(self, outcome: Outcome, expected: Value) -> bool:
        try:
            self._check_one_outcome(outcome, expected)
        except Failure:
            return False
        return True

    def _check_one_outcome(self, outcome: Outcome, expected: Value) -> None:
        if isinstance(outcome, sluice.Error):
            if "error" not in expected:
                raise Failure(f"expected {shown(expected)}, found {outcome.code}: {outcome}")
            self._check_error(outcome, expected["error"])
        elif "document" in expected:
            self._check_record(outcome, expected["document"])
        else:
            raise Failure(f"expected {shown(expected)}, found {shown(outcome)}")

    def _check_records(self, records: List[Dict[str, Value]], is_ordered: bool) -> None:
        total, names, gives = self._expected("total"), self._expected("names"), self._expected("gives")
        if total is not None and len(records) != total:
            raise Failure(f"expected {total}, found {len(records)}")
        if names is not None:
            found = [record.get("name", "") for record in records]
            if not is_ordered:
                found, names = sorted(found), sorted(names)
            if found != names:
                # As the Swift suite says it: exceptions.json names a part of it.
                raise Failure(f"expected {_listed(names)}, found {_listed(found)}")
        if gives is not None:
            if len(records) != len(gives):
                raise Failure(f"expected {shown(gives)}, found {shown(records)}")
            for place, expected in enumerate(gives):
                if is_ordered:
                    self._check_record(records[place], expected)
                elif not any(self._is_record(record, expected) for record in records):
                    raise Failure(f"expected {shown(expected)} among {shown(records)}")

    def _check_record(self, found: Value, expected: Value) -> None:
        if not self._is_record(found, expected):
            raise Failure(f"expected {shown(expected)}, found {shown(found)}")

    def _is_record(self, found: Value, expected: Value) -> bool:
        """Whether a record, or a count, is what was expected. A record's `id` counts where it is shown."""
        if isinstance(found, dict) and isinstance(expected, dict) and "id" not in expected:
            found = {name: value for name, value in found.items() if name != "id"}
        return same(found, stored(expected, self.scene.capabilities))

    # Several operations in one

    def _round_trip(self, value: Value) -> None:
        record = {"v": value, "in": {"list": [value, value], "map": {"x": value}}}
        try:
            saved = self.repository.save(record)
        except sluice.Error as error:
            return self._check_error(error)
        if self._expected("error") is not None:
            raise Failure(f"expected {self._expected('error')}, found {shown(saved)}")
        key = {"id": saved["id"]}
        self._check_record(saved, {**record, **key})
        self._check_record(self.repository.get_one(key), {**record, **key})
        self._check_record(self.repository.get_all(sluice.Filter().in_("id", [saved["id"]]))[0], {**record, **key})
        self._check_record(self.repository.save({"u": value}, key)["u"], value)
        self._check_record(self.repository.replace({**key, "r": [value]}), {**key, "r": [value]})
        self._check_record(self.repository.get_one(key), {**key, "r": [value]})

    def _eventually(self, step: Dict[str, Value]) -> None:
        inner = Step(step, self.scene, self.repository)
        end = time.monotonic() + LATE_SECONDS
        while not self.repository.description["capabilities"]["consistentIndexReads"] and time.monotonic() < end:
            try:
                return inner.check()
            except Failure:
                time.sleep(0.1)
        inner.check()

    def _find(self, conditions: List[Any]) -> None:
        where = filter_of(conditions)
        asked: List[Callable[[], Any]] = [
            lambda: self.repository.get_all(where), lambda: self.repository.count(where), lambda: self.repository.get_one(where),
        ]
        expected = self._expected("error")
        if expected is not None:
            return self._refused(asked, expected)
        records = self.repository.get_all(where)
        self._check_records(records, is_ordered=False)
        count = self.repository.count(where)
        if count != len(records):
            raise Failure(f"expected {len(records)}, found {count}")
        if not records:
            return self._refused(asked[2:], "notFound")
        one = self.repository.get_one(where)
        if not any(same(one, record) for record in records):
            raise Failure(f"expected one of {shown(records)}, found {shown(one)}")

    def _refused(self, asked: List[Callable[[], Any]], expected: Value) -> None:
        for ask in asked:
            try:
                found = ask()
            except sluice.Error as error:
                self._check_error(error, expected)
            else:
                raise Failure(f"expected {shown(expected)}, found {shown(found)}")

    def _sorted(self, fields: List[str]) -> None:
        where = self.step.get("where", [])
        for is_reversed in (False, True):
            order = order_of(_reversed(fields) if is_reversed else fields)
            records = self.repository.get_all(filter_of(where), order)
            self._check_records(records[::-1] if is_reversed else records, is_ordered=True)
            for size in (1, 2, 5):
                self._check_same(self._walk(where, order, size), records)
            for offset, limit in ((0, 1), (1, 3), (3, 0), (len(records) - 1, 5), (len(records), 1)):
                if offset >= 0:
                    part = records[offset : offset + limit if limit else None]
                    self._check_same(self.repository.get_all(filter_of(where), order, limit=limit, offset=offset), part)

    def _check_same(self, found: List[Value], expected: List[Value]) -> None:
        if not same(found, expected):
            raise Failure(f"expected {shown(expected)}, found {shown(found)}")
