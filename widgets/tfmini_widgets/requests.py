"""The view of the `get_variable` calls, and what it shares with the dashboard: explanations that a page asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfmini import inspection

from . import tables
from .view import LiveView

# px: a log of a few calls gets a low view; what is around the rows; a row
_LEAST_HEIGHT, _FRAME_HEIGHT, _ROW_HEIGHT = 320, 190, 26


def explained(graph: Any, number: int) -> dict[str, Any]:
    """Returns the explanation of a call (docs/data.md 1.3) with its text.

    Raises:
      IndexError: there was no call of that number.
    """
    record = inspection.explain_request(graph, number)
    return {**record, "text": inspection.explanation_text(record)}


def answers(graph: Any) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """Returns the answers to a page that opens a call."""
    return {"explain": lambda payload: explained(graph, int(payload["number"]))}


class ReuseDebugger(LiveView):
    """Every `get_variable` call: what it did, why, which arguments had no effect, and fixes that were tried on a copy.

    Args:
      graph: the graph; the default graph if None.
      number: the number of the call to open; the last refused one if None, 0 for none.
      predict: whether verdicts are hidden until the learner has answered.
      theme, height, state: as in `LiveView`.

    Raises:
      IndexError: there was no call of that number.
    """

    _name = "reuse"
    _word = "Variable requests"
    _height = 620

    def __init__(self, graph: Any = None, number: int | None = None, *, predict: bool = False, **options: Any) -> None:
        fits = options.get("height") is None
        super().__init__(graph, **options)
        requests = self.graph.journal.requests
        state = dict(self.state)
        if predict:
            state["reuse.tab"] = "predict"
        elif number is None and "reuse.open" not in state:
            number = next((each.number for each in reversed(requests) if each.error), 0)
        if number:
            state["reuse.open"] = number
            state["reuse.explained"] = {str(number): explained(self.graph, number)}
        if state != self.state:
            self.state = state
        if fits and not state.get("reuse.open") and not predict:
            calls = sum(each.maker != "slot" for each in requests)
            self.height = max(_LEAST_HEIGHT, min(self._height, _FRAME_HEIGHT + _ROW_HEIGHT * calls))

    @property
    def answers(self) -> dict[int, str]:
        """What the learner chose in predict mode: the number of a call to "made", "shared" or "refused"."""
        return {int(number): word for number, word in self.state.get("reuse.answers", {}).items()}

    def _answers(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {**super()._answers(), **answers(self.graph)}

    def _twin(self) -> str:
        return text_of(self._whole(), self.state)

    def _static_svg(self) -> str:
        return requests_svg(self._whole(), self._title())


def text_of(record: Any, state: dict[str, Any]) -> str:
    """Returns the text twin of the calls, as the state of a view has it: with the open call, or as questions."""
    if state.get("reuse.tab") == "predict":
        return inspection.prediction_text(record, state.get("reuse.answers", {}))
    text = inspection.requests_text(record) + inspection.lookalikes_text(record)
    opened = state.get("reuse.open", 0)
    known = state.get("reuse.explained", {}).get(str(opened)) if opened else None
    return f"{text}\n{known['text']}\n" if known else text


def requests_svg(graph: Any, title: str) -> str:
    """Returns the calls of a graph, or of its record, as a table; those of an optimizer for its slots are left out."""
    record = inspection.record_of(graph)
    rows = [
        (
            0,
            [
                str(each["number"]),
                inspection.site_words(record, each["site"]),
                each["name"],
                each["mode"],
                each["word"].upper() if each["word"] == "refused" else each["word"],
                each["sentence"],
            ],
        )
        for each in record.requests
        if not inspection.for_slots(each) or each["word"] == "refused"
    ]
    note = inspection.requests_text(record).partition("\n")[0]
    return tables.table_svg(title, ["#", "line", "variable", "mode", "verdict", "reason"], rows, note)
