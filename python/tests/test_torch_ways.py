"""Models that compute with the number of rows, or go by values: what is exported of them, and that nothing of the user's is changed."""

import builtins
import sys

import needs
from folders import Saving


@needs.torch
class Ways(Saving):
    def watched(self, way, fault=None):
        import loops_ways

        import unstuck

        made = []

        def watch(*arguments, **named):
            made.append(unstuck.watch(*arguments, steps=3, **named))
            return made[-1]

        losses = loops_ways.trained(watch, self.folder, way, fault)
        made[0].close()
        return losses

    def plain(self, way):
        import loops_ways

        return loops_ways.trained(lambda *_, **__: lambda *_: None, None, way)

    # Losses are those without the recorder, bit for bit, and what stood in for Python's and PyTorch's own is gone.
    def test_nothing_is_changed(self):
        import loops_ways
        import torch

        def of_classes():
            return [{name: v for name, v in vars(kind).items() if name != "__slotnames__"} for kind in (torch.Tensor, torch.SymInt)]  # copying makes these

        before = of_classes()
        for way in loops_ways.WAYS:
            with self.subTest(way):
                self.assertEqual(self.watched(way), self.plain(way))
                self.assertIs(len, builtins.len)
                for module in list(sys.modules.values()):
                    for name in ("len", "int", "float"):
                        ours = getattr(module, "__dict__", {}).get(name)
                        self.assertNotIn("unstuck", getattr(ours, "__module__", ""))
                self.assertEqual(of_classes(), before)

    # With len() and int() the number of rows stays open: the program gives the model's outputs for other batches, too.
    def test_rows_stay_open(self):
        import loops_ways
        import torch

        for way in loops_ways.OPEN:
            with self.subTest(way.__name__):
                self.watched(way.__name__)
                program = self.program()
                torch.manual_seed(5)
                model = loops_ways.Net(way.__name__)
                for rows in (3, 40, 77):
                    x = torch.randn(rows, 6)
                    self.assertTrue(torch.allclose(program(x), model(x), atol=1e-6))

    # What goes by values is exported along the first batch's way, and the recording says at which line it was taken.
    def test_the_way_is_told(self):
        import json

        import loops_ways

        for way, line in (("goes_by_the_mean", "if x.mean() > 1000:"), ("whole_part_of_a_weight", "int(self.size)"), ("asserts_a_range", "assert x.abs()")):
            with self.subTest(way):
                self.watched(way)
                notes = json.loads((self.folder / "recording.json").read_text())["notes"]
                self.assertEqual(len(notes), 1)
                self.assertRegex(notes[0], r"loops_ways\.py:\d+: ")
                self.assertIn(line, notes[0])
                self.assertIn("along the way that the first batch took", notes[0])
        self.watched("divides_by_an_item")  # whose number is the tensor's at every step
        self.assertEqual(json.loads((self.folder / "recording.json").read_text())["notes"], [])

    # A training that is saved goes on with other batches, and is refused as before.
    def test_what_is_saved_takes_no_way(self):
        import loops_ways
        import torch

        import unstuck

        model = loops_ways.Net("goes_by_the_mean")
        with self.assertRaisesRegex(unstuck.UnstuckError, "forward decides by the values of a tensor"):
            unstuck.save(self.folder, model, x=torch.randn(8, 6), y=torch.randn(8, 1), loss="mse")

    # What binds a program to one number of rows is told with its line and what to write instead.
    def test_the_line_that_fixes_the_rows(self):
        import json

        for way, line, change in (("row_by_row", "for row in x", "compute all rows at once"), ("root_of_the_rows", "math.sqrt(len(x))", "x.shape[0] ** 0.5")):
            with self.subTest(way):
                self.watched(way)
                (note,) = json.loads((self.folder / "recording.json").read_text())["notes"]
                self.assertRegex(note, r"makes the number of rows a constant \(.*loops_ways\.py:\d+\)")
                self.assertIn(line, note)
                self.assertIn("What to change: ", note)
                self.assertIn(change, note)

    # While the way is taken, other threads of the user's, as one that loads data, get their own numbers.
    def test_other_threads_are_left_alone(self):
        import threading

        import loops_ways
        import torch
        from unstuck.pytorch.call import bind
        from unstuck.pytorch.taken import as_it_went

        model, said = loops_ways.Net("goes_by_the_mean"), []

        def load():
            t = torch.tensor(2.5)
            said.extend([t.item(), bool(t > 2), int(t), f"{t:.2f}"])

        with as_it_went(model, bind(model, torch.randn(8, 6))) as taken:
            thread = threading.Thread(target=load)
            thread.start()
            thread.join()
            self.assertEqual(taken.at, 0)
        self.assertEqual(said, [2.5, True, 2, "2.50"])
