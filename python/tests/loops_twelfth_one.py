"""Twelfth batch: wrong parameters, no update, losses that break."""

import torch
from loops import classes, loader, loop
from loops_twelfth_data import couples, phrases, signs, sounds
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F

# loop-wrong-parameters


def shrink(net, keep):
    """Prune: keep the strongest units of the two hidden layers."""
    a = net[0].weight.abs().sum(1).topk(keep).indices
    b = net[2].weight.abs().sum(1).topk(keep).indices
    every = torch.arange(net[4].out_features)
    inputs = torch.arange(net[0].in_features)
    for at, rows, columns in ((0, a, inputs), (2, b, a), (4, every, b)):
        old = net[at]
        new = nn.Linear(len(columns), len(rows))
        new.weight.data.copy_(old.weight.data[rows][:, columns])
        new.bias.data.copy_(old.bias.data[rows])
        net[at] = new


# microsoft/nni issue 4521: the speed-up replaces the layers, the optimizer still holds the old ones
@loop("loop-wrong-parameters")
def finetuned_after_pruning(watch, folder):
    torch.manual_seed(1)
    x, y = classes(400, 10, 4, seed=11)
    net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-4)  # fault
    shrink(net, 16)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    net.train()
    for epoch in range(3):
        for data, target in loader(x, y, 40):
            optimizer.zero_grad()
            output = net(data)
            loss = criterion(output, target)
            loss.backward()
            optimizer.step()
            w(data, target, loss)


class PhraseEncoder(nn.Module):
    def __init__(self, words=30, dim=16):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        layer = nn.TransformerEncoderLayer(dim, 2, 32, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.fc = nn.Linear(dim, 2)

    def forward(self, x):
        return self.fc(self.encoder(self.embed(x)).mean(1))


# zjunlp/HVPNeT issue 5: the last group (crf and fc) is filled, and never appended
@loop("loop-wrong-parameters")
def the_last_group_is_not_appended(watch, folder):
    torch.manual_seed(2)
    lr = 2e-4
    model = PhraseEncoder()
    parameters = []
    params = {"lr": lr, "weight_decay": 1e-2, "params": []}
    for name, p in model.named_parameters():
        if "embed" in name or "encoder" in name:
            params["params"].append(p)
    parameters.append(params)
    params = {"lr": lr * 100, "weight_decay": 0.0, "params": []}
    for name, p in model.named_parameters():
        if name.startswith("fc"):
            params["params"].append(p)
    optimizer = torch.optim.AdamW(parameters)  # fault
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    x, y = phrases(seed=3)
    train = loader(x, y, 32)
    for epoch in range(4):
        for step, (ids, label) in enumerate(train):
            loss = F.cross_entropy(model(ids), label)
            w(ids, label, loss)
            loss.backward()
            optimizer.step()
            model.zero_grad()


class BlockNet(nn.Module):
    def __init__(self, widths=(1, 8, 16), classes=4):
        super().__init__()
        self.blocks = []  # fault: conv_blocks_in_a_list
        for a, b in zip(widths, widths[1:], strict=False):
            self.blocks.append(nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)))
        self.classifier = nn.Linear(widths[-1] * 9, classes)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.classifier(x.flatten(1))


# pytorch/examples issue 277 and many like it: layers that the module does not know of
@loop("loop-wrong-parameters")
def conv_blocks_in_a_list(watch, folder):
    torch.manual_seed(3)
    net = BlockNet()
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.05)
    w = watch(net, opt, loss=loss_fn, folder=folder)
    data = loader(*signs(seed=4), 30)
    for epoch in range(4):
        running = 0.0
        for images, labels in data:
            opt.zero_grad(set_to_none=True)
            loss = loss_fn(net(images), labels)
            loss.backward()
            opt.step()
            w(images, labels, loss)
            running += loss.item() * len(labels)


# loop-no-update


def reinforce_loss(logits, y):
    """y: action and return of each step."""
    return -(Categorical(logits=logits).log_prob(y[:, 0]) * y[:, 1]).mean()


# isayev/ReLeaSE issue 39: rl_loss -= log_prob.item() * reward
@loop("loop-no-update")
def policy_loss_of_plain_numbers(watch, folder):
    torch.manual_seed(4)
    contexts, best = classes(500, 6, 3, seed=21)
    policy = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 3))
    optimizer = torch.optim.Adam(policy.parameters(), lr=2e-2)
    w = watch(policy, optimizer, loss=reinforce_loss, folder=folder)
    for episode in range(40):
        rl_loss = 0
        states, taken = [], []
        for t in torch.randint(0, 500, (40,)).tolist():
            dist = Categorical(logits=policy(contexts[t]))
            action = dist.sample()
            reward = 1.0 if action == best[t] else 0.0
            rl_loss -= dist.log_prob(action).item() * reward
            states.append(contexts[t])
            taken.append([float(action), reward])
        loss = torch.tensor(rl_loss / len(states), requires_grad=True)  # fault
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(torch.stack(states), torch.tensor(taken), loss)


