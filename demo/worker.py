"""One Python process of the demo: does its share of the plan and holds every answer against the source files. Started by fleet.py."""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, TypeVar

import sluice

import plan
import source
from source import COLLECTIONS, LANGUAGES, SUBDIVISIONS, Record
from verifier import difference, faults

T = TypeVar("T")
NAMED_FAILURES = 5
"""So many failures of a phase are told; the others are counted."""


class PythonWorker:
    """Its client, its share, and what the phase under way has measured and found wrong."""

    def __init__(self, share: plan.Share, socket: str) -> None:
        self.share = share
        self.socket = socket
        self.repositories: Dict[str, "sluice.Repository"] = {}
        self.microseconds: List[float] = []
        self.failures: List[str] = []

    def perform(self, phase: str) -> Dict[str, object]:
        """Does a phase and answers what it measured. An error ends the phase and is a failure of it."""
        self.microseconds, self.failures = [], []
        phases: Dict[str, Callable[[], None]] = {
            "connect": self.connect, "load": self.load, "query": self.query, "update": self.update, "delete": self.delete,
        }
        try:
            phases[phase]()
        except sluice.Error as error:
            self.failures.append(f"{phase}: {error.code}: {error}")
        told = self.failures[:NAMED_FAILURES]
        if len(self.failures) > len(told):
            told.append(f"{len(self.failures) - len(told)} more")
        return {"microseconds": self.microseconds, "failures": told}

    def connect(self) -> None:
        client = self.timed(lambda: sluice.connect(self.socket))
        for collection in COLLECTIONS:
            name = collection.repository
            self.repositories[name] = self.timed(lambda: client.define_repository(name, collection.definition))

    def load(self) -> None:
        for collection in COLLECTIONS:
            repository = self.repositories[collection.repository]
            for record in self.share.records(collection):
                self.compare(self.timed(lambda: repository.save(record)), record, collection)

    def query(self) -> None:
        self.read_by_code()
        self.match_prefixes()
        self.match_ranges()
        self.walk_pages()

    def read_by_code(self) -> None:
        for collection in COLLECTIONS:
            repository = self.repositories[collection.repository]
            for record in self.share.records(collection)[:: plan.READ_EVERY]:
                found = self.timed(lambda: repository.get_one({collection.key: record[collection.key]}))
                self.compare(found, record, collection)

    def match_prefixes(self) -> None:
        languages = self.repositories["languages"]
        for prefix in self.share.prefixes:
            pattern = sluice.Filter().match_pattern("name", plan.pattern(prefix))
            expected = [record for record in self.share.source.languages if plan.text(record, "name").startswith(prefix)]
            found = self.timed(lambda: languages.get_all(pattern))
            self.failures += faults("languages", found, {plan.text(record, "alpha_3"): record for record in expected}, "alpha_3")
            self.expect(self.timed(lambda: languages.count(pattern)), len(expected), f"count of names like {plan.pattern(prefix)}")

    def match_ranges(self) -> None:
        subdivisions = self.repositories["subdivisions"]
        for country in self.share.countries:
            first, after = plan.country_range(country)
            codes = sluice.Filter().gte("code", first).lt("code", after)
            expected = {plan.text(record, "code"): record for record in self.share.source.subdivisions if plan.country(record) == country}
            self.failures += faults("subdivisions", self.timed(lambda: subdivisions.get_all(codes)), expected, "code")

    def walk_pages(self) -> None:
        """In an order that leaves nothing open, so that there is one right sequence."""
        for letter in self.share.letters:
            within = sluice.Filter().gte("alpha_3", letter).lt("alpha_3", chr(ord(letter) + 1))
            order = [("scope", "asc"), ("name", "desc"), ("alpha_3", "asc")]
            expected = [record for record in self.share.source.languages if plan.text(record, "alpha_3")[0] == letter]
            self.walk(LANGUAGES, within, order, expected)
        for kind in self.share.types:
            # Most subdivisions have no parent: what is missing comes first.
            order = [("parent", "asc"), ("name", "asc"), ("code", "desc")]
            expected = [record for record in self.share.source.subdivisions if record["type"] == kind]
            self.walk(SUBDIVISIONS, sluice.Filter().match("type", kind), order, expected)

    def walk(self, collection: source.Collection, within: "sluice.Filter", order: plan.Order, expected: List[Record]) -> None:
        records = self.repositories[collection.repository].scan(within, order=order, page_size=plan.PAGE_SIZE)
        found = self.timed_pages(iter(records))
        self.expect(len(found), len(expected), f"{collection.repository}: records in a walk")
        for one, other in zip(found, plan.ordered(expected, order)):
            self.compare(one, other, collection)

    def update(self) -> None:
        for collection in COLLECTIONS:
            repository = self.repositories[collection.repository]
            for record, fields in self.share.updated(collection):
                found = self.timed(lambda: repository.save(fields, {collection.key: record[collection.key]}))
                self.compare(found, {**record, **fields}, collection)

    def delete(self) -> None:
        languages, subdivisions = self.repositories["languages"], self.repositories["subdivisions"]
        for record in self.share.extinct:
            self.timed(lambda: languages.delete_one({"alpha_3": record["alpha_3"]}))
        for record in self.share.extinct[:1]:
            try:
                self.timed(lambda: languages.get_one({"alpha_3": record["alpha_3"]}))
                self.failures.append(f"languages {record['alpha_3']}: is there after it was deleted")
            except sluice.NotFound:
                pass
        for country in self.share.dropped_countries:
            first, after = plan.country_range(country)
            codes = sluice.Filter().gte("code", first).lt("code", after)
            expected = sum(plan.country(record) == country for record in self.share.source.subdivisions)
            self.expect(self.timed(lambda: subdivisions.delete_all(codes)), expected, f"subdivisions deleted of {country}")

    def timed(self, request: Callable[[], T]) -> T:
        begun = time.perf_counter()
        try:
            return request()
        finally:
            self.microseconds.append((time.perf_counter() - begun) * 1e6)

    def timed_pages(self, records: Iterator[Record]) -> List[Record]:
        """Takes all records; what takes time is the first of each page."""
        found: List[Record] = []
        while True:
            begun = time.perf_counter()
            record = next(records, None)
            if len(found) % plan.PAGE_SIZE == 0:
                self.microseconds.append((time.perf_counter() - begun) * 1e6)
            if record is None:
                return found
            found.append(record)

    def compare(self, found: Record, expected: Record, collection: source.Collection) -> None:
        what = difference(found, expected)
        if what:
            self.failures.append(f"{collection.repository} {expected[collection.key]}: {what}")

    def expect(self, found: object, expected: object, what: str) -> None:
        if found != expected:
            self.failures.append(f"{what}: {found!r} instead of {expected!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", required=True)
    parser.add_argument("--source", type=Path, required=True)
    for number in ("--process", "--processes", "--every"):
        parser.add_argument(number, type=int, required=True)
    options = parser.parse_args()
    # Ctrl-C reaches the whole group; fleet.py, which it is meant for, ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    share = plan.Share(source.read(options.source, options.every), options.process, options.processes)
    worker = PythonWorker(share, options.socket)
    for line in sys.stdin:
        print(json.dumps(worker.perform(line.strip())), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
