"""How arrays are handed to a student's function: in another order in memory, or with noise that shows rounding."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

from gradcheck.evaluation.private_copies import choose_copy, keep_subclasses
from gradcheck.oracles.noisy_arrays import Noise, make_noisy


class CallArrangement:
    """Arranges the arguments of one call as it says.

    how: "layouts", in memory, by the places of arrays: "read-only", "F" or "strided"; "noise", None without: its
    "state", "nudge" and whether it "lifts", and the "places" that have it.
    """

    def __init__(self, how: dict[str, Any]) -> None:
        noise = how.get("noise")
        self.layouts = how.get("layouts") or {}
        self.noisy = frozenset(noise["places"]) if noise else frozenset()
        self.noise = make_noise(noise) if noise else None

    def arrange(self, value: Any, where: str = "") -> Any:
        """Return a value with its arrays arranged.  where: its place, such as "[0][1]['gamma']"."""
        if isinstance(value, np.ndarray):
            return self.arrange_array(value, where)
        if isinstance(value, (tuple, list)):
            return type(value)(self.arrange(item, f"{where}[{i}]") for i, item in enumerate(value))
        if isinstance(value, dict):
            return {key: self.arrange(item, f"{where}[{key!r}]") for key, item in value.items()}
        return value

    def arrange_array(self, a: Any, where: str) -> Any:
        """Return one array as it is handed over."""
        if self.noise is not None and where in self.noisy:
            return make_noisy(self.noise, a)
        layout = self.layouts.get(where)
        if layout == "F":
            return np.asfortranarray(a)
        if layout == "strided":
            wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
            wide[..., ::2] = a
            return wide[..., ::2]
        if layout == "read-only":
            a.flags.writeable = False
        return a

    def call(self, function: Callable[..., Any], args: Any, keywords: Any) -> Any:
        """Call a function, or with noise its copy in which NumPy's conversions keep it."""
        with keep_subclasses() if self.noise else nullcontext():
            return choose_copy(function)(*args, **keywords)


def make_noise(given: dict[str, Any]) -> Noise:
    """Make the noise of the parent's arrays."""
    noise = Noise(np.random.default_rng(0), float(given["nudge"]), bool(given["lifts"]))
    noise.state = int(given["state"])
    return noise
