"""Plants bugs in scope, store and variable code, one at a time, and sees whether the recorded corpus catches them.

    python tests/golden/plant_bugs.py              all bugs; prints a table, fails when one is not caught
    python tests/golden/plant_bugs.py --only 3,17  some of them

Each bug is a replacement of text in a temporary copy of the package; the copy then runs the programs of the corpus, those that are
likely to see it first, until one differs. TensorFlow is not needed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Bug(NamedTuple):
    """A wrong change: in which file, what is replaced, by what."""

    says: str
    file: str
    old: str
    new: str


BUGS = (
    Bug(
        "a sub-scope does not inherit the reuse flag",
        "variables/entering.py",
        "self._reuse = self._reuse or old.reuse",
        "self._reuse = self._reuse",
    ),
    Bug(
        "an outer True wins over an inner AUTO_REUSE",
        "variables/entering.py",
        "self._reuse = self._reuse or old.reuse",
        "self._reuse = old.reuse or self._reuse",
    ),
    Bug(
        "a jump takes the flag of the current scope",
        "variables/entering.py",
        "reuse if reuse else name_or_scope.reuse",
        "reuse if reuse else self._store.current_scope.reuse",
    ),
    Bug(
        "a jump without reuse always makes new variables",
        "variables/entering.py",
        "reuse if reuse else name_or_scope.reuse",
        "reuse",
    ),
    Bug(
        "the constraint is passed down",
        "variables/entering.py",
        'constraint=self._given["constraint"]',
        'constraint=self._given["constraint"] or base.constraint',
    ),
    Bug("the dtype default is lost in sub-scopes", "variables/entering.py", "            dtype=base.dtype,\n", ""),
    Bug(
        "the initializer default is lost in sub-scopes",
        "variables/entering.py",
        "            initializer=base.initializer,\n",
        "",
    ),
    Bug(
        "the regularizer default is lost in sub-scopes",
        "variables/entering.py",
        "            regularizer=base.regularizer,\n",
        "",
    ),
    Bug(
        "the partitioner default is lost in sub-scopes",
        "variables/entering.py",
        "            partitioner=base.partitioner,\n",
        "",
    ),
    Bug(
        "the caching device is lost in sub-scopes",
        "variables/entering.py",
        "            caching_device=base.caching_device,\n",
        "",
    ),
    Bug(
        "use_resource is lost in sub-scopes",
        "variables/entering.py",
        "            use_resource=base.use_resource,\n",
        "",
    ),
    Bug(
        "the outer custom getter is asked first",
        "variables/entering.py",
        "return custom_getter(functools.partial(outer, getter), *args, **kwargs)",
        "return outer(functools.partial(custom_getter, getter), *args, **kwargs)",
    ),
    Bug(
        "an inner custom getter replaces the outer",
        "variables/entering.py",
        "    if outer is None:\n",
        "    if True:\n",
    ),
    Bug(
        "counts of sub-scopes are not cleared at exit",
        "variables/entering.py",
        "            store.counts.close_inside(self._new_name)",
        "            pass",
    ),
    Bug(
        "a jump does not give the counts back",
        "variables/entering.py",
        "            store.counts.restore(self._old_counts)",
        "            pass",
    ),
    Bug(
        "wrong nesting is not noticed",
        "variables/entering.py",
        "if store.current_scope is not self._last:",
        "if False:",
    ),
    Bug(
        "a jump forgets the original name scope",
        "variables/entering.py",
        "self._new_name, name_or_scope._name_scope",
        'self._new_name, self._new_name + "/"',
    ),
    Bug(
        "reuse=0 is accepted like False",
        "variables/variable_scope.py",
        "None if reuse is False else reuse",
        "None if not reuse else reuse",
    ),
    Bug(
        "reuse with only a default name is accepted",
        "variables/variable_scope.py",
        "if given is None and self._reuse:",
        "if False:",
    ),
    Bug("default names are not made unique", "variables/scope.py", "if store.counts.get(full) == 0:", "if True:"),
    Bug(
        "a scope filters its collections without the slash",
        "variables/scope.py",
        'self._name + "/" if self._name else ""',
        "self._name",
    ),
    Bug(
        "reuse_variables() sets AUTO_REUSE",
        "variables/scope.py",
        "        self._reuse = True\n",
        "        self._reuse = AUTO_REUSE\n",
    ),
    Bug(
        "reuse=False given to the method falls back to the scope",
        "variables/requests.py",
        'scope.reuse if given["reuse"] is None else given["reuse"]',
        'given["reuse"] or scope.reuse',
    ),
    Bug(
        "the scope's initializer is not used",
        "variables/requests.py",
        '        "initializer",\n        "constraint",',
        '        "constraint",',
    ),
    Bug(
        "the name scope around is not left for a new variable",
        "variables/requests.py",
        "with records.answering(request), graph.name_scope(None):",
        "with records.answering(request):",
    ),
    Bug(
        "an existing variable is shared in a scope that makes new ones",
        "variables/store.py",
        "        if reuse is False:\n",
        "        if False:\n",
    ),
    Bug(
        "the shape of a shared variable is not checked",
        "variables/store.py",
        "if shape is not None and not shape.is_compatible_with(variable.get_shape()):",
        "if False:",
    ),
    Bug(
        "the dtype of a shared variable is not checked",
        "variables/store.py",
        "if not dtype.is_compatible_with(variable.dtype):",
        "if False:",
    ),
    Bug(
        "AUTO_REUSE does not make what is missing",
        "variables/store.py",
        "        if reuse is True:\n            raise self._missing(name)",
        "        if reuse:\n            raise self._missing(name)",
    ),
    Bug(
        "an integer variable starts with glorot",
        "variables/store.py",
        "    if dtype.is_floating:\n",
        "    if dtype.is_floating or dtype.is_integer:\n",
    ),
    Bug(
        "an initializer class is not called",
        "variables/store.py",
        "    if inspect.isclass(initializer):\n",
        "    if False:\n",
    ),
    Bug("the regularizer is not called", "variables/store.py", "        if regularizer:\n", "        if False:\n"),
    Bug(
        "a local variable is trainable",
        "variables/store.py",
        "        trainable=False,\n",
        "        trainable=trainable,\n",
    ),
    Bug(
        "reference variables forget their collections",
        "variables/ref.py",
        "add_to_collections(keys, self)",
        "add_to_collections(keys[:1], self)",
    ),
    Bug(
        "raw reads of other variables are not rewritten",
        "variables/ref.py",
        "value = guarded(scope, self._initial_value)",
        "value = self._initial_value",
    ),
    Bug(
        "the caching device of a variable is not used",
        "variables/ref.py",
        "if self._caching_device is not None:",
        "if False:",
    ),
    Bug(
        "a variable is not lifted out of control dependencies",
        "framework/open_scopes.py",
        "self._control = ControlDependencies(graph, None)",
        "self._control = ControlDependencies(graph, [])",
    ),
    Bug(
        "tf.Variable ignores use_resource of the scope",
        "variables/variable.py",
        "        use_resource = get_variable_scope().use_resource\n",
        "        use_resource = None\n",
    ),
    Bug(
        "the larger parts of a partitioned variable stand last",
        "variables/partitioned.py",
        "least + (index < more)",
        "least + (index >= count - more)",
    ),
    Bug(
        "an unpartitioned variable of the name is not noticed",
        "variables/partitioned.py",
        "    if name in store._vars:\n",
        "    if False:\n",
    ),
    Bug(
        "a variable in a colocation does not find the devices around",
        "framework/open_scopes.py",
        "        if not wanted and stack.devices:\n",
        "        if False:\n",
    ),
    Bug(
        "a variable in a colocation takes the devices of all default graphs",
        "framework/open_scopes.py",
        "            wanted = stack.devices[-1]",
        "            wanted = [each for listed in stack.devices for each in listed]",
    ),
    Bug(
        "the result of a write orders its reads in the graph of the variable",
        "variables/resource.py",
        "contexts.default_graph().control_dependencies([self._parent])",
        "self._handle.graph.control_dependencies([self._parent])",
    ),
    Bug(
        "a penalty is built in the graph in which its variable was made",
        "variables/penalties.py",
        "graph.name_scope(name + ",
        "variable.graph.name_scope(name + ",
    ),
    Bug(
        "a variable made under another name is called made",
        "variables/requests.py",
        "op is not None and op.name != request.name",
        "False",
    ),
    Bug(
        "what a getter gives in the place of the variable is called made",
        "variables/requests.py",
        "    if variable is not stored:\n",
        "    if False:\n",
    ),
    Bug(
        "a cell that was run twice is not noticed",
        "variables/refusals.py",
        "before.count != now.count",
        "False",
    ),
    Bug(
        "every refusal in a cell that runs again is called a rerun",
        "variables/refusals.py",
        "    if any(a.line != b.line or a.text != b.text for a, b in zip(made, asked, strict=True)):\n",
        "    if False:\n",
    ),
    Bug(
        "a missing slot is called a missing variable",
        "variables/refusals.py",
        'if request.maker in ("slot", "optimizer"):',
        "if False:",
    ),
    Bug(
        "a variable of tf.Variable is not told from a missing one",
        "variables/refusals.py",
        'op.type in ("VariableV2", "VarHandleOp")',
        "False",
    ),
    Bug(
        "the short way of sharing does not compare the shape",
        "variables/sharing.py",
        "        if tuple(shape) != tensor._dims:\n",
        "        if False:\n",
    ),
    Bug(
        "the short way of sharing does not compare the dtype",
        "variables/sharing.py",
        "        or wanted._as_ref is not tensor._dtype\n",
        "",
    ),
    Bug(
        "the short way of sharing leaves out custom getters",
        "variables/sharing.py",
        '        or defaults["custom_getter"] is not None\n',
        "",
    ),
    Bug(
        "the short way of sharing is taken in scopes that make new variables",
        "variables/sharing.py",
        "    if (reuse is not True and reuse is not AUTO_REUSE) or type(scope) is not VariableScope:\n",
        "    if type(scope) is not VariableScope:\n",
    ),
    Bug(
        "the short way of sharing does not see that the mode is AUTO_REUSE",
        "variables/sharing.py",
        'return "SHARED_AUTO" if self.reuse is AUTO_REUSE else "SHARED"',
        'return "SHARED"',
    ),
)

_RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import tfmini
from golden import scope_programs
assert tfmini.__file__.startswith(sys.argv[1]), tfmini.__file__
for name, each in scope_programs.unpack(scope_programs.read_corpus()).items():
    report = scope_programs.difference(each, scope_programs.run(tfmini, each["source"]))
    if report:
        print(name)
        sys.exit(1)
"""


