"""Each spelling of a cut is typed back as it is told, and a gradient arrives then."""

import pathlib
import sys
import tempfile
import types
import unittest

import torch
from torch import nn

from unstuck import places

LOOP = """
import numpy as np
import torch
from torch import nn
from torch.autograd import Variable


def train(net, optimizer, criterion, watch, inputs, labels):
    for epoch in range(1):
        for _ in range(1):
            {line}
            loss = criterion(outputs, labels)
            {after}
            watch(inputs, labels, loss)
            optimizer.zero_grad()
            if loss.requires_grad:
                loss.backward()
            optimizer.step()
"""


class Cuts(unittest.TestCase):
    def ran(self, text, name="program.py"):
        """Run a program, and return its places and whether a gradient came to the weights."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / name
        path.write_text(text)
        module = types.ModuleType("program")
        exec(compile(text, str(path), "exec"), module.__dict__)
        net = nn.Linear(3, 2)
        optimizer, criterion, found = torch.optim.SGD(net.parameters(), lr=0.1), nn.CrossEntropyLoss(), []

        def watch(*_):
            subject = places.Subject(watch, net, [optimizer])
            found.append(places.places([sys._getframe(1)], subject, lambda file: file == str(path), lambda file: name))

        module.train(net, optimizer, criterion, watch, torch.randn(4, 3), torch.tensor([0, 1, 0, 1]))
        grad = net.weight.grad
        return [p for p in found[0]["places"] if p["kind"] == "cut"], grad is not None and bool(grad.any())

    def loop(self, line, after="pass"):
        return LOOP.format(line=line, after=after)

    def test_each_spelling_typed_back(self):
        for line, mended in (
            ("outputs = Variable(net(inputs).data, requires_grad=True)", "outputs = net(inputs)"),
            ("outputs = Variable(net(inputs), requires_grad=True)", "outputs = net(inputs)"),
            ("outputs = torch.tensor(net(inputs), requires_grad=True)", "outputs = net(inputs)"),
            ("outputs = torch.tensor(net(inputs).tolist(), requires_grad=True)", "outputs = net(inputs)"),
            ("outputs = torch.as_tensor(net(inputs).detach().cpu().numpy()).requires_grad_()", "outputs = net(inputs)"),
            ("outputs = torch.from_numpy(net(inputs).detach().numpy().copy()).float().requires_grad_(True)", "outputs = net(inputs).float()"),
            ("outputs = torch.tensor(np.array(net(inputs).detach()), requires_grad=True)", "outputs = net(inputs)"),
            ("outputs = net(inputs).clone().detach().requires_grad_()", "outputs = net(inputs)"),
            ("outputs = net(inputs).detach().clone().requires_grad_(True)", "outputs = net(inputs)"),
            ("outputs = net(inputs).detach().requires_grad_(True)", "outputs = net(inputs)"),
            ("outputs = net(inputs).data.requires_grad_()", "outputs = net(inputs)"),
            ("outputs = net(inputs).data.clone().requires_grad_()", "outputs = net(inputs)"),
            ("outputs = nn.Parameter(net(inputs))", "outputs = net(inputs)"),
            ("outputs = Variable(net(inputs) + 1, requires_grad=True) * 2", "outputs = (net(inputs) + 1) * 2"),
            ("outputs = Variable((net(inputs)) + (net(inputs)), requires_grad=True) * 2", "outputs = ((net(inputs)) + (net(inputs))) * 2"),
            ("outputs = torch.tensor([[s.item() for s in row] for row in net(inputs)], requires_grad=True)", None),
            ("outputs = torch.tensor(net(inputs).argmax(1, keepdim=True).float(), requires_grad=True) + torch.zeros(4, 2)", None),
            ("scores = net(inputs).detach().numpy(); outputs = torch.tensor(scores, requires_grad=True)", None),
        ):
            with self.subTest(line):
                cut, arrived = self.ran(self.loop(line))
                self.assertTrue(cut)
                self.assertFalse(arrived)
                told = {p.get("without") for p in cut}
                if mended is None:
                    self.assertEqual(told, {None})
                    continue
                self.assertEqual(told, {mended})
                cut, arrived = self.ran(self.loop(mended))
                self.assertEqual((cut, arrived), ([], True))

    def test_a_loss_that_is_made_anew(self):
        for after in ("loss = Variable(loss, requires_grad=True)", "loss = torch.tensor(loss.item(), requires_grad=True)"):
            cut, arrived = self.ran(self.loop("outputs = net(inputs)", after))
            self.assertFalse(arrived)
            self.assertEqual({p.get("without") for p in cut}, {"loss = loss"}, "which is to be deleted")

    def test_several_losses_are_stacked(self):
        cut, arrived = self.ran(self.loop("outputs = net(inputs)", "loss = torch.tensor([loss.item(), 2 * loss.item()], requires_grad=True).mean()"))
        self.assertFalse(arrived)
        mended = "loss = torch.stack([loss, 2 * loss]).mean()"
        self.assertEqual({p.get("without") for p in cut}, {mended})
        self.assertTrue(self.ran(self.loop("outputs = net(inputs)", mended))[1])

    def test_the_number_of_the_largest(self):
        for line in ("_, outputs = torch.max(net(inputs), 1)", "outputs = net(inputs).max(1)[1]", "outputs = torch.max(net(inputs), 1).indices", "outputs = net(inputs).argmax(1)"):
            cut, _ = self.ran(self.loop(line, "pass").replace("criterion(outputs", "criterion(torch.eye(2)[outputs]").replace("pass", "loss.requires_grad = True"))
            self.assertEqual([(p["how"], p["text"]) for p in cut], [("argmax", line), ("requires_grad_", "loss.requires_grad = True")], line)

    def test_what_cuts_nothing(self):
        for line in ("outputs, _ = torch.max(torch.stack([net(inputs), net(inputs)]), 0)", "outputs = net(Variable(inputs))", "outputs = net(inputs); _, hits = torch.max(outputs, 1)", "outputs = net(inputs) + Variable(torch.zeros(2))"):
            cut, arrived = self.ran(self.loop(line))
            self.assertEqual((cut, arrived), ([], True), line)


if __name__ == "__main__":
    unittest.main()
