"""A second batch of loops, written when the rules stood: three of each fault, and correct ones."""

import torch
from loops import Recurrent, classes, loader, loop, numbers, pictures, small, waves, yes_no
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR, StepLR


class Attention(nn.Module):
    def __init__(self, count=3):
        super().__init__()
        self.embed = nn.Embedding(30, 16)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(16, count)

    def forward(self, tokens):
        return self.head(self.layer(self.embed(tokens)).mean(1))


class Residual(nn.Module):
    def __init__(self, width=6, out=3, norm=True):
        super().__init__()
        self.stem = nn.Linear(width, 24)
        self.norm = nn.BatchNorm1d(24) if norm else nn.LayerNorm(24)
        self.block = nn.Sequential(nn.Linear(24, 24), nn.GELU(), nn.Linear(24, 24))
        self.head = nn.Linear(24, out)

    def forward(self, x):
        h = torch.relu(self.norm(self.stem(x)))
        return self.head(h + self.block(h))


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(5, 12), nn.Linear(12, 12)]  # fault: layers_in_a_list
        self.head = nn.Linear(12, 1)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.head(x)


class Auto(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Linear(6, 2), nn.Linear(2, 6)

    def forward(self, x):
        return self.up(F.elu(self.down(x)))


def tokens(rows=240, seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randint(0, 30, (rows, 7), generator=g)
    return x, x[:, 0] % 3


class Trainer:
    """A training as a class of its own."""

    def __init__(self, model, optimizer, loss_fn, watch):
        self.model, self.optimizer, self.loss_fn, self.watch = model, optimizer, loss_fn, watch

    def before(self):
        self.optimizer.zero_grad()

    def compute(self, x, y):
        return self.loss_fn(self.model(x), y)  # fault: flat_targets_in_a_class

    def after(self, loss):
        loss.backward()  # fault: forgotten_in_a_class
        self.optimizer.step()

    def fit(self, batches, epochs):
        for _ in range(epochs):
            for x, y in batches:
                self.before()
                loss = self.compute(x, y)
                self.after(loss)
                self.watch(x, y, loss)


# loop-wrong-parameters


@loop("loop-wrong-parameters")
def layers_in_a_list(watch, folder):
    x, y = numbers()
    model = Listed()
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
    Trainer(model, optimizer, nn.MSELoss(), watch(model, optimizer, loss="mse", folder=folder)).fit(loader(x, y), 3)


@loop("loop-wrong-parameters")
def block_forgotten(watch, folder):
    x, y = classes()
    model = Residual(norm=False)
    optimizer = torch.optim.AdamW([{"params": model.stem.parameters()}, {"params": model.head.parameters(), "lr": 1e-3}], lr=1e-2)  # fault
    Trainer(model, optimizer, nn.CrossEntropyLoss(), watch(model, optimizer, loss="cross_entropy", folder=folder)).fit(loader(x, y, 50), 4)


@loop("loop-wrong-parameters")
def model_made_again(watch, folder):
    x, y = tokens()
    model = Attention()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # fault
    model = Attention()
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(3):
        for xb, yb in loader(x, y, 48):
            loss = F.cross_entropy(model(xb), yb)
            model.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-no-update


@loop("loop-no-update")
def without_gradients(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.RAdam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        optimizer.zero_grad()
        with torch.no_grad():  # fault
            loss = F.mse_loss(model(xb), yb)
        loss.requires_grad_(True)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-no-update")
def argmax(watch, folder):
    x, y = classes()
    model = Residual()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 60)) * 3:
        optimizer.zero_grad()
        predicted = model(xb).argmax(1)  # fault
        loss = (predicted != yb).float().mean().requires_grad_()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-no-update")
def scheduler_for_the_optimizer(watch, folder):
    x, y = waves()
    model = Recurrent(nn.GRU)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = StepLR(optimizer, 100)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(14):
        rows = torch.randint(0, 160, (30,))
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        scheduler.step()  # fault
        w(x[rows], y[rows], loss)


# loop-detached


class Stopped(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.head = nn.Embedding(30, 8), nn.GRU(8, 12, batch_first=True), nn.Linear(12, 3)

    def forward(self, x):
        with torch.no_grad():  # fault: embedding_under_no_grad
            e = self.embed(x)
        h, _ = self.rnn(e)
        return self.head(h[:, -1])


@loop("loop-detached")
def embedding_under_no_grad(watch, folder):
    x, y = tokens()
    model = Stopped()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    Trainer(model, optimizer, nn.CrossEntropyLoss(), watch(model, optimizer, loss="cross_entropy", folder=folder)).fit(loader(x, y, 40), 3)


class Renewed(Auto):
    def forward(self, x):
        h = F.elu(self.down(x))
        return self.up(h.clone().detach().requires_grad_())  # fault: code_made_anew


@loop("loop-detached")
def code_made_anew(watch, folder):
    x, _ = classes()
    model = Renewed()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(15):
        xb = x[torch.randperm(300)[:50]]
        loss = F.mse_loss(model(xb), xb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, xb, loss)


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right, self.head = nn.Linear(5, 8), nn.Linear(5, 8), nn.Linear(16, 1)

    def forward(self, x):
        return self.head(torch.cat([torch.relu(self.left(x)), torch.relu(self.right(x)).detach()], 1))  # fault: one_branch


@loop("loop-detached")
def one_branch(watch, folder):
    x, y = numbers()
    model = Branches()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, nesterov=True, momentum=0.9)
    Trainer(model, optimizer, F.mse_loss, watch(model, optimizer, loss="mse", folder=folder)).fit(loader(x, y), 2)


# loop-eval-mode


@loop("loop-eval-mode")
def eval_in_a_metric(watch, folder):
    x, y = classes()
    model = Residual()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)

    def accuracy():
        model.eval()  # fault
        with torch.no_grad():
            return (model(x).argmax(1) == y).float().mean()

    for xb, yb in list(loader(x, y, 50)) * 3:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        w(xb, yb, loss)
        loss.backward()
        optimizer.step()
        accuracy()


