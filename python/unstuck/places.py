"""Lists the places in a program at which a loop may leave its path: where optimizers are made, gradients cleared, weights loaded.

Nothing is judged here. What a replay of the recorded steps has shown is looked up among the places, for the line and for the change.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .assignments import assigned, flat, pairs, targets_of
from .cuts import cuts
from .guards import closures, guards
from .iterators import begun_anew
from .orders import alone
from .partners import parted
from .scopes import calling, reached, runs, undecorated
from .slips import mode_of, slips
from .statements import Statements, last_name, text_of
from .subject import Subject

_MOST_PLACES = 400
_ORDERS = ("randperm", "permutation", "shuffle", "randint", "sample", "choice")
_SHAPES = ("view", "reshape", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "view_as", "reshape_as", "mT", "T")  # without which it wouldn't suit
_HOOKS = ("register_hook", "register_full_backward_hook", "register_full_backward_pre_hook", "register_post_accumulate_grad_hook")
_WITHOUT_GRADIENTS = ("no_grad", "inference_mode", "set_grad_enabled")


def places(
    frames: Iterable[types.FrameType], subject: Subject, users: Callable[[str], bool], short: Callable[[str], str], lister: type[Lister] | None = None
) -> dict[str, Any]:
    """Return the places of the functions that run, and how the program calls the model, x and y. What isn't found is left out."""
    try:
        scopes = [Statements(scope) for scope in reached(frames, subject.parts, users, subject.methods, subject.functions, subject.bases, subject.takers)]
        for scope in scopes:
            _calls_of_watch(scope, subject)
        listed = (lister or Lister)(scopes, subject).listed()
        for place in listed:
            place["file"] = short(place["file"])
        return {"places": listed[:_MOST_PLACES], "names": _names(scopes, subject)}
    except Exception:  # words are worth less than the training
        return {}


def _calls_of_watch(scope: Statements, subject: Subject) -> None:
    for node in scope.nodes:
        if isinstance(node, ast.Call) and scope.scope.value(node.func) is subject.watch and node.args:
            given = [*node.args, *(k.value for k in node.keywords)]
            subject.x = text_of(given[0])
            subject.y = text_of(given[1]) if len(given) > 1 else ""
            if len(given) > 2 and isinstance(given[2], (ast.Name, ast.Attribute)):
                subject.losses.add(text_of(given[2]))


def _names(scopes: list[Statements], subject: Subject) -> dict[str, str]:
    """Return how the loop calls model and optimizer."""
    found = {"x": subject.x, "y": subject.y}
    for scope in scopes:
        if scope.scope.forward:
            continue
        for node in scope.nodes:
            if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
                continue
            value = scope.scope.value(node)
            if value is subject.model:
                found.setdefault("model", text_of(node))
            elif subject.optimizers and value is subject.optimizers[0]:
                found.setdefault("optimizer", text_of(node))
            elif subject.kind(value) == "scaler":
                found.setdefault("scaler", text_of(node))
    return found


def _known_as(scope: Statements, value: Any) -> str:
    """Return by what name or attribute of self a scope has a value."""
    for name, held in scope.scope.names.items():
        if held is value and not name.startswith("_"):
            return name
    owner = getattr(scope.scope.names.get("self"), "__dict__", {})
    return next((f"self.{name}" for name, held in {**owner, **owner.get("_modules", {})}.items() if held is value), "")


