"""Programs about variable scopes, run by real TensorFlow and by tfmini: the recorded corpus, and fresh programs live.

The corpus is `scope_corpus.json`: the cases written by hand in `scope_cases.txt`, and the programs of the first seeds of
`scope_writer`. `tests/test_scope_corpus.py` compares tfmini with it; TensorFlow is not needed for that::

    python tests/golden/scope_programs.py --record                   records the corpus anew
    python tests/golden/scope_programs.py --live 7 --count 1000      compares both engines on fresh programs, and counts what they reach
    python tests/golden/scope_programs.py --show 7001                prints one program, and where the engines differ

All of them need a Python that has TensorFlow.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(ROOT)]

from golden import compare, record, scope_reach, scope_verdicts, scope_world, scope_writer  # noqa: E402

CORPUS = HERE / "scope_corpus.json"
CASES = HERE / "scope_cases.txt"
GENERATED = 200
_PER_SEED = 1_000_000
_OBJECT = re.compile(r"<[\w.]+ object( at 0x[0-9a-f]+)?>|<function [\w.]+(<(locals|lambda)>[\w.]*)*>")
_CLASS = re.compile(r"<class '[\w.]*\.(\w+)'>")
_PARTS = ("left", "collections", "variables", "values", "seed")


# ---- the corpus


def sources() -> dict[str, str]:
    """Returns the programs of the corpus by name: the cases, then those of the generator."""
    found: dict[str, str] = {}
    for block in re.split(r"^## ", CASES.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, _, text = block.partition("\n")
        if name.strip() in found:
            raise ValueError(f"Two cases are named {name.strip()!r}.")
        found[name.strip()] = text.strip("\n")
    return found | {f"seed {seed}": scope_writer.write(seed) for seed in range(GENERATED)}


def pack(programs: dict[str, dict[str, Any]], version: str) -> dict[str, Any]:
    """Returns records in the form of the file: lines that many graphs share are written once."""
    lines: dict[str, int] = {}
    packed = {}
    for name, each in programs.items():
        numbers = [lines.setdefault(line, len(lines)) for line in each["nodes"]]
        packed[name] = {key: value for key, value in each.items() if key != "statements"} | {"nodes": numbers}
    return {"tensorflow": version, "lines": list(lines), "programs": packed}


def unpack(corpus: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns the records of a corpus by name."""
    lines = corpus["lines"]
    return {name: {**each, "nodes": [lines[i] for i in each["nodes"]]} for name, each in corpus["programs"].items()}


def plain(value: Any) -> Any:
    """Returns data as it comes back from a JSON file."""
    return json.loads(json.dumps(value))


def write_corpus(corpus: dict[str, Any]) -> None:
    """Writes the file: a line for each program and for each line of a graph."""
    text = [f'{{"tensorflow": {json.dumps(corpus["tensorflow"])},', '"lines": [']
    text.append(",\n".join(json.dumps(line, ensure_ascii=False) for line in corpus["lines"]))
    text += ["],", '"programs": {']
    text.append(
        ",\n".join(
            f"{json.dumps(name)}: {json.dumps(each, ensure_ascii=False, separators=(',', ':'))}"
            for name, each in corpus["programs"].items()
        )
    )
    text += ["}}", ""]
    CORPUS.write_text("\n".join(text), "utf-8")


def read_corpus() -> dict[str, Any]:
    """Returns the recorded corpus."""
    found: dict[str, Any] = json.loads(CORPUS.read_text("utf-8"))
    return found


# ---- comparing


def run(tf: Any, source: str, on_error: Any = None) -> dict[str, Any]:
    """Returns the record of a program on one engine, as it comes back from a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plain(scope_world.run(tf, source, on_error=on_error))


def difference(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """Returns where two records differ first, or "". Nothing may differ by rounding."""
    broken = expected.get("broken", False)
    for index, (a, b) in enumerate(zip(expected["outcomes"], found["outcomes"], strict=False)):
        if not exempted(a, b, broken) and not _same_outcome(a, b):
            return f"outcome of {found['statements'][index]}\n  expected {a}\n  found    {b}"
        if exempted(a, b, broken) == 16:
            return ""
    report = compare.program({"nodes": expected["nodes"]}, {"nodes": found["nodes"]})
    if report:
        return report
    for part in _PARTS:
        report = _first(expected.get(part), found.get(part), part)
        if report:
            return report
    report = _requests(expected["requests"], found["requests"])
    if report:
        return report
    if len(expected["outcomes"]) != len(found["outcomes"]):
        return f"outcomes: {len(expected['outcomes'])} expected, {len(found['outcomes'])} found"
    return ""


def _requests(expected: list[Any], found: list[Any]) -> str:
    """Returns where what became of a request for a variable, or tfmini's verdict on it, differs first."""
    for told, each in zip(expected, scope_verdicts.plain(found), strict=False):
        for key in sorted({*told, *each} - {"phrase", "given"}):
            if told.get(key) != each.get(key):
                return f"request for {told['name']}: {key}\n  expected {told}\n  found    {each}"
    if len(expected) != len(found):
        return f"requests: {len(expected)} expected, {len(found)} found"
    for told, each in zip(expected, found, strict=True):
        report = scope_verdicts.disagreement(each["verdict"], each["ignored"], told)
        if report:
            return f"request for {told['name']}: {report}"
    return ""


