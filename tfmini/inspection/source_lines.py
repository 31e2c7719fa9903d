"""Lines of the program, changed: calls are found in the syntax tree of the source and edited in place.

Only text between two positions of one line is ever replaced, so layout and comments stay as the learner wrote them. Source that
cannot be read or parsed gives no change; the caller then says in words what to do.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Change:
    """One changed line: the line as it is, as it would be, the part that is new, and a line to add before it ("" for none)."""

    file: str
    line: int
    before: str
    after: str
    changed: str
    added_before: str = ""


@dataclass(frozen=True)
class Found:
    """A call in the source of a program: its node, the statements around it (outermost first), and where it stands."""

    file: str
    source: str
    node: ast.Call
    around: tuple[ast.AST, ...]

    @property
    def module(self) -> str:
        """What stands before the function's name: `tf.`, `tf.compat.v1.`, or ""."""
        function = self.node.func
        return ast.unparse(function.value) + "." if isinstance(function, ast.Attribute) else ""

    @property
    def statement(self) -> ast.stmt:
        """The innermost statement that holds the call."""
        return next(each for each in reversed(self.around) if isinstance(each, ast.stmt))

    def argument(self, name: str, position: int) -> ast.expr | None:
        """Returns the argument that is given under this name or at this position, or None."""
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        before = self.node.args[: position + 1]
        if len(before) > position and not any(isinstance(each, ast.Starred) for each in before):
            return before[position]
        return None


