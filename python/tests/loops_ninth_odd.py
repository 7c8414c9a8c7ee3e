"""The ninth batch, correct loops of less common kinds: games, pairs, closures, hooks, several losses, stopped gradients."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_ninth_data import babble, batches, blobs, customers, houses, sensors, shapes, spectra, states
from torch import optim
from torch.utils.checkpoint import checkpoint


@loop("loop-correct")
def gan_by_turns(watch, folder):
    """A GAN whose discriminator is watched: smoothed labels, two backward passes before one step, the generator in between."""
    torch.manual_seed(101)
    real = spectra()
    G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16))
    D = nn.Sequential(nn.Linear(16, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    opt_g, opt_d = optim.Adam(G.parameters(), 1e-3, (0.5, 0.99)), optim.Adam(D.parameters(), 2e-3, (0.5, 0.99))
    w = watch(D, opt_d, loss="bce_with_logits", folder=folder)
    for step in range(30):
        batch = torch.cat([real[torch.randint(0, 320, (24,))], G(torch.randn(24, 4)).detach()])
        label = torch.cat([torch.full((24, 1), 0.9), torch.zeros(24, 1)])
        opt_d.zero_grad()
        loss_d = F.binary_cross_entropy_with_logits(D(batch), label)
        loss_d.backward()
        opt_d.step()
        w(batch, label, loss_d)
        D.requires_grad_(False)
        opt_g.zero_grad()
        loss_g = F.binary_cross_entropy_with_logits(D(G(torch.randn(24, 4))), torch.ones(24, 1))
        loss_g.backward()
        opt_g.step()
        D.requires_grad_(True)


@loop("loop-correct")
def bandit_by_reinforce(watch, folder):
    """Policy gradient with a baseline: the targets hold the moves drawn and their advantages."""
    torch.manual_seed(102)
    s, _, better = states()
    policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))

    def objective(logits, moves):
        chosen = F.log_softmax(logits, dim=1).gather(1, moves[:, :1].long()).squeeze(1)
        return -(chosen * moves[:, 1]).mean()

    optimizer = optim.Adam(policy.parameters(), lr=2e-2)
    w = watch(policy, optimizer, loss=objective, folder=folder)
    baseline = 0.0
    for episode in range(40):
        rows = torch.randint(0, len(s), (48,))
        logits = policy(s[rows])
        action = torch.distributions.Categorical(logits=logits).sample()
        reward = (action == better[rows]).float()
        moves = torch.stack([action.float(), reward - baseline], dim=1)
        baseline = 0.9 * baseline + 0.1 * reward.mean().item()
        loss = objective(logits, moves)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(s[rows], moves, loss)


@loop("loop-correct")
def temporal_difference_with_a_target_network(watch, folder):
    """Value learning: the target network is copied from the learning one now and then, and its side has no gradient."""
    torch.manual_seed(103)
    s, returns, _ = states()
    nxt = 0.9 * s + 0.1 * torch.randn(s.shape, generator=torch.Generator().manual_seed(1))
    value = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    target = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    target.load_state_dict(value.state_dict())
    optimizer = optim.Adam(value.parameters(), lr=1e-2)
    w = watch(value, optimizer, loss="smooth_l1", folder=folder)
    for step in range(40):
        rows = torch.randint(0, len(s), (64,))
        with torch.no_grad():
            goal = 0.5 * returns[rows].unsqueeze(1) + 0.5 * target(nxt[rows])
        loss = F.smooth_l1_loss(value(s[rows]), goal)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(s[rows], goal, loss)
        if step % 8 == 7:
            target.load_state_dict(value.state_dict())


class Siamese(nn.Module):
    """Embeds both halves of a row."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, pair):
        return F.normalize(self.encoder(pair[:, :16]), dim=1) @ F.normalize(self.encoder(pair[:, 16:]), dim=1).T / 0.2


@loop("loop-correct")
def pairs_told_apart_within_the_batch(watch, folder):
    """Contrastive learning: two noisy views of each row, and the diagonal of the similarities is the class."""
    torch.manual_seed(104)
    x = spectra()
    model = Siamese()
    optimizer = optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for step in range(30):
        rows = x[torch.randperm(len(x))[:32]]
        pair = torch.cat([rows + 0.1 * torch.randn_like(rows), rows + 0.1 * torch.randn_like(rows)], dim=1)
        labels = torch.arange(32)
        loss = F.cross_entropy(model(pair), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(pair, labels, loss)


@loop("loop-correct")
def step_with_a_closure(watch, folder):
    """The optimizer is given a closure, as the documentation allows for all of them."""
    torch.manual_seed(105)
    x, y = blobs()
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 6))
    optimizer = optim.Adagrad(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for xb, yb in batches(x, y, 36, seed=epoch):

            def closure():
                optimizer.zero_grad()
                loss = F.cross_entropy(model(xb), yb)
                loss.backward()
                return loss

            loss = optimizer.step(closure)
            w(xb, yb, loss)


class Deep(nn.Module):
    """Computes its blocks again in the backward pass to save memory."""

    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(7, 24)
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(24, 24), nn.ReLU()) for _ in range(3))
        self.out = nn.Linear(24, 1)

    def forward(self, x):
        h = self.inp(x)
        for block in self.blocks:
            h = h + checkpoint(block, h, use_reentrant=False)
        return self.out(h)


@loop("loop-correct")
def residual_blocks_checkpointed(watch, folder):
    """Gradient checkpointing in a residual network, with the Huber loss."""
    torch.manual_seed(106)
    x, price = houses()
    model = Deep()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="huber", folder=folder)
    for epoch in range(3):
        for xb, yb in batches(x, price[:, None], 32, seed=epoch):
            loss = F.huber_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            w(xb, yb, loss)


