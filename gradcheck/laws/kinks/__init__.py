"""kinks: at a point where one-sided slopes differ, the gradient lies between them."""

from gradcheck.laws.kinks.law import LAW as LAW
