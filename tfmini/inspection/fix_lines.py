"""Lines that a fix can change: the call of `get_variable`, the `with` lines around it, the lines that led to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..framework.provenance import Site, home_cell
from ..variables.scope import AUTO_REUSE as AUTO
from . import source_lines
from .replay import Edit, place_of, scopes_around
from .source_lines import Change, Found
from .words import leaf, parent

_REUSE = 8
_ASKING = ("get_variable", "get_local_variable")


@dataclass(frozen=True)
class Fix:
    """One thing to do, before it is tried.

    Attributes:
      kind: fixes of one kind replace one another: the first that keeps its promise is offered.
      promise: "made", or "shared" with `maker`, the number of the call whose variable it is.
      weights: what to say about the weights, when it is not told by the promise.
    """

    kind: str
    does: str
    edit: Edit
    change: Change | None
    promise: str
    maker: int = 0
    costs: str = ""
    weights: str = ""
    site: Site | None = None


class Case:
    """A request with the lines through which it came."""

    def __init__(self, graph: Any, request: Any) -> None:
        self.graph = graph
        self.request = request
        self.scopes = scopes_around(request)
        self.maker = request.found
        self.site: Site | None = request.sites[0] if request.sites else None
        self.call = self._call()
        maker = request.found
        shared = (
            [] if maker is None else [*maker.sites, *(site for each in scopes_around(maker) for site in each.sites)]
        )
        # lines of the making call in this same run: a change there changes both calls
        self.shared_lines = {place_of(site) for site in shared}

    def _call(self) -> Found | None:
        asked = self.request.asked if isinstance(self.request.asked, str) else None
        return None if self.site is None else source_lines.find_call(self.site.file, self.site.line, _ASKING, asked)

    @property
    def tf(self) -> str:
        """How this program writes the library's names: `tf.`."""
        if self.call is not None and self.call.module:
            return self.call.module
        return "tf." if self.site is None else source_lines.module_of(self.site.file)

    def is_shared(self, site: Site | None) -> bool:
        """Says whether a line also led to the call that made the variable: in this run, or as part of a function of another cell."""
        if site is None or place_of(site) in self.shared_lines:
            return True
        home = home_cell(site)
        elsewhere = home is not None and site.cell is not None and home is not site.cell
        return elsewhere and any(place_of(site)[:2] == each[:2] for each in self.shared_lines)

    def with_lines(self) -> Iterator[tuple[Any, Site, Found | None]]:
        """Yields the scope entries around the request, innermost first, with their line and its call of `variable_scope`."""
        for entry in reversed(self.scopes):
            if entry.sites:
                site = entry.sites[0]
                yield entry, site, source_lines.find_call(site.file, site.line, ("variable_scope",), leaf(entry.given))

    def named_lines(self) -> Iterator[tuple[Any, Site, Found]]:
        """Yields those of `with_lines` whose call can be read and has a name or scope: a default name cannot be reused."""
        for entry, site, found in self.with_lines():
            given = None if found is None else found.argument("name_or_scope", 0)
            is_none = isinstance(given, ast.Constant) and given.value is None
            if found is not None and given is not None and not is_none:
                yield entry, site, found

    def stored(self) -> dict[str, Any]:
        """Returns the calls that made a variable before this one, by the name in the store."""
        found: dict[str, Any] = {}
        for each in self.graph.journal.requests:
            if (
                each.number < self.request.number
                and each.variable is not None
                and not each.verdict.startswith("SHARED")
            ):
                found.setdefault(each.name, each)
        return found

    # ---- edits

    def in_call(self, **values: Any) -> Edit:
        """Returns the edit of the line that asks."""
        assert self.site is not None
        return Edit("request", frozenset((place_of(self.site),)), {"only": self.request.asked, **values})

    def at(self, site: Site, kind: str, **values: Any) -> Edit:
        """Returns an edit of another line."""
        return Edit(kind, frozenset((place_of(site),)), values)

    def free_name(self, name: str) -> str:
        """Returns `name_2`, `name_3`, ...: the first under which no variable and no scope stands."""
        outer = parent(self.request.name)
        journal = self.graph.journal
        names = {each.name for each in journal.requests if each is not self.request and isinstance(each.name, str)}
        taken = names | {each.name for each in journal.entries}
        index = 2
        while any(
            each == f"{prefix}{name}_{index}" or each.startswith(f"{prefix}{name}_{index}/")
            for each in taken
            for prefix in {"", *(("/".join(outer.split("/")[:n]) + "/") for n in range(1, outer.count("/") + 2))}
        ):
            index += 1
        return f"{name}_{index}"

    # ---- fixes that several verdicts have

    def share_here(self, maker: int) -> Iterator[Fix]:
        """Yields ways to find the variable: reuse on a `with` line, or around the line that asks."""
        for entry, site, found in self.named_lines():
            if self.is_shared(site) or entry.reuse_given:
                continue
            change = source_lines.set_argument(found, "reuse", _REUSE, "True")
            yield Fix("share", "share it", self.at(site, "scope", reuse=True), change, "shared", maker, site=site)
            break
        yield from self._share_by_parameter(maker)
        for site in self.request.sites:
            if not self.is_shared(site):
                opener = f"with {self.tf}variable_scope({self.tf}get_variable_scope(), reuse=True):"
                change = source_lines.wrapped(site.file, site.line, opener)
                does = "share it" if change is not None else f"share it, inside {opener[:-1]}"
                yield Fix("share", does, self.at(site, "wrap", reuse=True), change, "shared", maker, site=site)
                break

    def _share_by_parameter(self, maker: int) -> Iterator[Fix]:
        """Yields ways to give `reuse` where the function around a `with` line is called."""
        for entry, site, found in self.named_lines():
            if len(entry.sites) < 2 or entry.reuse_given or self.is_shared(entry.sites[1]):
                continue
            caller = entry.sites[1]
            change = source_lines.set_parameter(found, "reuse", _REUSE, caller.file, caller.line, "True")
            if change is not None:
                edit = self.at(site, "scope", reuse=True, via=place_of(caller))
                yield Fix("share", "share it", edit, change, "shared", maker, site=caller)

    def other_name(self, **values: Any) -> Iterator[Fix]:
        """Yields ways to make a second variable: another scope name, or another name in the call."""
        for _, site, found in self.with_lines():
            name = source_lines.literal(found.argument("name_or_scope", 0)) if found is not None else None
            if found is None or not isinstance(name, str) or not name or self.is_shared(site):
                continue
            new = self.free_name(name)
            change = source_lines.set_argument(found, "name_or_scope", 0, quoted(new))
            yield Fix("name", "use another name", self.at(site, "scope", name=new, **values), change, "made", site=site)
        new = self.free_name(str(self.request.asked))
        does = "use another name"
        if self.call is not None and not self.is_shared(self.site):
            written = source_lines.literal(self.call.argument("name", 0))
            if written == self.request.asked:
                change = source_lines.set_argument(self.call, "name", 0, quoted(new))
                yield Fix("name", does, self.in_call(asked=new), change, "made", site=self.site)
        for entry, site, found in self.with_lines():
            name = source_lines.literal(found.argument("name_or_scope", 0)) if found is not None else None
            if (
                found is None
                or not isinstance(name, str)
                or "/" in name
                or entry.reuse_given
                or len(found.node.args) != 1
            ):
                continue
            change = source_lines.replace_node(found, found.node.args[0], f"None, {quoted(name)}")
            edit = self.at(site, "scope", default_name=name)
            yield Fix("name", "a scope of its own each time", edit, change, "made", site=site)
        if self.site is not None:
            alone = self.in_call(asked=new, call=self.request.number)
            yield Fix("name", f"use another name, {new}", alone, None, "made")

    def find_or_make(self, promise: str, maker: int = 0, costs: str = "") -> Iterator[Fix]:
        """Yields ways to find the variable or else make it: AUTO_REUSE on a `with` line, or around the line that asks."""
        does = "find it if it is there, else make it"
        for _, site, found in self.named_lines():
            change = source_lines.set_argument(found, "reuse", _REUSE, f"{found.module or self.tf}AUTO_REUSE")
            yield Fix("auto", does, self.at(site, "scope", reuse=AUTO), change, promise, maker, costs, site=site)
        for site in self.request.sites:
            opener = f"with {self.tf}variable_scope({self.tf}get_variable_scope(), reuse={self.tf}AUTO_REUSE):"
            change = source_lines.wrapped(site.file, site.line, opener)
            told = does if change is not None else f"{does}, inside {opener[:-1]}"
            yield Fix("auto", told, self.at(site, "wrap", reuse=AUTO), change, promise, maker, costs, site=site)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
