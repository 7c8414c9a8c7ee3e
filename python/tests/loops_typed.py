"""Loops of which the printed change is typed back: cuts in several spellings, a scheduler in another method, a count that no epoch reaches."""

import torch
from torch import nn
from torch.autograd import Variable
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
from loops import loop


def data(n=320):
    g = torch.Generator().manual_seed(0)
    y = torch.randint(0, 3, (n,), generator=g)
    return torch.randn(n, 5, generator=g) + 2 * F.one_hot(y, 5).float(), y


def rows(n=320):
    return DataLoader(TensorDataset(*data(n)), batch_size=32, shuffle=True)


def model():
    net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))
    return net, torch.optim.SGD(net.parameters(), lr=0.1), nn.CrossEntropyLoss()


@loop("loop-no-update")
def a_variable(watch, folder):
    net, optimizer, criterion = model()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        for inputs, labels in rows():
            optimizer.zero_grad()
            outputs = Variable(net(inputs).data, requires_grad=True)  # fault
            l = criterion(outputs, labels)
            l.backward()
            optimizer.step()
            w(inputs, labels, l)


@loop("loop-no-update")
def b_largest(watch, folder):
    net, optimizer, criterion = model()
    w = watch(net, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(2):
        for inputs, labels in rows():
            optimizer.zero_grad()
            outputs = net(inputs)
            _, predicted = torch.max(outputs, 1)  # fault
            loss = F.mse_loss(predicted.float(), labels.float())
            loss.requires_grad = True
            loss.backward()
            optimizer.step()
            w(inputs, labels, loss)


@loop("loop-no-update")
def c_loss_again(watch, folder):
    net, optimizer, criterion = model()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        for inputs, labels in rows():
            optimizer.zero_grad()
            loss = criterion(net(inputs), labels)
            loss = Variable(loss, requires_grad=True)  # fault
            loss.backward()
            optimizer.step()
            w(inputs, labels, loss)


@loop("loop-no-update")
def d_tensor(watch, folder):
    net, optimizer, criterion = model()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        for inputs, labels in rows():
            optimizer.zero_grad()
            outputs = torch.tensor(net(inputs), requires_grad=True)  # fault
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            w(inputs, labels, loss)


class Trainer:
    def __init__(self, watch, folder):
        self.net, self.opt, self.criterion = model()
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.opt, 2, gamma=0.1)
        self.watch = watch(self.net, self.opt, loss=self.criterion, folder=folder)

    def step(self):
        self.opt.step()
        self.scheduler.step()  # fault: e_scheduler

    def fit(self):
        for epoch in range(3):
            for inputs, labels in rows():
                self.opt.zero_grad()
                loss = self.criterion(self.net(inputs), labels)
                loss.backward()
                self.step()
                self.watch(inputs, labels, loss)


@loop("loop-rate-changed")
def e_scheduler(watch, folder):
    Trainer(watch, folder).fit()


@loop("loop-no-update")
def f_never(watch, folder):
    net, optimizer, criterion = model()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    accumulation_steps = 16
    loader = rows()
    for epoch in range(3):
        for i, (inputs, labels) in enumerate(loader):
            loss = criterion(net(inputs), labels) / accumulation_steps
            loss.backward()
            if (i + 1) % accumulation_steps == 0:  # fault
                optimizer.step()
                optimizer.zero_grad()
            w(inputs, labels, loss * accumulation_steps)


@loop("loop-gradients-accumulate")
def g_own_name(watch, folder):
    net, optimizer, criterion = model()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        for inputs, labels in rows():
            l = criterion(net(inputs), labels)
            l.backward()  # fault
            optimizer.step()
            w(inputs, labels, l)


@loop("loop-correct")
def h_accumulation(watch, folder):
    net, optimizer, criterion = model()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        optimizer.zero_grad()
        for i, (inputs, labels) in enumerate(rows()):
            loss = criterion(net(inputs), labels)
            (loss / 4).backward()
            if (i + 1) % 4 == 0:
                optimizer.step()
                optimizer.zero_grad()
            w(inputs, labels, loss)