@loop("loop-correct")
def weight_norm_and_hooks(watch, folder):
    """A convolution over time with weight norm; hooks log the gradients and soften each a little."""
    torch.manual_seed(107)
    x, y = sensors()

    class Temporal(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 12, 3, padding=2, dilation=2))
            self.fc = nn.Linear(12, 1)

        def forward(self, x):
            return self.fc(F.relu(self.conv(x.transpose(1, 2)))[:, :, -1])

    model = Temporal()
    norms = []
    model.fc.register_full_backward_hook(lambda module, gin, gout: norms.append(gout[0].norm().item()))
    for p in model.parameters():
        p.register_hook(lambda g: g.clamp(-1, 1))
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="mae", folder=folder)
    for epoch in range(4):
        for xb, yb in batches(x, y[:, None], 32, seed=epoch):
            optimizer.zero_grad()
            loss = F.l1_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def smoothed_labels(watch, folder):
    """Cross-entropy with label smoothing, told to the recorder as it is."""
    torch.manual_seed(108)
    x, y = shapes()
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(5), nn.Flatten(), nn.Linear(200, 3)
    )
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        model.train()
        for images, labels in batches(x, y, 30, seed=epoch):
            loss = criterion(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(images, labels, loss)
        model.eval()
        with torch.no_grad():
            model(x[:30])


@loop("loop-correct")
def rare_class_weighs_more(watch, folder):
    """Unbalanced classes with pos_weight, drawn by a sampler that returns rows more than once."""
    torch.manual_seed(109)
    x, left = customers()
    x, y = (x - x.mean(0)) / x.std(0), (left * (torch.rand(len(left)) < 0.4)).unsqueeze(1)
    weight = torch.where(y[:, 0] > 0, 2.0, 1.0)
    model = nn.Sequential(nn.Linear(4, 24), nn.GELU(), nn.Linear(24, 1))
    criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for step in range(36):
        rows = torch.multinomial(weight, 40, replacement=True)
        loss = criterion(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(x[rows], y[rows], loss)


@loop("loop-correct")
def class_and_place_in_one_loss(watch, folder):
    """Two tasks, one output: three logits and a number; the second term has a weight of its own."""
    torch.manual_seed(110)
    x, y = shapes()
    place = x.sum((1, 2, 3))[:, None] / 40
    goal = torch.cat([y[:, None].float(), place], dim=1)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(200, 4))

    def both(out, goal):
        return F.cross_entropy(out[:, :3], goal[:, 0].long()) + 0.5 * F.mse_loss(out[:, 3:], goal[:, 1:])

    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=both, folder=folder)
    for epoch in range(3):
        for xb, yb in batches(x, goal, 30, seed=epoch):
            loss = both(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Stateful(nn.Module):
    """Goes on from the state of the chunk before, cut off from its gradient."""

    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(12, 16)
        self.gru = nn.GRU(16, 24, batch_first=True)
        self.out = nn.Linear(24, 12)
        self.state = None

    def forward(self, ids):
        h, state = self.gru(self.emb(ids), self.state)
        self.state = state.detach()
        return self.out(h).transpose(1, 2)


@loop("loop-correct")
def backpropagation_through_chunks(watch, folder):
    """Truncated backpropagation through time along ten tracks of one text."""
    torch.manual_seed(111)
    text = babble()
    x, y = text[:-1].view(10, 160), text[1:].view(10, 160)
    model = Stateful()
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for at in range(0, 160, 5):
        xb, yb = x[:, at : at + 5], y[:, at : at + 5]
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def teacher_gives_the_targets(watch, folder):
    """Distillation: the teacher's outputs are the targets, rows under a norm of two after each step."""
    torch.manual_seed(112)
    x, _ = blobs()
    teacher = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 6)).eval().requires_grad_(False)
    student = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 6))
    optimizer = optim.Adam(student.parameters(), lr=1e-2)
    w = watch(student, optimizer, loss="mse", folder=folder)
    for epoch in range(3):
        for xb, yb in batches(x, teacher(x), 36, seed=epoch):
            loss = F.mse_loss(student(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                student[0].weight.copy_(torch.renorm(student[0].weight, 2, 0, 2.0))
            w(xb, yb, loss)


@loop("loop-correct")
def table_of_ratings_with_two_optimizers(watch, folder):
    """Factors of users and films learn by SparseAdam, the biases by SGD."""
    torch.manual_seed(113)
    g = torch.Generator().manual_seed(3)
    users, films = torch.randn(20, 3, generator=g), torch.randn(15, 3, generator=g)
    ids = torch.stack([torch.randint(0, 20, (400,), generator=g), torch.randint(0, 15, (400,), generator=g)], dim=1)
    stars = (users[ids[:, 0]] * films[ids[:, 1]]).sum(1) + 3

    class Factors(nn.Module):
        def __init__(self):
            super().__init__()
            self.user = nn.Embedding(20, 3, sparse=True)
            self.film = nn.Embedding(15, 3, sparse=True)
            self.bias = nn.Parameter(torch.zeros(1))

        def forward(self, ids):
            return (self.user(ids[:, 0]) * self.film(ids[:, 1])).sum(1) + self.bias

    model = Factors()
    sparse = optim.SparseAdam([model.user.weight, model.film.weight], lr=0.05)
    dense = optim.SGD([model.bias], lr=0.1)
    w = watch(model, [sparse, dense], loss="mse", folder=folder)
    for epoch in range(4):
        for xb, yb in batches(ids, stars, 40, seed=epoch):
            loss = F.mse_loss(model(xb), yb)
            for optimizer in (sparse, dense):
                optimizer.zero_grad()
            loss.backward()
            for optimizer in (sparse, dense):
                optimizer.step()
            w(xb, yb, loss)
