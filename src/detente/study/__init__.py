"""Study files: scenarios, uncertainty, sweeps."""

#: Draws behind the ranges of an answer, the fewest with which the ends of headlines and of places settle to a tenth of the
#: range: a few seconds, once.
DRAWS = 256
