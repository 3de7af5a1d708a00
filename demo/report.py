"""What was measured, for people and for scripts."""

import math
from typing import Dict, List, NamedTuple, Sequence

from fleet import PhaseResult


class PhaseFigures(NamedTuple):
    """One row of the table."""

    phase: str
    requests: int
    p50_microseconds: float
    p99_microseconds: float
    seconds: float
    """From the first request to the last answer of all processes."""

    @property
    def requests_per_second(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0


def figures(phase: str, microseconds: Sequence[float], seconds: float) -> PhaseFigures:
    times = sorted(microseconds)
    return PhaseFigures(phase, len(times), quantile(times, 0.5), quantile(times, 0.99), seconds)


def together(results: Sequence[PhaseResult]) -> List[float]:
    return [time for result in results for time in result.microseconds]


def quantile(times: Sequence[float], share: float) -> float:
    """The least time that so large a share did not exceed (nearest rank); 0 when there are none."""
    return times[max(0, math.ceil(share * len(times)) - 1)] if times else 0.0


def duration(microseconds: float) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return f"{microseconds / size:.3g} {unit}"
    return f"{microseconds:.0f} µs"


def counted(number: float) -> str:
    return f"{number:,.0f}"


HEADING = f"{'phase':<10}{'requests':>10}{'p50':>12}{'p99':>12}{'requests/s':>13}"


def row(figures: PhaseFigures) -> str:
    return (
        f"{figures.phase:<10}{counted(figures.requests):>10}{duration(figures.p50_microseconds):>12}"
        f"{duration(figures.p99_microseconds):>12}{counted(figures.requests_per_second):>13}"
    )


class EngineUse(NamedTuple):
    """What the daemon's `stats` say of its engine."""

    clients: int
    """Client connections that were accepted."""
    connections: int
    """Engine connections that are open."""
    most_busy: int
    """Engine connections that worked at the same time, at most."""
    writes: int
    write_batches: int
    largest_batch: int

    @classmethod
    def read(cls, stats: Dict[str, object]) -> "EngineUse":
        backends, batches = stats["backends"], stats["batches"]
        assert isinstance(backends, list) and isinstance(batches, dict) and isinstance(stats["connectionsAccepted"], int)
        writes = batches["writes"]
        return cls(
            stats["connectionsAccepted"], sum(backend["connections"] for backend in backends),
            sum(backend["mostBusy"] for backend in backends), writes["requests"], writes["count"], writes["largest"],
        )

    def lines(self, processes: int) -> List[str]:
        each = self.writes / self.write_batches if self.write_batches else 0.0
        return [
            f"engine connections used   {self.connections}, for {processes} processes; {self.most_busy} of them worked at once at most",
            f"writes in one round trip  {each:.1f} ({counted(self.writes)} in {counted(self.write_batches)}); {self.largest_batch} at most",
        ]


def as_data(
    processes: int, engine: str, rows: Sequence[PhaseFigures], use: EngineUse, verified: int, off: Sequence[str]
) -> Dict[str, object]:
    """The whole report as JSON can carry it."""
    return {
        "processes": processes, "engine": engine, "clientConnections": use.clients, "engineConnections": use.connections,
        "engineConnectionsMostBusy": use.most_busy, "writes": use.writes, "writeBatches": use.write_batches,
        "largestWriteBatch": use.largest_batch, "recordsVerified": verified, "off": list(off),
        "phases": [
            {
                "phase": each.phase, "requests": each.requests, "p50Microseconds": each.p50_microseconds,
                "p99Microseconds": each.p99_microseconds, "requestsPerSecond": each.requests_per_second, "seconds": each.seconds,
            }
            for each in rows
        ],
    }
