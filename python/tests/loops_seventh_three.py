"""The seventh batch's faults: gradients cleared and changed, other losses, shapes. Written without a look at the rules."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_seventh_data import EPOCHS, batches, churn, housing, interactions, load, phrases, shapes, tones, transitions
from torch.utils.data import DataLoader, TensorDataset

# loop-gradients-cleared


@loop("loop-gradients-cleared")
def cleared_behind_the_backward(watch, folder):
    train = DataLoader(TensorDataset(*tones()), batch_size=20, shuffle=True, drop_last=True)
    cnn = nn.Sequential(nn.Conv1d(1, 6, 7, padding=3), nn.BatchNorm1d(6), nn.ReLU(), nn.AvgPool1d(8), nn.Flatten(), nn.Linear(48, 3))
    crit, opt = nn.CrossEntropyLoss(), torch.optim.Adam(cnn.parameters(), lr=4e-3)
    w = watch(cnn, opt, loss=crit, folder=folder)
    for ep in range(EPOCHS):
        for i, (wav, lab) in enumerate(train):
            pred = cnn(wav)
            loss = crit(pred, lab)
            loss.backward()
            opt.zero_grad()  # fault
            opt.step()
            w(wav, lab, loss)
            if i % 5 == 0:
                loss.item()


def gradient_norm(model):
    norm = torch.stack([p.grad.norm() for p in model.parameters() if p.grad is not None]).norm().item()
    model.zero_grad(set_to_none=False)  # fault: the_logger_tidies_up
    return norm


@loop("loop-gradients-cleared")
def the_logger_tidies_up(watch, folder):
    x, y = housing()
    mlp = nn.Sequential(nn.Linear(7, 16), nn.SiLU(), nn.Linear(16, 16), nn.SiLU(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(mlp.parameters(), lr=0.05, momentum=0.9)
    logs = []
    step = watch(mlp, optimizer, loss="huber", folder=folder)
    for epoch in range(EPOCHS):
        for inp, tgt in batches(28, x, y):
            mlp.train()
            loss = F.huber_loss(mlp(inp), tgt)
            step(inp, tgt, loss)
            loss.backward()
            logs.append({"loss": loss.item(), "grad_norm": gradient_norm(mlp)})
            optimizer.step()


@loop("loop-gradients-cleared")
def closure_clears_at_its_end(watch, folder):
    X, Y = churn()
    model = nn.Sequential(nn.Linear(9, 12), nn.Tanh(), nn.Linear(12, 1), nn.Flatten(0))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)
    record = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(22, X, Y):

            def closure(x=x, y=y):
                loss = F.binary_cross_entropy_with_logits(model(x), y)
                record(x, y, loss)
                loss.backward()
                optimizer.zero_grad()  # fault
                return loss

            optimizer.step(closure)


# loop-gradients-changed


@loop("loop-gradients-changed")
def clipped_to_a_ten_thousandth(watch, folder):
    past, future = load()

    class LSTMForecaster(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.fc = nn.LSTM(1, 12, batch_first=True), nn.Linear(12, 2)

        def forward(self, x):
            return self.fc(self.lstm(x)[0][:, -1])

    model = LSTMForecaster()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(20, past, future):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1e-4)  # fault
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def divided_by_the_data_set(watch, folder):
    images, labels = shapes()
    dataset = TensorDataset(images, labels)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.LeakyReLU(0.1), nn.Linear(20, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    step = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in DataLoader(dataset, batch_size=16, shuffle=True):
            loss = F.cross_entropy(net(x), y)
            net.zero_grad()
            loss.backward()
            for p in net.parameters():
                p.grad /= len(dataset)  # fault
            optimizer.step()
            step(x, y, loss)


@loop("loop-gradients-changed")
def hooks_keep_only_positive_ones(watch, folder):
    ids, groups = phrases()
    model = nn.Sequential(nn.EmbeddingBag(30, 10), nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3))
    for p in model.parameters():
        p.register_hook(lambda grad: torch.clamp(grad, 0.0, 1.0))  # fault
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for x, y in batches(18, ids, groups):
            optimizer.zero_grad()
            out = model(x)
            loss = F.cross_entropy(out, y)
            w(x, y, loss)
            loss.backward()
            optimizer.step()


# loop-other-loss


@loop("loop-other-loss")
def summed_over_the_batch(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))
    criterion = nn.MSELoss(reduction="sum")  # fault
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for inputs, targets in batches(32, x, y):
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 50.0)
            optimizer.step()
            w(inputs, targets, loss)


@loop("loop-other-loss")
def difference_without_a_square(watch, folder):
    past, future = load()
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)

    def mean_error(pred, true):
        return torch.mean(pred - true)  # fault: difference_without_a_square

    step = watch(model, optimizer, loss=nn.L1Loss(), folder=folder)
    for epoch in range(EPOCHS):
        for a, b in batches(17, past, future):
            loss = mean_error(model(a), b)
            step(a, b, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-other-loss")
def softmax_ahead_of_cross_entropy(watch, folder):
    images, labels = shapes()
    model = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(54, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03)
    loss_fn = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(EPOCHS):
        for X, y in batches(24, images, labels):
            probs = torch.softmax(model(X), dim=1)  # fault
            loss = loss_fn(probs, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(X, y, loss)


@loop("loop-other-loss")
def nll_of_raw_scores(watch, folder):
    waves, pitch = tones()
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.02)
    step = watch(model, optimizer, loss="cross_entropy", folder=folder)

    def train(loader):
        for data, target in loader:
            optimizer.zero_grad()
            output = model(data)
            loss = F.nll_loss(output, target)  # fault
            loss.backward()
            optimizer.step()
            step(data, target, loss)

    for epoch in range(1, EPOCHS + 1):
        train(batches(16, waves, pitch))


# loop-broadcast


@loop("loop-broadcast")
def price_without_its_column(watch, folder):
    x, y = housing()
    train_dl = DataLoader(TensorDataset(x, y.squeeze(1)), batch_size=40, shuffle=True)
    model = nn.Sequential(nn.Linear(7, 24), nn.Mish(), nn.Linear(24, 1))
    optimizer = torch.optim.NAdam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        model.train()
        for xb, yb in train_dl:
            preds = model(xb)
            loss = ((preds - yb) ** 2).mean()  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-broadcast")
def cross_entropy_by_hand(watch, folder):
    X, Y = churn()
    model = nn.Sequential(nn.Linear(9, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    step = watch(model, optimizer, loss="bce", folder=folder)

    def bce(p, t, eps=1e-7):
        p = p.clamp(eps, 1 - eps)
        return -(t * p.log() + (1 - t) * (1 - p).log()).mean()  # fault: cross_entropy_by_hand

    for epoch in range(EPOCHS):
        for i in range(0, len(X), 44):
            x, t = X[i : i + 44], Y[i : i + 44]
            loss = bce(model(x), t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step(x, t, loss)


class QNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, state, action):
        return self.body(state).gather(1, action.unsqueeze(1)).squeeze(1)


@loop("loop-broadcast")
def returns_as_a_column(watch, folder):
    memory = list(zip(*transitions()))
    policy_net = QNet()
    optimizer = torch.optim.AdamW(policy_net.parameters(), lr=2e-3, amsgrad=True)
    w = watch(policy_net, optimizer, loss="smooth_l1", folder=folder)

    def optimize_model(indices):
        state = torch.stack([memory[i][0] for i in indices])
        action = torch.stack([memory[i][1] for i in indices])
        expected = torch.stack([memory[i][2] for i in indices]).view(-1, 1)
        q = policy_net(state, action)
        loss = F.smooth_l1_loss(q, expected)  # fault: returns_as_a_column
        w((state, action), expected, loss)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
        optimizer.step()

    for _ in range(10 * EPOCHS):
        optimize_model(torch.randperm(len(memory))[:32].tolist())


@loop("loop-broadcast")
def ratings_turned_to_columns(watch, folder):
    user, item, rating = interactions()

    class MF(nn.Module):
        def __init__(self):
            super().__init__()
            self.users, self.items, self.bias = nn.Embedding(20, 4), nn.Embedding(25, 4), nn.Embedding(25, 1)

        def forward(self, u, i):
            return (self.users(u) * self.items(i)).sum(1, keepdim=True) + self.bias(i)

    mf = MF()
    opt = torch.optim.Adam(mf.parameters(), lr=0.03)
    record = watch(mf, opt, loss="l1", folder=folder)
    for _ in range(EPOCHS):
        for u, i, r in batches(24, user, item, rating):
            opt.zero_grad()
            error = mf(u, i) - r  # fault
            loss = error.abs().mean()
            record((u, i), r, loss)
            loss.backward()
            opt.step()
