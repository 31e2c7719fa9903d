"""Runs that somebody watches: what views are told when a run starts and when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import KernelError
from ..framework import events
from ..framework.slots import slots
from . import drivers
from .failure import error_of
from .program import Program


def watched(session: Any, program: Program, run: Callable[[list[Any]], list[Any]]) -> Callable[[list[Any]], list[Any]]:
    """Returns `run` with its beginning and its end published as events of the session's graph, and kept in the journal."""

    def run_and_tell(fed: list[Any]) -> list[Any]:
        hub = session.graph.events
        record = _record(session, program, fed)
        hub.publish(events.RunStarted(record))
        try:
            fetched = run(fed)
            record.scalars = _scalars(record.fetches, fetched)
            return fetched
        except (drivers.StepFailed, KernelError) as cause:
            record.error = error_of(program.plan, cause).message.splitlines()[0]
            raise
        finally:
            record.seconds = time.perf_counter() - (record.seconds or 0.0)
            hub.publish(events.RunFinished(record))

    return run_and_tell


def _record(session: Any, program: Program, fed: list[Any]) -> events.RunRecord:
    journal = session.graph.journal
    provider = slots.cell_provider
    record = events.RunRecord(
        number=journal.run_count,
        session=session,
        fetches=program.names,
        feeds=tuple(
            (tensor.name, np.shape(value), tensor.dtype.base_dtype.name)
            for (tensor, _), value in zip(program.feeds, fed, strict=True)
        ),
        steps=len(program.plan.steps),
        seconds=time.perf_counter(),
        writes=program.plan.writes,
        cell=provider() if provider is not None else None,
    )
    journal.runs.append(record)
    if len(journal.runs) > journal.most_runs:
        del journal.runs[: len(journal.runs) - journal.most_runs]
    return record


def _scalars(names: tuple[str, ...], fetched: list[Any]) -> tuple[tuple[str, float], ...]:
    """Returns the fetched values that are single numbers."""
    return tuple(
        (name, float(value))
        for name, value in zip(names, fetched, strict=False)
        if isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0 and value.dtype.kind in "fiu"
    )
