"""Finds where rows and their targets part: each drawn by a loader with an order of its own, or rows dropped from one of them alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .orders import within_a_step
from .scopes import tree
from .statements import Statements, last_name, text_of

_PAIRED = ("TensorDataset", "train_test_split", "from_tensor_slices")
_DROPS = ("dropna", "drop_duplicates", "drop_nulls", "query", "filter", "masked_select", "compress", "delete")
_OWN = ("dropna", "drop_duplicates", "drop_nulls")  # by what is in an array itself: of two each loses others
_TESTS = ("isnan", "isna", "isnull", "notna", "notnull", "isfinite", "isinf", "isin", "is_null", "logical_and", "logical_or", "logical_not", "where", "nonzero", "flatnonzero", "argwhere")
_NUMBERS = ("argmax", "argmin", "argsort", "long", "int", "searchsorted", "digitize")  # which row is taken, for each of as many
# of these no row comes back, so that what they are given may have other rows
_COUNTS = ("len", "size", "fit", "mean", "std", "var", "median", "min", "max", "sum", "quantile", "nanmean", "nanstd", "norm", "amin", "amax")


def parted(scope: Statements, watch: Any, x: str, y: str) -> Iterator[dict[str, Any]]:
    """Yield where x and y come from loaders that shuffle each on its own ("apart"), and where rows of one alone are dropped ("dropped").

    What each is made of is followed back by the assignments that hold where it is used; what both are made of they have in common.
    """
    if scope.scope.forward:
        return
    flow = _Flow(scope)
    for site, one, other in _pairs(scope, watch, x, y):
        a, b = flow.made_of(one, site), flow.made_of(other, site)
        if isinstance(site, ast.Return) and not any(isinstance(n, ast.Call) for at, n in a.items() if at in b):
            continue  # what a function returns beside each other needn't be of the same rows: a model and its data
        if isinstance(site, ast.Call) and scope.scope.value(site.func) is watch:  # two loaders that are returned may be of two parts of the data
            yield from _apart(scope, site, a, b)
        yield from _dropped(scope, flow, a, b)
        yield from _dropped(scope, flow, b, a)


def _pairs(scope: Statements, watch: Any, x: str, y: str) -> Iterator[tuple[ast.AST, ast.expr, ast.expr]]:
    """Yield expressions whose rows belong together, and where."""
    for node in scope.nodes:
        if isinstance(node, ast.Call):
            if watch is not None and scope.scope.value(node.func) is watch and x and y:
                if not x.startswith("*") and not y.startswith("*"):  # watch(*batch, loss): both are of one
                    yield node, ast.parse(x, mode="eval").body, ast.parse(y, mode="eval").body
            elif (last_name(node.func) in _PAIRED or _fits(scope, node.func)) and node.args:
                given = node.args[0].elts if isinstance(node.args[0], ast.Tuple) else node.args
                if len(given) > 1:
                    yield node, given[0], given[1]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            yield node, node.value.elts[0], node.value.elts[1]
    if getattr(scope.scope.node, "name", "") == "__init__":
        end = ast.Pass(lineno=scope.scope.node.end_lineno + 1, col_offset=0)  # type: ignore[attr-defined]
        for one, other in _of_items(scope):
            yield end, one, other


def _fits(scope: Statements, function: ast.expr) -> bool:
    """Report whether a call is that of a Keras model's fit, and not a trainer's, which is given a model and its data."""
    return last_name(function) == "fit" and isinstance(function, ast.Attribute) and all(_held(scope, function.value, name) is not None for name in ("compile", "predict", "evaluate"))


def _of_items(scope: Statements) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the arrays of a data set of which one item has a row each."""
    for owner in ast.walk(tree(scope.scope.file) or ast.Module([], [])):
        if isinstance(owner, ast.ClassDef) and any(n.lineno == scope.scope.node.lineno for n in owner.body):  # type: ignore[attr-defined]
            for node in ast.walk(owner):
                if isinstance(node, ast.FunctionDef) and node.name == "__getitem__":
                    for item in ast.walk(node):
                        if isinstance(item, ast.Return) and isinstance(item.value, ast.Tuple) and len(item.value.elts) == 2:
                            yield item.value.elts[0], item.value.elts[1]