@loop("loop-eval-mode")
def loaded_for_use(watch, folder):
    x, y = tokens()
    model = nn.Sequential(nn.Embedding(30, 8), nn.Flatten(), nn.Dropout(0.2), nn.Linear(56, 3))
    model.load_state_dict(model.state_dict())
    model.eval()  # fault
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    Trainer(model, optimizer, nn.CrossEntropyLoss(), watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)).fit(loader(x, y, 40), 3)


@loop("loop-eval-mode")
def train_never_called_again(watch, folder):
    x, y = pictures()
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for phase in ("val", "train"):
            if phase == "val":
                model.eval()  # fault
            for xb, yb in loader(x, y, 40):
                with torch.set_grad_enabled(phase == "train"):
                    loss = F.cross_entropy(model(xb), yb)
                if phase == "train":
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    w(xb, yb, loss)


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def zeroes_what_is_frozen(watch, folder):
    x, y = classes()
    model = Residual(norm=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 50)) * 3:
        model.stem.zero_grad()  # fault
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-gradients-accumulate")
def zeroed_every_tenth(watch, folder):
    x, y = tokens()
    model = Attention()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for i, (xb, yb) in enumerate(list(loader(x, y, 40)) * 3):
        if i % 10 == 0:
            optimizer.zero_grad()  # fault
        loss = F.cross_entropy(model(xb), yb)
        w(xb, yb, loss)
        loss.backward()
        optimizer.step()


class Forgets(Trainer):
    def before(self):
        pass


@loop("loop-gradients-accumulate")
def forgotten_in_a_class(watch, folder):
    x, _ = classes()
    model = Auto()
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
    Forgets(model, optimizer, nn.MSELoss(), watch(model, optimizer, loss="mse", folder=folder)).fit(loader(x, x, 60), 3)


# loop-gradients-cleared


class Clears(Trainer):
    def after(self, loss):
        loss.backward()
        self.before()  # fault: cleared_in_a_class
        self.optimizer.step()


