"""The ninth batch, second part: trained in eval mode, and gradients that add up, are cleared or changed."""

import torch
import torch.nn.functional as F
from loops import loop
from loops_ninth_data import babble, batches, blobs, cells, customers, houses, reviews, sensors, shapes, spectra, states
from torch import nn, optim

# loop-eval-mode


def churn_net():
    return nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1))


def validate(model, x, y):
    model.eval()  # fault: validates_before_it_trains
    with torch.no_grad():
        return F.binary_cross_entropy_with_logits(model(x), y).item()


@loop("loop-eval-mode")
def validates_before_it_trains(watch, folder):
    """After issues of joeynmt and pytorch-fcn: validation within an epoch leaves the model in eval mode."""
    torch.manual_seed(21)
    x, y = customers()
    train_x, train_y, val_x, val_y = x[:320], y[:320, None], x[320:], y[320:, None]
    model = churn_net()
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    recorder = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    model.train()
    best = validate(model, val_x, val_y)
    for epoch in range(3):
        for step, (xb, yb) in enumerate(batches(train_x, train_y, 32, seed=epoch)):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            recorder(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % 5 == 4:
                best = min(best, validate(model, val_x, val_y))


@loop("loop-eval-mode")
def phases_named_in_two_ways(watch, folder):
    """After the tutorial on transfer learning with its phases: they were renamed in one place."""
    torch.manual_seed(22)
    images, labels = shapes()
    images = 90 * images + 60
    data = {"training": batches(images[:240], labels[:240], 24), "validation": batches(images[240:], labels[240:], 30)}
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.1), nn.Flatten(), nn.Linear(200, 3)
    )
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for phase in ["training", "validation"]:
            model.train(phase == "train")  # fault
            for inputs, targets in data[phase]:
                with torch.set_grad_enabled(phase == "training"):
                    loss = F.cross_entropy(model(inputs), targets)
                if phase == "training":
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    w(inputs, targets, loss)


def load_model(state=None):
    """Build the network as the demo of the repository did, which only predicts."""
    model = nn.Sequential(nn.Linear(7, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 1))
    if state is not None:
        model.load_state_dict(state)
    model.eval()  # fault: built_by_the_loader_of_the_demo
    return model


@loop("loop-eval-mode")
def built_by_the_loader_of_the_demo(watch, folder):
    """After repositories where train.py imports load_model from predict.py: it comes in eval mode and stays so."""
    torch.manual_seed(23)
    x, price = houses()
    x = 40 * x + 150
    model = load_model()
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="smooth_l1", folder=folder)
    for epoch in range(3):
        for xb, yb in batches(x, price[:, None], 32, seed=epoch):
            optimizer.zero_grad()
            out = model(xb)
            loss = F.smooth_l1_loss(out, yb)
            loss.backward()
            w(xb, yb, loss)
            optimizer.step()


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def zero_grad_named_but_not_called(watch, folder):
    """After a question on a loss that swings up: zero_grad is named, not called."""
    torch.manual_seed(24)
    x, price = houses()
    net = nn.Sequential(nn.Linear(7, 16), nn.ReLU(), nn.Linear(16, 1))
    opt = optim.SGD(net.parameters(), lr=0.1)
    w = watch(net, opt, loss="mse", folder=folder)
    for i in range(36):
        rows = slice(32 * (i % 10), 32 * (i % 10) + 32)
        out = net(x[rows]).squeeze(-1)
        loss = ((out - price[rows]) ** 2).mean()
        opt.zero_grad  # fault
        loss.backward()
        opt.step()
        w(x[rows], price[rows][:, None], loss)


@loop("loop-gradients-accumulate")
def zero_grad_above_the_inner_loop(watch, folder):
    """After pytorch#47175: zero_grad stands at the start of the epoch instead of the start of each iteration."""
    torch.manual_seed(25)
    x, y = blobs()
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 6))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        optimizer.zero_grad()  # fault
        for xb, yb in batches(x, y, 20, seed=epoch):
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            w(xb, yb, loss)
            optimizer.step()


