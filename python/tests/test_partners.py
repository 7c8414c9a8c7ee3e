"""Rows and targets that part on their way are told from those that go together."""

import ast
import itertools
import linecache
import textwrap
import unittest

from unstuck import partners, scopes, statements

COUNT = itertools.count()
PROGRAM = """
def train(model, watch, X, Y, table, df):
{lines}
    for epoch in range(3):
        for {head}:
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
"""
PLAIN = "xb, yb in zip(X, Y)"
# what stands ahead of the loop, its head, and what is said to part
APART = (
    ("a = DataLoader(X, shuffle=True)\nb = DataLoader(Y, shuffle=True)", "xb, yb in zip(a, b)", ["X", "Y"]),
    ("a = DataLoader(X, shuffle=True)\nb = DataLoader(Y, batch_size=8)", "xb, yb in zip(a, b)", ["X", "Y"]),
    ("a, b = DataLoader(X, shuffle=True), DataLoader(Y, shuffle=True)", "i, (xb, yb) in enumerate(zip(a, b))", ["X", "Y"]),
    ("g = torch.Generator()\na = DataLoader(X, shuffle=True, generator=g)\nb = DataLoader(Y, shuffle=True)", "xb, yb in zip(a, b)", ["X", "Y"]),
    ("a = tf.data.Dataset.from_tensor_slices(X).shuffle(99).batch(4)\nb = tf.data.Dataset.from_tensor_slices(Y).shuffle(99).batch(4)", "xb, yb in zip(a, b)", ["tf.data.Dataset.from_tensor_slices(X)", "tf.data.Dataset.from_tensor_slices(Y)"]),
)
DROPPED = (  # the line that is told: where y is made as long as x, or else where rows are dropped
    ("X = X[~torch.isnan(X).any(1)]\nY = Y[:len(X)]", ["X"], 1),
    ("X = X[~torch.isnan(X).any(1)]\nY = Y[: X.shape[0]]", ["X"], 1),
    ("keep = ~np.isnan(X).any(1)\nX = X[keep]", ["X"], 1),
    ("X = X[np.where(X[:, 0] > 0)]", ["X"], 0),
    ("X = df[['a', 'b']].dropna()\nY = df['t']", ["df[['a', 'b']]"], 0),
    ("Y = df['t']\ndf = df.dropna()\nX = df[['a', 'b']]", ["df"], 1),
    ("Y = df['t'].values\ndf.drop_duplicates(inplace=True)\nX = df[['a', 'b']].values", ["df"], 1),
    ("X = [r for r in table if r[0]]\nY = [r[1] for r in table]", ["table"], 0),
    ("Y = Y[Y > 0]", ["Y"], 0),
    ("X = [r for r in table if r['part'] == 'train']", ["table"], 0),
    ("X = X.filter(pl.col('a') > 0)", ["X"], 0),
    ("X = X[(X[:, 0] > 0).astype(bool)]", ["X"], 0),
)
TOGETHER = (
    ("a = DataLoader(TensorDataset(X, Y), shuffle=True)", "xb, yb in a"),
    ("a, b = DataLoader(X, batch_size=8), DataLoader(Y, batch_size=8)", "xb, yb in zip(a, b)"),
    ("a, b = DataLoader(X, shuffle=True, generator=torch.Generator().manual_seed(1)), DataLoader(Y, shuffle=True, generator=torch.Generator().manual_seed(1))", "xb, yb in zip(a, b)"),
    ("a = DataLoader(X, shuffle=True)", "i, xb in enumerate(a)"),
    ("keep = ~torch.isnan(X).any(1)\nX, Y = X[keep], Y[keep]", PLAIN),
    ("X = X.dropna()\nY = Y.loc[X.index]", PLAIN),
    ("df = df.dropna()\nX, Y = df[['a']], df['t']", PLAIN),
    ("X = df.dropna(axis=1)\nY = df['t']", PLAIN),
    ("X = X[:, X.std(0) > 0]", PLAIN),
    ("X = X - X[X > 0].mean()", PLAIN),
    ("X = X[X > 0].mean() * X", PLAIN),
    ("X = X[:100]\nY = Y[:100]", PLAIN),
    ("late = df.dropna()", PLAIN),
    ("X = df.filter(like='x').values\nY = df['t'].values", PLAIN),  # columns, by their names
    ("X = df[[c for c in df.columns if c != 't']].values\nY = df['t'].values", PLAIN),
    ("names = [c for c in table if c not in ('t', 'id')]\nX = df[names].values\nY = df['t'].values", PLAIN),
    ("names = [c for c in table if c.startswith('x')]\nX = df[names].values\nY = df['t'].values", PLAIN),
    ("X = [[w for w in t if w in known] for t in table]", PLAIN),  # words of each row
    ("Y = eye[(Y[:, None] == classes).argmax(1)]", PLAIN),  # one for each row
    ("Y = values[(Y > 0).long()]", PLAIN),
    ("at = torch.where(X[:, 0] > 0, a, b)\nX = centers[at]", PLAIN),
    ("Y = values[(Y > 0).astype(int)]", PLAIN),
)


