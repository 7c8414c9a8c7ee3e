"""A folder that several watches of one program record into is told of."""

import json
import sys
import warnings

from folders import Saving

import needs


@needs.torch
class Folders(Saving):
    def watched(self, folder, steps=3):
        """Return a watch, and what does a step of its loop."""
        import torch
        from torch import nn

        import unstuck

        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=folder, steps=steps)

        def step():
            x = torch.randn(8, 3)
            loss = nn.functional.mse_loss(model(x), x[:, :1])
            watch(x, x[:, :1], loss)
            optimizer.zero_grad(), loss.backward(), optimizer.step()

        return watch, step

    def warned(self, caught):
        return [str(w.message) for w in caught if "unstuck.watch" in str(w.message)]

    def test_two_watches_at_once_in_one_folder_are_told(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            first, step = self.watched(self.folder, 8)
            step(), step()
            self.assertEqual(self.warned(caught), [])
            second, other = self.watched(self.folder, 8)
            self.assertEqual(len(self.warned(caught)), 1)
            self.assertIn("earlier recording", self.warned(caught)[0])
            for _ in range(4):
                step(), other()
            first.close(), second.close()
        said = self.warned(caught)
        self.assertEqual(len(said), 2, said)  # once, of however many steps
        self.assertIn("this loop's recording is gone: give each watch a folder of its own", said[1])
        self.assertEqual((len(self.steps()), json.loads((self.folder / "recording.json").read_text())["total"]), (4, 4))  # the second's, untouched

    def test_a_watch_in_the_folder_of_an_earlier_one_is_told(self):
        for how, count in ("a", 0), ("b", 0), ("a", 1):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                watch, step = self.watched(self.folder / how)
                step(), step()
                watch.close()
            self.assertEqual(len(self.warned(caught)), count, how)

    def test_a_cell_that_is_run_again_is_not_told(self):
        sys.ps1 = ">>> "
        self.addCleanup(lambda: delattr(sys, "ps1"))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(2):
                watch, step = self.watched(self.folder)
                step(), step()
                watch.close()
        self.assertEqual(self.warned(caught), [])
