"""The ninth batch, third part: other losses than meant, losses broadcast to squares, rates that vanish."""

import torch
from loops import loop
from loops_ninth_data import batches, blobs, cells, customers, houses, reviews, sensors, shapes, spectra, states
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler

# loop-other-loss


@loop("loop-other-loss")
def softmax_before_cross_entropy(watch, folder):
    """After many issues: nn.CrossEntropyLoss has a softmax of its own, the loop gives it probabilities."""
    torch.manual_seed(41)
    x, y = blobs(count=12)
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 12))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for data, target in batches(x, y, 30, seed=epoch):
            optimizer.zero_grad()
            output = net(data)
            pred = F.softmax(output, dim=1)
            loss = criterion(pred, target)  # fault
            loss.backward()
            optimizer.step()
            w(data, target, loss)


class SentenceCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(30, 10)
        self.conv = nn.Conv1d(10, 16, 3, padding=1)
        self.fc = nn.Linear(16, 2)

    def forward(self, x):
        h = F.relu(self.conv(self.emb(x).transpose(1, 2)))
        return F.log_softmax(self.fc(h.mean(2)), dim=-1)


@loop("loop-other-loss")
def log_likelihood_goes_down(watch, folder):
    """After a question on a loss that runs to minus infinity: the mean log-likelihood is minimized."""
    torch.manual_seed(42)
    x, y = reviews()
    y = y.long()
    model = SentenceCNN()
    optim = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optim, loss="nll", folder=folder)
    for epoch in range(3):
        for text, label in batches(x, y, 32, seed=epoch):
            log_probs = model(text)
            loss = log_probs.gather(1, label.unsqueeze(1)).mean()  # fault
            optim.zero_grad()
            loss.backward()
            optim.step()
            w(text, label, loss)


@loop("loop-other-loss")
def squares_summed_over_the_batch(watch, folder):
    """After autoencoders whose reduction="sum" came with a variational one, and the rate from a plain one."""
    torch.manual_seed(43)
    x = spectra()
    model = nn.Sequential(nn.Linear(16, 6), nn.Tanh(), nn.Linear(6, 16))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(24):
        batch = x[torch.randint(0, len(x), (64,))]
        recon = model(batch)
        loss = F.mse_loss(recon, batch, reduction="sum")  # fault
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(batch, batch, loss)


@loop("loop-other-loss")
def square_of_the_mean_error(watch, folder):
    """After linear regression written by hand: a parenthesis closes too early, so errors of both signs cancel out."""
    torch.manual_seed(44)
    x, price = houses()
    price = price.view(-1, 1)
    model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(4):
        for xb, yb in batches(x, price, 40, seed=epoch):
            yhat = model(xb)
            loss = torch.mean(yhat - yb) ** 2  # fault
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            w(xb, yb, loss)


# loop-broadcast


@loop("loop-broadcast")
def returns_against_values(watch, folder):
    """After RLinf's issue 1568 and many homeworks: returns of shape (N) minus values of shape (N, 1)."""
    torch.manual_seed(45)
    s, returns, _ = states()
    critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(critic.parameters(), lr=2e-2)
    w = watch(critic, optimizer, loss="mse", folder=folder)
    for update in range(2):
        for minibatch in torch.randperm(len(s)).split(20):
            mb_s, mb_returns = s[minibatch], returns[minibatch]
            values = critic(mb_s)
            value_loss = 0.5 * ((mb_returns - values) ** 2).mean() * 2  # fault
            optimizer.zero_grad()
            value_loss.backward()
            nn.utils.clip_grad_norm_(critic.parameters(), 5.0)
            optimizer.step()
            w(mb_s, mb_returns, value_loss)


@loop("loop-broadcast")
def targets_from_a_column_of_pandas(watch, folder):
    """After questions on house prices: df["price"].values has one axis, the network's output has two."""
    torch.manual_seed(46)
    x, price = houses()
    df = {"features": x.numpy(), "price": price.numpy()}
    inputs = torch.from_numpy(df["features"])
    targets = torch.tensor(df["price"])
    model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Dropout(0.05), nn.Linear(32, 1))
    loss_fn = nn.SmoothL1Loss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(4):
        model.train()
        for X, y in batches(inputs, targets, 32, seed=epoch):
            pred = model(X)
            loss = loss_fn(pred, y)  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(X, y, loss)


