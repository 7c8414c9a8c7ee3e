"""Statements of a program as text: where each stands, and how it reads with a part of it exchanged."""

from __future__ import annotations

import ast
import linecache
from typing import Any

from .scopes import Scope

_MOST_TEXT = 200
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def last_name(function: ast.AST) -> str:
    """Return the name that is called: "step" of optimizer.step."""
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def text_of(node: ast.AST | None) -> str:
    """Return an expression in Python's own spelling."""
    return "" if node is None else ast.unparse(node)


class Statements:
    """The statements of one scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.lines = [line.encode() for line in linecache.getlines(scope.file)]
        self.nodes = list(scope.walk())
        self.parents: dict[int, ast.AST] = {}
        for node in [scope.node, *self.nodes]:
            for child in ast.iter_child_nodes(node):
                self.parents[id(child)] = node

    def around(self, node: ast.AST) -> list[ast.AST]:
        """Return a node and what it stands in, the innermost first."""
        chain = [node]
        while (parent := self.parents.get(id(chain[-1]))) is not None:
            chain.append(parent)
        return chain

    def statement(self, node: ast.AST) -> Any:
        return next((n for n in self.around(node) if isinstance(n, ast.stmt)), node)

    def loops(self, node: ast.AST) -> list[int]:
        """Return the lines of the loops around a node, in its own function, the outermost first; not that whose head it is in."""
        found: list[int] = []
        chain = self.around(node)
        for child, parent in zip(chain, chain[1:]):
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                break
            if isinstance(parent, _LOOPS) and child in parent.body:
                found.append(parent.lineno)
        return found[::-1]

    def function(self, node: ast.AST) -> int:
        """Return the line of the function around a node; 0 for none."""
        return next((n.lineno for n in self.around(node)[1:] if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))), 0)

    def alone(self, statement: Any) -> Any:
        """Return the largest statement that has nothing but this one in it."""
        while True:
            parent: Any = self.parents.get(id(statement))
            body = getattr(parent, "body", None)
            if not isinstance(parent, (ast.For, ast.With, ast.If)) or getattr(parent, "orelse", None) or body != [statement]:
                return statement
            statement = parent

    def _sole(self, statement: Any) -> bool:
        """Report whether what a statement stands in would be left without one."""
        parent = self.parents.get(id(statement))
        return parent is not None and not isinstance(parent, ast.Module) and any(getattr(parent, name, None) == [statement] for name in ("body", "orelse", "finalbody"))

    def place(self, kind: str, node: ast.AST, **more: Any) -> dict[str, Any]:
        """Return a place: its kind, its statement's lines, those that go with it, and what else is told of it."""
        statement = self.statement(node)
        whole = self.alone(statement)
        return {
            "kind": kind, "file": self.scope.file, "line": statement.lineno, "last": statement.end_lineno, "column": statement.col_offset, **self.told(statement),
            "whole": [whole.lineno, whole.end_lineno], "whole_head": self.head(whole.lineno), "loops": self.loops(statement), "function": self.function(statement), "forward": self.scope.forward,
            **({"enclosed": True} if whole is not statement else {}), **({"sole": True} if self._sole(whole) else {}),
            **{name: value for name, value in more.items() if value is not None},
        }  # fmt: skip

    def told(self, statement: Any) -> dict[str, Any]:
        """Return how a statement is shown, its code where that is another, and whether its lines hold more than it."""
        head = self.head(statement.lineno)
        if isinstance(statement, ast.stmt) and (hasattr(statement, "body") or hasattr(statement, "cases")):
            return {"text": head}
        code, among = self.source(statement), self.among(statement)
        shown = code.split("\n", 1)[0][:_MOST_TEXT] if among else head
        return {"text": shown, **({"code": code} if code and code != shown else {}), **({"among": True} if among else {})}

    def among(self, statement: Any) -> bool:
        """Report whether a statement's first or last line holds something else, but for a comment."""
        ahead = self.lines[statement.lineno - 1][: statement.col_offset] if self.lines else b""
        behind = self.lines[statement.end_lineno - 1][statement.end_col_offset :] if self.lines else b""
        return bool(ahead.strip()) or not behind.strip(b" \t\r\n;").startswith(b"#") and bool(behind.strip(b" \t\r\n;"))

    def head(self, line: int) -> str:
        return linecache.getline(self.scope.file, line).strip()[:_MOST_TEXT]

    def _at(self, line: int, column: int) -> int:
        return sum(len(text) for text in self.lines[: line - 1]) + column

    def changed(self, statement: Any, changes: list[tuple[Any, str]]) -> str:
        """Return a statement, or an expression, with other texts in the place of some of its expressions; "" where it is too long."""
        begin, end = self._at(statement.lineno, statement.col_offset), self._at(statement.end_lineno, statement.end_col_offset)
        content = b"".join(self.lines)[begin:end]
        for node, text in sorted(changes, key=lambda change: -self._at(change[0].lineno, change[0].col_offset)):
            a, b = self._at(node.lineno, node.col_offset) - begin, self._at(node.end_lineno, node.end_col_offset) - begin
            content = content[:a] + text.encode() + content[b:]
        return self._dedented(content.decode(errors="replace"), statement.col_offset)

    def tail(self, attribute: Any, until: Any) -> Any:
        """Return what stands behind an expression, from the dot of its attribute on: ".sum()" of (a - b).sum()."""
        begin, end = self._at(attribute.value.end_lineno, attribute.value.end_col_offset), self._at(until.end_lineno, until.end_col_offset)
        content = b"".join(self.lines)
        dot = content.rindex(b".", begin, self._at(attribute.end_lineno, attribute.end_col_offset))
        line = content.count(b"\n", 0, dot) + 1
        column = dot - self._at(line, 0)
        return ast.Constant(None, lineno=line, col_offset=column, end_lineno=until.end_lineno, end_col_offset=until.end_col_offset) if dot < end else until

    def source(self, node: Any) -> str:
        """Return an expression as it is written."""
        return self.changed(node, [])

    def body(self, statement: Any) -> str:
        """Return what stands in a with or an if, as far to the left as that itself."""
        first, last = statement.body[0], statement.body[-1]
        content = b"".join(self.lines[first.lineno - 1 : last.end_lineno])
        ahead, content = content[: first.col_offset], content[first.col_offset :].decode(errors="replace").rstrip()
        return self._dedented(content, first.col_offset) if ahead.isspace() or first.lineno == statement.lineno else ""

    def bracketed(self, node: Any, instead_of: Any = None) -> str:
        """Return an expression as it is written, in brackets where it needs them on its own, or in the place of a part of another."""
        text = self.source(node)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.ListComp)):
            return text
        return f"({text})" if "\n" in text or isinstance(self.parents.get(id(instead_of)), ast.expr) and not self._argument(instead_of) else text

    def _argument(self, node: Any) -> bool:
        parent = self.parents.get(id(node))
        return isinstance(parent, ast.Call) and node in parent.args

    @staticmethod
    def _dedented(text: str, by: int) -> str:
        lines = text.split("\n")
        text = "\n".join([lines[0], *(line[by:] if line[:by].isspace() or not line.strip() else line for line in lines[1:])])
        return text if len(text) <= 10 * _MOST_TEXT else ""
