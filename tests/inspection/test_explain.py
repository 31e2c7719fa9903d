"""Explanations of get_variable calls: every verdict, and every fix really applied to the learner's program."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import Any

import pytest

import tfmini as tf
from tests.inspection.refused_programs import PROGRAMS, RERUN
from tfmini import inspection
from tfmini.framework import provenance
from tfmini.framework.slots import slots

WITH_FIXES = [each for each in PROGRAMS if each[1] not in ("MADE", "MADE_AUTO", "SHARED", "SHARED_AUTO")]
_ERRORS = (ValueError, TypeError, RuntimeError)


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    tf.reset_default_graph()
    yield
    tf.reset_default_graph()


def _run(source: str, path: Path) -> Any:
    """Runs a program in a new default graph, as far as it goes; returns the graph."""
    tf.reset_default_graph()
    path.write_text(source, encoding="utf-8")
    linecache.checkcache(str(path))
    graph = tf.get_default_graph()
    failed = False
    try:
        exec(compile(source, str(path), "exec"), {"tf": tf})
    except _ERRORS:
        failed = True
    requests = graph.journal.requests
    assert not failed or not requests or requests[-1].error
    return graph


def _applied(source: str, fix: dict[str, Any]) -> str:
    lines = source.split("\n")
    index = fix["line"] - 1
    assert lines[index] == fix["before"]
    lines[index : index + 1] = [fix["added_before"], fix["after"]] if fix["added_before"] else [fix["after"]]
    return "\n".join(lines)


def _state(graph: Any) -> Any:
    scope = tf.get_variable_scope()
    store = graph.get_collection(("__variable_store",))
    return (
        graph.as_graph_def().SerializeToString(),
        dict(graph._names_in_use)
        if hasattr(graph, "_names_in_use")
        else graph.unique_name("probe", mark_as_used=False),
        graph.unique_name("w", mark_as_used=False),
        [(each.number, each.verdict, each.reuse) for each in graph.journal.requests],
        len(graph.journal.entries),
        [len(each.requests) for each in graph.journal.variables],
        [dict(each._vars) for each in store],
        (scope.name, scope.reuse, scope.initializer),
        sorted(map(str, graph.get_all_collection_keys())),
        graph.get_name_scope(),
    )


@pytest.mark.parametrize(("name", "verdict", "source"), PROGRAMS, ids=[each[0] for each in PROGRAMS])
def test_the_verdict_is_explained_and_nothing_is_changed(name: str, verdict: str, source: str, tmp_path: Path) -> None:
    """Code, word, five steps; the program's graph, store, scopes and names are as before."""
    graph = _run(source, tmp_path / "learner.py")
    before = _state(graph)
    number = len(graph.journal.requests)
    record = inspection.explain_request(graph, number)
    text = inspection.why(number)
    assert _state(graph) == before
    assert record["verdict"] == verdict
    assert [each["step"] for each in record["chain"]] == ["name", "mode", "lookup", "checks", "result"]
    assert record["chain"][-1]["text"] == record["word"]
    assert record["sentences"]
    assert len(text.split("\n")) <= 24
    assert max(map(len, text.split("\n"))) <= 88
    if record["word"] == "refused":
        assert record["phrase"].split(" ")[1] in text
        assert "asked   learner.py:" in text
        assert inspection.why() == text


@pytest.mark.parametrize(("name", "verdict", "source"), WITH_FIXES, ids=[each[0] for each in WITH_FIXES])
def test_every_fix_gives_what_it_promises(name: str, verdict: str, source: str, tmp_path: Path) -> None:
    """The program with the changed line, run again from its beginning."""
    path = tmp_path / "learner.py"
    graph = _run(source, path)
    request = graph.journal.requests[-1]
    record = inspection.explain_request(graph, request.number)
    fixes = record["fixes"]
    assert 1 <= len(fixes) <= 3
    assert [each["letter"] for each in fixes] == ["a", "b", "c"][: len(fixes)]
    autos = [index for index, each in enumerate(fixes) if "AUTO_REUSE" in each["changed"]]
    assert 0 not in autos
    assert not (autos and verdict == "REFUSED_SHAPE")
    with_lines = [each for each in fixes if each["line"]]
    for fix in with_lines:
        _holds(fix, _applied(source, fix), request, path)
    assert with_lines or name in TOLD_IN_WORDS, fixes


