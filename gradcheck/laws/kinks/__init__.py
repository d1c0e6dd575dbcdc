"""kinks: where the slopes on both sides differ, the gradient lies between them."""

from gradcheck.laws.kinks.law import LAW as LAW
