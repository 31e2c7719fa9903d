"""Runs that report: `RunMetadata` with the time, the outputs and the bytes of every step."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np

from ..errors import KernelError
from ..formats import messages, node_defs
from ..framework.dead import DEAD
from . import cancel, failure

_CPU = "/job:localhost/replica:0/task:0/device:CPU:0"


def run(session: Any, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
    """Runs `fetches` in `session` step by step and fills `run_metadata`: `step_stats` by device, one entry a step in the order of the run.

    Times are of this process's clock; relative times start with the step. Steps that did not run, because they stand on a branch
    that was not taken, have no entry. `options.output_partition_graphs` adds the operations that ran as a graph.
    """
    from .recorder import Run

    recording = Run(session.graph, session._state, fetches, feed_dict)
    session._journal.run_count += 1
    report = messages.message("RunMetadata")()
    by_device: dict[str, Any] = {}
    try:
        while not recording.done:
            cancel.check(session._state)
            started = time.time_ns()
            before = time.perf_counter_ns()
            record = recording.advance()
            elapsed = time.perf_counter_ns() - before
            if record.outputs and all(value is DEAD for value in record.outputs):
                continue
            device = record.op.device or _CPU
            if device not in by_device:
                by_device[device] = report.step_stats.dev_stats.add(device=device)
            _fill(by_device[device].node_stats.add(), record, started, elapsed)
    except KernelError as cause:
        raise cause.error(None, None, failure.no_value(cause.message)) from None
    finally:
        if options.output_partition_graphs:
            graph_def = report.partition_graphs.add()
            for op in dict.fromkeys(record.op for record in recording.records):
                graph_def.node.append(node_defs.node_def(op))
        run_metadata.ParseFromString(report.SerializeToString())
    return recording.result()


def _fill(stats: Any, record: Any, started: int, elapsed: int) -> None:
    op = record.op
    kernel = int(record.seconds * 1e9)
    lead = max(0, elapsed - kernel) // 2
    stats.node_name = op.name
    stats.thread_id = threading.get_ident() & 0xFFFFFFFF
    stats.timeline_label = f"{op.name} = {op.type}({', '.join(tensor.op.name for tensor in op.inputs)})"
    for unit, name in ((1, "nanos"), (1000, "micros")):
        setattr(stats, f"scheduled_{name}", started // unit)
        setattr(stats, f"all_start_{name}", started // unit)
        setattr(stats, f"op_start_rel_{name}", lead // unit)
        setattr(stats, f"op_end_rel_{name}", (lead + kernel) // unit)
        setattr(stats, f"all_end_rel_{name}", elapsed // unit)
    for slot, (tensor, value) in enumerate(zip(op.outputs, record.outputs, strict=False)):
        if not isinstance(value, (np.ndarray, np.generic)):
            continue
        output = stats.output.add(slot=slot)
        output.tensor_description.shape.SetInParent()
        output.tensor_description.dtype = tensor.dtype.base_dtype.as_datatype_enum
        for size in value.shape:
            output.tensor_description.shape.dim.add(size=size)
        allocation = output.tensor_description.allocation_description
        allocation.requested_bytes = allocation.allocated_bytes = value.nbytes
        allocation.allocator_name = "numpy"
