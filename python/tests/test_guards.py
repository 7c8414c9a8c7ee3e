"""What a step waits for, and what a closure returns that it is given."""

import unittest

import test_places

STEP = "        optimizer.step()\n"


class Guards(test_places.Places):
    def of(self, kind, loop, *lines):
        source = test_places.LOOP.replace(STEP, "".join(f"        {line}\n" for line in lines))
        head, body = source.split("    for step in range(1):\n")
        source = head + loop + (body if loop.count("for ") == 1 else "".join(f"    {line}\n" for line in body.splitlines()))
        return [p for p in self.found(source)["places"] if p["kind"] == kind]

    def test_a_count_that_begins_anew_with_each_epoch(self):
        epochs = "    rows = [1]\n    for epoch in range(1):\n        for {}:\n"
        for head, test, given, without in (
            ("i, _ in enumerate(rows)", "(i + 1) % 16 == 0", "i", "if (i + 1) % 16 == 0 or i + 1 == len(rows):"),
            ("i, _ in enumerate(rows, 1)", "i % 16 == 0", "i", "if i % 16 == 0 or i == len(rows):"),
            ("i, _ in enumerate(rows, start=1)", "True if i % 16 else False", "i", "if (True if i % 16 else False) or i == len(rows):"),
            ("i, _ in enumerate(iter(rows))", "(i + 1) % 16 == 0", "i", None),
            ("i, _ in enumerate(rows, 7)", "(i + 1) % 16 == 0", None, None),
            ("i in range(1)", "(i + 1) % 16 == 0", None, None),
        ):
            (guard,) = self.of("guard", epochs.format(head), f"if {test}:", "    optimizer.step()", "    optimizer.zero_grad()")
            self.assertEqual((guard["how"], guard.get("given"), guard.get("without")), ("%", given, without), head)
            self.assertEqual((guard["text"], len(guard["loops"])), (f"if {test}:", 2))

    def test_what_isn_t_counted(self):
        loop = "    for step in range(1):\n"
        (guard,) = self.of("guard", loop, "if xb:", "    optimizer.step()")
        self.assertEqual((guard["text"], guard["how"], guard.get("without")), ("if xb:", "", None))
        self.assertEqual(self.of("guard", loop, "if not xb:", "    pass", "else:", "    optimizer.step()"), [])
        self.assertEqual(self.of("guard", loop, "optimizer.step()"), [])

    def test_what_a_closure_returns(self):
        (closure,) = self.of("closure", "    for step in range(1):\n", "def again(): # so", "    cost = F.mse_loss(xb, yb)", "    return cost", "optimizer.step(again) if 0 else optimizer.step()")
        self.assertEqual((closure["text"], closure["of"]), ("return cost", "cost"))

    def test_what_is_named_and_not_called(self):
        for line, told in (("for p in (): p.grad.zero_", "zero_"), ("optimizer.zero_grad if 0 else 1", None), ("for p in (): p.data.zero_", None)):
            found = self.of("uncalled", "    for step in range(1):\n", line, "optimizer.step()")
            self.assertEqual([p["how"] for p in found], [told] if told else [], line)


if __name__ == "__main__":
    unittest.main()
