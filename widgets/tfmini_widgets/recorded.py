"""What views with a stepper share: one recorded run, which the page can write into the session or record again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfmini import inspection

from .view import LiveView


class RecordedView(LiveView):
    """A view that shows one recorded run."""

    _recording: inspection.Recording | None = None
    _no_run = "No run is recorded. Call .step(session, fetches, feed_dict) first."

    def _record(self, recording: inspection.Recording) -> dict[str, Any]:
        """Shows a run; returns how many steps it has, which is what a page that asked for it hears."""
        self._recording = recording
        self._show_trace(recording)
        return {"steps": len(self.trace.get("steps", ()))}

    def _recorded(self) -> inspection.Recording:
        if self._recording is None:
            raise RuntimeError(self._no_run)
        return self._recording

    def _answers(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {**super()._answers(), "commit": self._commit_asked, "again": self._again_asked}

    def _commit_asked(self, _payload: dict[str, Any]) -> dict[str, Any]:
        written = self._recorded().commit()
        self._hub.changed()
        return {"written": list(written)}

    def _again_asked(self, _payload: dict[str, Any]) -> dict[str, Any]:
        recording = self._recorded()
        recording.again()
        return self._record(recording)
