import unittest

import numpy as np
from folders import Saving

import needs


@needs.torch
class Architectures(Saving):
    def check(self, name):
        import torch
        from architectures import architectures

        if name == "lstm" and torch.__version__.startswith("2.5."):
            self.skipTest("PyTorch 2.5 can't export a bidirectional LSTM of several layers")
        case = architectures()[name]
        torch.manual_seed(3)
        model = case.model()
        said = self.save(model, x=case.x, y=case.y, loss=case.loss, optimizer=case.optimizer(model.parameters()), epochs=5, batch_size=16)
        self.assertIsNone(said["batch"], said["batch_note"])
        self.assertEqual((self.folder / "eval.pt2").exists(), name == "vae")
        self.assertLess((self.folder / "model.pt2").stat().st_size, 120_000)
        data, loaded = self.data(), self.program()
        trained = [name for group in said["optimizer"]["groups"] for name in group["parameters"]]
        self.assertEqual(trained, [name for name, _ in model.named_parameters()])
        for rows in (64, 5):  # another number of rows than it was traced with
            x, y = torch.from_numpy(data["x"][:rows]), torch.from_numpy(data["y"][:rows])
            expected = case.loss(model(x), y).item()
            self.assertAlmostEqual(case.loss(loaded(x), y).item(), expected, delta=2e-6 * abs(expected))
            if rows == 64:
                self.assertAlmostEqual(said["noted"]["train_loss"], expected, delta=2e-6 * abs(expected))
        np.testing.assert_array_equal(data["y"], case.y)


for name in ("mlp", "cnn", "lstm", "gru", "transformer", "gpt", "resnet", "unet", "vae"):
    setattr(Architectures, f"test_{name}", lambda self, name=name: self.check(name))

if __name__ == "__main__":
    unittest.main()
