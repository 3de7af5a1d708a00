"""Sixteen processes, one daemon: loads, queries, changes and verifies 13,000 real records over one small pool of connections."""

import argparse
import importlib.util
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import plan
import report
import source
from daemon import Daemon
from engine import DemoFailure
from fleet import PHASES, Fleet
from source import COLLECTIONS
from verifier import faults

ROOT = Path(__file__).resolve().parent.parent
PAGE_SIZE = 500
TOLD_FAULTS = 20
"""So many records that are off are named; the others are counted."""

HELP = """
Half of the processes run Python, half run Swift; each has its own connection to the daemon, and all go through
the same phases at the same time:

  connect   all connect, and define both repositories: languages and subdivisions of Debian's iso-codes
  load      each creates its share, a record a request
  query     by code, by prefix pattern, by range, in order with pages; every answer is held against the source files
  update    each sets two fields in a quarter of its records
  delete    extinct languages one by one, a country's subdivisions at once
  verify    this program reads every record and holds it against the source files

The exit code is 0 when everything was exactly as the source files say, 1 when one record was off, 2 when the demo could not run.

  make demo                                  all of it, from a fresh clone
  make demo BACKEND=mongodb                  the same on SecantusDB, a server that speaks MongoDB's protocol
  make demo DEMO_FLAGS='--processes 64'      more processes, the same few engine connections
  make demo DEMO_FLAGS=--json | tail -1      figures for scripts
"""


class Screen:
    """What a person sees; with `--json`, nothing until the end."""

    def __init__(self, is_quiet: bool) -> None:
        self.is_quiet = is_quiet
        self.has_colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def say(self, text: str = "") -> None:
        if not self.is_quiet:
            print(text, flush=True)

    def strong(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.has_colour else text

    def judged(self, text: str, is_good: bool) -> str:
        return f"\x1b[{32 if is_good else 31}m{text}\x1b[0m" if self.has_colour else text


def measure(fleet: Fleet, screen: Screen) -> Tuple[List[report.PhaseFigures], List[str]]:
    """All phases, one after the other, each by all processes at once; a row for each and one for all, and what failed."""
    rows: List[report.PhaseFigures] = []
    failures: List[str] = []
    times: List[float] = []
    screen.say(screen.strong(report.HEADING))
    for phase in PHASES:
        begun = time.perf_counter()
        results = fleet.run(phase)
        seconds = time.perf_counter() - begun
        rows.append(report.figures(phase, report.together(results), seconds))
        times += report.together(results)
        failures += [failure for result in results for failure in result.failures]
        screen.say(report.row(rows[-1]))
    rows.append(report.figures("all", times, sum(each.seconds for each in rows)))
    screen.say(screen.strong(report.row(rows[-1])))
    return rows, failures


def verify(socket: Path, records: source.Source, processes: int, spoil: bool) -> Tuple[int, List[str], Dict[str, object]]:
    """Reads every record and holds it against the source.

    Answers how many there must be, a line for each that is off, and the daemon's counters.
    Raises DemoFailure when the daemon does not answer.
    """
    import sluice  # Here, so that --help needs nothing.

    expected = plan.final(records, processes)
    off: List[str] = []
    try:
        with sluice.connect(str(socket)) as client:
            stats = client.stats()
            for collection in COLLECTIONS:
                repository = client.repository(collection.repository)
                wanted = expected[collection.repository]
                if spoil and collection is source.LANGUAGES:
                    repository.save({"name": "spoiled"}, {collection.key: next(iter(wanted))})
                off += faults(collection.repository, repository.scan({}, page_size=PAGE_SIZE), wanted, collection.key)
    except sluice.Error as error:
        raise DemoFailure(f"the records cannot be verified: {error}") from error
    return sum(len(wanted) for wanted in expected.values()), off, stats


def run(options: argparse.Namespace) -> int:
    if importlib.util.find_spec("sluice") is None:
        raise DemoFailure("the Python client is not to be found: 'make demo' takes it from clients/python")
    screen = Screen(is_quiet=options.json)
    records = source.read(options.source, options.every)
    with Daemon(options.programs / "sluiced", options.backend) as daemon:
        worker = options.programs / "sluice-demo-worker"
        with Fleet(options.processes, daemon.socket, worker, options.source, options.every) as fleet:
            swift = options.processes // 2
            screen.say(
                f"{options.processes} processes, {options.processes - swift} Python and {swift} Swift, on one daemon with the "
                f"{options.backend} engine: {report.counted(len(records))} records of {options.source}\n"
            )
            rows, failures = measure(fleet, screen)
            verified, off, stats = verify(daemon.socket, records, options.processes, options.spoil)
    use = report.EngineUse.read(stats)
    off = failures + off
    if options.json:
        print(json.dumps(report.as_data(options.processes, options.backend, rows, use, verified, off)))
    screen.say()
    for line in use.lines(options.processes):
        screen.say(line)
    verdict = f"{report.counted(len(off))} off" if off else "every one exactly as the source files say"
    screen.say("records verified          " + screen.judged(f"{report.counted(verified)}, {verdict}", not off))
    for line in off[:TOLD_FAULTS]:
        screen.say("  " + line)
    if len(off) > TOLD_FAULTS:
        screen.say(f"  and {len(off) - TOLD_FAULTS} more")
    return 1 if off else 0


def parser() -> argparse.ArgumentParser:
    def whole(text: str) -> int:
        number = int(text)
        if not 1 <= number <= 256:
            raise argparse.ArgumentTypeError("a number from 1 to 256")
        return number

    result = argparse.ArgumentParser(
        prog="demo.py", description=__doc__, epilog=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    result.add_argument("--processes", type=whole, default=16, metavar="N", help="how many processes (16)")
    result.add_argument("--every", type=whole, default=1, metavar="K", help="only each Kth record of the source, for a quick look (1: all)")
    result.add_argument(
        "--backend", default=os.environ.get("BACKEND") or "sqlite", metavar="ENGINE",
        help="the engine: sqlite, or mongodb or dynamodb on a real server of the demo's own; the variable BACKEND says the same (sqlite)",
    )
    result.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    result.add_argument(
        "--source", type=Path, default=Path("/usr/share/iso-codes/json"), metavar="FOLDER", help="the JSON files of iso-codes (%(default)s)"
    )
    result.add_argument(
        "--programs", type=Path, default=ROOT / ".build/release", metavar="FOLDER",
        help="where sluiced and sluice-demo-worker are (.build/release)",
    )
    # Shows that a record that is off is found: one is changed behind the demo's back.
    result.add_argument("--spoil", action="store_true", help=argparse.SUPPRESS)
    return result


def main(arguments: Optional[List[str]] = None) -> int:
    options = parser().parse_args(arguments)
    # The daemon and the workers are ended in order on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(options)
    except DemoFailure as failure:
        print(f"demo: {failure}", file=sys.stderr)
    except FileNotFoundError as error:
        print(f"demo: {error.filename} is not there; 'make demo' installs and builds what is missing", file=sys.stderr)
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