def planted(bug: Bug, directory: Path) -> Path:
    """Makes a copy of the package and of the corpus with the bug in it. Raises ValueError when there is no such place in the source."""
    copy = directory / "tree"
    if copy.exists():
        shutil.rmtree(copy)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tfmini", copy / "tfmini", ignore=ignore)
    (copy / "tests" / "golden").mkdir(parents=True)
    for name in ("__init__.py", "compare.py", "describe.py", "record.py", "scope_corpus.json", "scope_cases.txt"):
        shutil.copy(HERE / name, copy / "tests" / "golden" / name)
    for path in HERE.glob("scope_*.py"):
        shutil.copy(path, copy / "tests" / "golden" / path.name)
    (copy / "tests" / "programs").mkdir()
    for name in ("__init__.py", "tools.py"):
        shutil.copy(HERE.parent / "programs" / name, copy / "tests" / "programs" / name)
    path = copy / "tfmini" / bug.file
    text = path.read_text("utf-8")
    if text.count(bug.old) < 1:
        raise ValueError(f"{bug.file} has no {bug.old!r}")
    path.write_text(text.replace(bug.old, bug.new, 1), "utf-8")
    return copy


def caught_by(bug: Bug) -> str:
    """Returns the first program of the corpus that differs with the bug planted, or ""."""
    with tempfile.TemporaryDirectory() as directory:
        copy = planted(bug, Path(directory))
        environment = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{copy / 'tests'}", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-c", _RUN, str(copy)]
        found = subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=directory, check=False, timeout=300
        )
        if found.returncode == 0:
            return ""
        if not found.stdout.strip():
            raise RuntimeError(found.stderr)
        return found.stdout.strip()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="numbers of bugs, separated by commas")
    options = parser.parse_args(arguments)
    chosen = [int(each) for each in options.only.split(",")] if options.only else list(range(1, len(BUGS) + 1))
    missed = 0
    for number in chosen:
        bug = BUGS[number - 1]
        found = caught_by(bug)
        missed += not found
        print(f"{number:3d}  {bug.says:62s}  {'caught by ' + found if found else 'NOT CAUGHT'}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} bugs caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
