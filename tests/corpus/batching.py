"""A bias added to every row.  Wrong: its gradient is the mean times the number of rows, which for no rows is 0/0."""

from dataclasses import replace

from tests.corpus import contract


def by_mean(dy, cache):
    return dy.copy(), dy.mean(axis=0) * len(dy)


right = contract.right
wrong = replace(right, backward=by_mean)