class Lister:
    """Lists the places of a loop in PyTorch."""

    def __init__(self, scopes: list[Statements], subject: Subject) -> None:
        self.scopes, self.subject = scopes, subject
        self.of: dict[int, Statements] = {id(s.scope.node): s for s in scopes}
        self.feeding: dict[int, set[int]] = {}  # statements of a scope that the loss is made by
        self.wanted: dict[int, set[str]] = {}  # names of a scope that the loss is made by
        self.given = {n.id for text in (subject.x, subject.y) if text for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
        self.results: dict[int, str] = {}  # functions that return the loss, and what they call the targets
        for scope in scopes:
            if not scope.scope.forward:
                self._slice(scope)

    def listed(self) -> list[dict[str, Any]]:
        """Return the places of all scopes; those of an outer scope stand for nested functions, too."""
        found: dict[tuple[str, int, int, str], dict[str, Any]] = {}
        for scope in self.scopes:
            here = {} if scope.scope.forward else {"model": _known_as(scope, self.subject.model)}
            if here and self.subject.optimizers:
                here["optimizer"] = _known_as(scope, self.subject.optimizers[0])
            for place in (*alone(scope, (self.subject.x, self.subject.y)), *parted(scope, self.subject.watch, self.subject.x, self.subject.y)):
                found.setdefault((scope.scope.file, place["line"], place["column"], place["kind"]), place)
            for node in scope.nodes:
                for place in self._places(scope, node):
                    place["names_here"] = {name: text for name, text in here.items() if text}
                    found.setdefault((scope.scope.file, node.lineno, node.col_offset, place["kind"]), place)  # type: ignore[attr-defined]
        return sorted(found.values(), key=lambda place: (place["forward"], place["file"], place["line"]))

    def _slice(self, scope: Statements) -> None:
        """Follow the loss back to what it is made of, but for x, y and the model."""
        wanted = set(self.subject.losses) | self._differentiated(scope)
        known = self.given
        statements: set[int] = set()
        todo = list(wanted)
        while todo:
            name = todo.pop()
            for node in scope.nodes:
                if not isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) or id(node) in statements or node.value is None:
                    continue
                if name not in {text_of(t) for target in targets_of(node) for t in flat(target)}:
                    continue
                statements.add(id(node))
                for part in ast.walk(node.value):
                    if isinstance(part, ast.Name) and part.id not in known | wanted and self.subject.kind(scope.scope.value(part)) in ("", "other"):
                        wanted.add(part.id)
                        todo.append(part.id)
                    if isinstance(part, ast.Call):
                        self._result(scope, part)
        for node in scope.nodes:  # loss.requires_grad_(), or loss.requires_grad = True, makes of it what it wasn't
            call = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
            of = [call] if call else [t for t in targets_of(node) if isinstance(t, ast.Attribute) and t.attr == "requires_grad"]
            if any(isinstance(part, ast.Attribute) and text_of(part.value) in wanted for part in of):
                statements.add(id(node))
        self.wanted[id(scope)] = wanted
        self.feeding[id(scope)] = statements | self.feeding.get(id(scope), set())

    def _differentiated(self, scope: Statements) -> set[str]:
        """Return the names of what gradients are taken of."""
        found: set[str] = set()
        for node in scope.nodes:
            if isinstance(node, ast.Call) and last_name(node.func) == "backward" and isinstance(node.func, ast.Attribute):
                found |= {n.id for n in ast.walk(node.func.value) if isinstance(n, ast.Name)}
        return found

    def _result(self, scope: Statements, call: ast.Call) -> None:
        """Go on in a function of the user's that makes the loss."""
        called = scope.scope.value(call.func)
        plain = undecorated(called)
        if not isinstance(plain, types.FunctionType):
            return
        for other in self.scopes:
            node: Any = other.scope.node
            if other is scope or other.scope.file != plain.__code__.co_filename or getattr(node, "name", None) != plain.__name__ or id(other) in self.results:
                continue
            parameters = [a.arg for a in node.args.args if a.arg != "self"]
            targets = next((p for p, a in zip(parameters, call.args) if text_of(a) == (self.results.get(id(scope)) or self.subject.y)), "")
            self.results[id(other)] = targets
            statements = {id(n) for n in other.nodes if isinstance(n, (ast.Return, ast.Assign))}
            self.feeding[id(other)] = self.feeding.get(id(other), set()) | statements

    def _feeds(self, scope: Statements, node: ast.AST) -> bool:
        """Report whether a place lies on the way of the loss."""
        if scope.scope.forward:
            return scope.function(node) != 0 and getattr(scope.scope.node, "name", "") != "__init__"
        feeding = self.feeding.get(id(scope), set())
        return any(id(n) in feeding for n in scope.around(node)) or any(id(n) in feeding for n in ast.walk(node) if isinstance(n, ast.stmt))

    def _places(self, scope: Statements, node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, ast.Call):
            yield from self._call(scope, node)
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return)) and node.value is not None:
            yield from self._assignment(scope, node)
        elif isinstance(node, ast.Lambda) and not scope.scope.forward:
            yield scope.place("criterion", node, **self._variants(scope, node.body))
        elif isinstance(node, ast.With):
            items = [last_name(getattr(item.context_expr, "func", item.context_expr)) for item in node.items]
            how = next((name for name in items if name in _WITHOUT_GRADIENTS), "")
            if how and len(items) == 1 and self._feeds(scope, node):
                yield scope.place("cut", node, how=how, without=scope.body(node))
        elif isinstance(node, (ast.For, ast.While)):
            counted = isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and last_name(node.iter.func) in ("range", "trange")
            variable = text_of(node.target) if isinstance(node, ast.For) else ""
            used = any(isinstance(n, ast.Name) and n.id == variable for s in node.body for n in ast.walk(s))
            yield scope.place("loop", node, counted=counted and not used, over=text_of(getattr(node, "iter", None)), body=node.body[0].lineno, body_told=scope.told(node.body[0]), body_text=scope.told(node.body[0])["text"])
        elif isinstance(node, ast.Break):
            yield scope.place("break", node)
        if isinstance(node, (ast.Assign, ast.Attribute, ast.Call)) and self._feeds(scope, node):
            yield from cuts(scope, node, self.wanted.get(id(scope), set()), set() if scope.scope.forward else self.given)
        if not scope.scope.forward:
            yield from slips(scope, node, self.subject.x, self.subject.y)

    def _call(self, scope: Statements, call: ast.Call) -> Iterator[dict[str, Any]]:
        name = last_name(call.func)
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        of, kind = text_of(owner), self.subject.kind(scope.scope.value(owner)) if owner is not None else ""
        statement = scope.statement(call)
        if name == "zero_grad":
            yield scope.place("zero_grad", call, of=of, whose=kind, conditional=_conditional(scope, statement), inside=scope.body(s) if (s := scope.parents.get(id(statement))) and isinstance(s, ast.If) else None)
        elif name == "backward" and owner is not None:
            turned = scope.changed(statement, [(owner, scope.bracketed(owner.operand, owner))]) if isinstance(owner, ast.UnaryOp) and isinstance(owner.op, ast.USub) else None
            yield scope.place("backward", call, of=of, turned=turned)
        elif name == "step" and owner is not None:
            if kind == "scheduler" or kind == "" and "sched" in of.lower():
                yield scope.place("schedule", call, of=of)
            elif kind in ("optimizer", "scaler") or kind == "" and ("opt" in of.lower() or "scaler" in of.lower()):
                yield scope.place("step", call, of=of)
                yield from (*guards(scope, call), *closures(scope, call))
        elif name in ("eval", "train") and owner is not None and (mode := mode_of(scope, call)) is not None:
            chained = isinstance(owner, ast.Call)
            if kind in ("", "model") and (kind or chained or isinstance(owner, (ast.Name, ast.Attribute))):
                yield scope.place("train" if mode is True else "eval", call, of=of, whose=kind, given=mode if isinstance(mode, str) else None, without=scope.changed(statement, [(scope.tail(call.func, call), "")]) if chained else None)
        elif name == "load_state_dict" and kind in ("", "model", "part") or name == "reset_parameters" or name == "apply" and kind in ("model", "part"):
            yield scope.place("overwrite", call, of=of, how=name)
        elif name in ("clamp_", "clip_") and ".grad" not in of and not scope.scope.forward:
            yield scope.place("limit", call, of=of, how=name)
        elif name == "copy_" and ".grad" not in of or name.endswith("_") and "init" in of.split("."):
            yield scope.place("overwrite", call, of=of, how=name)
        elif name.startswith("clip_grad") and len(call.args) + len(call.keywords) > 1 and not self._of_users(scope, call):
            limit = call.args[1] if len(call.args) > 1 else call.keywords[0].value
            yield scope.place("gradients", call, how=name, without=scope.changed(statement, [(limit, "1.0")]))
        elif name.endswith("_") and owner is not None and any(isinstance(n, ast.Attribute) and n.attr == "grad" for n in ast.walk(owner)):
            yield scope.place("gradients", call, of=of, how=name, clears=name == "zero_" or name == "fill_" and text_of(call.args[0] if call.args else None) in ("0", "0.0"))
        elif name in _HOOKS and owner is not None and not scope.scope.forward:
            yield scope.place("hook", call, of=of, how=name)
        elif name in self.subject.classes and call.args:
            before, _, after = scope.changed(statement, [(call.args[0], "\0")]).partition("\0")
            bound = text_of(statement.targets[0]) if isinstance(statement, ast.Assign) and statement.value is call else None
            yield scope.place("optimizer", call, of=bound, statement=scope.source(statement), given=scope.source(call.args[0]), listed=_listed(call.args[0]), around=[before, after])
        elif name in ("manual_seed", "seed", "seed_everything"):
            yield scope.place("seed", call)
        elif name == "next" and len(call.args) == 1 and (over := begun_anew(scope, call)) is not None:
            bound = isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1
            yield scope.place("next", call, of=text_of(over), bound=text_of(statement.targets[0]).strip("()") if bound else None)
        elif name in _ORDERS:
            yield scope.place("order", call, how=name, given=scope.source(call), **assigned(scope, statement))
        elif name in ("view", "reshape") and len(call.args) > 1 and owner is not None and not scope.scope.forward and self._feeds(scope, call):
            # of the targets it says nothing: they have no classes to be exchanged
            if text_of(owner) != self.subject.y:
                exchanged = ".transpose(1, 2)" if len(call.args) == 3 else f".transpose(1, 2).reshape{scope.source(call)[len(scope.source(call.func)):]}"
                yield scope.place("viewed", call, of=of, without=scope.changed(statement, [(scope.tail(call.func, call), exchanged)]))
        elif self._squashes(scope, call) and self._feeds(scope, call):
            yield scope.place("activation", call, how=self._squashes(scope, call), without=scope.changed(statement, [(call, scope.bracketed(call.args[0], call))]))
        elif name in ("softmax", "sigmoid", "log_softmax") and self._feeds(scope, call):
            yield scope.place("activation", call, how=name, without=self._unsquashed(scope, call, statement, owner))
        elif name in ("Softmax", "Sigmoid"):
            yield scope.place("activation_made", call, how=name)
        elif name.endswith("Loss") and not scope.scope.forward and not self._of_watch(scope, call):
            yield scope.place("criterion", call, name=name, call=[scope.source(call.func), scope.source(call)], statement=scope.source(statement), mean=_averaged(scope, statement, call))
        if kind in ("model", "") and scope.scope.value(call.func) is self.subject.model and len(call.args) == 1 and not scope.scope.forward:
            argument = call.args[0]
            yield scope.place("forward", call, given=text_of(argument), own=scope.changed(statement, [(argument, self.subject.x)]) if self.subject.x else None)
        if isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign, ast.Return)) and (calls := self._called_line(scope, call)) is not None:
            yield scope.place("call", call, calls=calls, of=of)

    def _called_line(self, scope: Statements, call: Any) -> int | None:
        """Return the line of the function of the user's that is called, if it is one; an object's is its __call__."""
        called = scope.scope.value(call.func) if isinstance(call, ast.Call) else None
        plain = undecorated(called if runs(called) else calling(called))
        if isinstance(plain, types.FunctionType):
            for other in self.scopes:
                if other.scope.file == plain.__code__.co_filename and getattr(other.scope.node, "name", None) == plain.__name__ and getattr(other.scope.node, "lineno", 0) >= plain.__code__.co_firstlineno:
                    return other.scope.node.lineno  # type: ignore[attr-defined, no-any-return]
        return None

    def _squashes(self, scope: Statements, call: ast.Call) -> str:
        """Return the name of a module that is an activation, made on the spot or ahead; "" where none is called."""
        made = last_name(call.func.func) if isinstance(call.func, ast.Call) else type(scope.scope.value(call.func)).__name__
        return made if made in ("Softmax", "Sigmoid", "LogSoftmax") and len(call.args) == 1 else ""

    def _unsquashed(self, scope: Statements, call: ast.Call, statement: Any, owner: Any) -> str | None:
        """Return a statement without an activation: of a function its argument is left, of a tensor's method the tensor."""
        if owner is not None and not self._holds_functions(scope, owner):
            return scope.changed(statement, [(scope.tail(call.func, call), "")])
        given = call.args or [k.value for k in call.keywords if k.arg in ("input", "x", "logits")]
        return scope.changed(statement, [(call, scope.bracketed(given[0], call))]) if given else None

    def _holds_functions(self, scope: Statements, owner: ast.AST) -> bool:
        """Report whether functions are an expression's attributes: torch of torch.softmax(out, 1), and not out of out.softmax(1)."""
        value = scope.scope.value(owner)
        if isinstance(value, (types.ModuleType, type)) or self.subject.kind(value) in ("model", "part"):
            return True
        root = next((n.id for n in ast.walk(owner) if isinstance(n, ast.Name)), "")
        return value is None and any(isinstance(n, (ast.Import, ast.ImportFrom)) and root in {(a.asname or a.name).split(".")[0] for a in n.names} for n in scope.nodes)

    def _of_users(self, scope: Statements, call: ast.Call) -> bool:
        """Report whether a function that is called stands among the places itself."""
        plain = undecorated(scope.scope.value(call.func))
        return isinstance(plain, types.FunctionType) and any(
            s.scope.file == plain.__code__.co_filename and getattr(s.scope.node, "name", None) == plain.__name__ for s in self.scopes
        )

    def _of_watch(self, scope: Statements, call: ast.Call) -> bool:
        """Report whether a loss is only told to this package."""
        chain = scope.around(call)
        return any(isinstance(n, ast.keyword) and n.arg == "loss" for n in chain)

    def _assignment(self, scope: Statements, node: Any) -> Iterator[dict[str, Any]]:
        targets = targets_of(node)
        subject = self.subject
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr == "grad" or isinstance(target, ast.Attribute) and ".grad." in text_of(target):
                yield scope.place("gradients", node, how="=", clears=text_of(node.value) == "None")
            elif isinstance(target, ast.Subscript) and any(isinstance(n, ast.Attribute) and n.attr == "grad" for n in ast.walk(target.value)):
                whole = text_of(target.slice) in (":", "...") and text_of(node.value) in ("0", "0.0")
                yield scope.place("gradients", node, how="[]", clears=whole)
            elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and target.slice.value == "lr":
                yield scope.place("rate", node)
            elif isinstance(target, ast.Attribute) and target.attr == "data":
                yield scope.place("overwrite", node, how="data")
            elif not scope.scope.forward and isinstance(node, ast.Assign) and self._changes_model(scope, target):
                yield scope.place("model", node, of=text_of(target))
            elif scope.scope.forward and isinstance(target, ast.Attribute) and isinstance(node.value, (ast.List, ast.ListComp, ast.Tuple)):
                calls = [n for n in ast.walk(node.value) if isinstance(n, ast.Call)]
                if calls and not isinstance(node.value, ast.Tuple):
                    wrapped = ("nn" if "nn" in scope.scope.names else "torch.nn") + f".ModuleList({scope.source(node.value)})"
                    yield scope.place("list", node, of=target.attr, without=scope.changed(node, [(node.value, wrapped)]))
        value = node.value
        loss = isinstance(node, ast.Return) and id(scope) in self.results or any(text_of(t) in subject.losses for t in targets)
        if loss and not scope.scope.forward:
            yield scope.place("loss", node, **self._variants(scope, value, node))
        if not loss and targets and not scope.scope.forward and scope.loops(node):
            bound = [text_of(t) for target in targets for t in flat(target) if text_of(t) in self.given]
            if bound:
                yield scope.place("rows", node, names=bound, pairs=pairs(node), calls=self._called_line(scope, value))

    def _changes_model(self, scope: Statements, target: ast.AST) -> bool:
        if isinstance(target, ast.Name):
            return scope.scope.value(target) is self.subject.model
        owner = getattr(target, "value", None)
        return isinstance(target, (ast.Attribute, ast.Subscript)) and self.subject.kind(scope.scope.value(owner)) in ("model", "part")

    def _variants(self, scope: Statements, value: Any, statement: Any = None) -> dict[str, Any]:
        """Return how a loss would read otherwise: as a mean, not turned around, of y alone."""
        whole = scope.statement(value) if statement is None else statement
        found: dict[str, Any] = {"value": scope.source(value), "statement": scope.source(whole)}

        def with_(changes: list[tuple[Any, str]]) -> str:
            return scope.changed(whole, changes)

        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
            found["turned"] = with_([(value, scope.bracketed(value.operand))])
        if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Mult, ast.Div)):
            number, other = (value.left, value.right) if isinstance(value.left, (ast.Constant, ast.UnaryOp)) else (value.right, value.left)
            if isinstance(number, (ast.Constant, ast.UnaryOp)):
                found["unscaled"] = with_([(value, scope.bracketed(other))])
        sums = [n for n in ast.walk(value) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "sum" and not n.args]
        if len(sums) == 1:
            found["mean"] = with_([(scope.tail(sums[0].func, sums[0]), ".mean()")])
        mean = _averaged(scope, whole, value)
        if mean:
            found["mean"] = mean
        y = self.results.get(id(scope), self.subject.y)  # of a function that makes the loss, what it calls the targets itself
        targets = [n for n in ast.walk(value) if y and isinstance(n, ast.expr) and text_of(n) == y]
        if not targets and not y and isinstance(value, ast.Call) and len(value.args) == 2 and _is_loss(scope, value):
            targets = [value.args[1]]
        if len(targets) == 1:
            before, _, after = with_([(targets[0], "\0")]).partition("\0")
            found["targets"] = [before, scope.source(targets[0]), after]
        if isinstance(value, ast.Call) and len(value.args) >= 2:
            shaped = any(isinstance(n, ast.Attribute) and n.attr in _SHAPES for n in ast.walk(value.args[1]))
            if y and text_of(value.args[1]) != y and not shaped:
                found["own"] = with_([(value.args[1], y)])
            found["name"] = last_name(value.func)
            found["call"] = [scope.source(value.func), scope.source(value)]
        return found


