"""Counts what programs about scopes reach in tfmini: every place that raises, and every verdict on a request.

A comparison proves something only about what it reaches. The places are read from the source: each `raise` in the room of variables
and in the parts of the framework that know about scopes.
"""

from __future__ import annotations

import ast
import collections
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FRAMEWORK = ("open_scopes.py", "op_scope.py", "naming.py", "contexts.py")
VERDICTS = (
    "MADE",
    "MADE_AUTO",
    "MADE_RENAMED",
    "SHARED",
    "SHARED_AUTO",
    "SHARED_ARGS_IGNORED",
    "GETTER_REPLACED",
    "REFUSED_EXISTS",
    "REFUSED_EXISTS_RERUN",
    "REFUSED_MISSING",
    "REFUSED_MISSING_PREFIX",
    "REFUSED_MISSING_OTHER_KIND",
    "REFUSED_MISSING_SLOT",
    "REFUSED_SHAPE",
    "REFUSED_DTYPE",
    "REFUSED_PARTITION",
    "REFUSED_NO_SHAPE",
    "REFUSED_CONST_SHAPE",
    "REFUSED_INITIALIZER",
    "REFUSED_INIT_DTYPE",
)


def places(package: Path) -> dict[tuple[str, int], tuple[int, str]]:
    """Returns (file, first line) -> (last line, text) of each `raise` that says what is raised."""
    files = [*sorted((package / "variables").glob("*.py")), *(package / "framework" / name for name in _FRAMEWORK)]
    found = {}
    for path in files:
        text = path.read_text("utf-8")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Raise) and node.exc is not None:
                shown = " ".join(line.strip() for line in lines[node.lineno - 1 : node.end_lineno])
                found[str(path), node.lineno] = (node.end_lineno or node.lineno, shown[:110])
    return found


class Reach:
    """What was reached so far.

    Args:
      tfmini: the package.

    Attributes:
      raised: how often an error came from each place. verdicts: how often each was given. requests: how many were compared, short_ways: how
        many of them took the short way.
    """

    def __init__(self, tfmini: Any) -> None:
        self._tfmini = tfmini
        self._package = Path(tfmini.__file__).parent
        self._places = places(self._package)
        self._by_line = {
            (file, line): (file, first)
            for (file, first), (last, _) in self._places.items()
            for line in range(first, last + 1)
        }
        self.raised: collections.Counter[tuple[str, int]] = collections.Counter()
        self.verdicts: collections.Counter[str] = collections.Counter()
        self.requests = 0
        self.short_ways = 0

    def error(self, error: BaseException) -> None:
        """Counts the place at which an error was raised."""
        trace = error.__traceback__
        place = None
        while trace is not None:
            place = self._by_line.get((trace.tb_frame.f_code.co_filename, trace.tb_lineno), place)
            trace = trace.tb_next
        if place is not None:
            self.raised[place] += 1

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Counts the verdicts in the graphs that are made inside."""
        graphs: list[Any] = []
        make = self._tfmini.Graph.__init__

        def remember(graph: Any, *args: Any, **kwargs: Any) -> None:
            make(graph, *args, **kwargs)
            graphs.append(graph)

        self._tfmini.Graph.__init__ = remember
        try:
            yield
        finally:
            self._tfmini.Graph.__init__ = make
            for graph in graphs:
                self.verdicts.update(request.verdict for request in graph.journal.requests)

    def report(self, least: int = 20) -> list[str]:
        """Returns the counts as lines, the rarest places first; then how many there are, the smallest count, and what is under `least`."""
        lines = [f"{self.verdicts[each]:7d}  {each}" for each in VERDICTS]
        lines += [f"{count:7d}  {each} (not listed)" for each, count in self.verdicts.items() if each not in VERDICTS]
        places = {place: f"{Path(place[0]).relative_to(self._package).as_posix()}:{place[1]}" for place in self._places}
        for place in sorted(self._places, key=lambda each: (self.raised[each], each)):
            lines.append(f"{self.raised[place]:7d}  {places[place]}  {self._places[place][1]}")
        lines.append(_rare("verdicts", {each: self.verdicts[each] for each in VERDICTS}, least))
        lines.append(_rare("places that raise", {places[each]: self.raised[each] for each in self._places}, least))
        lines.append(
            f"{self.requests} requests for variables, each with TensorFlow's outcome beside the verdict; {self.short_ways} of them "
            "took the short way of sharing"
        )
        return lines


def _rare(what: str, counts: dict[str, int], least: int) -> str:
    rare = [name for name, count in counts.items() if count < least]
    return (
        f"{len(counts)} {what}, the rarest reached {min(counts.values())} times; reached less than {least} times: "
        f"{', '.join(rare) or 'none'}"
    )
