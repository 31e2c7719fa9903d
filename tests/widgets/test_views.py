"""The widgets without a page: traits, messages, displays, export."""

from __future__ import annotations

import base64
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import tfmini_widgets as tfw
from tfmini_widgets.hub import hub_of

import tfmini as tf
from tests.inspection.applying import Reader
from tests.programs import digits


class Page:
    """Stands in for a page: keeps what a view sends, answers as told."""

    def __init__(self, view, answering=True):
        self.view = view
        self.sent = []
        self.reader = Reader()
        self.reader.apply(view.record)
        self.answering = answering
        view.send = self._take
        self.say({"type": "hello", "to": self.reader.at})

    def say(self, message):
        self.view._on_message(self.view, message, [])

    def _take(self, message, buffers=None):
        message = json.loads(json.dumps(message, allow_nan=False))
        self.sent.append(message)
        if message["type"] == "delta":
            self.reader.apply(message["delta"])
            if self.answering:
                self.say({"type": "ack", "to": self.reader.at})

    def of_type(self, kind):
        return [message for message in self.sent if message["type"] == kind]


@pytest.fixture
def graph():
    with tf.Graph().as_default() as made:
        yield made
        hub = made.__dict__.get("_view_hub")
        for page in list(hub._pages.values()) if hub else ():
            page.reader.close()


@pytest.fixture
def session(graph):
    with tf.Session() as made:
        yield made


def feeds(model):
    random = np.random.RandomState(3)
    return {model.x: random.rand(8, 64).astype(np.float32), model.labels: random.randint(0, 10, 8)}


def test_each_short_word_gives_its_view(graph, session):
    """The functions of the module and the classes they give."""
    x = tf.constant(1.0)
    made = [tfw.graph(), tfw.scopes(), tfw.collections(), tfw.dashboard(), tfw.step(session, x)]
    classes = [tfw.GraphView, tfw.ScopeTree, tfw.CollectionsView, tfw.Dashboard, tfw.SessionStepper]
    assert all(isinstance(view, cls) for view, cls in zip(made, classes, strict=True))
    assert [view.view for view in made] == ["graph", "scopes", "collections", "dashboard", "stepper"]
    assert all(view.graph is graph for view in made)
    assert {id(view._hub) for view in made} == {id(hub_of(graph))}
    with pytest.raises(TypeError, match=r"A view shows a tf\.Graph, not int"):
        tfw.graph(3)


def test_a_page_follows_the_graph_by_deltas(graph):
    """What the page knows after the deltas is what a new page would read."""
    page = Page(tfw.dashboard())
    digits.build(tf)
    page.view._hub.flush()
    other = Reader()
    other.apply(page.view._hub.whole())
    assert page.reader.state() == other.state()
    assert page.reader.columns["name"][-1] == graph.get_operations()[-1].name


def test_a_page_that_lost_the_thread_gets_the_whole(graph):
    """`whole` is answered with a delta from nothing; so is a page that begins behind."""
    page = Page(tfw.graph())
    page.reader.at = 0
    tf.constant(1.0)
    page.view.send = lambda message, buffers=None: page.sent.append(message)
    page.say({"type": "whole"})
    assert page.sent[-1]["delta"]["from"] == 0
    assert page.sent[-1]["delta"]["ops"]["name"] == ["Const"]
    page.say({"type": "hello", "to": 1})
    assert page.sent[-1]["delta"]["from"] == 0


def test_asked_for_its_state_a_view_gives_the_record_of_now(graph):
    """A page that is loaded again starts from the present, not from the moment the view was made."""
    view = tfw.graph()
    tf.constant(1.0, name="later")
    assert view.record["ops"]["name"] == []
    assert view.get_state()["record"]["ops"]["name"] == ["later"]
    assert "record" not in view.get_state("theme")


def test_the_end_of_a_cell_refreshes_the_record_for_saving(graph):
    """A saved notebook holds the graph as it was at the end of the cell."""
    view = tfw.graph()
    view._record_made = 0.0
    tf.constant(1.0, name="later")
    view._hub.flush(cell_ended=True)
    assert view.record["ops"]["name"] == ["later"]


def test_selecting_by_name_reaches_the_page(graph):
    """From Python to the page and back through the state."""
    digits.build(tf)
    page = Page(tfw.dashboard())
    page.view.select("model/hidden/w")
    assert page.view.selection == {"kind": "variable", "id": 0}
    assert page.of_type("select")[-1]["selection"] == {"kind": "variable", "id": 0}
    page.view.state = {**page.view.state, "selection": {"kind": "op", "id": 3}}
    assert page.view.selection == {"kind": "op", "id": 3}
    page.view.select(None)
    assert page.view.selection is None
    with pytest.raises(KeyError, match="Nothing in this graph is called"):
        page.view.select("nowhere")


