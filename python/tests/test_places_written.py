"""Every change that places tell is Python, and of a line with several statements only the one that is meant."""

import ast

import test_places

CHANGED = ("code", "without", "inside", "own", "turned", "unscaled", "mean", "statement")


class Written(test_places.Places):
    """The places of test_places.py again, with what they tell parsed each time."""

    def found(self, source, name="program.py"):
        found = super().found(source, name)
        for place in found["places"]:
            told = [place[field] for field in CHANGED if place.get(field)]
            told += ["".join(place["targets"])] if "targets" in place else []
            told += ["model.parameters()".join(place["around"])] if "around" in place else []
            for text in told:
                ast.parse(text)
        return found

    def the(self, kind, line, replaced="        loss = F.mse_loss(model(xb), yb)\n"):
        assert replaced in test_places.LOOP
        return next(p for p in self.found(test_places.LOOP.replace(replaced, f"        {line}\n"))["places"] if p["kind"] == kind)

    def test_statements_that_share_a_line(self):
        step = "        optimizer.step()\n"
        for line, text, among, enclosed in (
            ("optimizer.step(); xb = 3", "optimizer.step()", True, False),
            ("xb = 'ö'; optimizer.step()  # so", "optimizer.step()", True, False),
            ("if xb: optimizer.step()", "optimizer.step()", True, True),
            ("if xb: optimizer.step(); xb = 3", "optimizer.step()", True, False),
            ("optimizer.step();", "optimizer.step();", False, False),
            ("optimizer.step()  # so; there", "optimizer.step()  # so; there", False, False),
        ):
            place = self.the("step", line, step)
            self.assertEqual((place["text"], place.get("among", False), place.get("enclosed", False)), (text, among, enclosed), line)
            self.assertEqual(place.get("code", place["text"]), "optimizer.step()", line)

    def test_a_statement_without_which_nothing_would_be_left(self):
        place = self.the("step", "if xb: optimizer.step()\n        else: xb = 3", "        optimizer.step()\n")
        self.assertTrue(place["sole"])
        self.assertFalse(self.the("step", "if xb: optimizer.step()", "        optimizer.step()\n").get("sole", False))

    def test_activations_leave_what_they_are_of(self):
        tensor = "class T:\n    def __getattr__(self, name):\n        return lambda *a, **k: self\n\n    def __add__(self, other):\n        return self\n\n\nout = T()\n\n\n"
        functions = "import types\n\nG = types.ModuleType('G')\nG.softmax = lambda *a, **k: T()\nG.sigmoid = G.softmax\n\n\n"
        for before, after in (
            ("out.softmax(1)", "out"), ("out.softmax(-1).view(1)", "out.view(1)"), ("(out + out).softmax(dim=1)", "(out + out)"), ("out.view(1).softmax(1)", "out.view(1)"),
            ("G.softmax(out, 1)", "out"), ("G.softmax(out + out, dim=1).view(1)", "(out + out).view(1)"), ("G.softmax(input=out, dim=1)", "out"), ("G.sigmoid(out.view(1))", "out.view(1)"), ("out.sigmoid()", "out"),
        ):  # fmt: skip
            source = test_places.LOOP.replace("F.mse_loss(model(xb), yb)", f"F.mse_loss({before}, yb)").replace("def train", tensor + functions + "def train", 1)
            place = next(p for p in self.found(source)["places"] if p["kind"] == "activation")
            self.assertEqual(place["without"], f"loss = F.mse_loss({after}, yb)")

    def test_lists_that_an_optimizer_is_given(self):
        made = "class SGD:\n    def __init__(self, *given, lr=0):\n        self.given = given\n\n\ndef train"
        for given, listed in (("[{'params': []}]", "groups"), ("[1, *()]", "parameters"), ("[p for p in ()]", None), ("[] + []", None), ("()", None)):
            source = test_places.LOOP.replace("        optimizer.step()\n", f"        made = SGD({given}, lr=1)\n        optimizer.step()\n").replace("def train", made, 1)
            place = next(p for p in self.found(source)["places"] if p["kind"] == "optimizer")
            self.assertEqual(place.get("listed"), listed)

    def test_losses_over_several_lines_stay_python(self):
        for before, field in (("-(\n            F.mse_loss(model(xb), yb)\n            .real + 1\n        )", "turned"), ("0.5 * (\n            xb\n            + yb\n        )", "unscaled")):
            source = test_places.LOOP.replace("F.mse_loss(model(xb), yb)", "F.mse_loss(model(xb), yb) if step else F.mse_loss(model(xb), yb)\n        if not step:\n            loss2 = loss")
            source = source.replace("        loss.backward()\n", f"        if step:\n            loss = {before}\n        loss.backward()\n")
            self.assertTrue(any(field in p for p in self.found(source)["places"]))

    def test_a_block_without_gradients_on_one_line(self):
        line = "with torch.no_grad(): loss = F.mse_loss(model(xb), yb)"
        source = test_places.LOOP.replace("loss = F.mse_loss(model(xb), yb)", line).replace("def train", "import contextlib\n\n\nclass torch:\n    no_grad = contextlib.nullcontext\n\n\ndef train", 1)
        cut = next(p for p in self.found(source)["places"] if p["kind"] == "cut")
        self.assertEqual(cut["without"], "loss = F.mse_loss(model(xb), yb)")