class Partners(unittest.TestCase):
    def parted(self, lines, head, **values):
        return self.found(PROGRAM.format(lines=textwrap.indent(lines, "    "), head=head), **values)

    def found(self, source, node=None, x="xb", **values):
        file = f"<program {next(COUNT)}>"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        self.addCleanup(linecache.cache.pop, file, None)
        scopes.tree.cache_clear()
        function = node(scopes.tree(file)) if node else scopes.tree(file).body[0]
        watch = object()
        scope = statements.Statements(scopes.Scope(file, function, {"watch": watch, **values}))
        return [(p["kind"], p["names"], p["text"]) for p in partners.parted(scope, watch, x, "yb")]

    def test_loaders_that_shuffle_each_on_its_own(self):
        for lines, head, names in APART:
            found = self.parted(lines, head)
            self.assertEqual([(kind, of) for kind, of, _ in found], [("apart", names)], lines)
            self.assertEqual(found[0][2], [line for line in lines.split("\n") if "shuffle" in line][-1], lines)  # the last that shuffles

    def test_a_batch_that_is_given_whole(self):
        self.assertEqual(self.found(PROGRAM.format(lines="    Y = Y[Y > 0]", head=PLAIN), x="*batch"), [])

    def test_loaders_that_were_made_elsewhere(self):
        class Loader:
            def __init__(self, sampler):
                self.sampler = sampler

        class RandomSampler:
            generator = None

        for a, b, count in (Loader(RandomSampler()), Loader(RandomSampler()), 1), (Loader(None), Loader(None), 0):
            found = self.parted("pass", "xb, yb in zip(X, Y)", X=a, Y=b)
            self.assertEqual(len(found), count)
            for kind, names, text in found:
                self.assertEqual((kind, names, text), ("apart", ["X", "Y"], "watch(xb, yb, loss)"))

    def test_nothing_of_the_users_is_run(self):
        class Lazy:
            def __getattr__(self, name):
                raise RuntimeError("this must not run")

        self.assertEqual(self.parted("pass", "xb, yb in zip(X, Y)", X=Lazy(), Y=Lazy()), [])

    def test_rows_dropped_from_one_alone(self):
        for lines, names, at in DROPPED:
            self.assertEqual([(kind, of, text) for kind, of, text in self.parted(lines, PLAIN)], [("dropped", names, lines.split("\n")[at])], lines)

    def test_rows_dropped_from_each_by_what_is_in_it(self):
        found = self.parted("X = X.dropna()\nY = Y.drop_duplicates()", PLAIN)
        self.assertEqual([(kind, names) for kind, names, _ in found], [("dropped", ["X"]), ("dropped", ["Y"])])

    def test_together(self):
        for lines, head in TOGETHER:
            self.assertEqual(self.parted(lines, head), [], lines)

    def test_rows_chosen_within_a_step(self):
        source = PROGRAM.format(lines="", head="xs, yb in zip(X, Y)").replace("            loss = F", "            xb = xs[xs[:, 0] > 0]\n            loss = F")
        self.assertEqual(self.found(source), [])
        at_once = PROGRAM.format(lines="", head=PLAIN).replace("watch(xb, yb", "watch(xb[xb[:, 0] > 0], yb")
        self.assertEqual(self.found(at_once, x="xb[xb[:, 0] > 0]"), [])

    def test_loaders_of_two_parts_of_the_data(self):
        source = "def loaders(X, Y):\n    train, held = DataLoader(X, shuffle=True), DataLoader(Y)\n    return train, held\n"
        self.assertEqual(self.found(source), [])

    def test_what_a_function_returns_and_a_data_set_is_given(self):
        for source in (
            "def load():\n    X, Y = read()\n    X = X.dropna()\n    return X, Y\n",
            "def load(X, Y):\n    X = X.dropna()\n    return DataLoader(TensorDataset(X, Y))\n",
        ):
            self.assertEqual([kind for kind, _, _ in self.found(source)], ["dropped"], source)

    def test_what_stands_beside_data_and_has_no_rows(self):
        for source in (
            "def prepared():\n    table = read().dropna()\n    net = Net(table.shape[1])\n    return net, table\n",
            "def prepared(table):\n    table = table.dropna()\n    trainer.fit(net, DataLoader(table))\n    fit('name', table)\n",
            "def prepared(table):\n    table = table.dropna()\n    return Net(len(table)), table\n",
        ):
            self.assertEqual(self.found(source), [], source)

    def test_what_a_model_of_keras_is_fitted_to(self):
        class Model:
            def compile(self): ...
            def evaluate(self): ...
            def predict(self): ...

        source = "def train(X, Y):\n    X = X.dropna()\n    model.fit(X, Y[:len(X)])\n"
        self.assertEqual([kind for kind, _, _ in self.found(source, model=Model())], ["dropped"])
        self.assertEqual(self.found(source, model=object()), [])

    def test_rows_dropped_where_a_data_set_is_made(self):
        source = "class Rows(Dataset):\n    def __init__(self, x, y):\n        self.x = x[~x.isnan().any(1)]\n        self.y = y\n\n    def __getitem__(self, i):\n        return self.x[i], self.y[i]\n"
        first = lambda program: program.body[0].body[0]  # noqa: E731
        self.assertEqual(self.found(source, first), [("dropped", ["x"], "self.x = x[~x.isnan().any(1)]")])
        both = source.replace("self.y = y\n", "self.y = y[~x.isnan().any(1)]\n")
        self.assertEqual(self.found(both, first), [])
        self.assertIsInstance(first(ast.parse(source)), ast.FunctionDef)
