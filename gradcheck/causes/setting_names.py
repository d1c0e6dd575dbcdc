"""What a setting is, by its name and its value: a number, a stride, the share of dropout, the weight of a
regularisation."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

REGULARISATION = re.compile(r"reg(?!ion)\w*|lam\w*|l2\w*|l1|wd|decay|penalty", re.IGNORECASE)
"""Words in the names of settings that weigh a regularisation, as in weight_decay; alpha and beta weigh much else."""

WORDS_OF_A_NAME = re.compile(r"_|(?<=[a-z])(?=[A-Z])")
"""What stands between the words of a name."""

WITHOUT_EFFECT = {"stride": 1, "pad": 0, "dilat": 1, "group": 1}
"""The values at which settings with these words in their names have no effect."""

IGNORED_BY = {
    "stride": "stride-ignored",
    "pad": "padding-ignored",
    "dilat": "dilation-ignored",
    "group": "groups-ignored",
    "eps": "eps-missing",
    "margin": "margin-ignored",
    "delta": "margin-ignored",
}
"""The cause that a setting with one of these words in its name is ignored."""


LARGEST_EPS = 0.01
"""The largest number that keeps a denominator from zero; a larger one of the name eps is the width of a margin."""


KINDS_OF_SHORT_NAMES = {"s": "stride", "sh": "stride", "sw": "stride", "hop": "stride", "ph": "pad", "pw": "pad"}
"""What settings with short names are, by the words of IGNORED_BY."""

NAMES_OF_WINDOWS = re.compile(r"kernel|window|size|pool|^(k|kh|kw|hh|ww)$", re.IGNORECASE)
"""Names that people give to the length of a window."""


def find_kind(name: str) -> str:
    """Find the word of IGNORED_BY that says what a setting is by its name; "" where there is none."""
    return KINDS_OF_SHORT_NAMES.get(name.lower(), next((word for word in IGNORED_BY if word in name.lower()), ""))


def are_window_and_stride(one: str, other: str) -> bool:
    """Whether of two settings one is the length of a window, and the other its stride."""
    kinds = find_kind(one), find_kind(other)
    names = [name for name, kind in zip((one, other), kinds, strict=True) if kind != "stride"]
    return len(names) == 1 and NAMES_OF_WINDOWS.search(names[0]) is not None


def is_numeric(value: Any) -> bool:
    """Whether a setting is a number, and no truth value."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def list_number_settings(settings: Mapping[str, Any]) -> dict[str, float]:
    """Return the settings that are numbers."""
    return {name: float(value) for name, value in settings.items() if is_numeric(value)}


def is_share_of_dropout(name: str) -> bool:
    """Whether a setting of this name is the share that dropout keeps or drops."""
    return name.lower() in ("p", "prob", "rate", "ratio") or any(word in name.lower() for word in ("drop", "keep"))


def weighs_regularisation(name: str) -> bool:
    """Whether a setting of this name weighs a regularisation."""
    return any(REGULARISATION.fullmatch(word) for word in WORDS_OF_A_NAME.split(name))


def are_height_and_width(a: str, b: str) -> bool:
    """Whether two names are those of the two sides of an image or a window, such as H and W, sh and sw, or pool_height
    and pool_width."""
    short = [name.lower().replace("height", "h").replace("width", "w") for name in (a, b)]
    return short[0] != short[1] and short[0].replace("h", "w") == short[1].replace("h", "w")
