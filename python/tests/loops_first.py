"""A first batch of loops: three of each fault, and correct ones with intended oddities."""

import copy

import torch
from loops import Conv, EncoderDecoder, Recurrent, classes, loader, loop, numbers, pictures, small, waves, yes_no
from torch import nn
from torch.nn import functional as F

# loop-wrong-parameters


@loop("loop-wrong-parameters")
def made_before_the_head_was_replaced(watch, folder):
    x, y = classes()
    model = small(6, 5)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)  # fault
    model[2] = nn.Linear(16, 3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(3):
        for xb, yb in loader(x, y):
            loss = F.cross_entropy(model(xb), yb)
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-wrong-parameters")
def of_a_copy(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(copy.deepcopy(model).parameters(), lr=0.05, momentum=0.9)  # fault
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    for step in range(20):
        rows = torch.randint(0, len(x), (40,))
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        w(x[rows], y[rows], loss)


@loop("loop-wrong-parameters")
def the_first_layer_alone(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.RMSprop(model.out.parameters(), lr=1e-3)  # fault
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 20):
            model.zero_grad()
            out = model(xb)
            loss = ((out - yb) ** 2).mean()
            loss.backward()
            w(xb, yb, loss)
            optimizer.step()


# loop-no-update


@loop("loop-no-update")
def step_is_forgotten(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters())
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in loader(x, y, 16):
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()  # fault
        w(xb, yb, loss)


@loop("loop-no-update")
def loss_made_anew(watch, folder):
    x, y = yes_no()
    model = small(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for _ in range(4):
        for xb, yb in loader(x, y, 25):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            loss = torch.tensor(loss.item(), requires_grad=True)  # fault
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-no-update")
def backward_is_forgotten(watch, folder):
    x, y = pictures()
    model = Conv()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 20)) * 3:
        loss = F.cross_entropy(model(xb), yb)
        w(xb, yb, loss)
        optimizer.zero_grad()
        optimizer.step()  # fault


# loop-detached


@loop("loop-detached")
def detached_in_forward(watch, folder):
    x, y = numbers()
    model = EncoderDecoder(cut=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(2):
        for xb, yb in loader(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


@loop("loop-detached")
def encoder_without_gradients(watch, folder):
    x, y = numbers()
    model = EncoderDecoder()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(16):
        rows = torch.randperm(len(x))[:32]
        with torch.no_grad():  # fault
            h = model.encoder(x[rows])
        loss = F.mse_loss(model.decoder(h), y[rows])
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        w(x[rows], y[rows], loss)


class Remade(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 20), nn.Linear(20, 3)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)).data)  # fault: data_attribute


@loop("loop-detached")
def data_attribute(watch, folder):
    x, y = classes()
    model = Remade()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for xb, yb in list(loader(x, y, 30)) * 2:
        loss = nn.CrossEntropyLoss()(model(xb), yb)
        w(xb, yb, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


# loop-eval-mode


@loop("loop-eval-mode")
def eval_ahead_of_the_loop(watch, folder):
    x, y = pictures()
    model = Conv(0.5)
    model.eval()  # fault
    optimizer = torch.optim.Adam(model.parameters())
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 20)) * 3:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        w(xb, yb, loss)
        loss.backward()
        optimizer.step()


@loop("loop-eval-mode")
def eval_behind_a_validation(watch, folder):
    x, y = numbers()
    model = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    w = watch(model, optimizer, loss="mse", folder=folder)
    model.train()
    for epoch in range(10):
        for xb, yb in loader(x, y, 128):
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        model.eval()  # fault
        with torch.no_grad():
            F.mse_loss(model(x), y)