def test_questions_are_answered_and_failures_are_said(graph):
    """A page that asks gets a value or a sentence, never silence."""
    tf.constant(1.0, name="c")
    page = Page(tfw.graph())
    page.say({"type": "ask", "id": "1", "kind": "text", "payload": {}})
    page.say({"type": "ask", "id": "2", "kind": "card", "payload": {"kind": "op", "id": 0}})
    page.say({"type": "ask", "id": "3", "kind": "card", "payload": {"kind": "op", "id": 99}})
    page.say({"type": "ask", "id": "4", "kind": "nonsense"})
    page.say({"type": "ask", "id": "5", "kind": "export", "payload": {"kind": "html", "state": {"lane": 1}}})
    page.say("not even a message")
    answers = {message["id"]: message for message in page.of_type("answer")}
    assert answers["1"]["value"] == page.view.text()
    assert answers["2"]["value"]["attributes"][0][0] == "dtype"
    assert answers["3"]["ok"] is False
    assert answers["3"]["error"].startswith("IndexError")
    assert answers["4"]["error"] == "This view cannot answer 'nonsense'."
    assert '"lane":1' in answers["5"]["value"]


def test_the_stepper_shows_a_run_and_writes_it_when_asked(graph, session):
    """`commit` and `again` from the page."""
    model = digits.build(tf)
    session.run(model.init)
    page = Page(tfw.step(session, [model.loss, model.train], feeds(model)))
    assert page.view.trace["format"] == "tfmini.trace/1"
    assert page.view.trace["graph"] == page.view.record["graph"]["id"]
    site = page.view.trace["steps"][3]["site"]
    assert page.view._hub.whole()["sites"]["set"][str(site)]["file"] == "digits.py"
    before = session.run("model/out/b:0")
    page.say({"type": "ask", "id": "1", "kind": "commit", "payload": {}})
    assert "model/out/b" in page.of_type("answer")[0]["value"]["written"]
    assert not np.array_equal(session.run("model/out/b:0"), before)
    page.say({"type": "ask", "id": "2", "kind": "commit", "payload": {}})
    assert page.of_type("answer")[1]["ok"] is False
    number = page.view.trace["run"]
    page.say({"type": "ask", "id": "3", "kind": "again", "payload": {}})
    assert page.view.trace["run"] > number


def test_a_dashboard_steps_a_run_too(graph, session):
    """The same record, in the dashboard's stepper."""
    y = tf.constant(2.0) * 3.0
    view = tfw.dashboard()
    page = Page(view)
    page.say({"type": "ask", "id": "1", "kind": "again"})
    assert "No run is recorded" in page.of_type("answer")[0]["error"]
    view.step(session, y)
    assert view.trace["steps"][-1]["values"][0]["text"] == "6"
    assert "Run 1 in session A" in view.text()


def test_a_display_keeps_an_image_and_text(graph, session):
    """An untrusted notebook keeps exactly such an image, and text."""
    model = digits.build(tf)
    session.run(model.init)
    for view in (
        tfw.graph(),
        tfw.scopes(),
        tfw.collections(),
        tfw.dashboard(),
        tfw.step(session, model.loss, feeds(model)),
    ):
        bundle = view._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
        match = re.fullmatch(
            r'<img alt="([^"]+)" src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)">(<details>.*</details>)',
            bundle["text/html"],
            re.S,
        )
        assert match is not None
        assert len(match[1]) > 20
        root = ElementTree.fromstring(base64.b64decode(match[2]))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert bundle["text/plain"] == view.text().rstrip("\n")


def test_names_with_markup_stay_text_in_pictures_and_pages(graph):
    """Nothing of a name becomes an element."""
    evil = "</script><img src=x onerror=alert(1)>"
    tf.add_to_collection(evil, tf.constant(1.0, name="c"))
    for view in (tfw.graph(), tfw.collections()):
        page = view.html(title=evil)
        assert "<img src=x" not in page
        assert page.count("</script>") == page.count("<script")
        ElementTree.fromstring(view.svg())


