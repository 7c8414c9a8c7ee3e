"""Lists the places in a program at which a loop in Keras may leave its path: tapes, optimizers, losses, callbacks, steps of one's own."""

from __future__ import annotations

import ast
import itertools
import types
from collections.abc import Iterator
from typing import Any

import keras

from .. import users_code
from ..assignments import flat, targets_of
from ..places import Lister, places
from ..subject import Subject
from ..scopes import tree, undecorated
from ..statements import Statements, last_name, text_of
from .tensors import LIBRARIES

_MOST_FRAMES = 16
_STEPS = ("apply", "apply_gradients", "stateless_apply")
_CLIPS = ("clip_by_global_norm", "clip_by_norm", "clip_by_value", "clip", "clamp")
_PUTS = ("set_weights", "load_weights")
_CUTS = ("stop_gradient", "convert_to_numpy")
_DERIVED = ("value_and_grad", "grad")
_TRAINED = ("trainable_variables", "trainable_weights")


def program(watch: Any, model: Any, optimizers: list[Any], callback: bool) -> dict[str, Any]:
    """Return the places of the user's program; nothing where no code of the user's is running. callback: a fit is watched."""
    running = (f for f in users_code.frames(*LIBRARIES) if _written_by_the_user(f.f_code.co_filename))
    frames = list(itertools.islice(running, _MOST_FRAMES))
    if not frames:
        return {}
    return places(frames, KerasSubject(watch, model, optimizers, callback), _written_by_the_user, users_code.short, KerasLister)


def _written_by_the_user(file: str) -> bool:
    return users_code.users(file, *LIBRARIES) and "-packages" not in file


class KerasSubject(Subject):
    """What a watch of Keras was given."""

    methods = ("__init__", "call")
    bases = ("Callback", "PyDataset", "LearningRateSchedule")
    takers = _DERIVED

    def __init__(self, watch: Any, model: Any, optimizers: list[Any], callback: bool) -> None:
        super().__init__(watch, model, optimizers)
        self.classes |= {type(o.inner_optimizer).__name__ for o in optimizers if hasattr(o, "inner_optimizer")}
        if callback:
            for name in ("train_step", "compute_loss"):
                self.functions.append(types.MethodType(getattr(type(model), name), model))
            self._batch(getattr(type(model), "train_step"))

    def _parts(self) -> list[Any]:
        return list(self.model._flatten_layers(include_self=True, recursive=True))

    def kind(self, value: Any) -> str:
        """Return what a value is, as that of PyTorch does."""
        return "scheduler" if isinstance(value, keras.optimizers.schedules.LearningRateSchedule) else super().kind(value)

    def _batch(self, step: Any) -> None:
        """Take what a step of the user's own unpacks its batch to for x and y."""
        code = getattr(step, "__code__", None)
        if code is None or not _written_by_the_user(code.co_filename):
            return
        found = tree(code.co_filename)
        for function in ast.walk(found) if found is not None else ():
            if isinstance(function, ast.FunctionDef) and function.name == step.__name__ and function.lineno >= code.co_firstlineno:
                for node in ast.walk(function):
                    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Tuple) and len(node.targets[0].elts) > 1:
                        if any(isinstance(n, ast.Name) and n.id == function.args.args[-1].arg for n in ast.walk(node.value)):
                            self.x, self.y = text_of(node.targets[0].elts[0]), text_of(node.targets[0].elts[1])
                            return


