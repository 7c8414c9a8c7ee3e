import importlib.util
import os
import pathlib
import sys
import tempfile
import textwrap
import unittest

from unstuck import places, users_code


class Model:
    def __init__(self):
        self.net = 1

    def modules(self):
        return [self]

    def forward(self, x):
        return x


class Optimizer:
    def zero_grad(self): ...

    def step(self): ...


class SGD(Optimizer):
    """Stands in for an optimizer: its base's name tells that it is one."""


LOOP = """
def train(model, optimizer, watch, F):
    for x, y in []:
        pass
    for step in range(1):
        xb, yb = 1, 2
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        watch(xb, yb, loss)
        loss.backward()
        optimizer.step()
"""


class Places(unittest.TestCase):
    def found(self, source, name="program.py"):
        """Return the places of a program, whose train is called, as they are when it calls watch."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / name
        path.write_bytes(source.encode())
        spec = importlib.util.spec_from_file_location("program_" + path.parent.name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        model = lambda x: x  # noqa: E731
        model.modules = lambda: []
        optimizer, seen = SGD(), []

        class Loss:
            def backward(self): ...

        class F:
            mse_loss = staticmethod(lambda a, b: Loss())

        def watch(*_):
            frames = [sys._getframe(1)]
            seen.append(places.places(frames, places.Subject(watch, model, [optimizer]), lambda file: file == str(path), lambda file: pathlib.Path(file).name))

        module.train(model, optimizer, watch, F)
        return seen[0]

    def lines(self, found, *kinds):
        return [(p["kind"], p["line"]) for p in found["places"] if p["kind"] in kinds]

    def test_a_batch_of_an_iterator_is_the_first_where_both_stand_beside_each_other(self):
        ahead = LOOP.replace("    for step in range(1):", "    rows = iter([(1, 2)])\n    xb, yb = next(rows)\n    for step in range(1):").replace("        xb, yb = 1, 2\n", "")
        self.assertEqual(self.lines(self.found(ahead), "next"), [("next", 6)])
        goes_on = LOOP.replace("    for step in range(1):", "    rows = iter([(1, 2)])\n    for step in range(1):").replace("xb, yb = 1, 2", "xb, yb = next(rows)")
        self.assertEqual(self.lines(self.found(goes_on), "next"), [])
        again = LOOP.replace("    for step in range(1):", "    rows = iter([])\n    rows = iter([(1, 2)])\n    xb, yb = next(rows)\n    for step in range(1):")
        self.assertEqual(self.lines(self.found(again), "next"), [])

    def test_statements_on_one_line_are_told_in_their_order(self):
        found = self.found(LOOP.replace("        loss.backward()\n        optimizer.step()", "        optimizer.step(); loss.backward()"))
        both = [p for p in found["places"] if p["kind"] in ("step", "backward")]
        self.assertEqual([p["kind"] for p in sorted(both, key=lambda p: p["column"])], ["step", "backward"])

    def test_what_is_negated_at_backward_is_told_without_it(self):
        found = self.found(LOOP.replace("watch(xb, yb, loss)\n        loss.backward()", "watch(xb, yb, loss)\n        (lambda: (-loss).backward())"))
        self.assertEqual([p.get("turned") for p in found["places"] if p["kind"] == "backward"], ["(lambda: (loss).backward())"])

    def test_what_a_loop_is_made_of(self):
        found = self.found(LOOP)
        self.assertEqual(self.lines(found, "zero_grad", "loss", "backward", "step"), [("zero_grad", 7), ("loss", 8), ("backward", 10), ("step", 11)])
        self.assertEqual(found["names"], {"x": "xb", "y": "yb", "model": "model", "optimizer": "optimizer"})
        loss = next(p for p in found["places"] if p["kind"] == "loss")
        self.assertEqual((loss["loops"], loss["targets"]), ([5], ["loss = F.mse_loss(model(xb), ", "yb", ")"]))

    def test_windows_line_ends_and_letters_of_many_bytes(self):
        source = LOOP.replace("F.mse_loss(model(xb), yb)", 'F.mse_loss(model({"größe": xb}["größe"]), yb)').replace("\n", "\r\n")
        loss = next(p for p in self.found(source)["places"] if p["kind"] == "loss")
        self.assertEqual("".join(loss["targets"]), 'loss = F.mse_loss(model({"größe": xb}["größe"]), yb)')

    def test_functions_that_the_loop_calls(self):
        source = LOOP.replace("optimizer.zero_grad()", "prepare(optimizer)").replace("def train", "def prepare(opt):\n    opt.zero_grad()\n\n\ndef train", 1)
        self.assertEqual(self.lines(self.found(source), "zero_grad"), [("zero_grad", 3)])

    def test_a_block_without_gradients_reads_without_it(self):
        source = LOOP.replace("        loss = F.mse_loss(model(xb), yb)\n", "        with torch.no_grad():\n            # so\n            loss = F.mse_loss(\n                model(xb), yb\n            )\n").replace("\ndef train", textwrap.dedent("""
            import contextlib


            class torch:
                no_grad = contextlib.nullcontext


            def train"""))
        cut = next(p for p in self.found(source)["places"] if p["kind"] == "cut")
        self.assertEqual(cut["without"], "loss = F.mse_loss(\n    model(xb), yb\n)")

    def test_what_is_taken_away_leaves_brackets_in_their_place(self):
        source = LOOP.replace("F.mse_loss(model(xb), yb)", "F.mse_loss((xb + 1).detach(), ((xb - yb) ** 2).sum())")
        source = source.replace("def train", "class Number(int):\n    def detach(self):\n        return self\n\n    def __add__(self, other):\n        return self\n\n    def __sub__(self, other):\n        return self\n\n    __pow__ = __sub__\n\n    def sum(self):\n        return 1\n\n\ndef train", 1)
        source = source.replace("xb, yb = 1, 2", "xb, yb = Number(1), 2")
        found = {p["kind"]: p for p in self.found(source)["places"]}
        self.assertEqual(found["cut"]["without"], "loss = F.mse_loss((xb + 1), ((xb - yb) ** 2).sum())")
        self.assertEqual(found["loss"]["mean"], "loss = F.mse_loss((xb + 1).detach(), ((xb - yb) ** 2).mean())")

    def test_functions_beneath_decorators(self):
        source = LOOP.replace("optimizer.zero_grad()", "prepare(optimizer)")
        source = source.replace("def train", "import functools\n\n\ndef quiet(f):\n    @functools.wraps(f)\n    def g(*a):\n        return f(*a)\n\n    return g\n\n\n@quiet\ndef prepare(opt):\n    opt.zero_grad()\n\n\ndef train", 1)
        self.assertEqual(len(self.lines(self.found(source), "zero_grad")), 1)

    def test_clipping_of_ones_own_is_looked_into(self):
        source = LOOP.replace("optimizer.step()", "clip_gradients([], 1e-7)\n        optimizer.step()")
        source = source.replace("def train", "def clip_gradients(parameters, most):\n    for p in parameters:\n        p.grad.clamp_(-most, most)\n\n\ndef train", 1)
        self.assertEqual(self.lines(self.found(source), "gradients"), [("gradients", 4)])

    def test_targets_in_another_shape_are_left_in_it(self):
        for text, own in (("yb + 1", "loss = F.mse_loss(model(xb), yb)"), ("yb.view(-1)", None)):
            source = LOOP.replace("F.mse_loss(model(xb), yb)", f"F.mse_loss(model(xb), {text})").replace("xb, yb = 1, 2", "xb, yb = 1, Two()")
            source = source.replace("def train", "class Two(int):\n    def view(self, *_):\n        return self\n\n\ndef train", 1)
            loss = next(p for p in self.found(source)["places"] if p["kind"] == "loss")
            self.assertEqual(loss.get("own"), own)

    def test_axes_that_are_viewed_and_not_exchanged(self):
        for text, without in (("view(2, 3, -1)", "transpose(1, 2)"), ("reshape(-1, 3)", "transpose(1, 2).reshape(-1, 3)")):
            source = LOOP.replace("F.mse_loss(model(xb), yb)", f"F.mse_loss(Out().{text}, yb)")
            source = source.replace("def train", "class Out:\n    def view(self, *_):\n        return self\n\n    reshape = view\n\n\ndef train", 1)
            place = next(p for p in self.found(source)["places"] if p["kind"] == "viewed")
            self.assertEqual(place["without"], f"loss = F.mse_loss(Out().{without}, yb)")

    def test_methods_that_are_named_and_not_called(self):
        found = self.found(LOOP.replace("optimizer.zero_grad()", "optimizer.zero_grad"))
        self.assertEqual(self.lines(found, "uncalled", "zero_grad"), [("uncalled", 7)])
        self.assertEqual(self.lines(self.found(LOOP), "uncalled"), [])

    def test_modes_that_are_kept_in_a_flag(self):
        for mode, kind, given in (
            ("on", "eval", "on"), ("mode=on", "eval", "on"), ("off", "train", None), ("False", "eval", None), ("mode=False", "eval", None), ("True", "train", None), ("", "train", None), ("not on", "train", None),
        ):  # fmt: skip
            found = self.found(LOOP.replace("    for step in range(1):", f"    on, off = False, True\n    if on: net.train({mode})\n    for step in range(1):"))
            self.assertEqual([(p["kind"], p["line"], p.get("given")) for p in found["places"] if p["kind"] in ("eval", "train")], [(kind, 6, given)], mode)
            self.assertEqual([(p["bound"], p["without"]) for p in found["places"] if p["kind"] == "flag"], [("on", "on, off = True, True")])

    def test_functions_whose_result_is_kept(self):
        for call in ("helper()", "n = helper()", "n = [{'n': helper()}]", "xb += helper()"):
            found = self.found("def helper():\n    return 0\n" + LOOP.replace("        watch(xb", f"        {call}\n        watch(xb"))
            self.assertEqual([(p["line"], p["calls"]) for p in found["places"] if p["kind"] == "call"], [(11, 1)], call)

    def test_limits_of_weights(self):
        for text, kinds in (("w.data.clamp_(-1, 1)", ["limit"]), ("w.grad.clamp_(-1, 1)", ["gradients"]), ("xb = w.clamp(-1, 1)", [])):
            found = self.found(LOOP.replace("        optimizer.step()\n", f"        optimizer.step()\n        if 0:\n            {text}\n"))
            self.assertEqual([p["kind"] for p in found["places"] if p["kind"] in ("limit", "gradients", "overwrite")], kinds, text)

    def test_updates_of_a_scaler(self):
        head, stands = "    for step in range(1):", "        optimizer.step()"
        for made, text, lines in (("Scaler", "by.update()", [("update", 20)]), ("Scaler", "by.update({})", []), ("dict", "by.update()", [])):
            source = LOOP.replace(head, f"    by = {made}()\n{head}").replace(stands, f"{stands}\n        {text}")
            source = source.replace("def train", "class GradScaler:\n    def update(self, *_): ...\n\n\nclass Scaler(GradScaler): ...\n\n\ndef train", 1)
            self.assertEqual(self.lines(self.found(source), "update"), lines, text)

    def test_rows_that_are_taken_anew(self):
        rows = "class Rows(int):\n    def __getitem__(self, _):\n        return self\n\n\ndef train"
        for text, names in (("xb = xb[xb]", [["xb"]]), ("yb = yb[xb]", [["yb"]]), ("xb = xb[:3]", []), ("xb = yb[xb]", []), ("other = xb[xb]", [])):
            source = LOOP.replace("xb, yb = 1, 2", f"xb, yb = Rows(1), Rows(2)\n        {text}").replace("def train", rows, 1)
            self.assertEqual([p["names"] for p in self.found(source)["places"] if p["kind"] == "taken"], names, text)

    def test_arrays_that_are_shuffled_themselves(self):
        source = LOOP.replace("xb, yb = 1, 2", "xb, yb = [1], [2]\n        random.shuffle(xb)").replace("def train", "import random\n\n\ndef train", 1)
        self.assertEqual([p["names"] for p in self.found(source)["places"] if p["kind"] == "shuffled"], [["xb"]])

    def test_differences_from_the_targets(self):
        place = next(p for p in self.found(LOOP.replace("xb, yb = 1, 2", "xb, yb = 1, 2\n        error = (xb - yb) * 2"))["places"] if p["kind"] == "difference")
        self.assertEqual(place["targets"], ["error = (xb - ", "yb", ") * 2"])

    def test_what_an_object_does_that_is_called(self):
        source = LOOP.replace("optimizer.step()", "optimizer.step()\n        stop(model)")
        source = source.replace("def train", "class Stopper:\n    def __call__(self, net):\n        net.load_state_dict({}) if net else 0\n\n\nstop = Stopper()\n\n\ndef train", 1).replace("stop(model)", "stop(None)")
        self.assertEqual(self.lines(self.found(source), "overwrite", "call"), [("overwrite", 4), ("call", 20)])

    def test_a_batch_of_a_function_of_the_users(self):
        source = LOOP.replace("xb, yb = 1, 2", "xb, yb = batch()").replace("def train", "def batch():\n    return 1, 2\n\n\ndef train", 1)
        self.assertEqual([p.get("calls") for p in self.found(source)["places"] if p["kind"] == "rows"], [2])

    def test_schedules_and_hooks_that_are_made(self):
        source = LOOP.replace("    for step in range(1):", "    plan = StepLR(optimizer)\n    optimizer.register_hook(len)\n    for step in range(1):")
        source = source.replace("def train", "def StepLR(_):\n    return 1\n\n\ndef train", 1)
        source = source.replace("optimizer.register_hook(len)", "(optimizer.register_hook(len) if plan is None else 0)")
        found = [p["kind"] for p in self.found(source)["places"] if p["kind"] in ("scheduler", "hook")]
        self.assertEqual(found, ["scheduler", "hook"])

    def test_activations_that_are_modules(self):
        source = LOOP.replace("F.mse_loss(model(xb), yb)", "F.mse_loss(Softmax(dim=1)(model(xb)), yb)")
        source = source.replace("def train", "class Softmax:\n    def __init__(self, dim):\n        self.dim = dim\n\n    def __call__(self, x):\n        return x\n\n\ndef train", 1)
        place = next(p for p in self.found(source)["places"] if p["kind"] == "activation")
        self.assertEqual(place["without"], "loss = F.mse_loss(model(xb), yb)")

    def test_a_statement_alone_in_another_is_told_with_its_head(self):
        source = LOOP.replace("        optimizer.zero_grad()\n", "        if step % 5 == 0:\n            optimizer.zero_grad()\n")
        place = next(p for p in self.found(source)["places"] if p["kind"] == "zero_grad")
        self.assertEqual((place["whole"], place["whole_head"]), ([7, 8], "if step % 5 == 0:"))

    def test_files_that_are_named_from_the_working_directory_on(self):
        here = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                pathlib.Path("train.py").write_text("")
                self.assertTrue(users_code.users("train.py"))
                self.assertFalse(users_code.users("other.py"))
                self.assertFalse(users_code.users("<frozen runpy>"))
            finally:
                os.chdir(here)

    def test_what_an_object_was_made_with(self):
        body = textwrap.indent(LOOP.replace("def train(model", "def fit(self, model"), "    ")
        source = "class SGD:\n    def __init__(self, given):\n        self.given = given\n\n\nclass Trainer:\n    def __init__(self):\n        self.made = SGD([1])\n" + body + "\n\ndef train(model, optimizer, watch, F):\n    Trainer().fit(model, optimizer, watch, F)\n"
        self.assertEqual(self.lines(self.found(source), "optimizer"), [("optimizer", 8)])

    def test_a_program_without_source(self):
        names = {"seen": []}
        code = "def train(places, watch):\n    watch(1)\n"
        exec(compile(code, "<string>", "exec"), names)
        subject = places.Subject(None, Model(), [])
        got = []
        names["train"](places, lambda _: got.append(places.places([sys._getframe(1)], subject, lambda file: True, str)))
        self.assertEqual(got[0].get("places", []), [])
