"""A queue of submissions before many workers, simulated event by event from service times that were measured."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Values

HOUR = 3600.0


@dataclass(frozen=True)
class Service:
    """What was measured: seconds of each submission, and those that a worker needs before its first."""

    seconds: Values
    opening: float


@dataclass(frozen=True)
class Outcome:
    """What came of a simulated class.

    makespan: hours from the first arrival to the last result.  used: the share of that in which workers worked.
    waits: minutes from handing in to the result: the median, and the percentiles 95 and 99; most.
    """

    makespan: float
    used: float
    waits: tuple[float, float, float, float]


def arrive_at_once(count: int, rng: np.random.Generator) -> Values:
    """All submissions are there at the deadline."""
    return np.zeros(count)


def arrive_before_deadline(count: int, rng: np.random.Generator) -> Values:
    """Seconds at which submissions are handed in during three days: the more, the nearer the deadline is, with a mean
    distance of six hours."""
    span, mean = 72 * HOUR, 6 * HOUR
    before = -mean * np.log1p(-rng.random(count) * -np.expm1(-span / mean))  # exponential, cut off at the span
    return np.sort(span - before)


ARRIVALS: dict[str, Callable[[int, np.random.Generator], Values]] = {
    "all at the deadline": arrive_at_once,
    "in three days before it": arrive_before_deadline,
}


def simulate(
    service: Service, workers: int, arrivals: Values, rng: np.random.Generator, death_rate: float = 0.0
) -> Outcome:
    """Simulate a queue: each submission goes to the first worker that is free, in the order of arrival.

    death_rate: the share of submissions on which a worker dies; then a new one opens and audits it again.
    """
    seconds = rng.choice(service.seconds, len(arrivals))
    deaths = rng.random(len(arrivals)) < death_rate
    seconds = seconds + deaths * (service.opening + seconds * rng.random(len(arrivals)))
    free = [service.opening] * workers
    done = np.empty(len(arrivals))
    for i, (arrival, length) in enumerate(zip(arrivals, seconds, strict=True)):
        done[i] = max(heapq.heappop(free), arrival) + length
        heapq.heappush(free, done[i])
    span = done.max() - arrivals[0]
    waits = np.append(np.percentile(done - arrivals, [50, 95, 99]), (done - arrivals).max()) / 60
    return Outcome(float(span / HOUR), float(seconds.sum() / (workers * span)), tuple(map(float, waits)))  # type: ignore[arg-type]
