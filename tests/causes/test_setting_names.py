"""The name and the value of a setting tell what it is."""

import numpy as np
import pytest

from gradcheck.causes.catalogue import load_catalogue
from gradcheck.causes.setting_names import (
    IGNORED_BY,
    WITHOUT_EFFECT,
    are_height_and_width,
    are_window_and_stride,
    find_kind,
    is_share_of_dropout,
    list_number_settings,
    weighs_regularisation,
)


def test_numbers_are_told_from_truth_values_and_texts():
    settings = {"reg": 0.5, "stride": 2, "eps": np.float64(1e-5), "bias": True, "mode": "same", "axis": None}
    assert list_number_settings(settings) == {"reg": 0.5, "stride": 2.0, "eps": 1e-5}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("stride", "stride"),
        ("Padding", "pad"),
        ("dilation_h", "dilat"),
        ("hop", "stride"),
        ("pw", "pad"),
        ("alpha", ""),
    ],
)
def test_the_kind_is_a_word_in_the_name(name, kind):
    assert find_kind(name) == kind


def test_what_may_be_without_effect_has_a_cause_with_a_page():
    assert IGNORED_BY.keys() >= WITHOUT_EFFECT.keys()
    assert set(IGNORED_BY.values()) <= load_catalogue().keys()


def test_a_share_of_dropout_and_a_weight_of_a_regularisation_are_told_by_their_names():
    names = ("p", "dropout", "keep_prob", "reg", "weight_decay", "lam", "stride", "n_groups")
    assert [name for name in names if is_share_of_dropout(name)] == ["p", "dropout", "keep_prob"]
    assert [name for name in names if weighs_regularisation(name)] == ["reg", "weight_decay", "lam"]


@pytest.mark.parametrize("name", ["lambda_", "L2", "l2_reg", "l1_penalty", "wd", "weightDecay", "regularization"])
def test_the_weight_of_a_regularisation_has_many_names(name):
    assert weighs_regularisation(name)


@pytest.mark.parametrize("name", ["alpha", "beta", "fwd", "pool2", "label1", "region", "n_regions"])
def test_what_only_sounds_like_a_regularisation_weighs_none(name):
    assert not weighs_regularisation(name)


def test_a_window_and_its_stride_are_known_by_many_names():
    pairs = [("pool_size", "stride"), ("k", "s"), ("stride", "kernel")]
    assert all(are_window_and_stride(one, other) for one, other in pairs)
    assert not any(are_window_and_stride(one, other) for one, other in [("k", "pad"), ("sh", "sw"), ("n", "s")])


def test_height_and_width_are_known_by_many_names():
    pairs = [("H", "W"), ("sh", "sw"), ("kW", "kH"), ("pool_height", "pool_width")]
    assert all(are_height_and_width(a, b) for a, b in pairs)
    assert not any(are_height_and_width(a, b) for a, b in [("H", "H"), ("N", "D"), ("W", "wh")])