@lru_cache(maxsize=32)
def _tree(source: str) -> ast.Module | None:
    """Returns the syntax tree of a source. Lines for the notebook's shell are left out when it does not parse with them."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        plain = [
            " " * (len(line) - len(line.lstrip())) + "pass" if line.lstrip().startswith(("%", "!")) else line
            for line in source.split("\n")
        ]
        if plain and source.lstrip().startswith("%%"):
            plain[0] = ""
    try:
        return ast.parse("\n".join(plain))
    except (SyntaxError, ValueError):
        return None


def source_of(file: str) -> str:
    """Returns the source of a file or notebook cell, "" when it cannot be read."""
    return "".join(linecache.getlines(file))


def _walk(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    for child in ast.iter_child_nodes(node):
        yield child, (*around, node)
        yield from _walk(child, (*around, node))


def _calls_at(file: str, line: int) -> Iterator[Found]:
    source = source_of(file)
    tree = _tree(source) if source else None
    if tree is None:
        return
    for node, around in _walk(tree, ()):
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno):
            yield Found(file, source, node, around)


def find_call(file: str, line: int, names: Sequence[str], first: str | None = None) -> Found | None:
    """Returns the call of a function of one of these names at a line, or None when there is none, or more than one fits.

    Args:
      first: text that the first argument has, if it is a literal; chooses among several calls on one line.
    """
    found = [each for each in _calls_at(file, line) if _function_name(each.node) in names]
    if len(found) > 1 and first is not None:
        found = [each for each in found if literal(each.argument("name", 0)) == first]
    exact = [each for each in found if each.node.lineno == line]
    found = exact or found
    return found[0] if len(found) == 1 else None


def _function_name(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def literal(node: ast.expr | None) -> Any:
    """Returns the value of a literal, or None for anything else."""
    return node.value if isinstance(node, ast.Constant) else None


def statement_at(file: str, line: int) -> tuple[ast.stmt, tuple[ast.AST, ...]] | None:
    """Returns the innermost statement at a line with what is around it, or None."""
    source = source_of(file)
    tree = _tree(source) if source else None
    if tree is None:
        return None
    best = None
    for node, around in _walk(tree, ()):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            best = (node, around)
    return best


# ---- edits


def _column(text: str, offset: int) -> int:
    """Returns the position in characters of an offset in UTF-8 bytes."""
    return len(text.encode()[:offset].decode(errors="ignore"))


def _line(source: str, number: int) -> str:
    return source.split("\n")[number - 1]


def _edited(file: str, source: str, line: int, start: int, end: int, new: str, shown: str = "") -> Change | None:
    """Returns the change that puts `new` between two columns of a line, or None when the whole would not parse then."""
    lines = source.split("\n")
    before = lines[line - 1]
    after = before[:start] + new + before[end:]
    lines[line - 1] = after
    if _tree("\n".join(lines)) is None:
        return None
    return Change(file, line, before, after.rstrip(), shown or new.strip(", "))


def replace_node(found: Found, node: ast.expr, new: str) -> Change | None:
    """Puts other text in the place of an expression that stands on one line."""
    if node.end_lineno != node.lineno or node.end_col_offset is None:
        return None
    text = _line(found.source, node.lineno)
    return _edited(
        found.file, found.source, node.lineno, _column(text, node.col_offset), _column(text, node.end_col_offset), new
    )


def set_argument(found: Found, name: str, position: int, new: str) -> Change | None:
    """Gives an argument another value, or adds it as a keyword."""
    existing = found.argument(name, position)
    if existing is not None:
        return replace_node(found, existing, new)
    if position >= 0 and any(isinstance(each, ast.Starred) for each in found.node.args):
        return None
    return add_keyword(found, f"{name}={new}")


def set_parameter(found: Found, name: str, position: int, file: str, line: int, new: str) -> Change | None:
    """Gives the argument of a call another value where it comes from: in the line that calls the function around it.

    Args:
      found: a call that passes a parameter of its function on, as in `def f(reuse=None): g(reuse=reuse)`.
      name, position: the argument of `found`.
      file, line: the line that calls the function.
      new: the value.

    Returns:
      The change of that line; None when the argument is no parameter, when the function changes it, or when the line has no such call.
    """
    passed = found.argument(name, position)
    function = next((each for each in reversed(found.around) if isinstance(each, ast.FunctionDef)), None)
    if not isinstance(passed, ast.Name) or function is None:
        return None
    stored = [each for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    plain = [each.arg for each in [*function.args.posonlyargs, *function.args.args]]
    known = [*plain, *(each.arg for each in function.args.kwonlyargs)]
    caller = find_call(file, line, (function.name,))
    if passed.id not in known or any(each.id == passed.id for each in stored) or caller is None:
        return None
    bound = isinstance(caller.node.func, ast.Attribute) and plain[:1] in (["self"], ["cls"])
    place = plain.index(passed.id) - bound if passed.id in plain else len(caller.node.args)
    return set_argument(caller, passed.id, place, new)


def add_keyword(found: Found, text: str) -> Change | None:
    """Adds a keyword after the last argument that is no `**mapping`."""
    plain: list[Any] = [*found.node.args, *(each for each in found.node.keywords if each.arg is not None)]
    if not found.node.args and not found.node.keywords and found.node.end_lineno is not None:
        end = _column(_line(found.source, found.node.end_lineno), found.node.end_col_offset or 0) - 1
        return _edited(found.file, found.source, found.node.end_lineno, end, end, text, text)
    if not plain:
        return None
    last = max(plain, key=lambda each: (each.end_lineno, each.end_col_offset))
    column = _column(_line(found.source, last.end_lineno), last.end_col_offset)
    return _edited(found.file, found.source, last.end_lineno, column, column, ", " + text, text)


def remove_argument(found: Found, name: str, position: int) -> Change | None:
    """Leaves an argument out, when those after it are named."""
    node = found.node
    target: Any = next((each for each in node.keywords if each.arg == name), None)
    everything: list[Any] = [*node.args, *node.keywords]
    if target is None:
        if len(node.args) != position + 1 or isinstance(node.args[position], ast.Starred):
            return None
        target = node.args[position]
    if target.lineno != target.end_lineno:
        return None
    text = _line(found.source, target.lineno)
    start, end = _column(text, target.col_offset), _column(text, target.end_col_offset)
    removed = text[start:end]
    earlier = [each for each in everything if (each.lineno, each.col_offset) < (target.lineno, target.col_offset)]
    rest = text[end:]
    if earlier and max(each.end_lineno for each in earlier) == target.lineno:
        last = max(earlier, key=lambda each: (each.end_lineno, each.end_col_offset))
        start = _column(text, last.end_col_offset)
    elif rest.lstrip().startswith(","):
        end += len(rest) - len(rest.lstrip()) + 1
        end += len(text[end:]) - len(text[end:].lstrip(" ")) if text[end:].strip() else 0
    return _edited(found.file, found.source, target.lineno, start, end, "", f"without {removed}")


def wrapped(file: str, line: int, opener: str) -> Change | None:
    """Puts a `with` before a simple statement that fills its line alone."""
    found = statement_at(file, line)
    if found is None:
        return None
    statement, _ = found
    source = source_of(file)
    text = _line(source, statement.lineno)
    simple = not hasattr(statement, "body") and not isinstance(statement, ast.Match)
    alone = text[: _column(text, statement.col_offset)].strip() == "" and ";" not in text
    if not simple or not alone:
        return None
    column = len(text) - len(text.lstrip())
    change = _edited(file, source, statement.lineno, column, column, opener + " ", opener)
    return change


def taken_out(file: str, line: int) -> Change | None:
    """Turns a statement that fills its line into a comment after `pass`."""
    found = statement_at(file, line)
    if found is None:
        return None
    statement = found[0]
    if statement.lineno != statement.end_lineno or not isinstance(statement, ast.Expr):
        return None
    source = source_of(file)
    text = _line(source, line)
    column = len(text) - len(text.lstrip())
    if text[: _column(text, statement.col_offset)].strip() or ";" in text:
        return None
    return _edited(file, source, line, column, column, "pass  # ", "pass  #")


def moved_out(file: str, line: int, openers: set[int]) -> tuple[Change, set[int]] | None:
    """Moves the last statement of a `with` block out of it.

    Args:
      openers: lines of the `with` statements that it may leave.

    Returns:
      The change, and the lines of the `with` statements that were left; None when the statement is not the last of the block, or
      is all of it.
    """
    found = statement_at(file, line)
    if found is None:
        return None
    statement, around = found
    inside: ast.AST = statement
    left: set[int] = set()
    column = statement.col_offset
    for outer in reversed(around):
        if (
            not isinstance(outer, ast.With)
            or outer.body[-1] is not inside
            or (inside is statement and len(outer.body) < 2)
        ):
            break
        if not {item.context_expr.lineno for item in outer.items} & openers:
            break
        left |= {item.context_expr.lineno for item in outer.items}
        column = outer.col_offset
        inside = outer
    source = source_of(file)
    text = _line(source, statement.lineno)
    if not left or statement.lineno != statement.end_lineno or hasattr(statement, "body"):
        return None
    indent = len(text) - len(text.lstrip())
    change = _edited(file, source, statement.lineno, 0, indent, text[:column], text.strip())
    return None if change is None else (change, left)


def added(file: str, line: int, new: str) -> Change | None:
    """Adds a line of the same depth before a line, which stays as it is."""
    source = source_of(file)
    lines = source.split("\n")
    if not source or not 0 < line <= len(lines):
        return None
    text = lines[line - 1]
    new_line = text[: len(text) - len(text.lstrip())] + new
    if _tree("\n".join([*lines[: line - 1], new_line, *lines[line - 1 :]])) is None:
        return None
    return Change(file, line, text, text, new, new_line)


def first_statement(file: str) -> int:
    """Returns the line of the first statement after imports and notebook commands, or 0 when the source cannot be parsed."""
    source = source_of(file)
    tree = _tree(source) if source else None
    if tree is None:
        return 0
    for statement in tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_command = _line(source, statement.lineno).startswith(("get_ipython()", "%", "!"))
        if not isinstance(statement, (ast.Import, ast.ImportFrom)) and not is_text and not is_command:
            return min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
    return 0


def replace_span(found: Found, first: ast.expr, last: ast.expr, new: str) -> Change | None:
    """Puts other text in the place of everything from one expression to another, which stand on one line."""
    if first.lineno != last.end_lineno or last.end_col_offset is None:
        return None
    text = _line(found.source, first.lineno)
    start, end = _column(text, first.col_offset), _column(text, last.end_col_offset)
    return _edited(found.file, found.source, first.lineno, start, end, new)


def text_of(found: Found, node: ast.expr) -> str:
    """Returns the source of an expression that stands on one line, else ""."""
    if node.lineno != node.end_lineno:
        return ""
    return ast.get_source_segment(found.source, node) or ""


def with_lines_around(file: str, line: int) -> set[int]:
    """Returns the lines of the `with` items around a line."""
    found = statement_at(file, line)
    around = found[1] if found is not None else ()
    return {item.context_expr.lineno for each in around if isinstance(each, ast.With) for item in each.items}


_LIBRARY = ("tfmini", "tensorflow", "tfmini.compat.v1", "tensorflow.compat.v1")


def module_of(file: str) -> str:
    """Returns how a source writes the library's names when it imports single functions: `tf.`, by its own `import`."""
    source = source_of(file)
    tree = _tree(source) if source else None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            for each in node.names:
                if each.name in _LIBRARY:
                    return (each.asname or each.name) + "."
    return "tf."
