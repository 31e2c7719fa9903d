"""Kernels given as a formula: `"dy * (1 - y * y)"`.

One text serves all ways to run: the interpreter calls it as a function, compiled plans take it apart into calls of ufuncs that
fill buffers, and on numpy scalars it is an expression. All do the same operations in the same order, so all give the same bits.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_OPERATORS: dict[type, np.ufunc] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.true_divide,
    ast.BitAnd: np.bitwise_and,
    ast.BitOr: np.bitwise_or,
    ast.USub: np.negative,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}

Operand = int | float
"""In a step: whole numbers count the arguments and, after them, the results of the steps before; floats are constants."""


class Formula:
    """An elementwise formula.

    Attributes:
      text: the formula.
      names: its arguments.
      steps: pairs (ufunc, operands) in the order in which Python evaluates them; the last one gives the result.
      function: the formula as a function of arrays or numpy scalars.
      expression: the formula with `{0}` for the first argument, or None when it calls functions.
    """

    __slots__ = ("_draft", "expression", "function", "names", "steps", "text")

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.text = text
        self.names = tuple(names)

    steps: list[tuple[np.ufunc, tuple[Operand, ...]]]
    _draft: list[tuple[np.ufunc, tuple[Operand, ...]]]
    function: Callable[..., Any]
    expression: str | None

    def __getattr__(self, name: str) -> Any:
        """Called when the formula is used first: only then it is read."""
        if name not in ("steps", "function", "expression"):
            raise AttributeError(name)
        self._read()
        return getattr(self, name)

    def _read(self) -> None:
        text = self.text
        self._draft = []
        tree = ast.parse(text, mode="eval").body
        self._walk(tree)
        if not self._draft:
            raise ValueError(f"The formula {text!r} computes nothing.")
        functions = {ufunc.__name__: ufunc for ufunc, _ in self._draft}
        functions["abs"] = np.absolute
        source = f"lambda {', '.join(self.names)}: {text}"
        self.function = eval(compile(source, f"<formula {text}>", "eval"), functions)
        calls = any(isinstance(node, ast.Call) for node in ast.walk(tree))
        self.expression = (
            None
            if calls
            else ast.unparse(_Places(self.names).visit(tree)).replace("_open_", "{").replace("_close_", "}")
        )
        self.steps = self._draft

    def _walk(self, node: ast.AST) -> Operand:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return float(node.value)
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names.index(node.id)
        if isinstance(node, ast.BinOp):
            return self._step(_OPERATORS[type(node.op)], self._walk(node.left), self._walk(node.right))
        if isinstance(node, ast.UnaryOp):
            return self._step(_OPERATORS[type(node.op)], self._walk(node.operand))
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._step(_OPERATORS[type(node.ops[0])], self._walk(node.left), self._walk(node.comparators[0]))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            ufunc = getattr(np, node.func.id, None)
            if isinstance(ufunc, np.ufunc):
                return self._step(ufunc, *[self._walk(each) for each in node.args])
        raise ValueError(f"The formula {self.text!r} has a part that is no elementwise operation: {ast.unparse(node)}")

    def _step(self, ufunc: np.ufunc, *operands: Operand) -> int:
        self._draft.append((ufunc, operands))
        return len(self.names) + len(self._draft) - 1


class _Places(ast.NodeTransformer):
    """Puts places for texts where the arguments stand."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"_open_{self._names.index(node.id)}_close_", ast.Load())
