"""Callbacks of other frameworks, driven as these drive them: by a few lines that do what their loops do, without any of them."""

import copy
import json
import sys
import types
import unittest
from unittest import mock

from folders import Saving

import needs
import unstuck


def _module(name, **held):
    module = types.ModuleType(name)
    vars(module).update(held)
    return module


class Base:
    """Stands in for the frameworks' callbacks."""

    learn = None


class WithoutThem(unittest.TestCase):
    def test_a_framework_that_is_not_installed(self):
        missing = {name: None for name in ("lightning", "lightning.pytorch", "pytorch_lightning", "transformers", "fastai", "fastai.callback", "fastai.callback.core")}
        with mock.patch.dict(sys.modules, missing):
            for callback, name in ((unstuck.LightningWatch, "Lightning"), (unstuck.TrainerWatch, "transformers"), (unstuck.FastaiWatch, "fastai")):
                with self.assertRaisesRegex(Exception, f"{name} isn't installed"):
                    callback("run")


@needs.torch
class Callbacks(Saving):
    def training(self):
        import torch
        from torch import nn

        torch.manual_seed(0)
        model = nn.Linear(3, 1)
        return torch, nn, model, torch.optim.SGD(model.parameters(), lr=0.1), torch.randn(40, 3), torch.randn(40, 1)

    def recorded(self, steps, events=("forward", "watch", "backward", "step")):
        told = json.loads((self.folder / "recording.json").read_text())
        self.assertEqual((told["steps"], told["total"], told["ended"], told["notes"]), (steps, steps, True, []))
        step = self.step(2)
        self.assertEqual((step["events"], step["stepped"], step["closure"]), (list(events), [0, 1], False))
        self.assertIn("y", step["arrays"])

    # Lightning computes forward and backward within the optimizer's step.
    def test_lightning(self):
        torch, nn, model, optimizer, x, y = self.training()

        class Module(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = model

        with mock.patch.dict(sys.modules, {"lightning.pytorch": _module("lightning.pytorch", Callback=Base)}):
            callback = unstuck.LightningWatch(self.folder, loss="mse")
        self.assertIsInstance(callback, Base)
        trainer, module = types.SimpleNamespace(optimizers=[optimizer]), Module()
        callback.on_train_start(trainer, module)
        for i in range(5):
            batch = [x[8 * i : 8 * i + 8], y[8 * i : 8 * i + 8]]
            callback.on_train_batch_start(trainer, module, batch, i)

            def closure(batch=batch):
                loss = nn.functional.mse_loss(model(batch[0]), batch[1])
                optimizer.zero_grad()
                callback.on_before_backward(trainer, module, loss)
                loss.backward()
                return loss

            optimizer.step(closure=closure)
        callback.on_train_end(trainer, module)
        self.recorded(5)

    # The Trainer gives callbacks neither batch nor loss: a model is called by names, and returns its loss.
    def test_trainer(self):
        torch, nn, plain, optimizer, x, y = self.training()

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = plain

            def forward(self, x, labels=None):
                logits = self.net(x)
                return {"logits": logits} | ({} if labels is None else {"loss": nn.functional.mse_loss(logits, labels)})

        model = Model()
        with mock.patch.dict(sys.modules, {"transformers": _module("transformers", TrainerCallback=Base)}):
            callback = unstuck.TrainerWatch(self.folder, loss="mse")
        callback.on_train_begin(None, None, None, model=model, optimizer=types.SimpleNamespace(optimizer=optimizer))
        for i in range(5):
            loss = model(x=x[8 * i : 8 * i + 8], labels=y[8 * i : 8 * i + 8])["loss"]
            loss.backward()
            optimizer.step()
            model.zero_grad()
            copied = copy.deepcopy(model)  # as for an average of the weights
            self.assertFalse([hook for hook in copied._forward_hooks.values() if getattr(getattr(hook, "function", hook), "__self__", None)])
        callback.on_train_end(None, None, None)
        self.assertFalse(model._forward_hooks)
        self.recorded(5)
        self.assertEqual(self.step(1)["arrays"]["out/0"], [8, 1])

    # fastai has optimizers of its own.
    def test_fastai(self):
        torch, nn, model, _, x, y = self.training()
        held = list(model.parameters())
        core = {"fastai.callback.core": _module("fastai.callback.core", Callback=Base)}
        with mock.patch.dict(sys.modules, {"fastai": _module("fastai"), "fastai.callback": _module("fastai.callback")} | core):
            callback = unstuck.FastaiWatch(self.folder, loss="mse")
        callback.learn = learn = types.SimpleNamespace(model=model, opt=types.SimpleNamespace(param_lists=[held], hypers=[{"lr": 0.1}]))
        callback.before_fit()
        for i in range(5):
            learn.xb, learn.yb = (x[8 * i : 8 * i + 8],), (y[8 * i : 8 * i + 8],)
            learn.loss_grad = nn.functional.mse_loss(model(*learn.xb), *learn.yb)
            callback.before_backward()
            learn.loss_grad.backward()
            callback.before_step()
            with torch.no_grad():
                for p in held:
                    p -= 0.1 * p.grad
            callback.after_step()
            model.zero_grad()
        callback.after_fit()
        self.recorded(5)
        self.assertEqual(self.step(2)["rates"], [[0.1]])