TOLD_IN_WORDS: set[str] = set()


def _holds(fix: dict[str, Any], changed: str, request: Any, path: Path) -> None:
    adds_a_call = "get_variable(" in fix["changed"] and fix["result"] == "shared" and "#" not in fix["weights"]
    number = request.number + adds_a_call
    graph = _run(changed, path)
    assert len(graph.journal.requests) >= number, (fix, graph.journal.requests[-1].error)
    again = graph.journal.requests[number - 1]
    assert not again.error, (fix, again.error)
    if fix["result"] == "made":
        assert again.found is None, fix
        assert fix["weights"] == "new weights"
        return
    assert again.verdict.startswith("SHARED") or again.verdict == "GETTER_REPLACED", fix
    if "#" in fix["weights"]:
        maker = graph.journal.requests[int(fix["weights"].partition("#")[2]) - 1]
        assert again.variable is maker.variable, fix
        assert again.found is maker


def test_all_verdicts_have_a_program() -> None:
    """The table of the design, with the cell that runs twice, which has a test of its own."""
    wanted = {
        *("MADE", "MADE_AUTO", "MADE_RENAMED", "SHARED", "SHARED_AUTO", "SHARED_ARGS_IGNORED", "GETTER_REPLACED"),
        *("REFUSED_EXISTS", "REFUSED_MISSING", "REFUSED_MISSING_OTHER_KIND", "REFUSED_MISSING_SLOT"),
        *("REFUSED_MISSING_PREFIX", "REFUSED_SHAPE", "REFUSED_DTYPE", "REFUSED_PARTITION", "REFUSED_NO_SHAPE"),
        *("REFUSED_CONST_SHAPE", "REFUSED_INITIALIZER", "REFUSED_INIT_DTYPE"),
    }
    assert {each[1] for each in PROGRAMS} == wanted


# ---- a cell that runs twice


class _Notebook:
    """Runs cells the way a notebook does: each has a file name of its own and a count of its runs."""

    def __init__(self) -> None:
        self.count = 0
        self.names: dict[str, Any] = {"tf": tf}
        self.running: Any = None

    def run(self, source: str, cell: str = "a") -> BaseException | None:
        self.count += 1
        file = f"<cell {cell} {hash(source)}>"
        self.running = provenance.Cell(cell, self.count, source)
        provenance.notebook_files[file] = self.running
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        try:
            exec(compile(source, file, "exec"), self.names)
        except _ERRORS as error:
            return error
        finally:
            provenance.notebook_files[file] = self.running
        return None


@pytest.fixture
def notebook() -> Any:
    made = _Notebook()
    before, slots.cell_provider = slots.cell_provider, lambda: made.running
    files = dict(provenance.notebook_files)
    try:
        yield made
    finally:
        slots.cell_provider = before
        provenance.notebook_files.clear()
        provenance.notebook_files.update(files)