@loop("loop-gradients-cleared")
def cleared_in_a_class(watch, folder):
    x, y = tokens()
    model = Attention()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    Clears(model, optimizer, nn.CrossEntropyLoss(), watch(model, optimizer, loss="cross_entropy", folder=folder)).fit(loader(x, y, 40), 3)


@loop("loop-gradients-cleared")
def set_to_none_by_hand(watch, folder):
    x, y = yes_no()
    model = nn.Sequential(nn.Linear(4, 12), nn.SiLU(), nn.Linear(12, 1), nn.Sigmoid())
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    w = watch(model, optimizer, loss=nn.BCELoss(), folder=folder)
    for xb, yb in list(loader(x, y, 20)) * 2:
        loss = F.binary_cross_entropy(model(xb), yb)
        loss.backward()
        w(xb, yb, loss)
        for p in model.parameters():
            p.grad = None  # fault
        optimizer.step()


@loop("loop-gradients-cleared")
def zeroed_as_data(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="huber", folder=folder)
    for step in range(14):
        rows = torch.randint(0, 160, (25,))
        loss = F.huber_loss(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        loss.backward()
        for p in model.parameters():
            p.grad.data.zero_()  # fault
        optimizer.step()


# loop-gradients-changed


@loop("loop-gradients-changed")
def divided_by_the_rows(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y, 64)) * 4:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        for p in model.parameters():
            p.grad.div_(len(xb))  # fault
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-gradients-changed")
def uphill(watch, folder):
    x, y = classes()
    model = Residual(norm=False)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 50)) * 2:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        w(xb, yb, loss)
        loss.backward()
        for p in model.parameters():
            p.grad.neg_()  # fault
        optimizer.step()


@loop("loop-gradients-changed")
def norm_of_nothing(watch, folder):
    x, y = tokens()
    model = Attention()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 40)) * 2:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        w(xb, yb, loss)
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1e-6)  # fault
        optimizer.step()


# loop-other-loss


@loop("loop-other-loss")
def absolute_for_squared(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    Trainer(model, optimizer, nn.L1Loss(), watch(model, optimizer, loss="mse", folder=folder)).fit(loader(x, y, 20), 2)  # fault


@loop("loop-other-loss")
def summed_classes(watch, folder):
    x, y = classes()
    model = Residual()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    loss_fn = nn.CrossEntropyLoss(reduction="sum")  # fault
    Trainer(model, optimizer, loss_fn, watch(model, optimizer, loss="cross_entropy", folder=folder)).fit(loader(x, y, 60), 3)


@loop("loop-other-loss")
def scaled_loss(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    Trainer(model, optimizer, lambda out, t: 1e-4 * F.mse_loss(out, t), watch(model, optimizer, loss="mse", folder=folder)).fit(loader(x, y), 2)  # fault


# loop-broadcast


@loop("loop-broadcast")
def flat_targets_in_a_class(watch, folder):
    x, y = numbers(240, 5)
    model = nn.Sequential(nn.Linear(5, 20), nn.LayerNorm(20), nn.GELU(), nn.Linear(20, 1))
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-3)
    Trainer(model, optimizer, nn.MSELoss(), watch(model, optimizer, loss=nn.MSELoss(), folder=folder)).fit(loader(x, y.flatten(), 48), 3)


@loop("loop-broadcast")
def huber_of_waves(watch, folder):
    x, y = waves()
    model = Recurrent(nn.RNN)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="huber", folder=folder)
    for step in range(14):
        rows = torch.randint(0, 160, (32,))
        xb, yb = x[rows], y[rows].ravel()
        loss = F.huber_loss(model(xb), yb)  # fault
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-broadcast")
def mean_of_differences(watch, folder):
    x, y = numbers(200, 5)
    model = small()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="l1", folder=folder)
    for xb, yb in list(loader(x, y, 25)) * 2:
        out = model(xb)[:, 0]
        loss = torch.mean(torch.abs(yb - out))  # fault
        optimizer.zero_grad()
        loss.backward()
        w(xb, yb, loss)
        optimizer.step()


# loop-rate-changed


