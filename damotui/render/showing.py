"""What of the aggregations a heat map shows."""

from __future__ import annotations

from enum import StrEnum


class Showing(StrEnum):
    """One way to look at the same time and memory."""

    FOUND = "found"
    """The access rates that monitoring has found."""
    TRUTH = "truth"
    """Those that a perfect monitor would have found (see `engine.truth`)."""
    DIFFERENCE = "difference"
    """What was found less the truth: from -1 to 1."""
    SORTED = "sorted"
    """What was found, in each row from the hottest memory to the coldest: how much there is of each."""

    @property
    def needs_truth(self) -> bool:
        """Whether the truth must be watched for it."""
        return self in (Showing.TRUTH, Showing.DIFFERENCE)
