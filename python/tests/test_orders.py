"""Arrays that are put in another order alone are told from those that go together."""

import test_places

HEAD = "    for x, y in []:\n        pass\n"

ALONE = {
    "X = X[torch.randperm(len(X))]": "X",
    "order = np.random.permutation(len(X))\n    X = X[order]": "X",
    "order = Y.argsort(stable=True)\n    X = X[order]": "X",
    "rng.shuffle(X)": "X",
    "random.shuffle(Y)": "Y",
    "Y = torch.roll(Y, 1)": "Y",
    "Y = Y.roll(1, 0)": "Y",
    "X = np.flip(X, 0)": "X",
    "Y = Y[::-1]": "Y",
    "Y, _ = Y.sort()": "Y",
    "Y = np.sort(Y)": "Y",
    "Y = np.random.permutation(Y)": "Y",
    "values, order = torch.sort(Y)\n    X = X[order]": "X",
    "rows = list(range(len(X)))\n    random.shuffle(rows)\n    X = X[rows]": "X",
    "X, Y = X[torch.randperm(len(X))], Y[torch.randperm(len(X))]": "X",  # each in an order of its own
}
TOGETHER = (
    "order = torch.randperm(len(X))\n    X, Y = X[order], Y[order]",
    "order = torch.randperm(len(X))\n    X = X[order]\n    Y = Y[order]",
    "order = torch.randperm(len(X))[:3]\n    held = X[order], Y[order]",
    "X, Y = X.flip(0), Y.flip(0)",
    "X = torch.roll(X, 1)\n    Y = torch.roll(Y, 1)",
    "X, Y = shuffle(X, Y)",
    "names = sorted(labels)",  # neither x nor y is made of it
    "X = table[Y]",  # looked up, not reordered
    "X = X[Y > 0]",
    "X = X[:, ::-1]",
    "X = X[5:]",
    "rows = list(range(len(X)))\n    random.shuffle(rows)\n    X, Y = X[rows], Y[rows]",
)


class Orders(test_places.Places):
    def alone(self, lines):
        ahead = "    X, Y = pairs()\n    " + lines + "\n    for xb, yb in zip(X, Y):\n"
        body = "    for step in range(1):\n        xb, yb = 1, 2\n"
        assert body in test_places.LOOP
        source = test_places.LOOP.replace(HEAD, "").replace(body, ahead.replace("pairs()", "[], []").replace("    X, Y", "    if step:\n        pass\n    X, Y", 0))
        # the statements stand in a branch that isn't taken: they are read, not run
        source = source.replace("    " + lines, "    if not watch:\n" + "\n".join("    " + line for line in ("    " + lines).split("\n")), 1).replace("zip(X, Y)", "[(1, 2)] or zip(X, Y)")
        return [p for p in self.found(source)["places"] if p["kind"] == "alone"]

    def test_one_alone(self):
        for lines, name in ALONE.items():
            found = self.alone(lines)
            self.assertTrue(found, lines)
            self.assertEqual(found[0]["names"], [name], lines)

    def test_together(self):
        for lines in TOGETHER:
            self.assertEqual(self.alone(lines), [], lines)

    def test_rows_mixed_within_a_batch(self):
        source = test_places.LOOP.replace("        loss = ", "        if not watch:\n            xb = xb[torch.randperm(3)]\n        loss = ")
        self.assertEqual([p for p in self.found(source)["places"] if p["kind"] == "alone"], [])
