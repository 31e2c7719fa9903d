"""A training step of LeNet."""

from __future__ import annotations

CASES = ()
