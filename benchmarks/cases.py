"""All cases, in the order of the table."""

from __future__ import annotations

from . import building, chains, elementwise, entering, lenet, lstm, training, words
from .case import Case

CASES: tuple[Case, ...] = (
    *entering.CASES,
    *chains.CASES,
    *building.CASES,
    *training.CASES,
    *words.CASES,
    *lstm.CASES,
    *lenet.CASES,
    *elementwise.CASES,
)

BY_NAME = {case.name: case for case in CASES}
