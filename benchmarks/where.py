"""`python -m benchmarks.where CASE`: where the time of a generated program goes, by the function that its lines call.

Every line of the program is put between two looks at the clock of the thread, so work on other cores does not count; what
is left between the sum and the whole is the entry into the run, the checks and the looks at the clock.
"""

from __future__ import annotations

import argparse
import collections
import gc
import re
import time
from typing import Any

from .case import Work
from .cases import BY_NAME

_NOT_TIMED = ("if", "return", "else", "elif", "raise", "while", "for", "try", "except", "finally", "with", "def")


def _instrumented(source: str, scope: dict[str, Any]) -> Any:
    """Returns the function of `source` with its lines timed into `scope["spent"]` by the name of what they call."""
    first, *lines = source.split("\n")
    made = [first]
    for line in lines:
        text = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        update = re.match(r"if not (\w+)\(", text)
        if not text or text.endswith("= None") or (text.startswith(_NOT_TIMED) and not update):
            made.append(line)
            continue
        call = update or re.match(r"(?:[\w\[\], ]+ = )?(\w+)\(", text)
        name = re.sub(r"_\d+$", "", call.group(1)) if call else re.sub(r"\d+", "#", text)[:48]
        made += [
            f"{indent}_before = clock()",
            line,
            f"{indent}spent[{name!r}] += clock() - _before; calls[{name!r}] += 1",
        ]
    exec(compile("\n".join(made), "<timed program>", "exec"), scope)
    return scope[re.match(r"def (\w+)", first).group(1)]  # type: ignore[union-attr]


def spent(name: str, repeats: int) -> tuple[float, list[tuple[str, float, float]]]:
    """Returns microseconds of a run, and (function, microseconds a run, calls a run) for what its lines call."""
    import tfmini
    from tfmini.runtime import generated

    work = BY_NAME[name].of_module(tfmini)
    if not isinstance(work, Work):
        raise ValueError(f"{name} is no work that is repeated.")
    for _ in range(6):
        work.run()
    started = time.thread_time_ns()
    for _ in range(repeats):
        work.run()
    whole = (time.thread_time_ns() - started) / repeats / 1000
    programs = [each for each in gc.get_objects() if isinstance(each, generated.Generated) and each._pool]
    program = programs[-1]
    writer = program.writer
    defaults = {**writer.defaults, **{f"b{number}": each for number, each in enumerate(writer.buffers.make())}}
    total: collections.Counter[str] = collections.Counter()
    calls: collections.Counter[str] = collections.Counter()
    functions = []
    for part in writer.parts:
        function = _instrumented(part.text, {"clock": time.thread_time_ns, "spent": total, "calls": calls})
        function.__defaults__ = tuple(defaults[each] for each in part.names)
        functions.append(function)
    run = functions[0] if writer.single else generated._joined(functions, program.lowering, len(writer.places))
    program._pool[:] = [(program._pool[-1][0], run)]
    for _ in range(3):
        work.run()
    total.clear()
    calls.clear()
    for _ in range(repeats):
        work.run()
    rows = [(key, value / repeats / 1000, calls[key] / repeats) for key, value in total.most_common()]
    return whole, rows


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.where", description=__doc__.split("\n")[0])
    parser.add_argument("case", choices=[*BY_NAME])
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--rows", type=int, default=12)
    options = parser.parse_args()
    whole, rows = spent(options.case, options.repeats)
    print(f"{options.case}: {whole:.0f} us of the thread in a run\n")
    print("| what | us a run | calls | us a call |")
    print("|---|---|---|---|")
    for name, time_spent, calls in rows[: options.rows]:
        print(f"| `{name}` | {time_spent:.0f} | {calls:.0f} | {time_spent / calls:.2f} |")
    print(f"| everything else | {sum(each[1] for each in rows[options.rows :]):.0f} | | |")


if __name__ == "__main__":
    main()