@loop("loop-rate-changed")
def step_size_in_steps(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = StepLR(optimizer, 5, 0.1)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in loader(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault
            w(xb, yb, loss)


@loop("loop-rate-changed")
def cosine_of_epochs(watch, folder):
    x, y = classes()
    model = Residual(norm=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    scheduler = CosineAnnealingLR(optimizer, 12)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(12):
        for xb, yb in loader(x, y, 50):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if scheduler.last_epoch < 12:
                scheduler.step()  # fault
            w(xb, yb, loss)


@loop("loop-rate-changed")
def zero_rate(watch, folder):
    x, y = tokens()
    model = Attention()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    optimizer.param_groups[0]["lr"] = 0.0  # fault
    Trainer(model, optimizer, nn.CrossEntropyLoss(), watch(model, optimizer, loss="cross_entropy", folder=folder)).fit(loader(x, y, 40), 3)


# loop-weights-overwritten


class Restores(Trainer):
    def before(self):
        self.optimizer.zero_grad()
        self.kept = [p.detach().clone() for p in self.model.parameters()]

    def after(self, loss):
        super().after(loss)
        with torch.no_grad():
            for p, k in zip(self.model.parameters(), self.kept):
                p.copy_(k)  # fault: copied_back


@loop("loop-weights-overwritten")
def copied_back(watch, folder):
    x, y = tokens()
    model = Attention()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    Restores(model, optimizer, nn.CrossEntropyLoss(), watch(model, optimizer, loss="cross_entropy", folder=folder)).fit(loader(x, y, 40), 3)


@loop("loop-weights-overwritten")
def reset_parameters(watch, folder):
    x, y = classes()
    model = Residual()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for m in model.modules():
            if hasattr(m, "reset_parameters"):
                m.reset_parameters()  # fault
        for xb, yb in loader(x, y, 100):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-weights-overwritten")
def start_of_the_epoch(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    torch.save(model.state_dict(), folder + ".pt")
    for epoch in range(6):
        model.load_state_dict(torch.load(folder + ".pt"))  # fault
        for xb, yb in loader(x, y, 64):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def rolled(watch, folder):
    x, y = waves()
    model = Recurrent(nn.GRU)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y, 20)) * 2:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb.roll(3, 0))  # fault
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-misaligned-targets")
def inputs_in_another_order(watch, folder):
    x, y = classes()
    model = Residual()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 50)) * 2:
        order = torch.randperm(len(xb))
        out = model(xb[order])  # fault
        loss = F.cross_entropy(out, yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-misaligned-targets")
def indices_drawn_twice(watch, folder):
    x, y = yes_no(64)
    model = small(4, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for step in range(20):
        xb = x[torch.randint(0, 64, (32,))]
        yb = y[torch.randint(0, 64, (32,))]  # fault
        loss = F.binary_cross_entropy_with_logits(model(xb), yb)
        w(xb, yb, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


# loop-same-batch


@loop("loop-same-batch")
def batch_ahead_of_the_loop(watch, folder):
    x, y = classes()
    model = Residual()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    train = loader(x, y, 50)
    xb, yb = next(iter(train))  # fault
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for step in range(20):
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-same-batch")
def arange_of_the_batch(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(16):
        rows = torch.arange(0, 32)  # fault
        loss = F.mse_loss(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@loop("loop-same-batch")
def break_behind_the_first(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    train = loader(x, y, 64, shuffle=False)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(20):
        for xb, yb in train:
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            break  # fault


# loop-correct


@loop("loop-correct")
def in_a_class(watch, folder):
    x, y = tokens()
    model = Attention()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    Trainer(model, optimizer, nn.CrossEntropyLoss(), watch(model, optimizer, loss="cross_entropy", folder=folder)).fit(loader(x, y, 40), 3)


@loop("loop-correct")
def one_cycle(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scheduler = OneCycleLR(optimizer, 1e-2, total_steps=40)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 5:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
        scheduler.step()
        w(xb, yb, loss)


@loop("loop-correct")
def accumulation_of_sixteen(watch, folder):
    x, y = classes(640)
    model = Residual(norm=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for i, (xb, yb) in enumerate(list(loader(x, y, 20)) * 2, 1):
        loss = F.cross_entropy(model(xb), yb)
        (loss / 16).backward()
        w(xb, yb, loss)
        if i % 16 == 0:
            optimizer.step()
            optimizer.zero_grad()


@loop("loop-correct")
def scaler_of_mixed_precision(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        scaler.step(optimizer)
        scaler.update()
        w(xb, yb, loss)


@loop("loop-correct")
def maker_of_a_gan(watch, folder):
    real = torch.randn(400, 2) + 1
    maker, critic = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2)), small(2, 1)
    of_maker, of_critic = torch.optim.Adam(maker.parameters(), lr=1e-3), torch.optim.Adam(critic.parameters(), lr=1e-3)

    def deceive(outputs, targets):
        return F.binary_cross_entropy_with_logits(critic(outputs), targets)

    w = watch(maker, of_maker, loss=deceive, folder=folder)
    for step in range(16):
        z = torch.randn(32, 3)
        of_critic.zero_grad()
        made = maker(z).detach()
        (F.softplus(-critic(real[torch.randint(0, 400, (32,))])).mean() + F.softplus(critic(made)).mean()).backward()
        of_critic.step()
        of_maker.zero_grad()
        loss = deceive(maker(z), torch.ones(32, 1))
        loss.backward()
        of_maker.step()
        w(z, torch.ones(32, 1), loss)


@loop("loop-correct")
def statistics_frozen(watch, folder):
    x, y = classes()
    model = Residual()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 50)) * 2:
        model.train()
        model.norm.eval()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def through_a_loader_whole(watch, folder):
    x, y = numbers(64)
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(15):
        for xb, yb in loader(x, y, 64):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def split_whole(watch, folder):
    x, y = yes_no()
    train, targets = x[:150], y[:150]
    model = small(4, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(15):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(train), targets)
        w(train, targets, loss)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            F.binary_cross_entropy_with_logits(model(x[150:]), y[150:])


@loop("loop-correct")
def auxiliary(watch, folder):
    x, y = classes()
    model = Residual(norm=False)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 50)) * 2:
        out = model(xb)
        loss = F.cross_entropy(out, yb) + 0.01 * out.logsumexp(1).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def noisy_gradients_and_groups(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.RMSprop([{"params": model.rnn.parameters(), "lr": 1e-3}, {"params": model.out.parameters()}], lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(15):
        rows = torch.randint(0, 160, (32,))
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        for p in model.parameters():
            p.grad += 0.001 * torch.randn_like(p.grad)
        optimizer.step()
        w(x[rows], y[rows], loss)


@loop("loop-correct")
def language(watch, folder):
    text = torch.randint(0, 12, (200, 9))
    text[:, 1::2] = text[:, 0:-1:2]

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.rnn, self.out = nn.Embedding(12, 8), nn.GRU(8, 16, batch_first=True), nn.Linear(16, 12)

        def forward(self, x):
            return self.out(self.rnn(self.embed(x))[0])

    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for (batch,) in list(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(text), 25, shuffle=True)) * 2:
        xb, yb = batch[:, :-1], batch[:, 1:]
        out = model(xb)
        loss = F.cross_entropy(out.reshape(-1, 12), yb.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def autoencoder_with_decay(watch, folder):
    x, _ = classes()
    model = Auto()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-3)
    Trainer(model, optimizer, nn.MSELoss(), watch(model, optimizer, loss="mse", folder=folder)).fit(loader(x, x, 60), 3)


@loop("loop-correct")
def two_losses_in_turns(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i, (xb, yb) in enumerate(list(loader(x, y)) * 2):
        optimizer.zero_grad()
        out = model(xb)
        loss = F.mse_loss(out, yb) if i % 2 == 0 else F.l1_loss(out, yb)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def validated_with_gradients(watch, folder):
    x, y = numbers()
    model = nn.Sequential(nn.Linear(5, 16), nn.Dropout(0.1), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(6):
        model.train()
        for xb, yb in loader(x[:192], y[:192], 64):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        model.eval()
        F.mse_loss(model(x[192:]), y[192:])