class KerasLister(Lister):
    """Lists the places of a loop in Keras."""

    def __init__(self, scopes: list[Statements], subject: Subject) -> None:
        self.gradients: set[str] = set()  # names of gradients
        for scope in scopes:
            if not scope.scope.forward:
                self._names(scope)
                subject.losses |= self._of_tapes(scope)
        super().__init__(scopes, subject)

    def _names(self, scope: Statements) -> None:
        for node in scope.nodes:
            if isinstance(node, ast.Assign) and any(_computes(n) for n in ast.walk(node.value)):
                self.gradients |= {text_of(t) for target in node.targets for t in flat(target)}
        for _, calls in _derived(scope):
            for call in calls:
                statement = scope.statement(call)
                if isinstance(statement, ast.Assign):
                    self.gradients.add(text_of(flat(statement.targets[0])[-1]))

    @staticmethod
    def _of_tapes(scope: Statements) -> set[str]:
        calls = [n for n in scope.nodes if isinstance(n, ast.Call) and last_name(n.func) == "gradient" and n.args]
        return {text_of(n) for call in calls for n in [call.args[0]] if isinstance(n, ast.Name)}

    def _differentiated(self, scope: Statements) -> set[str]:
        for node, calls in _derived(scope):  # of JAX the function that is differentiated makes the loss
            for call in calls:
                self._result(scope, ast.Call(func=node.args[0], args=call.args, keywords=[]))
        return super()._differentiated(scope) | self._of_tapes(scope)

    def _call(self, scope: Statements, call: ast.Call) -> Iterator[dict[str, Any]]:
        name = last_name(call.func)
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        of, kind = text_of(owner), self.subject.kind(scope.scope.value(owner)) if owner is not None else ""
        statement = scope.statement(call)
        if scope.scope.value(call.func) is self.subject.model and not scope.scope.forward:
            yield from self._forward(scope, call, statement)
        elif name == "gradient" and len(call.args) > 1 or name in _DERIVED and call.args:
            bound = text_of(statement.targets[0]) if isinstance(statement, ast.Assign) else None
            yield scope.place("backward", call, of=of, how=name, bound=bound, given=text_of(call.args[1]) if name == "gradient" else None)
            if name == "gradient":
                yield from self._asked(scope, call.args[1])
        elif name in _STEPS and (kind == "optimizer" or kind == "" and "opt" in of.lower()):
            yield scope.place("step", call, of=of, how=name)
            yield from self._given(scope, call, statement)
        elif name == "build" and kind == "optimizer" and len(call.args) == 1:
            yield from self._asked(scope, call.args[0])
        elif name in _PUTS and kind in ("", "model", "part"):
            yield scope.place("overwrite", call, of=of, how=name)
        elif name == "assign" and self._is_rate(scope, of):
            yield scope.place("rate", call)
        elif name in ("zero_", "fill_") and any(isinstance(n, ast.Attribute) and n.attr == "grad" for n in ast.walk(call.func)):
            yield scope.place("gradients", call, how=name, clears=True)
        elif name in _CLIPS and not scope.scope.forward and {text_of(n) for n in ast.walk(call) if isinstance(n, ast.Name)} & self.gradients:
            nested = isinstance(scope.parents.get(id(call)), ast.Call) and call.args and text_of(call.args[0]) in self.gradients
            # Where a clip stands in the call of the optimizer, taking the statement out would take the optimizer's step out.
            yield scope.place("gradients", call, how=name, without=scope.changed(statement, [(call, scope.source(call.args[0]))]) if nested else None)
        elif name == "assign_add" and self._from_gradients(scope, call):
            yield scope.place("added", call, of=of)
        elif name in _CUTS and call.args and self._feeds(scope, call):
            yield scope.place("cut", call, how=name, without=scope.changed(statement, [(call, scope.bracketed(call.args[0], call))]))
        elif isinstance(getattr(keras.optimizers.schedules, name, None), type):
            yield scope.place("schedule", call, of=of)
        elif name not in ("apply", "assign", "step", "eval", "train"):
            yield from super()._call(scope, call)

    def _is_rate(self, scope: Statements, of: str) -> bool:
        """Report whether an expression is an optimizer's rate, or a name that it was given."""
        return of.endswith("learning_rate") or any(
            isinstance(n, ast.Assign) and text_of(n.value).endswith("learning_rate") and any(text_of(t) == of for t in n.targets) for n in scope.nodes
        )

    def _forward(self, scope: Statements, call: ast.Call, statement: Any) -> Iterator[dict[str, Any]]:
        mode = next((k for k in call.keywords if k.arg == "training"), None)
        if mode is None or text_of(mode.value) == "False":
            text = scope.source(call)
            with_ = scope.changed(call, [(mode.value, "True")]) if mode is not None else f"{text[:-1].rstrip().rstrip(',')}, training=True)"
            yield scope.place("eval", call, of=text_of(call.func), without=scope.changed(statement, [(call, with_)]))
        x = self.subject.x
        if call.args:
            yield scope.place("forward", call, given=text_of(call.args[0]), own=scope.changed(statement, [(call.args[0], x)]) if x else None)

    def _asked(self, scope: Statements, variables: ast.expr) -> Iterator[dict[str, Any]]:
        """Yield where the variables come from that gradients are asked by, or an optimizer is made for; not the model's own ones."""
        for at, value in self._sources(scope, variables):
            if not (isinstance(value, ast.Attribute) and value.attr in _TRAINED and scope.scope.value(value.value) is self.subject.model):
                statement = at.statement(value)
                yield at.place("variables", value, given=at.source(value), around=at.changed(statement, [(value, "\0")]).split("\0"))

    def _sources(self, scope: Statements, value: ast.expr) -> Iterator[tuple[Statements, ast.expr]]:
        """Yield what a name was set to, what a method of the user's returns, or the expression itself."""
        if isinstance(value, ast.Name):
            set_ = [n for n in scope.nodes if isinstance(n, ast.Assign) and any(text_of(t) == value.id for t in n.targets)]
            for node in set_:
                yield from self._sources(scope, node.value) if isinstance(node.value, (ast.Name, ast.Call)) else iter([(scope, node.value)])
            if set_:
                return
        plain = getattr(scope.scope.value(value.func), "__func__", scope.scope.value(value.func)) if isinstance(value, ast.Call) else None
        for other in self.scopes if isinstance(plain, types.FunctionType) else ():
            node: Any = other.scope.node
            if other.scope.file == plain.__code__.co_filename and getattr(node, "name", "") == plain.__name__ and node.lineno >= plain.__code__.co_firstlineno:
                for n in other.nodes:
                    if isinstance(n, ast.Return) and n.value is not None:
                        yield other, n.value
                return
        yield scope, value

    def _given(self, scope: Statements, call: ast.Call, statement: Any) -> Iterator[dict[str, Any]]:
        """Yield what is done to gradients where an optimizer is given them."""
        for argument in call.args[:2]:
            inner = argument.args[0] if isinstance(argument, ast.Call) and last_name(argument.func) == "zip" and argument.args else argument
            if isinstance(inner, (ast.ListComp, ast.GeneratorExp)) and not isinstance(inner.elt, (ast.Attribute, ast.Name, ast.Tuple)):
                plain = next((n for n in ast.walk(inner.elt) if isinstance(n, (ast.Attribute, ast.Name)) and text_of(n).endswith((".grad", text_of(inner.generators[0].target)))), None)
                yield scope.place("gradients", call, how="=", without=scope.changed(statement, [(inner.elt, text_of(plain))]) if plain is not None else None)

    def _from_gradients(self, scope: Statements, call: ast.Call) -> bool:
        return any(text_of(n) in self.gradients or _computes(n) for loop in scope.around(call) if isinstance(loop, ast.For) for n in ast.walk(loop.iter)) or any(
            text_of(n) in self.gradients for a in call.args for n in ast.walk(a)
        )

    def _assignment(self, scope: Statements, node: Any) -> Iterator[dict[str, Any]]:
        given = [text_of(t) for target in targets_of(node) for t in flat(target)]
        value = node.value
        read = {text_of(n) for n in ast.walk(value) if isinstance(n, (ast.Name, ast.Attribute))}
        if any(g.endswith("learning_rate") for g in given):
            yield scope.place("rate", node)
        elif given and isinstance(value, (ast.ListComp, ast.BinOp)) and not scope.scope.forward and (read & self.gradients or any(_computes(n) for n in ast.walk(value))):
            names = {text_of(n) for n in ast.walk(value) if isinstance(n, ast.Name)}
            if set(given) & names:  # total = [a + g for a, g in zip(total, gradients)], or gradients = [g * 0.1 for g in gradients]
                yield scope.place("gradients" if set(given) <= self.gradients and len(names & (self.gradients | set(given))) < 2 and not any(_computes(n) for n in ast.walk(value)) else "added", node, of=given[0])
        elif isinstance(node, ast.Return) and getattr(scope.scope.node, "name", "") == "__getitem__":
            index = scope.scope.node.args.args[-1].arg  # type: ignore[attr-defined]
            if not any(isinstance(n, ast.Name) and n.id == index for n in scope.nodes):
                yield scope.place("item", node)
        elif isinstance(node, ast.Return) and isinstance(value, ast.ListComp) and not scope.scope.forward and self._changes(scope, value):
            plain = scope.changed(node, [(value, text_of(value.generators[0].iter))])
            yield scope.place("gradients", node, how="=", without=plain)
        for place in super()._assignment(scope, node):
            if place["kind"] != "loss" or not self._elsewhere(scope, value):
                yield place

    def _variants(self, scope: Statements, value: Any, statement: Any = None) -> dict[str, Any]:
        found = super()._variants(scope, value, statement)
        sums = [n for n in ast.walk(value) if isinstance(n, ast.Call) and last_name(n.func) in ("reduce_sum", "sum") and n.args]
        if len(sums) == 1 and "mean" not in found:
            function = scope.source(sums[0].func)
            found["mean"] = scope.changed(scope.statement(value) if statement is None else statement, [(sums[0].func, function.removesuffix("sum") + "mean")])
        return found

    def _elsewhere(self, scope: Statements, value: ast.expr) -> bool:
        """Report whether a loss is only passed on here: it is made by the model, by another function, or ahead of what returns it."""
        if isinstance(value, ast.Tuple) and value.elts:  # with what else a function gives
            value = value.elts[0]
        if not isinstance(value, ast.Call):
            return isinstance(value, (ast.Name, ast.Tuple, ast.Dict))
        called = scope.scope.value(value.func)
        made = {(s.scope.file, getattr(s.scope.node, "name", "")) for s in self.scopes if id(s) in self.results}
        code = getattr(undecorated(called), "__code__", None)
        return called is self.subject.model or code is not None and (code.co_filename, code.co_name) in made

    def _changes(self, scope: Statements, value: ast.ListComp) -> bool:
        """Report whether a function that gets gradients gives others."""
        parameters = {a.arg for a in getattr(getattr(scope.scope.node, "args", None), "args", [])}
        return text_of(value.generators[0].iter) in parameters and "grad" in text_of(value.generators[0].iter).lower()


def _derived(scope: Statements) -> Iterator[tuple[ast.Call, list[ast.Call]]]:
    """Yield each making of a function that gives gradients, and the calls of what is made."""
    for node in scope.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in _DERIVED and node.args:
            statement = scope.statement(node)
            name = text_of(statement.targets[0]) if isinstance(statement, ast.Assign) else ""
            yield node, [n for n in scope.nodes if isinstance(n, ast.Call) and (n.func is node or name and text_of(n.func) == name)]


def _computes(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "gradient" or isinstance(node, ast.Attribute) and node.attr == "grad"


__all__ = ["KerasLister", "KerasSubject", "program"]