def _first(expected: Any, found: Any, where: str) -> str:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            if not _same_outcome(expected.get(key), found.get(key)):
                return f"{where} {key}\n  expected {expected.get(key)}\n  found    {found.get(key)}"
        return ""
    return "" if expected == found else f"{where}\n  expected {expected}\n  found    {found}"


def exempted(expected: Any, found: Any, broken: bool = False) -> int:
    """Returns the number (in the notes on the oracle, section 3) by which these outcomes may differ, or 0.

    `broken` says that TensorFlow's graph ended up with an operation whose input is in another graph.
    """
    kinds = [each[1] if isinstance(each, list) and each[:1] == ["error"] else "" for each in (expected, found)]
    if kinds == ["TypeError", "NotIndexedSlicesError"]:
        return 4  # the page says ValueError, TensorFlow 2.21 raises TypeError; ours is both
    if broken and kinds[1] == "ValueError" and "must be from the same graph as" in found[2]:
        return 16  # TensorFlow makes an operation that nothing can run, nor ask for its inputs; what follows cannot be compared
    return 0


def exemptions(expected: dict[str, Any], found: dict[str, Any]) -> set[int]:
    """Returns the numbers by which outcomes of a program may differ."""
    broken = expected.get("broken", False)
    numbers = {exempted(a, b, broken) for a, b in zip(expected["outcomes"], found["outcomes"], strict=False)}
    return numbers - {0}


def _same_outcome(expected: Any, found: Any) -> bool:
    if expected == found:
        return True
    if not (
        isinstance(expected, list) and isinstance(found, list) and "error" in expected[:2] and "error" in found[:2]
    ):
        return False
    # One class; tfmini may go on after TensorFlow's phrase. What Python says by accident counts by its class.
    *_, kind, phrase = expected
    *_, found_kind, found_phrase = map(_without_addresses, found)
    phrase = _without_addresses(phrase)
    if kind != found_kind:
        return False
    return bool(compare._ACCIDENT.search(phrase)) or found_phrase.startswith(phrase.rstrip('. )"'))


def _without_addresses(text: str) -> str:
    """Returns text in which objects and functions have no names, and classes no modules."""
    return _CLASS.sub(r"<class '\1'>", _OBJECT.sub("<object>", text))


def live(tf: Any, first: int, count: int, show: int) -> int:
    """Compares the engines on `count` programs; prints differences and what was reached. Returns how many differ."""
    import tfmini

    reach = scope_reach.Reach(tfmini)
    differing = 0
    left_out: collections.Counter[int] = collections.Counter()
    for number, seed in enumerate(range(first, first + count), 1):
        source = scope_writer.write(seed)
        expected = run(tf, source)
        with reach.watching():
            found = run(tfmini, source, reach.error)
        reach.requests += len(found["requests"])
        reach.short_ways += found.get("short ways", 0)
        left_out.update(exemptions(expected, found))
        report = difference(expected, found)
        if report:
            differing += 1
            if differing <= show:
                print(f"seed {seed}: {report}\n", flush=True)
        if number % 1000 == 0:
            print(f"{number} programs, {differing} differ", flush=True)
    print("\n".join(reach.report()))
    for number in sorted(left_out):
        print(
            f"{left_out[number]} programs have a statement that may differ (number {number} of the notes on the oracle)"
        )
    print(f"{count} programs from seed {first}: {differing} differ")
    return differing


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--record", action="store_true", help="record the corpus")
    parser.add_argument(
        "--only", default="", help="with --record: print differences of cases with this in their name, write nothing"
    )
    parser.add_argument("--live", type=int, help="compare the engines, from this seed (times a million) on")
    parser.add_argument("--skip", type=int, default=0, help="with --live: leave out that many programs at the start")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--differences", type=int, default=10, help="how many differences to print")
    parser.add_argument("--show", type=int, help="print the program of one seed and compare it")
    options = parser.parse_args(arguments)
    tf = record.oracle()
    if options.show is not None:
        import tfmini

        source = scope_writer.write(options.show)
        expected, found = run(tf, source), run(tfmini, source)
        print(source, "\n", difference(expected, found) or "both engines agree")
        return 0
    if options.live is not None:
        return 1 if live(tf, options.live * _PER_SEED + options.skip, options.count, options.differences) else 0
    import tfmini

    found = {name: {"source": text, **run(tf, text)} for name, text in sources().items() if options.only in name}
    differing = 0
    for name, each in found.items():
        report = difference(each, run(tfmini, each["source"]))
        if report:
            differing += 1
            print(f"{name}: {report}\n")
    if not options.only:
        write_corpus(pack(found, tf.__version__))
    print(f"{len(found)} programs recorded, {differing} differ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
