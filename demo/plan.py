"""Who of N processes does what, and what must come of it, computed from the source files alone.

The Swift worker computes the same by itself (Sources/sluice-demo-worker): neither asks the other, so a mistake in one shows.
In the plan, "its share of a list" means every Nth element, beginning with the process's own number; text is ordered by its UTF-8 bytes.

connect  defines both repositories, as every other process does at that moment
load     creates its share of the languages and of the subdivisions
query    reads every eighth record of its share by code; for some prefixes of names, countries, letters and types of its share asks
         for what matches the pattern, the range, the ordered pages, the count
update   sets `letters` (code points in the name) and `process` (its number) in every fourth record of its share
delete   deletes the extinct languages (type E) of its share one by one, and all subdivisions of one country at once
"""

from typing import Dict, List, NamedTuple, Sequence, Set, Tuple, TypeVar

from source import COLLECTIONS, LANGUAGES, Collection, Record, Source

T = TypeVar("T")
Order = Sequence[Tuple[str, str]]
"""Fields, each with its direction."""

QUERIES_OF_A_KIND = 8
"""So many prefixes and countries each process asks for, at most."""
PAGED_TYPES = 2
"""So many types of subdivisions each process walks through in pages."""
READ_EVERY, UPDATE_EVERY = 8, 4
PAGE_SIZE = 100


class Share(NamedTuple):
    """One process's part."""

    source: Source
    process: int
    processes: int

    def part(self, items: Sequence[T]) -> List[T]:
        return list(items[self.process :: self.processes])

    def records(self, collection: Collection) -> List[Record]:
        return self.part(self.source.of(collection))

    @property
    def prefixes(self) -> List[str]:
        """The first two code points of names of languages."""
        return self.part(in_order({text(record, "name")[:2] for record in self.source.languages}))[:QUERIES_OF_A_KIND]

    @property
    def countries(self) -> List[str]:
        """Country codes, to be asked for as ranges of subdivisions' codes."""
        return self.part(in_order({country(record) for record in self.source.subdivisions}))[:QUERIES_OF_A_KIND]

    @property
    def letters(self) -> List[str]:
        """First letters of languages' codes."""
        return self.part(in_order({text(record, "alpha_3")[0] for record in self.source.languages}))

    @property
    def types(self) -> List[str]:
        """Types of subdivisions."""
        return self.part(in_order({text(record, "type") for record in self.source.subdivisions}))[:PAGED_TYPES]

    @property
    def dropped_countries(self) -> List[str]:
        """The country, if any, whose subdivisions this process deletes."""
        return self.countries[:1]

    def updated(self, collection: Collection) -> List[Tuple[Record, Record]]:
        """Records before, and the fields that are set in them."""
        return [
            (record, {"letters": len(text(record, "name")), "process": self.process})
            for record in self.records(collection)[::UPDATE_EVERY]
        ]

    @property
    def extinct(self) -> List[Record]:
        return [record for record in self.records(LANGUAGES) if record["type"] == "E"]


def text(record: Record, field: str) -> str:
    value = record[field]
    assert isinstance(value, str)
    return value


def in_order(texts: Set[str]) -> List[str]:
    return sorted(texts, key=str.encode)


def country(subdivision: Record) -> str:
    return text(subdivision, "code").split("-")[0]


def country_range(code: str) -> Tuple[str, str]:
    """The first code of a country's subdivisions, and the first after them: `.` follows `-`."""
    return f"{code}-", f"{code}."


def pattern(prefix: str) -> str:
    """The pattern for what begins with the text: its own percent signs are doubled."""
    return prefix.replace("%", "%%") + "%"


def ordered(records: Sequence[Record], order: Order) -> List[Record]:
    """Sorted as Sluice promises: missing first, text by its bytes, each field in its direction."""
    result = list(records)
    for field, direction in reversed(order):
        result.sort(key=lambda record: (field in record, str(record.get(field, "")).encode()), reverse=direction == "desc")
    return result


def final(source: Source, processes: int) -> Dict[str, Dict[str, Record]]:
    """What both repositories hold when all is done, by repository and code."""
    result: Dict[str, Dict[str, Record]] = {
        collection.repository: {text(record, collection.key): dict(record) for record in source.of(collection)}
        for collection in COLLECTIONS
    }
    for process in range(processes):
        share = Share(source, process, processes)
        for collection in COLLECTIONS:
            for record, fields in share.updated(collection):
                result[collection.repository][text(record, collection.key)].update(fields)
    for process in range(processes):
        share = Share(source, process, processes)
        for record in share.extinct:
            del result["languages"][text(record, "alpha_3")]
        for code in share.dropped_countries:
            for record in source.subdivisions:
                if country(record) == code:
                    del result["subdivisions"][text(record, "code")]
    return result