@loop("loop-eval-mode")
def mode_false(watch, folder):
    x, y = classes()
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 3)).train(False)  # fault
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for step in range(15):
        rows = torch.randint(0, 300, (50,))
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        w(x[rows], y[rows], loss)
        optimizer.step()


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def never_zeroed(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        loss = F.mse_loss(model(xb), yb)
        loss.backward()  # fault
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-gradients-accumulate")
def zeroed_once_an_epoch(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        optimizer.zero_grad()  # fault
        for xb, yb in loader(x, y, 50):
            loss = F.cross_entropy(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()


@loop("loop-gradients-accumulate")
def zeroes_another_model(watch, folder):
    x, y = waves()
    model, other = Recurrent(nn.GRU), Recurrent(nn.GRU)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(14):
        rows = torch.randint(0, 160, (32,))
        other.zero_grad()  # fault
        loss = F.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        w(x[rows], y[rows], loss)
        optimizer.step()


# loop-gradients-cleared


@loop("loop-gradients-cleared")
def zero_between(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.zero_grad()  # fault
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-gradients-cleared")
def zero_between_to_zeros(watch, folder):
    x, y = pictures()
    model = Conv()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(3):
        for xb, yb in loader(x, y, 24):
            loss = nn.CrossEntropyLoss()(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            model.zero_grad(set_to_none=False)  # fault
            optimizer.step()


@loop("loop-gradients-cleared")
def step_ahead_of_backward(watch, folder):
    x, y = yes_no()
    model = small(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for step in range(15):
        rows = torch.randint(0, 200, (32,))
        loss = F.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        optimizer.zero_grad()
        optimizer.step()  # fault
        loss.backward()


# loop-gradients-changed


@loop("loop-gradients-changed")
def clipped_to_nothing(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1e-5)  # fault
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-gradients-changed")
def scaled_down(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        w(xb, yb, loss)
        loss.backward()
        for p in model.parameters():
            p.grad *= 1e-4  # fault
        optimizer.step()


@loop("loop-gradients-changed")
def clipped_by_value(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(15):
        rows = torch.randint(0, 160, (32,))
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 1e-7)  # fault
        optimizer.step()


# loop-other-loss


@loop("loop-other-loss")
def sum_instead_of_mean(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        optimizer.zero_grad()
        loss = ((model(xb) - yb) ** 2).sum()  # fault
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-other-loss")
def softmax_twice(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        probabilities = torch.softmax(model(xb), dim=1)  # fault
        loss = nn.CrossEntropyLoss()(probabilities, yb)
        w(xb, yb, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@loop("loop-other-loss")
def turned_around(watch, folder):
    x, y = yes_no()
    model = small(4, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for xb, yb in list(loader(x, y, 20)) * 2:
        optimizer.zero_grad()
        loss = -F.binary_cross_entropy_with_logits(model(xb), yb)  # fault
        loss.backward()
        w(xb, yb, loss)
        optimizer.step()


# loop-broadcast


@loop("loop-broadcast")
def column_against_row(watch, folder):
    x, y = numbers()
    y = y[:, 0]
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)  # fault
        w(xb, yb, loss)
        loss.backward()
        optimizer.step()


@loop("loop-broadcast")
def row_against_column(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss=nn.L1Loss(), folder=folder)
    for step in range(14):
        rows = torch.randint(0, 160, (24,))
        predicted = model(x[rows]).squeeze(1)
        loss = (predicted - y[rows]).abs().mean()  # fault
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(x[rows], y[rows], loss)


@loop("loop-broadcast")
def by_hand(watch, folder):
    x, y = numbers(200, 3)
    y = y.squeeze()
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="smooth_l1", folder=folder)
    for epoch in range(20):
        optimizer.zero_grad()
        loss = F.smooth_l1_loss(model(x), y)  # fault
        w(x, y, loss)
        loss.backward()
        optimizer.step()


# loop-rate-changed


@loop("loop-rate-changed")
def gamma_every_step(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 5:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
        scheduler.step()  # fault
        w(xb, yb, loss)


@loop("loop-rate-changed")
def epochs_taken_for_steps(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    epochs = 20
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: max(0.0, 1 - n / epochs))
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(epochs):
        for xb, yb in loader(x, y):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault


@loop("loop-rate-changed")
def divided_in_the_loop(watch, folder):
    x, y = yes_no()
    model = small(4, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for step in range(60):
        rows = torch.randint(0, 200, (32,))
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 * 0.1 ** (step // 2)  # fault
        loss = F.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(x[rows], y[rows], loss)


# loop-weights-overwritten


@loop("loop-weights-overwritten")
def loaded_each_step(watch, folder):
    x, y = numbers()
    model = small()
    start = copy.deepcopy(model.state_dict())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        model.load_state_dict(start)  # fault
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-weights-overwritten")
def loaded_each_epoch(watch, folder):
    x, y = classes()
    model = small(6, 3)
    torch.manual_seed(1)
    best = {name: t.clone() for name, t in model.state_dict().items()}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x, y, 100):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
        model.load_state_dict(best)  # fault


@loop("loop-weights-overwritten")
def drawn_anew(watch, folder):
    x, y = pictures()
    model = Conv()

    def init(m):
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(m.weight)

    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y, 20)) * 3:
        model.apply(init)  # fault
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def x_shuffled_alone(watch, folder):
    x, y = numbers(96)
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(8):
        x = x[torch.randperm(len(x))]  # fault
        for i in range(0, 96, 32):
            xb, yb = x[i : i + 32], y[i : i + 32]
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


@loop("loop-misaligned-targets")
def two_loaders(watch, folder):
    x, y = classes(128)
    model = small(6, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    xs = torch.utils.data.DataLoader(x, batch_size=32, shuffle=True)
    ys = torch.utils.data.DataLoader(y, batch_size=32, shuffle=True)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in zip(xs, ys):  # fault
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-misaligned-targets")
def targets_of_the_batch_before(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    last = None
    for xb, yb in list(loader(x, y, 20)) * 2:
        loss = F.mse_loss(model(xb), yb if last is None else last)  # fault
        w(xb, yb, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        last = yb


# loop-same-batch


@loop("loop-same-batch")
def next_iter_in_the_loop(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    batches = loader(x, y, 32, shuffle=False)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(30):
        xb, yb = next(iter(batches))  # fault
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        w(xb, yb, loss)
        loss.backward()
        optimizer.step()


@loop("loop-same-batch")
def index_never_moves(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    i = 0
    for step in range(20):
        xb, yb = x[i : i + 32], y[i : i + 32]  # fault
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-same-batch")
def seeded_in_the_loop(watch, folder):
    x, y = waves()
    model = Recurrent(nn.RNN)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(20):
        torch.manual_seed(0)  # fault
        rows = torch.randperm(160)[:32]
        loss = F.mse_loss(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
