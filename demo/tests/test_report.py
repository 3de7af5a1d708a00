"""Figures and their look."""

import pytest

import report
from engine import DemoFailure, Engine
from fleet import PhaseResult


def test_quantiles_are_times_that_were_measured():
    times = [float(number) for number in range(1, 101)]
    assert (report.quantile(times, 0.5), report.quantile(times, 0.99)) == (50, 99)
    assert (report.quantile([7.0], 0.5), report.quantile([7.0], 0.99), report.quantile([], 0.5)) == (7, 7, 0)


def test_rows_add_up():
    results = [PhaseResult([3.0, 1.0], []), PhaseResult([2.0], [])]
    figures = report.figures("load", report.together(results), 0.5)
    assert (figures.requests, figures.p50_microseconds, figures.p99_microseconds, figures.requests_per_second) == (3, 2, 3, 6)
    assert len(report.row(figures)) == len(report.HEADING)


@pytest.mark.parametrize("microseconds, said", [(0, "0 µs"), (999, "999 µs"), (1430, "1.43 ms"), (27_600, "27.6 ms"), (2e6, "2 s")])
def test_durations(microseconds, said):
    assert report.duration(microseconds) == said


def test_engine_use_is_read_from_stats():
    stats = {
        "connectionsAccepted": 18,
        "backends": [{"name": "default", "connections": 5, "busy": 0, "mostBusy": 4}],
        "batches": {"reads": {}, "writes": {"count": 10, "requests": 105, "largest": 16}},
    }
    use = report.EngineUse.read(stats)
    assert use == report.EngineUse(18, 5, 4, 105, 10, 16)
    assert "5, for 16 processes; 4 of them" in use.lines(16)[0] and "10.5" in use.lines(16)[1]


def test_only_engines_that_are_there_are_configured(tmp_path):
    assert Engine("sqlite", tmp_path).database == {"dbName": "sqlite", "dbInfo": {}}
    assert Engine("mongodb", tmp_path).database["dbName"] == "mongodb" and Engine("dynamodb", tmp_path).database["dbName"] == "dynamodb"
    for engine in ("postgresql", "oracle"):
        with pytest.raises(DemoFailure, match=engine):
            Engine(engine, tmp_path)