def _is_loss(scope: Statements, call: ast.Call) -> bool:
    """Report whether one of PyTorch's losses is called, a function or a module: of two arguments the second are targets then."""
    name = last_name(call.func)
    return name.endswith(("_loss", "cross_entropy", "_with_logits")) or type(scope.scope.value(call.func)).__name__.endswith("Loss")


def _averaged(scope: Statements, statement: Any, value: ast.AST) -> str | None:
    """Return a statement without reduction="sum"."""
    calls = [n for n in ast.walk(value) if isinstance(n, ast.Call) and any(k.arg == "reduction" and text_of(k.value) in ("'sum'", '"sum"') for k in n.keywords)]
    if len(calls) != 1:
        return None
    keyword = next(k.value for k in calls[0].keywords if k.arg == "reduction")
    return scope.changed(statement, [(keyword, '"mean"')])


def _listed(given: ast.expr) -> str | None:
    """Return what a list has that an optimizer is given: "groups" or "parameters"; None for anything but a list that is written out."""
    if not isinstance(given, ast.List):
        return None
    return "groups" if all(isinstance(e, ast.Dict) for e in given.elts) else "parameters"


def _conditional(scope: Statements, statement: Any) -> bool:
    return isinstance(scope.parents.get(id(statement)), ast.If)
