import json

import numpy as np
from folders import Saving

import needs


@needs.torch
class Weights(Saving):
    def test_read_back_by_the_formats_own_rules(self):
        import torch

        from unstuck.pytorch.weights import safetensors

        w = torch.arange(6.0).reshape(2, 3)
        given = {"w": w, "w.T": w.T, "n": torch.tensor(7), "mask": torch.tensor([True, False]), "half": torch.ones(2).bfloat16(), "none": torch.ones(0, 2)}
        content = safetensors(given)
        size = int.from_bytes(content[:8], "little")
        header, numbers = json.loads(content[8 : 8 + size]), content[8 + size :]
        self.assertEqual(size % 8, 0)
        kinds, end = {"F32": "<f4", "I64": "<i8", "BOOL": "?"}, 0
        for name, said in header.items():
            self.assertEqual(said["data_offsets"][0], end)
            end = said["data_offsets"][1]
            read = np.frombuffer(numbers[said["data_offsets"][0] : end], kinds[said["dtype"]]).reshape(said["shape"])
            np.testing.assert_array_equal(read, given[name].float().numpy() if name == "half" else given[name].numpy(), name)
        self.assertEqual((end, set(header)), (len(numbers), set(given)))

    # Never a pickle alone: the weights lie in the program as they are, or in a file beside it.
    def test_weights_can_be_read_without_pickle(self):
        import torch
        from torch import nn

        from unstuck.pytorch.weights import pickled

        self.save(nn.Linear(3, 1), x=torch.randn(8, 3), y=torch.randn(8, 1), loss="mse")
        self.assertEqual((self.folder / "weights.safetensors").exists(), pickled((self.folder / "model.pt2").read_bytes()))
