"""One library in one process.

Reads commands, a line of JSON each: `["check", case, file]` computes what must be equal in all libraries into a file, `["time", case,
seconds]` times. Answers with a line of JSON: nanoseconds a unit by key of a line, null when the library has no such case, or a text
when it failed.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import Any

import numpy as np

from .case import Stages, Work, quartile
from .cases import BY_NAME


def load(library: str, threads: int) -> Any:
    """Returns the module to time; None for numpy."""
    if library == "numpy":
        return None
    if library == "tfmini":
        import tfmini

        return tfmini
    import tensorflow.compat.v1 as tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
    tensorflow.disable_v2_behavior()
    tensorflow.logging.set_verbosity(tensorflow.logging.ERROR)
    return tensorflow


def prepare(name: str, module: Any) -> Work | Stages | None:
    """Returns the work of a case for a module, or for numpy when it is None."""
    case = BY_NAME[name]
    if module is not None:
        return case.of_module(module)
    return case.by_hand() if case.by_hand is not None else None


def answer(command: list[Any], work: Work | Stages | None) -> Any:
    """Returns what a command asks for."""
    if work is None:
        return None
    if command[0] == "check":
        if work.check is None:
            return None
        np.savez(command[2], *[np.asarray(each) for each in work.check()])
        return True
    if isinstance(work, Stages):
        return work.sample()
    gc.collect()
    return {command[1]: quartile(work.run, command[2], work.units)}


def main(library: str, threads: int) -> None:
    """Serves commands until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    module = load(library, threads)
    name, work = "", None
    print(json.dumps("ready"), file=answers)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command[1] != name:
                name, work = "", None
                gc.collect()
                work = prepare(command[1], module)
                name = command[1]
            print(json.dumps(answer(command, work)), file=answers)
        except Exception as error:  # noqa: BLE001 - whatever a library raises is its answer
            text = str(error).strip().split("\n")[0]
            print(json.dumps(f"{type(error).__name__}: {text}"), file=answers)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
