"""What cuts a loss off from the model, in each of its spellings, and how its statement reads without."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from .assignments import flat
from .statements import Statements, last_name, text_of

_METHODS = ("detach", "detach_", "item", "numpy", "tolist", "requires_grad_")
_MADE = ("tensor", "as_tensor", "from_numpy", "Variable", "Parameter")
_ARRAYS = ("array", "asarray")
_FLAT = ("argmax", "argmin", "multinomial", "bucketize", "searchsorted", "round")  # nothing of the same meaning can stand for them
_INDEXED = ("max", "min", "sort", "topk", "median", "mode", "kthvalue")  # they give numbers and, second, where those stand
_PYTHONS = ("numpy", "tolist", "item")  # what they give is no tensor
_OF_ARRAYS = ("astype", "copy")  # no method of a tensor's
_KEPT = ("cpu", "clone", "contiguous", "cuda", "double", "flatten", "float", "half", "reshape", "squeeze", "to", "unsqueeze", "view")
_SEVERAL = (ast.List, ast.Tuple, ast.ListComp)  # of tensors, which torch.stack makes one of
_FILLED = ("arange", "empty", "full", "new", "new_zeros", "ones", "rand", "randn", "zero_", "zeros")  # new tensors, of which no gradient is wanted


def cuts(scope: Statements, node: Any, wanted: set[str], given: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the place of what cuts, of a node on the loss's way. wanted: the names that the loss is made by; given: those of x and y."""
    if isinstance(node, ast.Assign):
        for target in node.targets:  # loss.requires_grad = True, which is requires_grad_()
            if isinstance(target, ast.Attribute) and target.attr == "requires_grad" and text_of(node.value) == "True":
                yield scope.place("cut", node, how="requires_grad_", of=text_of(target.value))
    elif isinstance(node, ast.Attribute):
        parent = scope.parents.get(id(node))
        if _cuts(node) and (not isinstance(parent, ast.Attribute) or parent.attr in _KEPT + _METHODS):
            yield scope.place("cut", node, how="data", without=_without(scope, node))
    elif isinstance(node, ast.Call):
        name = last_name(node.func)
        of = text_of(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if _cuts(node) and not (name in ("Variable", "Parameter") and _of_data(node.args[0], given)) and name not in _ARRAYS:
            yield scope.place("cut", node, how=name, of=of, without=_without(scope, node))
        elif name in _FLAT and of:
            yield scope.place("cut", node, how=name, of=of)
        elif name in _INDEXED and of and _indices(scope, node, wanted):
            yield scope.place("cut", node, how="argmin" if name == "min" else "argmax", of=of)


def _cuts(node: Any) -> bool:
    """Report whether an expression cuts what it is of, and stands for nothing else."""
    if isinstance(node, ast.Attribute):
        return node.attr == "data" and isinstance(node.ctx, ast.Load)
    name = last_name(node.func) if isinstance(node, ast.Call) else ""
    return name in _METHODS and isinstance(node.func, ast.Attribute) or name in _MADE + _ARRAYS and bool(node.args)


def _of_data(argument: ast.expr, given: set[str]) -> bool:
    """Report whether Variable(argument) is the wrapping of data that older programs have, and cuts nothing."""
    names = {n.id for n in ast.walk(argument) if isinstance(n, ast.Name)}
    return names <= given or isinstance(argument, ast.Call) and last_name(argument.func) in _FILLED


def _indices(scope: Statements, call: ast.Call, wanted: set[str]) -> bool:
    """Report whether of torch.max(out, 1) and its like, which give two tensors, the whole numbers alone are gone on with."""
    parent = scope.parents.get(id(call))
    if isinstance(parent, ast.Subscript):
        return text_of(parent.slice) in ("1", "-1")
    if isinstance(parent, ast.Attribute):
        return parent.attr == "indices"
    for target in parent.targets if isinstance(parent, ast.Assign) else ():
        names = [text_of(t) for t in flat(target)]
        if len(names) == 2:
            return names[1] in wanted and names[0] not in wanted
    return False


def _without(scope: Statements, node: Any) -> str | None:
    """Return a statement without a cut, and without those around and within it, of which each alone would do; None: that can't be written by leaving out."""
    statement = scope.statement(node)
    around = [n for n in scope.around(node) if isinstance(n, ast.expr)]
    top = next((n for n in reversed(around) if _cuts(n)), node)  # all of it is cut
    inside = around[around.index(top) + 1 :] + list(ast.walk(top))
    cut = [n for n in inside if _cuts(n)]
    if any(isinstance(n, ast.Call) and last_name(n.func) in _FLAT for n in inside):
        return None
    if any(last_name(n.func) in _MADE and _of_numbers(scope, n) for n in cut if isinstance(n, ast.Call)):
        return None
    if any(last_name(n.func) in _PYTHONS and not _made_again(scope, n) for n in cut if isinstance(n, ast.Call)):
        return None
    called = {id(n.func) for n in cut if isinstance(n, ast.Call)}
    for n in inside:  # .clone() of .clone().detach(), .cpu() of .cpu().numpy() and .copy() of .numpy().copy()
        name = last_name(n.func) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) else ""
        of: Any = scope.parents.get(id(n))
        then = of.attr if isinstance(of, ast.Attribute) and id(of) in called else ""
        if name in _OF_ARRAYS or name == "clone" and then or name == "cpu" and then in _PYTHONS:
            cut.append(n)
    return scope.changed(statement, [change for n in cut for change in _left_out(scope, n)])