def test_a_cell_that_runs_twice_starts_a_new_graph_first(notebook: _Notebook) -> None:
    """New graph first; AUTO_REUSE says what it costs; each changed cell runs in the graph as it is."""
    assert notebook.run(RERUN) is None
    operations = len(tf.get_default_graph().get_operations())
    assert notebook.run(RERUN) is not None
    record = inspection.explain_request(tf.get_default_graph(), 3)
    assert record["verdict"] == "REFUSED_EXISTS_RERUN"
    first, second, third = record["fixes"]
    assert (first["added_before"], first["line"], first["cell"]) == ("tf.reset_default_graph()", 2, 2)
    assert first["weights"] == "new weights"
    assert "reuse=tf.AUTO_REUSE" in second["after"]
    assert second["costs"] == f"a second copy of the cell's {operations} operations"
    assert second["weights"] == "same weights as #1"
    assert third["weights"] == "new weights"
    made = tf.get_default_graph().journal.requests[0].variable
    assert notebook.run(_applied(RERUN, second)) is None
    assert notebook.names["w"] is made
    assert notebook.run(_applied(RERUN, third)) is None
    assert notebook.names["w"].op.name == "enc_2/w"
    assert notebook.run(_applied(RERUN, first)) is None
    assert notebook.names["w"].graph is tf.get_default_graph()
    assert notebook.names["w"] is not made
    assert tf.get_default_graph().journal.requests[0].verdict == "MADE"


def test_the_new_graph_starts_after_imports_and_commands(notebook: _Notebook) -> None:
    """Where the notebook puts commands for its shell, as Python sees them."""
    source = "import math\nget_ipython()\nw = tf.get_variable('w', [2])\n"
    notebook.names["get_ipython"] = dict
    notebook.run(source)
    notebook.run(source)
    fix = inspection.explain_request(tf.get_default_graph(), 2)["fixes"][0]
    assert (fix["line"], fix["added_before"]) == (3, "tf.reset_default_graph()")


def test_a_host_that_names_no_cells_runs_them_twice_too(notebook: _Notebook) -> None:
    """The source tells that it is the same cell."""
    notebook.run(RERUN, "cell-1")
    notebook.run(RERUN, "cell-2")
    assert tf.get_default_graph().journal.requests[-1].verdict == "REFUSED_EXISTS_RERUN"


def test_the_text_of_a_cell_that_ran_twice(notebook: _Notebook) -> None:
    """Exact."""
    notebook.run(RERUN)
    notebook.run(RERUN)
    assert inspection.why() == TEXT_OF_RERUN


def test_a_graph_that_is_not_the_global_one_is_not_reset(notebook: _Notebook) -> None:
    """reset_default_graph() would not touch it: the fix is told in words."""
    notebook.run("g = tf.Graph()", "graph")
    source = "with g.as_default():\n    w = tf.get_variable('w', [2])\n"
    notebook.run(source)
    notebook.run(source)
    fix = inspection.explain_request(notebook.names["g"], 2)["fixes"][0]
    assert fix["does"] == "make the graph anew in this cell: with tf.Graph().as_default():"
    assert fix["line"] == 0


def test_what_a_refused_run_left_behind_is_said(notebook: _Notebook) -> None:
    """A second name in the same cell helps a new graph; the cell run again meets what its refused run made."""
    source = "w = tf.get_variable('w', [2])\nw = tf.get_variable('w', [2])\n"
    notebook.run(source)
    fixes = inspection.explain_request(tf.get_default_graph(), 2)["fixes"]
    assert fixes
    assert all("run it in a new graph" in each["costs"] for each in fixes)


def test_a_line_with_shell_commands_around_can_be_changed(notebook: _Notebook) -> None:
    """Lines for the notebook's shell do not hinder the change; the source as Python sees it may still hold them."""
    notebook.run("w = tf.get_variable('w', [2])", "first")
    source = "%matplotlib inline\nb = tf.get_variable('w', [2])\n"
    file = "<cell magic>"
    notebook.count += 1
    notebook.running = provenance.Cell("magic", notebook.count, source)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    provenance.notebook_files[file] = notebook.running
    with pytest.raises(ValueError, match="already exists"):
        exec(compile(source.replace("%", "#"), file, "exec"), notebook.names)
    fixes = inspection.explain_request(tf.get_default_graph(), 2)["fixes"]
    assert [each["line"] for each in fixes] == [2, 2, 2]
    assert fixes[1]["after"] == 'b = tf.get_variable("w_2", [2])'