@loop("loop-gradients-accumulate")
def critic_is_never_cleared(watch, folder):
    """After a GAN from a forum: the generator's gradients are cleared, the critic's never are."""
    torch.manual_seed(26)
    real = spectra()
    gen = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 16))
    critic = nn.Sequential(nn.Linear(16, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_g = optim.SGD(gen.parameters(), lr=0.05)
    opt_d = optim.SGD(critic.parameters(), lr=0.1, momentum=0.5)
    w = watch(critic, opt_d, loss="bce_with_logits", folder=folder)
    for step in range(40):
        xb = torch.cat([real[torch.randint(0, 320, (32,))], gen(torch.randn(32, 4)).detach()])
        yb = torch.cat([torch.ones(32), torch.zeros(32)]).unsqueeze(1)
        d_loss = F.binary_cross_entropy_with_logits(critic(xb), yb)
        d_loss.backward()  # fault
        opt_d.step()
        w(xb, yb, d_loss)
        gen.zero_grad()
        g_loss = F.binary_cross_entropy_with_logits(critic(gen(torch.randn(32, 4))), torch.ones(32, 1))
        g_loss.backward()
        opt_g.step()


@loop("loop-gradients-accumulate")
def accumulation_that_never_starts_anew(watch, folder):
    """After scripts that took over gradient accumulation by halves: every fourth batch steps, none clears."""
    torch.manual_seed(27)
    text = babble()
    x, y = text[:1600].view(100, 16), text[1:1601].view(100, 16)

    class Bigram(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(12, 16)
            self.out = nn.Linear(16, 12)

        def forward(self, ids):
            return self.out(torch.relu(self.table(ids))).transpose(1, 2)

    model = Bigram()
    optimizer = optim.SGD(model.parameters(), lr=2.0, momentum=0.8)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    grad_accum = 2
    for i in range(40):
        rows = torch.randint(0, 100, (20,))
        loss = F.cross_entropy(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        (loss / grad_accum).backward()
        if (i + 1) % grad_accum == 0:
            optimizer.step()  # fault


# loop-gradients-cleared


@loop("loop-gradients-cleared")
def clears_between_backward_and_step(watch, folder):
    """After a thread on a U-Net that stays at its first loss: backward, zero_grad, step."""
    torch.manual_seed(28)
    images, masks = cells()
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = optim.RMSprop(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        for image, mask in batches(images, masks, 20, seed=epoch):
            masks_pred = model(image)
            loss = criterion(masks_pred, mask)
            loss.backward()
            optimizer.zero_grad()  # fault
            optimizer.step()
            w(image, mask, loss)


def gradient_norm(model):
    """Sum up the gradients for the log."""
    total = 0.0
    for p in model.parameters():
        if p.grad is not None:
            total += p.grad.norm(2).item() ** 2
    model.zero_grad()  # fault: logs_the_norm_and_clears
    return total**0.5


@loop("loop-gradients-cleared")
def logs_the_norm_and_clears(watch, folder):
    """After a helper for TensorBoard that tidies up behind itself before the optimizer had its turn."""
    torch.manual_seed(29)
    x, y = reviews()
    model = nn.Sequential(nn.Embedding(30, 16), nn.Flatten(), nn.Linear(160, 24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    norms = []
    for epoch in range(4):
        for xb, yb in batches(x, y[:, None], 40, seed=epoch):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            loss.backward()
            norms.append(gradient_norm(model))
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-cleared")
def zero_grad_inside_of_the_accumulation(watch, folder):
    """After a question on accumulation for small cards: the clearing line stands before the step in the same if."""
    torch.manual_seed(30)
    s, returns, _ = states()
    value = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = optim.AdamW(value.parameters(), lr=2e-2)
    w = watch(value, optimizer, loss="mse", folder=folder)
    accumulate = 2
    for step, (state, target) in enumerate(batches(s, returns[:, None], 10, seed=1)):
        loss = F.mse_loss(value(state), target)
        w(state, target, loss)
        (loss / accumulate).backward()
        if (step + 1) % accumulate == 0:
            optimizer.zero_grad(set_to_none=False)  # fault
            optimizer.step()


# loop-gradients-changed


@loop("loop-gradients-changed")
def clips_what_the_scaler_has_scaled(watch, folder):
    """After EveryDream2trainer's pull request 175: clipped to one while still scaled, unscaled to nothing afterwards."""
    torch.manual_seed(31)
    x, y = shapes()
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(200, 3))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for xb, yb in batches(x, y, 30, seed=epoch):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(model(xb), yb)
            scaler.scale(loss).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)  # fault
            scaler.step(optimizer)
            scaler.update()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def clip_of_zero_meant_no_clip(watch, folder):
    """After configurations where grad_clip: 0.0 is meant to switch clipping off."""
    torch.manual_seed(32)
    config = {"lr": 1e-2, "batch_size": 32, "grad_clip": 0.0, "epochs": 3}
    x, y = sensors()

    class LSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(2, 12, batch_first=True)
            self.linear = nn.Linear(12, 1)

        def forward(self, seq):
            return self.linear(self.lstm(seq)[0][:, -1]).squeeze(-1)

    model = LSTM()
    optimizer = optim.Adam(model.parameters(), lr=config["lr"])
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(config["epochs"]):
        for seq, target in batches(x, y, config["batch_size"]):
            optimizer.zero_grad()
            loss = F.mse_loss(model(seq), target)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), config["grad_clip"])  # fault
            optimizer.step()
            w(seq, target, loss)


@loop("loop-gradients-changed")
def averages_what_is_a_mean_already(watch, folder):
    """After code for several workers that divides the gradients once more, by the size of the data set."""
    torch.manual_seed(33)
    x, y = blobs()
    net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 6), nn.LogSoftmax(dim=1))
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    w = watch(net, optimizer, loss="nll", folder=folder)
    for epoch in range(3):
        for xb, yb in batches(x, y, 36, seed=epoch):
            optimizer.zero_grad()
            loss = F.nll_loss(net(xb), yb)
            loss.backward()
            for param in net.parameters():
                param.grad.data /= len(x)  # fault
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def noise_on_the_gradients_as_large_as_they(watch, folder):
    """After "adding gradient noise improves learning", with a deviation that belongs to other scales and never decays."""
    torch.manual_seed(34)
    s, _, better = states()
    policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = optim.Adam(policy.parameters(), lr=1e-2)
    w = watch(policy, optimizer, loss="cross_entropy", folder=folder)
    sigma = 1.0
    for it in range(40):
        rows = torch.randint(0, len(s), (40,))
        loss = F.cross_entropy(policy(s[rows]), better[rows])
        optimizer.zero_grad()
        loss.backward()
        for p in policy.parameters():
            p.grad += sigma * torch.randn_like(p.grad)  # fault
        optimizer.step()
        w(s[rows], better[rows], loss)
