"""Programs are made once, and no more of them are kept than a bound."""

from threading import Barrier, Thread

import pytest

from gradcheck.oracles.jaxpr.bounded_cache import BoundedCache


def test_a_value_is_made_once():
    made, cache = [], BoundedCache(2)
    assert [cache.find("a", lambda: made.append(1) or len(made)) for _ in range(3)] == [1, 1, 1]


def test_none_is_a_value_like_others():
    made, cache = [], BoundedCache(2)
    assert [cache.find("a", lambda: made.append(1)) for _ in range(3)] == [None] * 3
    assert len(made) == 1


def test_beyond_the_bound_the_oldest_is_forgotten():
    cache = BoundedCache(2)
    for key in "abc":
        cache.find(key, lambda key=key: key)
    assert len(cache) == 2
    assert [cache.find(key, lambda: "anew") for key in "bca"] == ["b", "c", "anew"]


def test_what_raises_is_not_kept():
    cache = BoundedCache(2)
    with pytest.raises(ZeroDivisionError):
        cache.find("a", lambda: 1 / 0)
    assert cache.find("a", lambda: 1) == 1


def test_threads_share_it_within_its_bound():
    cache, together, wrong = BoundedCache(8), Barrier(4), []

    def work():
        together.wait()
        for i in range(2000):
            if cache.find(i % 32, lambda i=i: i % 32) != i % 32:
                wrong.append(i)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(cache) == 8