# ---- source that is not there, names, flags


def test_without_source_the_fix_is_told_in_words() -> None:
    """As in a plain terminal, where typed lines are not kept."""
    names = {"tf": tf}
    for text in ("w = tf.get_variable('w', [2])", "w = tf.get_variable('w', [2])"):
        try:
            exec(compile(text, "<stdin>", "exec"), names)
        except ValueError:
            fixes = inspection.explain_request(tf.get_default_graph(), 2)["fixes"]
    assert fixes
    assert all(each["line"] == 0 and each["after"] == "" for each in fixes)
    assert fixes[0]["weights"] == "same weights as #1"
    assert "share it" in inspection.why()


def test_source_that_cannot_be_parsed_is_told_in_words(tmp_path: Path) -> None:
    """The file was changed after it ran."""
    path = tmp_path / "learner.py"
    graph = _run('w = tf.get_variable("w", [2])\nw = tf.get_variable("w", [2])\n', path)
    path.write_text('w = tf.get_variable("w", [2]\n', encoding="utf-8")
    linecache.checkcache(str(path))
    fixes = inspection.explain_request(graph, 2)["fixes"]
    assert fixes
    assert all(each["line"] == 0 for each in fixes)


FLAGS = [
    (
        "FALSE_HAS_NO_EFFECT",
        'with tf.variable_scope("a", reuse=True):\n    with tf.variable_scope("b", reuse=False):\n        ',
    ),
    (
        "CONSTRAINT_NOT_INHERITED",
        'with tf.variable_scope("a", constraint=abs):\n    with tf.variable_scope("b"):\n        ',
    ),
    ("NAME_SCOPE_DOES_NOT_COUNT", 'with tf.variable_scope("a"):\n    with tf.name_scope("n"):\n        '),
    ("NAME_SCOPE_DOES_NOT_COUNT", 'with tf.name_scope("n"):\n    with tf.variable_scope("a"):\n        '),
    ("REENTERED_NEW_NAME_SCOPE", 'with tf.variable_scope("a"):\n    pass\nwith tf.variable_scope("a"):\n    '),
    (
        "DEFAULT_NAME_MADE_UNIQUE",
        'with tf.variable_scope(None, "a"):\n    pass\nwith tf.variable_scope(None, "a"):\n    ',
    ),
    ("TF_VARIABLE_RENAMED", 'tf.Variable(1.0, name="w")\n'),
]


@pytest.mark.parametrize(("flag", "opening"), FLAGS, ids=[f"{index} {each[0]}" for index, each in enumerate(FLAGS)])
def test_what_is_easily_misread_is_flagged(flag: str, opening: str, tmp_path: Path) -> None:
    graph = _run(opening + 'w = tf.get_variable("w", [2])\n', tmp_path / "learner.py")
    record = inspection.explain_request(graph, 1)
    assert flag in record["flags"]
    if flag == "NAME_SCOPE_DOES_NOT_COUNT":
        assert record["chain"][0]["note"] == "name scope n/ is not counted"
        assert record["chain"][0]["parts"][-1] == {"text": "n/", "kind": "struck", "entry": -1}


def test_a_plain_call_has_no_flags(tmp_path: Path) -> None:
    graph = _run('with tf.variable_scope("a"):\n    w = tf.get_variable("w", [2])\n', tmp_path / "learner.py")
    assert inspection.explain_request(graph, 1)["flags"] == []


@pytest.mark.parametrize("name", [3, None, b"w", ("a", "b")])
def test_a_name_that_is_no_text_is_explained_too(name: Any) -> None:
    """Whatever comes of such a call."""
    graph = tf.get_default_graph()
    for _ in range(2):
        try:
            tf.get_variable(name, [2])
        except _ERRORS:
            continue
    for request in graph.journal.requests:
        assert inspection.explain_request(graph, request.number)["chain"][-1]["text"]
        assert inspection.why(request.number)


