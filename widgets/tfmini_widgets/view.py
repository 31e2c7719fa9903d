"""The base of all views: an anywidget with the traits and messages of `docs/widgets.md`.

Python holds the truth; the page draws the record. A display carries the widget, a picture and the text twin, so that something
true stays where widgets do not run.
"""

from __future__ import annotations

import base64
import html
import pathlib
import time
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from tfmini import inspection
from tfmini.inspection.words import visible

from . import bundle, export, sharing
from .hub import GraphHub, follow_cells, hub_of

_THEMES = ("auto", "light", "dark", "contrast")
_MOST_IMAGE = 400_000
_RECORD_SHARE = 20


class LiveView(anywidget.AnyWidget):
    """A view of one graph that follows it while it is open.

    Args:
      graph: the graph; the default graph if None.
      theme: "auto" follows the host; or "light", "dark", "contrast".
      height: height in pixels; one that suits the view if None.
      state: what `view.state` of another view gave: open scopes, lanes, selection and the like.

    Traits:
      view: which view the page draws.
      record: the whole graph record; see `docs/widgets.md`.
      trace: the trace record of the stepper.
      state: small JSON from either side.
      theme, height: as above.
      live: "live" while the view follows the graph, else "recorded".
    """

    _esm = bundle.module_source()

    view = traitlets.Unicode("graph").tag(sync=True)
    record = traitlets.Dict().tag(sync=True)
    trace = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    theme = traitlets.Enum(_THEMES, default_value="auto").tag(sync=True)
    height = traitlets.Int(600, min=120, max=4000).tag(sync=True)
    live = traitlets.Unicode("live").tag(sync=True)

    _name = "graph"
    _word = "Graph"
    _height = 600  # px: everything of a small graph is in sight

    def __init__(
        self, graph: Any = None, *, theme: str = "auto", height: int | None = None, state: dict[str, Any] | None = None
    ) -> None:
        if state is not None and not isinstance(state, dict):
            raise TypeError(f"state is the dict that view.state of another view gave, not {type(state).__name__}.")
        chosen = _graph_of(graph)
        self._hub: GraphHub = hub_of(chosen)
        self._record_made = 0.0
        self._record_cost = 0.0
        self._record_version: Any = None
        self._picture = ""
        self._problem = ""
        follow_cells()
        started = time.perf_counter()
        record = self._hub.open(self)
        self._note_record(record, started)
        traits: dict[str, Any] = {"view": self._name, "record": record, "theme": theme}
        traits["height"] = self._height if height is None else height
        if state is not None:
            traits["state"] = dict(state)
        super().__init__(**traits)
        self.on_msg(self._on_message)

    @property
    def graph(self) -> Any:
        """The graph that this view shows."""
        return self._hub.graph

    # ---- what the hub says

    def receive(self, delta: dict[str, Any]) -> None:
        """Sends a delta to the page."""
        self.send({"type": "delta", "delta": delta})

    def report(self, problem: str) -> None:
        """Shows a problem of the widgets on the page."""
        self._problem = problem
        self.send({"type": "problem", "error": problem})

    def cell_ended(self) -> None:
        """Brings the trait `record` up to date, so that a saved notebook is; seldom when that takes long."""
        started = time.perf_counter()
        if started - self._record_made < _RECORD_SHARE * self._record_cost:
            return
        with self._hub.lock:
            version = self._hub.tracker.sequence
            if version == self._record_version:
                return
            record = self._hub.tracker.whole()
        self._note_record(record, started)
        self.record = record

    def _note_record(self, record: dict[str, Any], started: float) -> None:
        self._record_made = time.perf_counter()
        self._record_cost = self._record_made - started
        self._record_version = self._hub.tracker.sequence

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Returns the synchronized state; a page that asks for all of it gets the record as it is now."""
        state = super().get_state(key, drop_defaults)
        if key is None and self.live == "live" and "record" in state:
            state["record"] = self._hub.whole()
        return state

    # ---- what the page says

    def _on_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        kind = content.get("type")
        if kind in ("ack", "hello") and isinstance(content.get("to"), int):
            self._hub.acknowledge(self, content["to"], arrived=kind == "hello")
        elif kind == "whole":
            self._hub.send_whole(self)
        elif kind == "picture" and isinstance(content.get("svg"), str):
            self._picture = content["svg"]
        elif kind == "ask":
            self._answer(content)

    def _answer(self, content: dict[str, Any]) -> None:
        number = content.get("id")
        kind = content.get("kind")
        handler = self._answers().get(kind) if isinstance(kind, str) else None
        if handler is None:
            self.send({"type": "answer", "id": number, "ok": False, "error": f"This view cannot answer {kind!r}."})
            return
        try:
            value = handler(content.get("payload") or {})
        except Exception as error:  # it is shown on the page, which has no other way to see it
            self.send({"type": "answer", "id": number, "ok": False, "error": f"{type(error).__name__}: {error}"})
            return
        self.send({"type": "answer", "id": number, "ok": True, "value": value})

    def _answers(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {"text": lambda _: self.text(), "export": self._export, "card": self._card}

    def _export(self, payload: dict[str, Any]) -> str:
        kind = payload.get("kind", "html")
        if kind != "html":
            raise ValueError(f"This view exports html, not {kind!r}.")
        state = payload.get("state")
        return self.html(state=state if isinstance(state, dict) else None)

    def _card(self, payload: dict[str, Any]) -> dict[str, Any]:
        return inspection.operation_card(self.graph, int(payload["id"]))

    def _show_trace(self, recording: inspection.Recording) -> None:
        """Sends the trace of a recorded run to the page, with lines as the page's graph record counts them."""
        with self._hub.lock:
            self._hub.whole()
            trace = recording.trace(self._hub.tracker)
        self._hub.changed()
        self.trace = trace

    # ---- for people and programs

    @property
    def selection(self) -> dict[str, Any] | None:
        """What is selected, `{"kind", "id"}`, or None."""
        return self.state.get("selection")

    def select(self, name: str | None) -> None:
        """Selects a variable, operation, tensor, scope or collection by name; None selects nothing.

        Raises:
          KeyError: nothing in the graph has that name.
        """
        found = None if name is None else inspection.find(self._hub.whole(), name)
        self.state = {**self.state, "selection": found}
        self.send({"type": "select", "selection": found})

    def note(self, name: str, text: str = "") -> None:
        """Pins a note to a variable, operation, tensor, scope or collection; an empty text takes it away.

        Notes stand above the view and at the end of its text twin; they are part of `state`.

        Raises:
          KeyError: nothing in the graph has that name.
        """
        found = inspection.find(self._hub.whole(), name)
        words = " ".join(str(text).split())
        note = {"name": getattr(name, "name", name), "text": words, "selection": found}
        self.state = {**self.state, "notes": sharing.with_note(self.state.get("notes") or [], note)}

    def code(self) -> str:
        """Returns the line of Python that shows this view again, in its present state."""
        return sharing.code_of(self.view, self._whole()["graph"], self.trace, self.state)

    def text(self) -> str:
        """Returns the text twin of what the view shows, and the notes."""
        return visible(self._twin() + sharing.notes_text(self.state))

    def _twin(self) -> str:
        return inspection.graph_text(self._whole())

    def svg(self) -> str:
        """Returns a picture as SVG: the page's own when it sent one, else one drawn here."""
        return self._picture or self._static_svg()

    def _static_svg(self) -> str:
        from . import static_picture

        return static_picture.graph_svg(self._whole())

    def _whole(self) -> dict[str, Any]:
        return self._hub.whole() if self.live == "live" else self.record

    def to_json(self) -> dict[str, Any]:
        """Returns everything that the view shows as plain data."""
        return {
            "format": "tfmini.view/1",
            "view": self.view,
            "record": self._whole(),
            "trace": self.trace,
            "state": self.state,
            "theme": self.theme,
            "height": self.height,
        }

    def html(self, title: str = "", state: dict[str, Any] | None = None) -> str:
        """Returns one HTML page that shows this view without a kernel and without a network, in `state` or as it is now."""
        data = self.to_json()
        if state is not None:
            data["state"] = state
        return export.page(data, self.svg(), self.text(), title or self._title())

    def save(self, path: str | pathlib.Path) -> None:
        """Writes the view to a file; the ending decides the form: `.html`, `.svg`, `.txt` or `.json`.

        Raises:
          ValueError: another ending.
        """
        target = pathlib.Path(path)
        forms: dict[str, Callable[[], str]] = {
            ".html": self.html,
            ".svg": self.svg,
            ".txt": self.text,
            ".json": lambda: export.to_json_text(self.to_json()),
        }
        if target.suffix not in forms:
            raise ValueError(f"Cannot save a view as {target.suffix!r}: use one of {', '.join(forms)}.")
        target.write_text(forms[target.suffix](), encoding="utf-8")

    def _title(self) -> str:
        return f"{self._word}, {self._hub.label}"

    def close(self) -> None:
        """Stops following the graph and removes the widget from the page."""
        hub = self.__dict__.get("_hub")
        if hub is not None:  # a view whose making was refused is closed too, when it is collected
            hub.close(self)
            self.live = "recorded"
        super().close()

    # ---- display

    def _repr_mimebundle_(self, **_: Any) -> Any:
        text = self.text()
        data: dict[str, Any] = {"text/plain": shortened(text), "text/html": image_html(self.svg(), self._word, text)}
        if self._view_name is not None:
            data["application/vnd.jupyter.widget-view+json"] = {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            }
        return data

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._hub.label}>"


