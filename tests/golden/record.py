"""Records what real TensorFlow does with the programs in tests/programs.

Run it with a Python that has TensorFlow::

    python tests/golden/record.py                     records all groups
    python tests/golden/record.py --programs names    records one group (or several, with commas)
    python tests/golden/record.py --check             records again and compares with the files

One file `tests/golden/<group>.json` for each module of programs, a line for each node.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from golden import compare, describe  # noqa: E402
from programs import tools  # noqa: E402


def groups() -> list[str]:
    """Returns the names of the modules of programs, after importing them."""
    names = sorted(path.stem for path in (HERE.parent / "programs").glob("*.py"))
    for name in names:
        importlib.import_module(f"programs.{name}")
    return sorted(tools.PROGRAMS)


def oracle() -> Any:
    """Returns the module of real TensorFlow in graph mode. Raises ImportError when it is not installed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    return tf


def record(tf: Any, group: str) -> dict[str, Any]:
    """Returns the record of one group."""
    functions = tools.PROGRAMS[group]
    return {"tensorflow": tf.__version__, "programs": {k: describe.run_program(tf, f) for k, f in functions.items()}}


def path_of(group: str) -> Path:
    """Returns the file of a group."""
    return HERE / f"{group}.json"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the recorded files instead of writing them")
    parser.add_argument("--programs", default="", help="only these groups, separated by commas")
    options = parser.parse_args(arguments)
    known = groups()
    chosen = options.programs.split(",") if options.programs else known
    tf = oracle()
    failed = 0
    for group in chosen:
        found = json.loads(json.dumps(record(tf, group)))
        if options.check:
            expected = json.loads(path_of(group).read_text("utf-8"))["programs"]
            reports = compare.groups(expected, found["programs"])
            failed += len(reports)
            print("\n".join(reports) if reports else f"{group}: as recorded")
        else:
            path_of(group).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
            print(f"{group}: {len(found['programs'])} programs")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
