"""The hub: who listens, how often pages hear, what it costs."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest
from tfmini_widgets import hub as hubs
from tfmini_widgets.hub import GraphHub, hub_of

import tfmini as tf


class View:
    """A reader that keeps what it gets and acknowledges when told to."""

    def __init__(self, hub, answering=True):
        self.hub = hub
        self.answering = answering
        self.deltas = []
        self.times = []
        self.problems = []
        self.cells = 0
        self.at = hub.open(self)["to"]

    def receive(self, delta):
        self.deltas.append(delta)
        self.times.append(time.perf_counter())
        self.at = delta["to"]
        if self.answering:
            self.hub.acknowledge(self, self.at)

    def cell_ended(self):
        self.cells += 1

    def report(self, problem):
        self.problems.append(problem)


@pytest.fixture
def graph():
    with tf.Graph().as_default() as made:
        yield made


def wait_for(condition, seconds=60.0):
    end = time.perf_counter() + seconds
    while not condition():
        assert time.perf_counter() < end
        time.sleep(0.005)


def test_a_graph_has_no_observer_while_no_view_is_open(graph):
    """Nothing is paid when nobody looks."""
    hub = hub_of(graph)
    assert graph.events.observers == ()
    first, second = View(hub), View(hub)
    assert len(graph.events.observers) == 1
    hub.close(first)
    assert len(graph.events.observers) == 1
    hub.close(second)
    assert graph.events.observers == ()


def test_growth_reaches_every_view_without_being_asked(graph):
    """Soon after the operations were added, in the background."""
    hub = hub_of(graph)
    views = [View(hub), View(hub)]
    tf.constant(1.0)
    wait_for(lambda: all(view.deltas for view in views))
    assert views[0].deltas == views[1].deltas
    for view in views:
        hub.close(view)


def test_deltas_are_at_most_twenty_a_second(graph):
    """A burst is gathered; nothing of it is lost."""
    hub = hub_of(graph)
    view = View(hub)
    end = time.perf_counter() + 60
    while len(view.deltas) < 4 and time.perf_counter() < end:
        for _ in range(50):
            tf.constant(1.0)
        time.sleep(0.001)  # the hub's thread gets its turn also on a machine where the threads of others take it
    wait_for(
        lambda: view.deltas and view.deltas[-1]["ops"]["at"] + len(view.deltas[-1]["ops"]["name"]) == len(graph._ops)
    )
    gaps = [later - before for before, later in zip(view.times, view.times[1:], strict=False)]
    assert len(view.deltas) > 2
    assert min(gaps) > 0.045
    hub.close(view)


def test_no_second_delta_before_the_first_was_acknowledged(graph):
    """A page that is busy is not flooded; its answer brings the rest."""
    hub = hub_of(graph)
    view = View(hub, answering=False)
    tf.constant(1.0)
    wait_for(lambda: view.deltas)
    tf.constant(2.0)
    time.sleep(0.3)
    assert len(view.deltas) == 1
    hub.acknowledge(view, view.at)
    wait_for(lambda: len(view.deltas) == 2)
    hub.close(view)


def test_a_view_that_nobody_reads_falls_asleep_and_wakes(graph):
    """After a few deltas without an answer nothing more is sent; a page that comes back gets the whole."""
    hub = hub_of(graph)
    view = View(hub, answering=False)
    for _ in range(8):
        tf.constant(1.0)
        hub.flush()
    assert len(view.deltas) == hubs.MOST_UNHEARD + 1
    assert hub.wait_time() is None
    hub.acknowledge(view, view.at)
    assert view.deltas[-1]["from"] == 0
    assert len(view.deltas[-1]["ops"]["name"]) == 8
    hub.close(view)


def test_the_end_of_a_cell_sends_what_is_left(graph):
    """Also to a page that has not answered; and views may bring their record up to date."""
    hub = hub_of(graph)
    view = View(hub, answering=False)
    tf.constant(1.0)
    hub.flush()
    tf.constant(2.0)
    hubs.end_of_cell()
    assert sum(len(delta["ops"]["name"]) for delta in view.deltas if "ops" in delta) == 2
    assert view.cells == 1
    hub.close(view)


def test_a_lasting_fault_is_shown_once_and_taken_back(graph, monkeypatch):
    """A fault of the views never reaches the program."""
    hub = hub_of(graph)
    view = View(hub)

    def broken():
        raise ArithmeticError("no")

    with monkeypatch.context() as patch:
        patch.setattr(hub.tracker, "delta", broken)
        for _ in range(6):
            hub.flush()
        tf.constant(1.0)
    assert len(view.problems) == 1
    assert view.problems[0].startswith("This view cannot follow the graph: ArithmeticError: no")
    hub.flush()
    assert view.problems[-1] == ""
    hub.close(view)


def test_an_event_only_marks_the_graph_as_changed(graph, monkeypatch):
    """However many operations a loop adds, the program's own thread reads none of them for the views."""
    hub = hub_of(graph)
    view = View(hub, answering=False)
    readers = []
    delta = hub.tracker.delta

    def watched():
        readers.append(threading.get_ident())
        return delta()

    monkeypatch.setattr(hub.tracker, "delta", watched)
    for _ in range(3_000):
        tf.constant(1.0)
    assert threading.get_ident() not in readers
    hub.flush()
    assert threading.get_ident() in readers
    hub.close(view)


def test_an_operation_is_read_once(graph):
    """A delta reads what is new, whatever stands there already: the work is linear in the size of the graph."""
    read = []
    tracker = GraphHub(graph).tracker
    for _ in range(5):
        for _ in range(100):
            tf.constant(1.0)
        read.append(len(tracker.delta()["ops"]["name"]))
    assert read == [100] * 5


def test_a_graph_that_nobody_needs_goes_with_its_hub():
    """The hub does not keep its graph alive."""
    graph = tf.Graph()
    view = View(hub_of(graph))
    view.hub.close(view)
    hub = weakref.ref(view.hub)
    found = weakref.ref(graph)
    del graph, view
    for _ in range(20):
        gc.collect()
        if found() is None:
            break
        time.sleep(0.05)
    assert found() is None
    assert hub() is None
