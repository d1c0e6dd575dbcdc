"""The simulated queue before many workers gives what can be calculated by hand."""

from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
COUNT = 1000


@pytest.fixture(scope="module")
def queue():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import queue_simulation

        yield queue_simulation


def simulate(queue, workers, arrival="all at the deadline", seconds=(36.0,), opening=0.0, death_rate=0.0):
    rng = np.random.default_rng(0)
    arrivals = queue.ARRIVALS[arrival](COUNT, rng)
    return queue.simulate(queue.Service(np.array(seconds), opening), workers, arrivals, rng, death_rate)


@pytest.mark.parametrize("workers", [1, 10, COUNT])
def test_equal_submissions_are_shared_out_equally(queue, workers):
    outcome = simulate(queue, workers)
    assert outcome.makespan == pytest.approx(COUNT * 36 / workers / queue.HOUR)
    assert outcome.used == pytest.approx(1)
    assert outcome.waits[-1] == pytest.approx(60 * outcome.makespan)


def test_nobody_waits_for_a_worker_where_there_are_enough(queue):
    outcome = simulate(queue, COUNT, "in three days before it")
    assert outcome.waits == pytest.approx([0.6] * 4)
    assert outcome.makespan < 73
    assert outcome.used < 0.01


def test_deaths_and_opening_cost_time(queue):
    usual = simulate(queue, 10)
    assert simulate(queue, 10, opening=60.0).makespan == pytest.approx(usual.makespan + 60 / queue.HOUR)
    assert usual.makespan < simulate(queue, 10, death_rate=0.1).makespan < 1.1 * usual.makespan


def test_arrivals_are_in_order_and_most_come_late(queue):
    arrivals = queue.arrive_before_deadline(COUNT, np.random.default_rng(0))
    assert (np.diff(arrivals) >= 0).all()
    assert 0 <= arrivals[0] < arrivals[-1] <= 72 * queue.HOUR
    late = np.mean(arrivals > (72 - 6 * np.log(2)) * queue.HOUR)
    assert abs(late - 0.5) < 5 * 0.5 / np.sqrt(COUNT)