class _Flow:
    """What the names of a scope are set to, and where."""

    def __init__(self, scope: Statements) -> None:
        self.scope = scope
        self.set: dict[str, list[tuple[tuple[int, int], int, ast.expr]]] = {}
        for node in scope.nodes:
            for name, value in _set(node):
                self.set.setdefault(name, []).append((_at(node), scope.function(node), value))

    def last(self, name: str, site: ast.AST) -> ast.expr | None:
        """Return what a name is set to where it is used: by the last statement ahead, or by one of the turn before in a loop."""
        every = self.set.get(name, [])
        function = self.scope.function(site) if id(site) in self.scope.parents else None
        of = [one for one in every if one[1] == function] or every
        here = _at(self.scope.statement(site))
        loops = set(self.scope.loops(site))
        ahead = [one for one in of if one[0] < here] or [one for one in of if loops & set(self.scope.loops(one[2]))]
        return max(ahead, key=lambda one: one[0])[2] if ahead else None

    def made_of(self, expression: ast.expr, site: ast.AST) -> dict[int, ast.AST]:
        """Return the expressions that an array's rows come from."""
        found: dict[int, ast.AST] = {}
        todo: list[tuple[ast.AST, ast.AST]] = [(expression, site)]
        while todo:
            node, used = todo.pop()
            if id(node) in found:
                continue
            found[id(node)] = node
            if isinstance(node, ast.Call) and last_name(node.func) in _COUNTS or isinstance(node, ast.Attribute) and node.attr == "shape":
                continue
            if isinstance(node, (ast.Name, ast.Attribute)) and (value := self.last(text_of(node), used)) is not None:
                todo.append((value, value))
            todo.extend((child, used) for child in ast.iter_child_nodes(node) if isinstance(child, (ast.expr, ast.keyword, ast.comprehension)))
        return found


def _at(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _set(node: Any) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a statement sets, each with what it is set to."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _taken_apart(target, node.value)
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield from _taken_apart(node.target, node.value)
    elif isinstance(node, ast.For):
        yield from _taken_apart(node.target, node.iter, each=True)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and any(k.arg == "inplace" and text_of(k.value) == "True" for k in node.value.keywords):
        yield text_of(getattr(node.value.func, "value", None)), node.value


def _taken_apart(target: ast.expr, value: ast.expr, each: bool = False) -> Iterator[tuple[str, ast.expr]]:
    if each and isinstance(value, ast.Call) and last_name(value.func) in ("tqdm", "list", "track") and value.args:
        value = value.args[0]
    if isinstance(target, (ast.Tuple, ast.List)):
        parts: list[ast.expr] = []
        if each and isinstance(value, ast.Call):
            name = last_name(value.func)
            parts = value.args if name == "zip" else [value, value.args[0]] if name == "enumerate" and value.args else []
        elif isinstance(value, (ast.Tuple, ast.List)):
            parts = value.elts
        for at, element in enumerate(target.elts):
            yield from _taken_apart(element, parts[at] if len(parts) == len(target.elts) else value, each and len(parts) == len(target.elts))
    else:
        yield text_of(target), value


def _apart(scope: Statements, site: ast.AST, a: dict[int, ast.AST], b: dict[int, ast.AST]) -> Iterator[dict[str, Any]]:
    ones, others = ([n for at, n in own.items() if at not in of and _loads(scope, n)] for own, of in ((a, b), (b, a)))
    mixed = [n for n in others + ones if _shuffles(scope, n)]
    if not ones or not others or not mixed or any(_seeded(n) for n in ones) and any(_seeded(n) for n in others):
        return
    said = next((n for n in mixed if isinstance(n, ast.Call) and id(n) in scope.parents), site)  # else the loaders were made elsewhere
    yield scope.place("apart", said, names=[_owner(one[-1]) for one in (ones, others)])


def _loads(scope: Statements, node: ast.AST) -> bool:
    """Report whether an expression is what gives batches."""
    if isinstance(node, ast.Call):
        return last_name(node.func) in ("batch", "shuffle") or last_name(node.func).endswith("Loader")
    return _held(scope, node, "sampler") is not None


def _owner(node: ast.AST) -> str:
    """Return of what a loader gives the rows: its first argument, or its own name."""
    if not isinstance(node, ast.Call):
        return text_of(node)
    return text_of(node.func.value if last_name(node.func) == "shuffle" and isinstance(node.func, ast.Attribute) else node.args[0] if node.args else node.func)


def _shuffles(scope: Statements, node: ast.AST) -> bool:
    """Report whether an expression is a loader that puts rows into an order of its own."""
    if isinstance(node, ast.Call):
        if last_name(node.func) == "shuffle" and isinstance(node.func, ast.Attribute):
            return scope.scope.value(node.func.value) is None or _held(scope, node.func.value, "batch") is not None  # of tf.data, and not random.shuffle
        return last_name(node.func).endswith("Loader") and any(k.arg == "shuffle" and text_of(k.value) == "True" for k in node.keywords)
    sampler = _held(scope, node, "sampler")
    return type(sampler).__name__ == "RandomSampler" and _held(scope, ast.Attribute(node, "sampler", ast.Load()), "generator") is None  # type: ignore[arg-type]


def _held(scope: Statements, node: Any, name: str) -> Any:
    """Return an attribute of what a name stands for, without running anything of the user's; None where it has none."""
    return scope.scope.value(ast.Attribute(node, name, ast.Load()))


def _seeded(node: ast.AST) -> bool:
    """Report whether an order may be made to be another's: from a generator or a seed that is given."""
    return isinstance(node, ast.Call) and any(k.arg in ("generator", "seed") for k in node.keywords)


def _dropped(scope: Statements, flow: _Flow, a: dict[int, ast.AST], b: dict[int, ast.AST]) -> Iterator[dict[str, Any]]:
    """Yield where a has lost rows that b has kept."""
    mine, theirs = ([n for at, n in own.items() if at not in of and _drops(flow, n)] for own, of in ((a, b), (b, a)))
    mine = [n for n in mine if id(n) in scope.parents]  # and not what the watch is given: that is of one step
    if not mine or not all(isinstance(n, ast.Call) and last_name(n.func) in _OWN for n in theirs):
        return
    dropped = min(mine, key=_at)
    if within_a_step(scope, dropped):
        return
    array = text_of(dropped.value if isinstance(dropped, ast.Subscript) else getattr(dropped.func, "value", dropped)) if not isinstance(dropped, ast.ListComp) else text_of(dropped.generators[0].iter)  # type: ignore[attr-defined]
    cut = [n for at, n in b.items() if at not in a and isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Slice) and n.slice.upper is not None and _length(n.slice.upper)]
    yield scope.place("dropped", min(cut, key=_at) if cut else dropped, names=[array])


