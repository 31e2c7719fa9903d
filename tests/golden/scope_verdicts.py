"""What became of every request for a variable, told by the engine itself, and whether tfmini's verdict says the same.

Real TensorFlow gives no verdicts, but what it did can be seen: the call raised, or gave a variable that its store had before, or one
that it has only now, or something else. `Watch` stands around the method through which every request goes, on either engine, and
notes that. `disagreement` compares a verdict of tfmini with it.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from . import describe

_EXISTS = re.compile(r"^(?:Variable|Partitioned variable with name) (\S+) already exists")
_PHRASES = (
    ("REFUSED_EXISTS", _EXISTS.pattern),
    ("REFUSED_MISSING", r"does not exist, or was not created with tf\.get_variable\(\)"),
    ("REFUSED_SHAPE", r"^Trying to (share|reuse) .*, but specified shape "),
    ("REFUSED_DTYPE", r"^Trying to (share|reuse) .*, but specified dtype "),
    ("REFUSED_NO_SHAPE", r"did not get an initializer, so its `shape` argument must be specified"),
    ("REFUSED_CONST_SHAPE", r"^If initializer is a constant, do not specify shape"),
    ("REFUSED_INIT_DTYPE", r"^Initializer type .* and explicit dtype .* don't match"),
    (
        "REFUSED_PARTITION",
        r"^(Trying to reuse partitioned variable .*, but specified partitions|A partitioner was provided|No partitioner was provided"
        r"|Partitioner returned|Partitioner must return|Shape of a new partitioned variable|A partitioned Variable must have rank"
        r"|Can only slice a variable along|Expected 0 <= offset < shape)",
    ),
)
_MADE = {
    "MADE": ("made", False),
    "MADE_AUTO": ("made", True),
    "SHARED": ("shared", False),
    "SHARED_AUTO": ("shared", True),
}


class Watch:
    """Notes requests for variables while it is open.

    Attributes:
      calls: a dict for each request, in order: `name` in full, `told` (made, renamed, shared, replaced or refused), `auto` when the mode
        was AUTO_REUSE; for a shared variable the arguments `given`; for a refusal its `phrase` and what is known of its cause; from
        tfmini also the `verdict` and the arguments that it calls `ignored`.
      short_ways: how many of tfmini's requests found their variable on the short way (`tfmini.variables.sharing`).
      where: the cell, its run and the statement that the program is at, or None.
    """

    def __init__(self, tf: Any) -> None:
        self._tf = tf
        self._is_tfmini = tf.__name__ == "tfmini"
        self.calls: list[dict[str, Any]] = []
        self.where: tuple[Any, ...] | None = None
        self.short_ways = 0
        self._made_at: dict[tuple[int, str], Any] = {}

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Stands between the program and the engine inside `with`."""
        if self._is_tfmini:
            # Behind `VariableScope.get_variable`: requests that only share take a short way beside it.
            from tfmini.variables import parts, requests, sharing

            places: list[tuple[Any, str]] = [(requests, "ask"), (sharing, "find"), (parts, "ask_for_parts")]
        else:
            places = [(self._tf.VariableScope, name) for name in ("get_variable", "_get_partitioned_variable")]
        before = [(place, name, getattr(place, name)) for place, name in places]
        for place, name, function in before:
            setattr(place, name, self._watched_short_way(function) if name == "find" else self._watched(function, name))
        try:
            yield
        finally:
            for place, name, function in before:
                setattr(place, name, function)

    def _watched(self, function: Callable[..., Any], which: str) -> Callable[..., Any]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                given = dict(signature.bind(*args, **kwargs).arguments)
            except TypeError:
                return function(*args, **kwargs)
            scope = given.pop("self" if "self" in given else "scope")
            store = given.pop("var_store" if "var_store" in given else "store")
            given.update(given.pop("given", {}))
            name = given.pop("name", None)
            full = f"{scope.name}/{name}" if scope.name else name
            if which in ("ask_for_parts", "_get_partitioned_variable"):
                full = scope.name
            elif not isinstance(name, str):
                return function(*args, **kwargs)
            reuse = given.pop("reuse", None)
            return self._call(
                lambda: function(*args, **kwargs),
                store,
                full,
                scope.reuse if reuse is None else reuse,
                [key for key, value in given.items() if value is not None],
            )

        return call

    def _watched_short_way(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Watches the function that gives a shared variable, or None when the request must go the long way."""

        def find(name: Any, shape: Any, dtype: Any) -> Any:
            graph, scope = self._tf.get_default_graph(), self._tf.get_variable_scope()
            number = len(graph.journal.requests)
            result = function(name, shape, dtype)
            if result is None:
                assert len(graph.journal.requests) == number, "a request that went the long way is noted twice"
                return None
            full = f"{scope.name}/{name}" if scope.name else name
            stored = _stored(graph.get_collection_ref(("__variable_store",))[0], full)
            (request,) = graph.journal.requests[number:]
            self.short_ways += 1
            self.calls.append(
                {
                    "name": full,
                    **({"auto": True} if scope.reuse is self._tf.AUTO_REUSE else {}),
                    "told": "shared" if result is stored else "replaced",
                    "given": [key for key, value in (("shape", shape), ("dtype", dtype)) if value is not None],
                    "verdict": request.verdict,
                    "ignored": sorted(each["argument"] for each in request.ignored),
                }
            )
            return result

        return find

    def _call(self, action: Callable[[], Any], store: Any, full: str, reuse: Any, given: list[str]) -> Any:
        tf = self._tf
        graph = tf.get_default_graph()
        found: dict[str, Any] = {"name": full}
        if reuse is tf.AUTO_REUSE:
            found["auto"] = True
        self.calls.append(found)
        later = len(self.calls)
        requests = graph.journal.requests if self._is_tfmini else []
        number = len(requests)
        before = _stored(store, full)
        try:
            result = action()
        except Exception as error:
            found["told"] = "refused"
            found["phrase"] = describe.describe_error(error)["phrase"]
            found["inner"] = found["phrase"] in [each.get("phrase") for each in self.calls[later:]]
            found.update(self._cause(graph, store, found["phrase"]))
            for key in [key for key, value in found.items() if value is False]:
                del found[key]
            raise
        else:
            after = _stored(store, full)
            if result is not after:
                found["told"] = "replaced"
            elif before is not None:
                found["told"] = "shared"
                found["given"] = given
            else:
                op = getattr(result, "op", None)
                found["told"] = "made" if op is None or op.name == full else "renamed"
            return result
        finally:
            for key in store._vars:
                self._made_at.setdefault((id(graph), key), self.where)
            if self._is_tfmini and len(requests) > number:
                found["verdict"] = requests[number].verdict
                found["ignored"] = sorted(each["argument"] for each in requests[number].ignored)
            elif self._is_tfmini:
                self.calls.remove(
                    found
                )  # refused before it became a request, as TensorFlow refuses it before this method

    def _cause(self, graph: Any, store: Any, phrase: str) -> dict[str, Any]:
        """Returns what else is known about a refusal, found without tfmini's own rules."""
        exists = _EXISTS.match(phrase)
        if exists is not None:
            name = exists[1]
            made = self._made_at.get((id(graph), name if name in store._vars else f"{name}/part_0"))
            here = self.where
            if made is None or here is None:
                return {"rerun": False}
            return {"rerun": (made[0], made[2]) == (here[0], here[2]) and made[1] != here[1]}
        missing = re.search(r"Variable (.*) does not exist, or", phrase)
        if missing is not None:
            name = missing[1]
            kinds = [op.type for op in graph.get_operations() if op.name == name]
            names = [each for each in store._vars if isinstance(each, str)]
            return {
                "slot": _slot_is_made(),
                "other_kind": bool(kinds) and kinds[0] in ("VariableV2", "VarHandleOp"),
                "prefix": any(_one_below_another(name, each) for each in names),
            }
        return {}


def _stored(store: Any, name: str) -> Any:
    found = store._vars.get(name)
    return store._partitioned_vars.get(name) if found is None else found


def _slot_is_made() -> bool:
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.replace("\\", "/").endswith("training/slot_creator.py"):
            return True
        frame = frame.f_back
    return False


def _one_below_another(name: str, other: str) -> bool:
    """Says whether one name is the end of the other, or the first is the second with a scope that stands in it twice."""
    if name == other:
        return False
    if name.endswith("/" + other) or other.endswith("/" + name):
        return True
    parts = name.split("/")
    return any(
        parts[i] == parts[i + 1] and "/".join(parts[:i] + parts[i + 1 :]) == other for i in range(len(parts) - 1)
    )


# ---- comparing


def plain(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns calls as both engines must tell them: without verdicts."""
    return [{key: value for key, value in each.items() if key not in ("verdict", "ignored")} for each in calls]


def disagreement(verdict: str, ignored: list[str], told: dict[str, Any]) -> str:
    """Returns why a verdict of tfmini is not what the engine did, or ""."""
    what, auto = told["told"], told.get("auto", False)
    if verdict == "MADE_RENAMED":
        fits = what == "renamed"
    elif verdict == "GETTER_REPLACED":
        fits = what == "replaced"
    elif verdict == "SHARED_ARGS_IGNORED":
        fits = what == "shared" and bool(ignored) and set(ignored) <= set(told["given"])
    elif verdict in _MADE:
        fits = (what, auto) == _MADE[verdict]
    else:
        fits = what == "refused" and verdict in _refusals(told)
    return "" if fits else f"verdict {verdict} (ignored: {ignored}) where the engine did {told}"


def _refusals(told: dict[str, Any]) -> set[str]:
    """Returns the verdicts that a refusal may have."""
    phrase = told["phrase"]
    found = {name for name, pattern in _PHRASES if re.search(pattern, phrase)}
    if not found or told.get("inner"):
        found.add("REFUSED_INITIALIZER")
    if "REFUSED_EXISTS" in found and told.get("rerun"):
        found = (found - {"REFUSED_EXISTS"}) | {"REFUSED_EXISTS_RERUN"}
    if "REFUSED_MISSING" in found:
        for key in ("slot", "other_kind", "prefix"):
            if told.get(key):
                kind = f"REFUSED_MISSING_{key.upper()}"
                return found - {"REFUSED_MISSING"} | {kind}
    return found
