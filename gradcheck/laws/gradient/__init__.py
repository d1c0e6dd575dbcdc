"""gradient: backward agrees with the witnesses."""

from gradcheck.laws.gradient.law import LAW as LAW
