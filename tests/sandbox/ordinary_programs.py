"""What submissions do that are honest: NumPy and the standard library.  Sent to workers as it is; each returns True."""

import collections
import contextlib
import copy
import dataclasses
import datetime
import functools
import io
import itertools
import json
import math
import os
import pickle
import random
import re
import sys
import textwrap
import time
import traceback
import warnings

import numpy as np


def solve(given):
    a = np.random.default_rng(0).normal(size=(120, 120))
    u, s, v = np.linalg.svd(a)
    q, r = np.linalg.qr(a)
    w = np.linalg.eigvalsh(a @ a.T)
    right = np.allclose(u * s @ v, a) and np.allclose(q @ r, a) and np.allclose(np.sort(s**2), w)
    return bool(right and np.allclose(a @ np.linalg.solve(a, np.ones(120)), 1) and np.isfinite(np.linalg.det(a)))


def transform(given):
    x = np.arange(64.0).reshape(8, 8)
    return bool(np.allclose(np.fft.irfft2(np.fft.rfft2(x), x.shape), x) and np.allclose(np.fft.ifft(np.fft.fft(x)), x))


def contract(given):
    a, b = np.ones((3, 4)), np.ones((4, 5))
    return np.einsum("ij,jk->ik", a, b, optimize=True).shape == np.tensordot(a, b, 1).shape == (3, 5)


def draw(given):
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    rng = np.random.RandomState(2)
    return bool(np.random.rand(3).shape == rng.permutation(3).shape and 0 <= random.random() < 1 and os.urandom(4))  # noqa: NPY002


def window(given):
    x = np.lib.stride_tricks.sliding_window_view(np.arange(9.0), 3)
    return bool(np.ma.masked_less(x, 2).sum() > 0 and np.polynomial.Polynomial([1, 2])(2.0) == 5)


def compare(given):
    import unittest.mock

    np.testing.assert_allclose(np.ones(3), np.ones(3))
    with contextlib.suppress(AssertionError):
        np.testing.assert_array_equal(np.ones(3), np.zeros(3))
        return False
    return bool(unittest.mock)


def keep_in_memory(given):
    buffer = io.BytesIO()
    np.savez(buffer, a=np.ones(3))
    buffer.seek(0)
    copied = pickle.loads(pickle.dumps(copy.deepcopy(np.ones(2))))
    return bool(np.load(buffer)["a"].sum() == 3 and copied.sum() == 2)


@dataclasses.dataclass
class Layer:
    weights: np.ndarray
    name: str = "affine"


def use_the_standard_library(given):
    Counted = collections.namedtuple("Counted", "a b")
    words = re.findall(r"\w+", textwrap.dedent("  some words"))
    joined = functools.reduce(lambda a, b: a + b, itertools.chain([1], [2]))
    now, started = datetime.datetime.now(), time.perf_counter()
    time.sleep(0.001)
    layer = dataclasses.replace(Layer(np.ones(1)), name=json.dumps({"a": Counted(1, 2)}))
    return bool(words and joined == 3 and now.year and time.perf_counter() > started and layer.name and math.pi)


def warn(given):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        np.log(np.zeros(1))
    try:
        raise ValueError("told")
    except ValueError:
        text = traceback.format_exc()
    print(sys.version, file=sys.stderr)
    return len(caught) == 1 and "ordinary_programs.py" in text and "raise ValueError" in text


def read_late(given):
    import asyncio
    import csv
    import inspect
    import logging
    import multiprocessing
    import platform
    import threading

    logging.getLogger("x").warning("told")
    return bool(
        platform.machine()
        and platform.system() == "Linux"
        and asyncio
        and csv
        and multiprocessing
        and threading.Lock()
        and inspect.getsource(Layer)
    )


def choose_types(given):
    x = np.linspace(0, 1, 1000, dtype=np.float32).astype(np.float16)
    y = np.sort(x)[::-1]
    return bool(np.unique(y).size and np.convolve(x, x).size and np.where(x > 0.5, x, 0).dtype == np.float16)


PROGRAMS = (
    *("solve", "transform", "contract", "draw", "window", "compare", "keep_in_memory", "use_the_standard_library"),
    *("warn", "read_late", "choose_types"),
)