def shortened(text: str, most: int = 300) -> str:
    """Returns at most `most` lines of a text twin, and says what is missing."""
    lines = text.splitlines()
    if len(lines) <= most:
        return text.rstrip("\n")
    return "\n".join([*lines[:most], f"... {len(lines) - most:,} more lines; .text() gives all of them"])


def image_html(svg: str, word: str, text: str) -> str:
    """Returns the form that untrusted notebooks and exported pages keep: an image that carries its picture, and the text below it.

    The alternative text is `word`, such as `Graph`, and the first line of the text twin. Pictures that are too large are left out.
    """
    first = text.partition("\n")[0]
    twin = f"<pre>{html.escape(shortened(text))}</pre>"
    if len(svg) > _MOST_IMAGE:
        return twin
    code = base64.b64encode(svg.encode()).decode()
    image = f'<img alt="{html.escape(f"{word}: {first}", quote=True)}" src="data:image/svg+xml;base64,{code}">'
    return f"{image}<details><summary>{html.escape(word)} as text</summary>{twin}</details>"


def _graph_of(graph: Any) -> Any:
    """Returns the graph that `graph` is or has. Raises TypeError when it is none."""
    chosen = inspection.default_graph() if graph is None else getattr(graph, "graph", graph)
    if not hasattr(chosen, "journal"):
        raise TypeError(f"A view shows a tf.Graph, not {type(graph).__name__}. Leave it out for the default graph.")
    return chosen