def _made_again(scope: Statements, call: ast.Call) -> bool:
    """Report whether what is no tensor any more becomes one in the same expression, with nothing in between that tensors can't do."""
    between = (*_SEVERAL, ast.Attribute, *((ast.BinOp, ast.UnaryOp) if last_name(call.func) == "item" else ()))
    for node in scope.around(call)[1:]:
        name = last_name(node.func) if isinstance(node, ast.Call) else ""
        if name in _MADE:
            return True
        if not isinstance(node, between) and name not in _METHODS + _ARRAYS + _OF_ARRAYS:
            return False
    return False


def _of_numbers(scope: Statements, call: ast.Call) -> bool:
    """Report whether a tensor is made of what is none, so that what it is made of can't stand for it."""
    argument = call.args[0]
    if isinstance(argument, _SEVERAL):
        elements = [argument.elt] if isinstance(argument, ast.ListComp) else argument.elts
        return last_name(call.func) != "tensor" or not isinstance(call.func, ast.Attribute) or any(isinstance(e, (*_SEVERAL, ast.Constant)) for e in elements)
    value = scope.scope.value(argument)
    return isinstance(argument, ast.Constant) or isinstance(value, (int, float, list, tuple)) or type(value).__name__ == "ndarray"


def _left_out(scope: Statements, node: Any) -> list[tuple[Any, str]]:
    """Return the changes after which a tensor stands where a method of it, or what is made of it, has stood."""
    if isinstance(node, ast.Attribute):
        return [(scope.tail(node, node), "")]
    if last_name(node.func) not in _MADE + _ARRAYS:
        return [(scope.tail(node.func, node), "")]
    argument = node.args[0]
    begin, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    first, last = (argument.lineno, argument.col_offset), (argument.end_lineno, argument.end_col_offset)
    if isinstance(argument, _SEVERAL):
        return [(_span(*begin, *first), f"{text_of(node.func.value)}.stack("), (_span(*last, *end), ")")]
    brackets = scope.bracketed(argument, node) != scope.source(argument)
    return [(_span(*begin, *first), "(" if brackets else ""), (_span(*last, *end), ")" if brackets else "")]


def _span(line: int, column: int, last: int, until: int) -> Any:
    return ast.Constant(None, lineno=line, col_offset=column, end_lineno=last, end_col_offset=until)