def test_there_is_no_call_of_that_number() -> None:
    with pytest.raises(IndexError, match="has 0 get_variable calls; there is no call 1"):
        inspection.explain_request(tf.get_default_graph(), 1)


def test_functions_of_the_program_do_not_run_again(tmp_path: Path) -> None:
    """Initializers, partitioners, getters, regularizers and constraints are left out of the copy."""
    calls: list[str] = []
    names = {"tf": tf, "calls": calls}
    source = """
def start(shape, dtype=None, partition_info=None):
    calls.append("initializer")
    return tf.zeros(shape, dtype)
def cut(shape, dtype):
    calls.append("partitioner")
    return [1] * len(shape)
def getter(getter, *args, **kwargs):
    calls.append("getter")
    return getter(*args, **kwargs)
def penalty(w):
    calls.append("regularizer")
    return tf.reduce_sum(w)
for i in range(2):
    with tf.variable_scope("a", initializer=start, partitioner=cut, custom_getter=getter, regularizer=penalty):
        w = tf.get_variable("w", [2])
"""
    path = tmp_path / "learner.py"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(ValueError, match="already exists"):
        exec(compile(source, str(path), "exec"), names)
    before = list(calls)
    assert inspection.explain_request(tf.get_default_graph(), 2)["fixes"]
    assert calls == before


def test_explaining_inside_open_scopes_leaves_them_open(tmp_path: Path) -> None:
    """Explained where it happened: inside its scopes, devices and control dependencies."""
    graph = tf.get_default_graph()
    with tf.variable_scope("a"), tf.name_scope("n"), tf.device("/cpu:0"):
        w = tf.get_variable("w", [2])
        with pytest.raises(ValueError, match="exists"):
            tf.get_variable("w", [2])
        before = _state(graph)
        inspection.why()
        assert _state(graph) == before
        assert tf.get_variable_scope().name == "a"
        assert tf.get_default_graph() is graph
    assert w.op.name == "a/w"


def test_observers_of_the_graph_hear_nothing() -> None:
    graph = tf.get_default_graph()
    tf.get_variable("w", [2])
    with pytest.raises(ValueError, match="exists"):
        tf.get_variable("w", [2])
    heard: list[Any] = []
    stop = graph.events.subscribe(heard.append)
    inspection.why()
    stop()
    assert heard == []


# ---- why, at the prompt


def test_the_text_of_a_wrong_shape(tmp_path: Path) -> None:
    """Exact."""
    source = next(each[2] for each in PROGRAMS if each[0] == "other shape")
    _run(source, tmp_path / "learner.py")
    assert inspection.why() == TEXT_OF_SHAPE


def test_the_text_of_a_shared_call(tmp_path: Path) -> None:
    """Exact."""
    source = next(each[2] for each in PROGRAMS if each[0] == "shared, initializer ignored")
    _run(source, tmp_path / "learner.py")
    assert inspection.why(2) == TEXT_OF_IGNORED


def test_the_prompt_explains_the_error_it_showed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the graph of the error is no longer the default one."""
    with tf.Graph().as_default() as graph:
        tf.get_variable("w", [2])
        with pytest.raises(ValueError, match="exists") as caught:
            tf.get_variable("w", [2])
    with pytest.raises(ValueError, match="shape"):
        tf.get_variable("unknown")
    tf.get_default_graph().journal.requests.clear()
    with graph.as_default(), pytest.raises(ValueError, match="exists") as caught:
        tf.get_variable("w", [2])
    monkeypatch.setattr("sys.last_value", caught.value, raising=False)
    assert inspection.why().startswith("Call 3 refused: w ")
    assert inspection.why(graph) == inspection.why()


def test_the_prompt_explains_a_run_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which initializer to run, which placeholder to feed."""
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.get_variable("v", [2])
    with pytest.raises(ValueError, match="exists"):
        tf.get_variable("v", [2])
    with tf.Session() as session:
        for fetch, phrase, advice in [
            (v + 1.0, "Attempting to use uninitialized value v", "sess.run(tf.global_variables_initializer())"),
            (x * 2.0, "You must feed a value for placeholder tensor 'x'", "feed_dict={'x:0': value}"),
        ]:
            with pytest.raises(tf.errors.OpError) as caught:
                session.run(fetch)
            monkeypatch.setattr("sys.last_value", caught.value, raising=False)
            text = inspection.why()
            assert text.startswith(phrase)
            assert advice in " ".join(text.split())
            assert max(map(len, text.split("\n"))) <= 88
            assert len(text.split("\n")) <= 24


