import numpy as np
from folders import Saving

import needs


@needs.torch
class Data(Saving):
    def test_a_loader(self):
        import torch
        from torch import nn
        from torch.utils.data import DataLoader, Subset, TensorDataset

        x, y = torch.randn(50, 3), torch.randint(0, 2, (50,))
        dataset = Subset(TensorDataset(x, y), range(10, 50))
        loader = DataLoader(dataset, batch_size=8, shuffle=True, num_workers=2)
        said = self.save(nn.Linear(3, 2), x=loader, loss="cross_entropy", epochs=2)
        self.assertEqual((said["batch_size"], said["shuffle"], said["rows"]), (8, True, {"kept": 40, "of": 40}))
        np.testing.assert_array_equal(self.data()["x"], x[10:])
        np.testing.assert_array_equal(self.data()["y"], y[10:])
        self.assertEqual(self.data()["y"].dtype, np.int64)
        said = self.save(nn.Linear(3, 2), x=loader, loss="cross_entropy", batch_size=4, shuffle=False, rows=7)
        self.assertEqual((said["batch_size"], said["shuffle"], said["rows"]), (4, False, {"kept": 7, "of": 40}))

    def test_a_dataset_of_dictionaries_with_its_own_collate(self):
        import torch
        from torch import nn
        from torch.utils.data import DataLoader, Dataset

        class Words(Dataset):
            def __len__(self):
                return 20

            def __getitem__(self, i):
                return {"tokens": list(range(1 + i % 4)), "label": i % 2}

        def collate(examples):
            tokens = torch.zeros(len(examples), 4, dtype=torch.long)
            for row, example in zip(tokens, examples):
                row[: len(example["tokens"])] = torch.tensor(example["tokens"])
            return {"tokens": tokens, "mask": tokens > 0, "label": torch.tensor([e["label"] for e in examples])}

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding, self.fc = nn.Embedding(4, 3), nn.Linear(3, 2)

            def forward(self, tokens, mask=None):
                h = self.embedding(tokens) * mask.unsqueeze(-1)
                return self.fc(h.sum(1))

        said = self.save(Net(), x=DataLoader(Words(), batch_size=5, collate_fn=collate), loss="cross_entropy")
        self.assertEqual((said["inputs"], said["targets"], said["shuffle"]), (["tokens", "mask"], ["y"], False))
        data = self.data()
        self.assertEqual([data[n].dtype for n in ("tokens", "mask", "y")], [np.int64, np.bool_, np.int64])
        loaded = self.program()(torch.from_numpy(data["tokens"][:3]), torch.from_numpy(data["mask"][:3]))
        self.assertEqual(loaded.shape, (3, 2))

    def test_a_stream(self):
        import torch
        from torch import nn
        from torch.utils.data import DataLoader, IterableDataset

        class Stream(IterableDataset):
            def __iter__(self):
                for i in range(1000):
                    yield torch.full((3,), float(i)), torch.tensor([float(i)])

        said = self.save(nn.Linear(3, 1), x=DataLoader(Stream(), batch_size=16), loss="mse", rows=40)
        self.assertEqual(said["rows"], {"kept": 40, "of": None})
        np.testing.assert_array_equal(self.data()["y"][:, 0], np.arange(40))

    def test_several_inputs_by_position_and_by_name(self):
        import torch
        from torch import nn

        class Pair(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 1)

            def forward(self, left, right, *, scale=None):
                h = self.fc(left) - self.fc(right)
                return h if scale is None else h * scale

        left, right, scale, y = torch.randn(8, 3), torch.randn(8, 3), torch.rand(8, 1), torch.randn(8, 1)
        self.assertEqual(self.save(Pair(), x=(left, right), y=y, loss="mse")["inputs"], ["left", "right"])
        model = Pair()
        said = self.save(model, x={"scale": scale, "right": right, "left": left}, y=y, loss="mse")
        self.assertEqual(said["inputs"], ["left", "right", "scale"])
        data = self.data()
        expected = nn.functional.mse_loss(model(left, right, scale=scale), y).item()
        self.assertAlmostEqual(said["noted"]["eval_loss"], expected, places=6)
        arrays = [torch.from_numpy(data[name]) for name in said["inputs"]]
        torch.testing.assert_close(self.program()(arrays[0], arrays[1], scale=arrays[2]), model(left, right, scale=scale))

        class Batch(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 1)

            def forward(self, batch):
                return self.fc(batch["a"] + batch["b"])

        self.assertEqual(self.save(Batch(), x={"b": left, "a": right}, y=y, loss="mse")["inputs"], ["b", "a"])
        names = [n.name for n in __import__("torch").export.load(self.folder / "model.pt2").graph.nodes if n.op == "placeholder"]
        self.assertEqual([n for n in names if n.startswith("batch")], ["batch_b", "batch_a"])

    def test_types(self):
        import torch
        from torch import nn

        model = nn.Linear(3, 1).double()
        x = np.random.default_rng(0).normal(size=(8, 3))
        self.save(model, x=x, y=x[:, :1].tolist(), loss="mse")
        self.assertEqual((self.data()["x"].dtype, self.data()["y"].dtype), (np.float32, np.float32))
        self.assertEqual(model.weight.dtype, torch.float64)
        self.save(nn.Linear(3, 1).to(torch.bfloat16), x=torch.randn(8, 3).bfloat16(), y=torch.randn(8, 1), loss="mse")
        x = torch.randn(8, 3)
        self.save(nn.Sequential(nn.ReLU(inplace=True), nn.Linear(3, 1)), x=x, y=x[:, :1], loss="mse")
        self.assertTrue((x < 0).any() and (self.data()["x"] < 0).any(), "a model that writes into its input writes into a copy")