def run_epoch(net, batches, criterion, optimizer=None, w=None, train=False):
    """One pass over the batches, for training or for evaluation."""
    net.train(train)
    total, count = 0.0, 0
    with torch.set_grad_enabled(train):
        for x, _ in batches:
            noisy = x + 0.1 * torch.randn_like(x)
            loss = criterion(net(noisy), x)
            if w is not None:
                w(noisy, x, loss)
            if train:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(x)
            count += len(x)
    return total / count


@loop("loop-no-update")
def the_flag_of_run_epoch_is_left_out(watch, folder):
    torch.manual_seed(5)
    x, y = classes(320, 12, 4, seed=6)
    train, valid = loader(x[:256], y[:256], 32), loader(x[256:], y[256:], 64, shuffle=False)
    net = nn.Sequential(
        nn.Linear(12, 24), nn.GELU(), nn.Linear(24, 4), nn.Linear(4, 24), nn.GELU(), nn.Linear(24, 12)
    )
    optimizer = torch.optim.NAdam(net.parameters(), lr=5e-3)
    criterion = nn.MSELoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    history = []
    for epoch in range(8):
        train_loss = run_epoch(net, train, criterion, optimizer, w)  # fault
        valid_loss = run_epoch(net, valid, criterion)
        history.append((train_loss, valid_loss))


# The discriminator's part was copied from the generator's (as in Adversarial-Deep-Learning/code-soup issue 69)
@loop("loop-no-update")
def discriminator_with_the_other_step(watch, folder):
    torch.manual_seed(6)
    netG = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
    netD = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    optimizerG = torch.optim.Adam(netG.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizerD = torch.optim.Adam(netD.parameters(), lr=1e-2, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    w = watch(netD, optimizerD, loss=criterion, folder=folder)
    for i in range(40):
        real = torch.randn(64, 2) * 0.5 + torch.tensor([2.0, -1.0])
        fake = netG(torch.randn(64, 4)).detach()
        samples = torch.cat([real, fake])
        labels = torch.cat([torch.ones(64, 1), torch.zeros(64, 1)])
        optimizerD.zero_grad()
        errD = criterion(netD(samples), labels)
        errD.backward()
        optimizerG.step()  # fault
        w(samples, labels, errD)
        optimizerG.zero_grad()
        errG = criterion(netD(netG(torch.randn(64, 4))), torch.ones(64, 1))
        errG.backward()
        optimizerG.step()


# numerically-unstable-loss


class Twin(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, both):
        a, b = self.body(both[:, 0]), self.body(both[:, 1])
        return (a - b).pow(2).sum(1).sqrt()  # fault: a_picture_paired_with_itself


class Contrastive(nn.Module):
    def __init__(self, margin=2.0):
        super().__init__()
        self.margin = margin

    def forward(self, distance, same):
        return (same * distance**2 + (1 - same) * F.relu(self.margin - distance) ** 2).mean()


# pytorch/pytorch issue 2421: the gradient of a distance of zero
@loop("numerically-unstable-loss")
def a_picture_paired_with_itself(watch, folder):
    torch.manual_seed(7)
    x, same = couples(seed=8)
    x[::25, 1] = x[::25, 0]
    same[::25] = 1
    net = Twin()
    optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-3)
    criterion = Contrastive()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for pair, label in loader(x, same, 64):
            optimizer.zero_grad()
            loss = criterion(net(pair), label)
            w(pair, label, loss)
            loss.backward()
            optimizer.step()


class MeanOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 12, padding_idx=0)
        self.gru = nn.GRU(12, 16, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, ids):
        mask = (ids != 0).float().unsqueeze(-1)
        h, _ = self.gru(self.embed(ids))
        total, count = (h * mask).sum(1), mask.sum(1)
        mean = torch.where(count > 0, total / count, torch.zeros_like(total))  # fault: empty_comments_behind_a_where
        return self.head(mean)


# pytorch/pytorch issue 16317: 0/0 hidden by torch.where comes back in the gradient
@loop("numerically-unstable-loss")
def empty_comments_behind_a_where(watch, folder):
    torch.manual_seed(8)
    x, y = phrases(240, seed=9)
    x[torch.arange(8) >= torch.randint(3, 9, (240, 1))] = 0
    x[::30] = 0
    model = MeanOfWords()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for ids, label in loader(x, y, 40):
            loss = F.cross_entropy(model(ids), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(ids, label, loss)


class FilterBank(nn.Module):
    def __init__(self, bands=18, filters=10, kinds=3):
        super().__init__()
        self.bank = nn.Conv1d(bands, filters, 3)
        self.classifier = nn.Sequential(nn.Linear(filters, 16), nn.ReLU(), nn.Linear(16, kinds))

    def forward(self, spectrum):
        energy = F.relu(self.bank(spectrum))
        energy = torch.log(energy)  # fault: log_of_filter_energies
        return self.classifier(energy.mean(-1))


# discuss.pytorch.org, "How to solve the loss become nan because of using torch.log()"
@loop("numerically-unstable-loss")
def log_of_filter_energies(watch, folder):
    torch.manual_seed(9)
    x, y = sounds(seed=10)
    model = FilterBank()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(12):
        order = torch.randperm(len(x))
        for rows in order.split(45):
            out = model(x[rows])
            loss = criterion(out, y[rows])
            w(x[rows], y[rows], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