TEXT_OF_RERUN = """\
Call 3 refused: enc/w                           cell [2] line 3
  ValueError: Variable enc/w already exists, disallowed. Did you mean to set reuse=True
  or reuse=tf.AUTO_REUSE in VarScope? Originally defined at:

  It exists since call 1 (cell [1] line 3), and the mode here is make new.
  The same line made it when this cell ran as [1]; this is another run of it.
  asked   cell [2] line 3   w = tf.get_variable("w", [2, 3])
  made    cell [1] line 3   w = tf.get_variable("w", [2, 3])

  why     name     enc/ + w
          mode     make new                     reuse=None at enc: inherits root
          lookup   found                        made by call 1 at cell [1] line 3
          checks   not reached                  shape and dtype
          result   refused                      REFUSED_EXISTS_RERUN

  fixes   tried on a copy                       this one request, in its scopes
  a       start the cell with a new graph       new weights
          + 2   tf.reset_default_graph()
                costs: an open session keeps the old graph
  b       find it if it is there, else make it  same weights as call 1
          ~ 2   with tf.variable_scope("enc", reuse=tf.AUTO_REUSE):
                costs: a second copy of the cell's 20 operations
  c       use another name                      new weights
          ~ 2   with tf.variable_scope("enc_2"):"""
TEXT_OF_SHAPE = """\
Call 2 refused: enc/w                           learner.py:4
  ValueError: Trying to share variable enc/w, but specified shape (3, 5) and found shape
  (3, 4).

  It exists since call 1 (learner.py:2) with shape [3,4]; asked was [3,5].
  asked   learner.py:4   w = tf.get_variable("w", [3, 5])
  made    learner.py:2   w = tf.get_variable("w", [3, 4])

  why     name     enc/ + w
          mode     find only                    reuse=True given at learner.py:3
          lookup   found                        made by call 1 at learner.py:2
          checks   shape differs                asked [3,5], has [3,4]
          result   refused                      REFUSED_SHAPE

  fixes   tried on a copy                       this one request, in its scopes

  a       ask for the shape that it has, [3, 4]: same weights as call 1
          ~ 4   w = tf.get_variable("w", [3, 4])

  b       use another name                      new weights
          ~ 3   with tf.variable_scope("enc_2"):"""
TEXT_OF_IGNORED = """\
Call 2 shared, but: a/w                         learner.py:4

  The same variable as call 1 (learner.py:2).
  It existed, so this had no effect: initializer.
  asked   learner.py:4   w = tf.get_variable("w", [2], initializer=tf.ones_initialize...
  made    learner.py:2   w = tf.get_variable("w", [2])

  why     name     a/ + w
          mode     find only                    reuse=True given at learner.py:3
          lookup   found                        made by call 1 at learner.py:2
          checks   agree                        [2] and float32
          result   shared, but                  SHARED_ARGS_IGNORED

          initializer Ones: no effect, glorot uniform stays (from call 1)

  fixes   tried on a copy                       this one request, in its scopes

  a       leave initializer out: it has no effect: same weights as call 1
          ~ 4   w = tf.get_variable("w", [2])

  b       use another name                      new weights
          ~ 3   with tf.variable_scope("a_2"):"""