def _length(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Call) and last_name(n.func) in ("len", "size") or isinstance(n, ast.Attribute) and n.attr == "shape" for n in ast.walk(node))


def _drops(flow: _Flow, node: ast.AST) -> bool:
    """Report whether an expression has fewer rows than what it is made of, by what is in them."""
    if isinstance(node, ast.Call):
        axes = [text_of(k.value) for k in node.keywords if k.arg in ("axis", "dim")] + [text_of(a) for a in node.args[2:3]]
        if last_name(node.func) == "filter" and {"items", "like", "regex"} & {k.arg for k in node.keywords} and not {"0", "'index'"} & set(axes):
            return False  # of pandas, by the names of columns
        return last_name(node.func) in _DROPS and not {"1", "-1", "'columns'"} & set(axes)
    if isinstance(node, ast.ListComp):
        return any(generator.ifs for generator in node.generators) and not _of_names(node) and not _within_each(flow, node)
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return False
    rows: Any = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    for _ in range(3):  # keep = …; x[keep]
        if isinstance(rows, (ast.Name, ast.Attribute)) and (value := flow.last(text_of(rows), node)) is not None:
            rows = value
    if isinstance(rows, ast.ListComp) and _of_names(rows):
        return False
    if isinstance(rows, ast.Call) and last_name(rows.func) == "where" and len(rows.args) > 1:
        return False  # one of two for each
    if isinstance(rows, ast.Call) and (last_name(rows.func) in _NUMBERS or last_name(rows.func) == "astype" and "int" in text_of(rows.args[0] if rows.args else None)):
        return False
    return not isinstance(rows, ast.Slice) and any(_tests(n) for n in ast.walk(rows))


def _of_names(node: ast.ListComp) -> bool:
    """Report whether a list is one of columns' names, or of others that are chosen by how they are written, and not of rows."""
    for generator in node.generators:
        if any(isinstance(n, ast.Attribute) and n.attr == "columns" for n in ast.walk(generator.iter)):
            return True
        each = text_of(generator.target)
        for n in (n for test in generator.ifs for n in ast.walk(test)):
            if isinstance(n, ast.Compare) and text_of(n.left) == each and any(isinstance(c, ast.Constant) and isinstance(c.value, str) for part in n.comparators for c in ast.walk(part)):
                return True
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in ("startswith", "endswith") and text_of(n.func.value) == each:
                return True
    return False


def _within_each(flow: _Flow, node: ast.AST) -> bool:
    """Report whether a list is made for each element of another one, which has as many as before: of words in a row, and not of rows."""
    above = flow.scope.parents.get(id(node))
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, (ast.ListComp, ast.GeneratorExp)) and any(n is node for n in ast.walk(above.elt)):
            return True
        above = flow.scope.parents.get(id(above))
    return False


def _tests(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) or isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert) or isinstance(node, ast.Call) and last_name(node.func) in _TESTS
