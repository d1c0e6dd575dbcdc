"""Ways not to answer: to hang, to end, to print without end.  Sent to workers as it is; each is called with a dict."""

import atexit
import ctypes
import os
import signal
import sys
import time


def loop(given):
    while True:
        pass


def hold_the_lock(given):
    libc = ctypes.PyDLL(None)
    while True:
        libc.usleep(10**6)


def sleep(given):
    time.sleep(10**6)


def ignore_signals(given):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            continue
    while True:
        pass


class LoopingText(Exception):
    def __str__(self):
        while self:
            continue
        return ""


def raise_looping_text(given):
    raise LoopingText


def swallow_everything(given):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def segfault(given):
    ctypes.string_at(0)


def abort(given):
    os.abort()


def exit_at_once(given):
    os._exit(0)


def exit_politely(given):
    sys.exit(0)


def exit_and_hang(given):
    atexit.register(loop, given)
    sys.exit(0)


def end_thread(given):
    raise SystemExit


def stop_itself(given):
    os.kill(os.getpid(), signal.SIGSTOP)
    return True


def kill_itself(given):
    os.kill(os.getpid(), signal.SIGKILL)
    return True


def recurse(given):
    sys.setrecursionlimit(10**9)

    def deeper(n):
        return deeper(n + 1) + 1

    return deeper(0)


def read_input(given):
    return input()


def flood_output(given):
    while True:
        sys.stdout.write("x" * 65536)


def flood_errors(given):
    while True:
        sys.stderr.write("x" * 65536)


def flood_descriptor(given):
    while True:
        os.write(1, b"\x1b[2J" * 10000)


def raise_long_text(given):
    raise RuntimeError("x" * 10**7)


def raise_escapes(given):
    print("\x1b]0;title\x07\u202e<script>=cmd")
    raise RuntimeError("\x1b[31m<script>\u202e\r\n=cmd|' /C calc'!A0")


def raise_strange_type(given):
    raise type("\x1b[2J" + "x" * 10**5, (Exception,), {})("text")


def raise_memory_error(given):
    raise MemoryError


def interrupt(given):
    raise KeyboardInterrupt
