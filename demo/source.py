"""The real input: Debian's iso-codes, languages and country subdivisions, as the JSON files have them."""

import json
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

Record = Dict[str, object]
"""A record, and a line of a source file: both are maps. The source's values are all strings."""


class Collection(NamedTuple):
    """A source file and the repository that it becomes."""

    repository: str
    file: str
    list_key: str
    """Under which the file keeps its list."""
    key: str
    """The field with the code, the repository's `hashKey`."""
    index: Tuple[str, ...]
    """The compound index. It is not unique, so that every engine can keep it."""

    @property
    def definition(self) -> Dict[str, object]:
        return {"name": f"demo-{self.repository}", "hashKey": self.key, "indexes": [{"fields": list(self.index)}]}


LANGUAGES = Collection("languages", "iso_639-3.json", "639-3", "alpha_3", ("scope", "name"))
SUBDIVISIONS = Collection("subdivisions", "iso_3166-2.json", "3166-2", "code", ("type", "name"))
COLLECTIONS = (LANGUAGES, SUBDIVISIONS)


class Source(NamedTuple):
    """What was read, in the order of the files."""

    languages: List[Record]
    subdivisions: List[Record]

    def of(self, collection: Collection) -> List[Record]:
        return self.languages if collection is LANGUAGES else self.subdivisions

    def __len__(self) -> int:  # type: ignore[override]
        return len(self.languages) + len(self.subdivisions)


def read(folder: Path, every: int = 1) -> Source:
    """Reads both files; `every` 10 takes the first record of each ten.

    Raises OSError for a file that is not there, and ValueError or KeyError for one that is not what iso-codes ships.
    """

    def records(collection: Collection) -> List[Record]:
        with open(folder / collection.file, encoding="utf-8") as file:
            return list(json.load(file)[collection.list_key])[::every]

    return Source(records(LANGUAGES), records(SUBDIVISIONS))
