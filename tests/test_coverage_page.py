"""docs/coverage.md names a test or recorded program for every symbol and argument of the four reference pages, and is current."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from golden import coverage


def test_every_symbol_is_covered() -> None:
    found = coverage.covered()
    assert [symbol for symbols in found.values() for symbol, names in symbols.items() if not names] == []
    assert sum(len(symbols) for symbols in found.values()) > 100


def test_every_rule_has_a_test_that_is_there() -> None:
    assert coverage.without_test() == []
    assert set(coverage.RULES) == set(coverage.SYMBOLS)
    assert sum(len(rules) for rules in coverage.RULES.values()) > 40


def test_the_page_names_every_symbol() -> None:
    """Which tests are named may move when tests are added: `python tests/golden/coverage.py` writes the page again."""
    page = coverage.PAGE.read_text("utf-8")
    for name, symbols in coverage.SYMBOLS.items():
        assert f"## {name}" in page
        for symbol in symbols:
            assert f"| {symbol} |" in page


def test_the_page_is_current() -> None:
    assert coverage.PAGE.read_text("utf-8") == coverage.text()