def test_a_page_of_its_own_carries_everything(graph, tmp_path):
    """Record, picture and text are in the file, and no address of a network."""
    digits.build(tf)
    view = tfw.dashboard(state={"tab": "scopes"})
    view.save(tmp_path / "view.html")
    page = (tmp_path / "view.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="tfmini-data">(.*?)</script>', page, re.S)[1])
    assert data["view"] == "dashboard"
    assert data["state"] == {"tab": "scopes"}
    assert data["record"]["ops"]["name"][0] == "x"
    assert "variable, float32 [64,32]" in page
    head = page.split('<script type="text/plain"')[0]
    assert not re.search(r'(?:src|href)="(?!data:)', head)
    for name in ("a.svg", "a.txt", "a.json"):
        view.save(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 100
    with pytest.raises(ValueError, match=r"Cannot save a view as '\.pdf'"):
        view.save(tmp_path / "a.pdf")


def test_the_same_graph_gives_the_same_picture(graph):
    """Byte for byte."""
    digits.build(tf)
    assert tfw.graph().svg() == tfw.graph().svg()


def test_a_picture_that_the_page_drew_replaces_the_small_one(graph):
    """What a page drew is better than what Python draws."""
    page = Page(tfw.graph())
    page.say({"type": "picture", "svg": "<svg/>"})
    assert page.view.svg() == "<svg/>"


def test_traits_agree_with_the_documents_of_the_page(graph):
    """The names are the contract between Python and the page."""
    synced = set(tfw.GraphView.class_trait_names(sync=True)) - set(
        tfw.GraphView.__mro__[2].class_trait_names(sync=True)
    )
    assert synced == {"view", "record", "trace", "state", "theme", "height", "live"}
    view = tfw.graph(theme="dark", height=500)
    assert (view.theme, view.height, view.live) == ("dark", 500, "live")
    view.close()
    assert view.live == "recorded"


def test_pictures_without_a_page_show_the_facts(graph, session):
    """Scopes, collections and the steps of a run are tables; large ones are cut and say so."""
    model = digits.build(tf)
    session.run(model.init)
    scopes = tfw.scopes().svg()
    for words in ("model", "hidden", "find only", "given at digits.py line", "w [64,32] ×2"):
        assert words in scopes
    assert "trainable_variables" in tfw.collections().svg()
    stepper = tfw.step(session, [model.loss, model.train], feeds(model)).svg()
    assert "gradients of w" in stepper
    assert "adds b to every row of MatMul:0<" in stepper
    for index in range(100):
        tf.add_to_collection(f"key {index}", model.loss)
    assert "43 more rows" in tfw.collections().svg()
    picture = tfw.graph().svg()
    for words in ("model_1", "model/hidden/w", "×2", "gradients 40", "∂w"):
        assert words in picture


def test_a_dashboard_refuses_what_is_no_session_or_one_of_another_graph():
    """Nothing that was given is ignored in silence."""
    graph, other = tf.Graph(), tf.Graph()
    with pytest.raises(TypeError, match=r"session is a tf\.Session, not int"):
        tfw.dashboard(session=3)
    with pytest.raises(ValueError, match="The session runs another graph than the one given"):
        tfw.dashboard(other, session=tf.Session(graph=graph))
    with pytest.raises(TypeError, match=r"state is the dict that view\.state of another view gave, not str"):
        tfw.graph(graph, state="x")


def test_a_note_stands_in_state_twin_and_code(graph, session):
    """Notes are kept by name, replaced and taken away; the line of code shows view, state and notes again."""
    digits.build(tf)
    view = tfw.scopes(state={"scopes.tab": "ties", "selection": {"kind": "scope", "id": 1, "origin": "x"}})
    before = view.text()
    view.note("model/hidden/w", "look\nhere")
    view.note("model/out", "and here")
    view.note("model/hidden/w", 'look "here"')
    assert view.text() == before + '\nnotes\n  model/out: and here\n  model/hidden/w: look "here"\n'
    assert view.state["notes"][1]["selection"] == {"kind": "variable", "id": 0}
    with pytest.raises(KeyError):
        view.note("nowhere", "x")
    again = {}
    exec(view.code(), {"tfw": tfw, "graph": graph}, again)
    assert again["view"].text() == view.text()
    assert again["view"].state["scopes.tab"] == "ties"
    assert again["view"].state["selection"] == {"kind": "scope", "id": 1}
    view.note("model/hidden/w")
    view.note("model/out", "")
    assert view.text() == before
    assert tfw.graph().code() == ("tfw.graph()" if view._whole()["graph"]["is_default"] else "tfw.graph(graph)")


def test_the_code_of_a_stepper_has_its_fetches(session):
    """Sessions and feeds are the program's own: the line names them."""
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.add(x, 1.0, name="y")
    assert tfw.step(session, y, {x: 1.0}).code() == 'tfw.step(session, ["y:0"], feed_dict)'


def test_a_page_may_ask_why(graph):
    """The explanation of a call, with its fixes."""
    tf.get_variable("w", [2])
    with pytest.raises(ValueError, match="exists"):
        tf.get_variable("w", [2])
    for view in (tfw.reuse(), tfw.dashboard()):
        page = Page(view)
        page.say({"type": "ask", "id": "1", "kind": "explain", "payload": {"number": 2}})
        answer = page.of_type("answer")[-1]["value"]
        assert answer["word"] == "refused"
        assert answer["fixes"]