@loop("loop-broadcast")
def entropy_by_hand_on_two_axes(watch, folder):
    """After logistic regression from scratch: y * log(p) of shapes (N) and (N, 1) is a square."""
    torch.manual_seed(47)
    x, y = customers()
    x = (x - x.mean(0)) / x.std(0)
    model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 1), nn.Sigmoid())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.5)
    w = watch(model, optimizer, loss="bce", folder=folder)
    for i in range(40):
        xb, yb = x[i * 10 % 400 : i * 10 % 400 + 40], y[i * 10 % 400 : i * 10 % 400 + 40]
        p = model(xb).clamp(1e-6, 1 - 1e-6)
        loss = -(yb * p.log() + (1 - yb) * (1 - p).log()).mean()  # fault
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


# loop-rate-changed


@loop("loop-rate-changed")
def epoch_schedule_within_the_batches(watch, folder):
    """After "scheduler.step() inside the batch loop": three epochs until a tenth become three batches."""
    torch.manual_seed(48)
    x, y = shapes()
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(), nn.Linear(128, 16), nn.ReLU(), nn.Linear(16, 3)
    )
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    scheduler = lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        for images, labels in batches(x, y, 32, seed=epoch):
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault
            w(images, labels, loss)


@loop("loop-rate-changed")
def linear_decay_over_epochs_stepped_by_batch(watch, folder):
    """After fine-tuning scripts that pass the number of epochs as num_training_steps: the rate is zero after four batches."""
    torch.manual_seed(49)
    epochs, warmup = 4, 1
    ids, y = reviews()

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = nn.Embedding(30, 16)
            self.encoder = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
            self.score = nn.Linear(16, 1)

        def forward(self, x):
            return self.score(self.encoder(self.emb(x)).mean(1))

    model = Classifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    num_training_steps = epochs

    def rate(step):
        if step < warmup:
            return (step + 1) / (warmup + 1)
        return max(0.0, (num_training_steps - step) / (num_training_steps - warmup))

    scheduler = lr_scheduler.LambdaLR(optimizer, rate)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(epochs):
        for xb, yb in batches(ids, y[:, None], 40, seed=epoch):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault
            optimizer.zero_grad()
            w(xb, yb, loss)


@loop("loop-rate-changed")
def plateau_on_the_loss_of_each_batch(watch, folder):
    """After a question on ReduceLROnPlateau: it is given every batch's loss, and has no patience with noise."""
    torch.manual_seed(50)
    x, y = sensors()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(2, 8, 3)
            self.fc = nn.Linear(8 * 12, 1)

        def forward(self, x):
            return self.fc(F.relu(self.conv(x.transpose(1, 2))).flatten(1))

    net = Net()
    opt = torch.optim.SGD(net.parameters(), lr=0.02)
    plateau = lr_scheduler.ReduceLROnPlateau(opt, factor=0.1, patience=0)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(5):
        for xb, yb in batches(x, y[:, None], 32, seed=epoch):
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            opt.step()
            plateau.step(loss.item())  # fault
            w(xb, yb, loss)


def adjust_learning_rate(optimizer, epoch):
    """Decay the learning rate by the epoch."""
    for param_group in optimizer.param_groups:
        param_group["lr"] *= 0.9**epoch  # fault: decay_on_top_of_the_decay
    return param_group["lr"]


@loop("loop-rate-changed")
def decay_on_top_of_the_decay(watch, folder):
    """After adjust_learning_rate of the ImageNet example, with *= for =: each call decays what has decayed already."""
    torch.manual_seed(51)
    images, masks = cells()
    unet = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1)
    )
    optimizer = torch.optim.Adam(unet.parameters(), lr=5e-3)
    w = watch(unet, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(20):
        adjust_learning_rate(optimizer, epoch)
        for image, mask in batches(images, masks, 80, seed=epoch):
            loss = F.binary_cross_entropy_with_logits(unet(image), mask)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(image, mask, loss)
