"""Writes docs/coverage.md: which program or test covers every symbol, argument and rule of the four reference pages.

    python tests/golden/coverage.py            writes the file
    python tests/golden/coverage.py --check    says whether it is current; fails when something is covered by nothing

A symbol is covered by a recorded program (compared with real TensorFlow) or by a test whose source uses it. What counts as use is the
pattern beside the symbol. The rules that the pages state in words are listed in `page_rules` with the tests that hold them.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent)]

from golden.page_rules import RULES  # noqa: E402

PAGE = ROOT / "docs" / "coverage.md"

_CONSTRUCTOR = (
    "reuse",
    "name",
    "initializer",
    "regularizer",
    "caching_device",
    "partitioner",
    "custom_getter",
    "name_scope",
    "dtype",
)
_SETTERS = ("caching_device", "custom_getter", "dtype", "initializer", "partitioner", "regularizer", "use_resource")
_SCOPE_ARGUMENTS = ("initializer", "regularizer", "caching_device", "partitioner", "custom_getter", "reuse", "dtype")
_VARIABLE_ARGUMENTS = ("trainable", "collections", "validate_shape", "caching_device", "name", "variable_def", "dtype")
_GET_ARGUMENTS = (
    "shape",
    "dtype",
    "initializer",
    "regularizer",
    "trainable",
    "collections",
    "caching_device",
    "partitioner",
    "validate_shape",
    "use_resource",
    "custom_getter",
    "constraint",
    "synchronization",
    "aggregation",
)
_PROGRAMS = ("seeds", "scopes", "variables", "partitions", "penalties", "templates", "writes", "building", "cases")
_OPEN = r"variable_scope\([^\n]*"
_GET = r"get_variable\([^\n]*"
_NEW = r"tf\.Variable\([^\n]*"


def _old_scope(arguments: tuple[str, ...]) -> dict[str, str]:
    found = {
        "name_or_scope (text)": r"variable_scope\(\s*[\"']",
        "name_or_scope (captured scope)": r"variable_scope\((scope|a|p|root|captured|plain_scope|finding|outer|b)\b",
        "default_name": r"variable_scope\(None, (default_name=)?\"|default_name=",
        "values": r"values=\[",
    }
    return found | {f"argument {each}": rf"{_OPEN}\b{each}=" for each in arguments}


SYMBOLS: dict[str, dict[str, str]] = {
    "tf.compat.v1.VariableScope (r2.3)": {
        **{
            f"constructor, argument {each}": rf"VariableScope\([^\n]*(\b{each}=|True, \"n\", 1, 2)|VariableScope\(\"junk"
            for each in _CONSTRUCTOR
        },
        **{
            f"constructor, argument {each}": r"VariableScope\(True, \"n\", 1, 2"
            for each in ("use_resource", "constraint")
        },
        **{
            f"attribute {each}": rf"(scope|made|inside|a|s|inner|outer|root)\.{each}\b(?!\()"
            for each in (*_CONSTRUCTOR[:7], "dtype", "use_resource", "constraint", "original_name_scope")
        },
        "attribute name_scope": r"\.name_scope\b(?!\()",
        **{f"method set_{each}": rf"\.set_{each}\(" for each in _SETTERS},
        "method reuse_variables": r"\.reuse_variables\(\)",
        "method get_collection": r"(scope|a|get_variable_scope\(\))\.get_collection\(",
        **{
            f"method {each}": rf"(scope|a|dotted|\(\))\.{each}\(\)"
            for each in ("global_variables", "local_variables", "trainable_variables")
        },
        "method get_variable, argument var_store": r"scope\.get_variable\(store",
        "method get_variable, argument name": r"scope\.get_variable\(store\S* \"",
        "method get_variable, argument reuse": r"scope\.get_variable\(store[^\n]*reuse=",
        **{f"get_variable, argument {each}": rf"{_GET}\b{each}=" for each in _GET_ARGUMENTS if each != "shape"},
        "get_variable, argument shape": r"get_variable\(\"[^\"]*\", [\[(]",
    },
    "tf.variable_scope (r1.4)": {
        **_old_scope((*_SCOPE_ARGUMENTS, "use_resource", "constraint", "auxiliary_name_scope")),
        "example: a new variable": r"foo/bar/v:0",
        "example: sharing with AUTO_REUSE": r"variable_scope\(\"foo\", reuse=tf\.AUTO_REUSE\)",
        "example: sharing with reuse=True": r"variable_scope\(\"foo\", reuse=True\)",
        "example: sharing by a captured scope": r"as scope:\n\s+v = tf\.get_variable[^\n]*\n\s+scope\.reuse_variables",
        "rule: an existing variable is refused": r"v = tf\.get_variable\(\"v\", \[1\]\)\n\s+v1 = tf\.get_variable",
        "rule: a missing variable is refused": r"reuse=True\):\n\s+v = tf\.get_variable\(\"v\", \[1\]\)$",
        "rule: the reuse flag is inherited": r"reuse=True\):\n\s+with tf\.variable_scope\(\"bar\"\)",
        "rule: reuse does not change names of other operations": r"name=\"mult\"",
        "rule: None and False are the same": r"reuse=False[\s\S]*reuse=None",
        "__enter__ and __exit__": r"\.__enter__\(\)[\s\S]*\.__exit__\(None",
        "raises ValueError": r"reuse=\"x\"",
        "raises TypeError": r"tf\.variable_scope\(None\)",
    },
    "tf.variable_scope (r0.12)": _old_scope(_SCOPE_ARGUMENTS),
    "tf.Variable (r0.8)": {
        "argument initial_value": r"tf\.Variable\(",
        **{f"argument {each}": rf"{_NEW}\b{each}=" for each in _VARIABLE_ARGUMENTS},
        "initial_value that can be called": r"tf\.Variable\((lambda|ones2)",
        "raises ValueError: variable_def and initial_value": r"tf\.Variable\(1\.0, variable_def=",
        "raises ValueError: no value, or one of unknown shape": r"tf\.Variable\(\)[\s\S]*placeholder",
        **{
            f"method {each}": rf"\.{each}\("
            for each in (
                "initialized_value",
                "assign",
                "assign_add",
                "assign_sub",
                "scatter_sub",
                "count_up_to",
                "eval",
                "get_shape",
                "from_proto",
                "ref",
                "to_proto",
                "value",
            )
        },
        **{
            f"argument use_locking of {each}": rf"{each}\([^\n]*(use_locking=True|, True\))"
            for each in ("assign", "assign_sub", "scatter_sub")
        },
        **{
            f"property {each}": rf"\bv\.{each}\b(?!\()"
            for each in ("name", "dtype", "device", "initializer", "graph", "op", "initial_value")
        },
        "session given to eval": r"\.eval\(sess",
        "overloaded operators": r"\bw \+ y|v \* v",
        **{
            f"function {each}": rf"tf\.{each}\("
            for each in ("initialize_all_variables", "all_variables", "trainable_variables", "global_variables")
        },
        "GraphKeys.VARIABLES": r"GraphKeys\.VARIABLES",
        "GraphKeys.TRAINABLE_VARIABLES": r"GraphKeys\.TRAINABLE_VARIABLES",
        "an assign that changes the shape": r"validate_shape=False",
    },
}


def units() -> Iterator[tuple[str, str]]:
    """Yields (name, source) of every recorded case and program, then of every test."""
    for block in re.split(r"^## ", (HERE / "scope_cases.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, _, text = block.partition("\n")
        yield f"case *{name.strip()}*", text.rstrip()
    for name in _PROGRAMS:
        yield from _functions(HERE.parent / "programs" / f"{name}.py", f"program {name}.", "")
    for path in sorted((HERE.parent / "variables").glob("test_*.py")):
        yield from _functions(path, f"{path.relative_to(ROOT).as_posix()}::", "test_")


def _functions(path: Path, start: str, prefix: str) -> Iterator[tuple[str, str]]:
    text = path.read_text("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith(prefix) and not node.name.startswith("_"):
            yield f"{start}{node.name}", ast.get_source_segment(text, node) or ""


def covered() -> dict[str, dict[str, list[str]]]:
    """Returns page -> symbol -> the first programs and tests that use it."""
    known = list(units())
    return {
        page: {
            symbol: [name for name, source in known if re.search(pattern, source, re.MULTILINE)][:3]
            for symbol, pattern in symbols.items()
        }
        for page, symbols in SYMBOLS.items()
    }


def without_test() -> list[str]:
    """Returns the rules of the pages whose test is not there."""
    known = {name for name, _ in units()}
    return [
        f"{page}: {rule}: {name}"
        for page, rules in RULES.items()
        for rule, names in rules.items()
        for name in names
        if name not in known
    ]


def text() -> str:
    """Returns the page."""
    lines = [
        "# What covers the four reference pages",
        "",
        "Written by `tests/golden/coverage.py`. A *case* stands in `tests/golden/scope_cases.txt`, a *program* in `tests/programs`: both are",
        "compared with what real TensorFlow was recorded to do. At most three are named.",
    ]
    for page, symbols in covered().items():
        lines += ["", f"## {page}", "", "| symbol | covered by |", "| --- | --- |"]
        lines += [f"| {symbol} | {', '.join(names) if names else '**nothing**'} |" for symbol, names in symbols.items()]
        lines += ["", "| rule | held by |", "| --- | --- |"]
        lines += [f"| {rule} | {', '.join(names)} |" for rule, names in RULES[page].items()]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="say whether the file is current instead of writing it")
    options = parser.parse_args(arguments)
    missing = [
        f"{page}: {symbol}" for page, symbols in covered().items() for symbol, names in symbols.items() if not names
    ]
    missing += without_test()
    print("\n".join(f"covered by nothing: {each}" for each in missing) or "everything is covered")
    if options.check:
        return 1 if missing or PAGE.read_text("utf-8") != text() else 0
    PAGE.write_text(text(), "utf-8")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
