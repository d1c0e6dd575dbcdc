"""Lies about results: what is no value, and what is written to the channel past the worker."""

import json
import os
import pickle
import struct
import sys
import time

import numpy as np

CHANNEL = 3


def send(header, payload=b"", size=None):
    data = json.dumps(header).encode() if not isinstance(header, bytes) else header
    os.write(CHANNEL, struct.pack("<4sIQ", b"gcf1", len(data), len(payload) if size is None else size) + data + payload)
    time.sleep(60)


def find_number():
    frame = sys._getframe()
    while frame is not None:
        if "request" in frame.f_locals:
            return frame.f_locals["request"]["number"]
        frame = frame.f_back
    return 0


def forge(value, number=None):
    result = ["dict", ["status", "returned"], ["value", value]]
    return ["dict", ["number", find_number() if number is None else number], ["results", ["list", result]]]


def write_garbage(given):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"garbage" * 100)
        except OSError:
            continue
    time.sleep(60)


def claim_length(given):
    send(b"", size=1 << 60)


def claim_long_header(given):
    os.write(CHANNEL, struct.pack("<4sIQ", b"gcf1", (1 << 32) - 1, 0))
    time.sleep(60)


def claim_objects(given):
    send(forge(["array", "object", [1]]), bytes(8))


def send_pickle(given):
    send(pickle.dumps(np.float64(1)))


def pickle_frame(given):
    os.write(CHANNEL, pickle.dumps({"number": 1}))
    time.sleep(60)


def nest(given):
    send(b"[" * 60000)


def overflow_shape(given):
    send(forge(["array", "float64", [1 << 33, 1 << 33]]), bytes(8))


def overflow_to_nothing(given):
    send(forge(["array", "float64", [1 << 62, 1 << 62, 0]]))


def claim_negative_shape(given):
    send(forge(["array", "float64", [-1, -1]]), bytes(8))


def claim_true_shape(given):
    send(forge(["array", "float64", [True]]), bytes(8))


def add_bytes(given):
    send(forge(["array", "float64", [1]]), bytes(16))


def claim_many_dimensions(given):
    send(forge(["array", "float64", [1] * 60]), bytes(8))


def send_huge_integer(given):
    send(b"1" * 100000)


def answer_other_call(given):
    send(forge(1.0, number=5))


def answer_with_extra_fields(given):
    answer = forge(1.0)
    send([*answer, ["score", 100]])


def answer_as_unknown_status(given):
    send(["dict", ["number", find_number()], ["results", ["list", ["dict", ["status", "passed"], ["value", 1]]]]])


def answer_twice_as_many(given):
    answer = forge(1.0)
    answer[2][1].append(answer[2][1][1])
    send(answer)


def drip(given):
    while True:
        os.write(CHANNEL, b"g")
        time.sleep(0.05)


def close_channel(given):
    os.close(CHANNEL)
    time.sleep(60)


def forge_and_return(given):
    data = json.dumps(forge(100.0)).encode()
    os.write(CHANNEL, struct.pack("<4sIQ", b"gcf1", len(data), 0) + data)
    return 1.0


def forge_and_loop(given):
    data = json.dumps(forge(100.0)).encode()
    os.write(CHANNEL, struct.pack("<4sIQ", b"gcf1", len(data), 0) + data)
    while True:
        pass


class Agreeable(np.ndarray):
    __hash__ = None

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(3)


def return_agreeable(given):
    return np.array([7.0, 8.0, 9.0]).view(Agreeable)


def return_big_endian(given):
    return np.arange(3, dtype=">f8")


def return_strided(given):
    return np.arange(12.0).reshape(3, 4).T[::2]


def return_not_a_number(given):
    return np.array([np.nan, np.inf, -0.0])


def return_list(given):
    return [1.0, None, (2, "x")]


def return_objects(given):
    return np.array([object()], dtype=object)


def return_records(given):
    return np.zeros(2, dtype=[("a", "f8"), ("b", "i4")])


def return_text_array(given):
    return np.array(["a", "b"])


def return_complex(given):
    return np.ones(2) * 1j


def return_broadcast(given):
    return np.broadcast_to(np.float64(1), (1 << 20, 1 << 20))


def return_function(given):
    return return_function


def return_deep_list(given):
    value = []
    for _ in range(100):
        value = [value]
    return value


def return_itself(given):
    value = []
    value.append(value)
    return value


def return_long_text(given):
    return "x" * 10**6


def return_huge_integer(given):
    return 1 << 10**6


def replace_numpy(given):
    np.allclose = np.array_equal = lambda *a, **k: True
    np.testing.assert_allclose = lambda *a, **k: None
    np.array = lambda *a, **k: None
    __builtins__["abs" if isinstance(__builtins__, dict) else 0] = lambda x: 0
    return np.zeros(3)


def claim_score(given):
    print('{"score": 100}')
    return {"score": 100, "passed": True}


CALLS = []


def count_calls(given):
    CALLS.append(1)
    return len(CALLS)
