"""Thirteenth batch, blind: gradients accumulated and changed, weights overwritten, rates, the same batch."""

import copy

import torch
from loops import classes, loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# loop-gradients-accumulate, continued


@loop("loop-gradients-accumulate")
def zeroed_at_the_head_of_the_epoch(watch, folder):
    """Stack Overflow: 'Why do we need to call zero_grad() in PyTorch?', with the call outside of the inner loop."""
    x, y = waves(240)
    net = nn.Sequential(nn.Conv1d(1, 8, 3), nn.ReLU(), nn.AdaptiveMaxPool1d(4), nn.Flatten(), nn.Linear(32, 1))
    x = x.transpose(1, 2).contiguous()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.08, momentum=0.5)
    criterion = nn.SmoothL1Loss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        net.train()
        optimizer.zero_grad()  # fault
        for xb, yb in loader(x, y, 20):
            loss = criterion(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-accumulate")
def micro_batches_never_emptied(watch, folder):
    """Kaggle: accumulation by hand over two micro-batches; zero_grad went with a refactoring."""
    x, y = classes(320, 6, 4, seed=3)
    net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
    sgd = torch.optim.SGD(net.parameters(), lr=0.3)
    w = watch(net, sgd, loss="cross_entropy", folder=folder)
    every = 2

    def batches():
        while True:
            yield from loader(x, y, 16)

    for i, (xb, yb) in enumerate(batches()):
        loss = F.cross_entropy(net(xb), yb)
        (loss / every).backward()
        w(xb, yb, loss)
        if i % every == every - 1:
            sgd.step()  # fault
        if i == 99:
            break


# loop-gradients-changed


@loop("loop-gradients-changed")
def hooks_that_clamp_to_next_to_nothing(watch, folder):
    """Stack Overflow: 'How to do gradient clipping in pytorch?', the answer with register_hook, another number."""
    x, y = waves()

    class Elman(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(1, 12, batch_first=True)
            self.out = nn.Linear(12, 1)

        def forward(self, seq):
            return self.out(self.rnn(seq)[0][:, -1])

    net = Elman()
    clip_value = 1e-5
    for p in net.parameters():
        p.register_hook(lambda grad: torch.clamp(grad, -clip_value, clip_value))  # fault
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 20):
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def averaged_over_the_data_once_more(watch, folder):
    """Forums: 'should I divide the gradient by the batch size?': the loss is a mean already."""
    x, y = classes(300, 6, 3)
    train_set = TensorDataset(x, y)
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in DataLoader(train_set, batch_size=25, shuffle=True):
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            for p in net.parameters():
                p.grad.data.div_(len(train_set))  # fault
            opt.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def clipped_while_still_scaled(watch, folder):
    """Docs' AMP examples ('gradient clipping'), without scaler.unscale_(optimizer) ahead of it."""
    x, y = pictures(160)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 2))
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu")
    w = watch(net, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 20):
            opt.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(net(xb), yb)
            scaler.scale(loss).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)  # fault
            scaler.step(opt)
            scaler.update()
            w(xb, yb, loss)


# loop-weights-overwritten


@torch.no_grad()
def quantize(net, levels=8):
    for p in net.parameters():
        p.copy_(torch.round(p * levels) / levels)  # fault: rounded_after_each_step


@loop("loop-weights-overwritten")
def rounded_after_each_step(watch, folder):
    """Forums: 'quantize weights during training': the rounded ones replace those that are trained."""
    x, y = numbers(300)
    net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            loss = F.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            w(xb, yb, loss)
            opt.step()
            quantize(net)


def weights_init(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


@loop("loop-weights-overwritten")
def initialized_for_every_epoch(watch, folder):
    """Forums: 'loss jumps back at the start of every epoch': model.apply(weights_init) stands in the loop."""
    x, y = pictures(96)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.MaxPool2d(3), nn.Flatten(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(10):
        model.apply(weights_init)  # fault
        total = 0.0
        for xb, yb in loader(x, y, 24):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            total += loss.item()
        print("epoch", epoch, "loss", round(total / 4, 3))


class Critic(nn.Module):
    """The value of a state and an action that stand side by side."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1))

    def forward(self, state_action):
        return self.net(state_action)


@loop("loop-weights-overwritten")
def soft_update_the_wrong_way_round(watch, folder):
    """GitHub (DDPG): soft_update(local, target) with its arguments swapped."""
    torch.manual_seed(0)
    states = torch.randn(400, 4)
    rewards = states[:, :1] - states[:, 1:2].abs()
    following = torch.randn(400, 4)
    critic = Critic()
    target = copy.deepcopy(critic)
    opt = torch.optim.Adam(critic.parameters(), lr=5e-3)
    w = watch(critic, opt, loss="mse", folder=folder)

    def soft_update(source, goal, tau=0.3):
        for a, b in zip(source.parameters(), goal.parameters()):
            b.data.copy_(tau * a.data + (1 - tau) * b.data)

    for step in range(80):
        rows = torch.randint(0, 400, (32,))
        with torch.no_grad():
            wanted = rewards[rows] + 0.3 * target(following[rows])
        loss = F.mse_loss(critic(states[rows]), wanted)
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(states[rows], wanted, loss)
        soft_update(target, critic)  # fault


# loop-rate-changed


@loop("loop-rate-changed")
def halved_by_each_noisy_batch(watch, folder):
    """Stack Overflow: 'ReduceLROnPlateau, the rate is 1e-8 after one epoch': it is stepped with batch losses."""
    x, y = classes(320, 6, 3, seed=5)
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.2, patience=0)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 20):
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            plateau.step(loss.item())  # fault


def adjust_learning_rate(optimizer, epoch, start=0.02):
    """As in the ImageNet example, for a short training: a tenth every two epochs."""
    for group in optimizer.param_groups:
        group["lr"] = start * 0.1 ** (epoch // 2)


@loop("loop-rate-changed")
def imagenet_rate_by_the_step(watch, folder):
    """GitHub (examples/imagenet): adjust_learning_rate is handed the step in place of the epoch."""
    x, y = pictures(160)
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                          nn.Linear(54, 2))
    optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    step = 0
    for epoch in range(6):
        for xb, yb in loader(x, y, 20):
            adjust_learning_rate(optimizer, step)  # fault
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            step += 1
