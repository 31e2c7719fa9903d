"""Random conditionals and loops, built and run by real TensorFlow and by tfmini; graphs, gradients and values are compared::

python tests/golden/control_flow_fuzz.py --seed 1 --count 200      needs a Python that has TensorFlow
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from golden import compare, describe, record  # noqa: E402
from golden.control_flow_programs import Maker  # noqa: E402
from golden.fuzz import plain_config  # noqa: E402


def found_by(tf: Any, seed: int) -> dict[str, Any]:
    """Returns the record of the program of a seed."""
    return json.loads(json.dumps(describe.run_program(tf, lambda each: Maker(each, seed, plain_config(tf)).program())))


def forget_operations(record_: Any) -> None:
    """Forgets which operation failed: TensorFlow runs several at once, and another one may be first."""
    for each in record_.values() if isinstance(record_, dict) else record_ if isinstance(record_, list) else ():
        forget_operations(each)
    if isinstance(record_, dict) and "op" in record_ and "phrase" in record_:
        record_["op"] = None


def is_torn(record_: Any) -> bool:
    """Says whether some slices have more rows than indices: TensorFlow then merged the parts of two branches, by chance."""
    if isinstance(record_, dict):
        parts = record_.get("IndexedSlicesValue")
        if parts is not None:
            rows, indices = (re.match(r"\w+\[(\d+)", each) for each in parts[:2])
            return rows is not None and indices is not None and rows[1] != indices[1]
        return any(is_torn(each) for each in record_.values())
    return isinstance(record_, list) and any(is_torn(each) for each in record_)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=100, help="how many programs")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    oracle = record.oracle()
    import tfmini

    compare.loosen(25)
    failed, nodes, refused, torn = 0, 0, 0, 0
    for seed in range(options.seed, options.seed + options.count):
        expected = found_by(oracle, seed)
        forget_operations(expected.get("results"))
        found = found_by(tfmini, seed)
        if is_torn(expected.get("results")):
            torn += 1
            found["results"] = expected["results"]
        report = compare.program(expected, found)
        nodes += len(expected["nodes"])
        refused += "error" in json.dumps(expected.get("results", expected))
        if report:
            failed += 1
            print(f"seed {seed}: {report}\n")
    print(
        f"{options.count} programs, {nodes} nodes, {refused} with an error, {torn} torn by TensorFlow, {failed} differ"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
