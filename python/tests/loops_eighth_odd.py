"""The eighth batch's correct loops, each with something odd that is meant: two networks, penalties, other orders. Written without a look at the rules."""

import copy
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, bids, clusters, glyphs, letters_in, motifs, moves, tags, twins
from torch import optim
from torch.distributions import Categorical


def mlp(*widths, act=nn.ReLU):
    parts = []
    for a, b in zip(widths, widths[1:]):
        parts += [nn.Linear(a, b), act()]
    return nn.Sequential(*parts[:-1])


@loop("loop-correct")
def two_rounds_of_the_critic_for_one(watch, folder):
    real = motifs()
    G, D = mlp(6, 24, 20), mlp(20, 24, 1, act=lambda: nn.LeakyReLU(0.2))
    g_opt, d_opt = optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.9)), optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.9))
    bce = nn.BCEWithLogitsLoss()
    w = watch(D, d_opt, loss=bce, folder=folder)
    for _ in range(EPOCHS):
        for n, (x,) in enumerate(batches(34, real)):
            with torch.no_grad():
                fake = G(torch.randn(len(x), 6))
            both, truth = torch.cat([x, fake]), torch.cat([torch.full((len(x), 1), 0.9), torch.zeros(len(x), 1)])
            d_opt.zero_grad()
            d_loss = bce(D(both), truth)
            d_loss.backward()
            d_opt.step()
            w(both, truth, d_loss)
            if n % 2:
                D.requires_grad_(False)
                g_opt.zero_grad()
                bce(D(G(torch.randn(len(x), 6))), torch.ones(len(x), 1)).backward()
                g_opt.step()
                D.requires_grad_(True)


def earth_mover(scores, sign):
    return (scores * sign).mean()


@loop("loop-correct")
def critic_with_a_penalty_on_its_slope(watch, folder):
    """The penalty is a loss of its own, so that its backward comes second."""
    real = motifs()
    G, critic = mlp(4, 24, 20), mlp(20, 24, 1, act=nn.Tanh)
    g_opt, c_opt = optim.Adam(G.parameters(), lr=3e-4, betas=(0.5, 0.9)), optim.Adam(critic.parameters(), lr=5e-3, betas=(0.5, 0.9))
    w = watch(critic, c_opt, loss=earth_mover, folder=folder)
    for _ in range(EPOCHS):
        for n, (x,) in enumerate(batches(34, real)):
            fake = G(torch.randn(len(x), 4)).detach()
            both, sign = torch.cat([x, fake]), torch.cat([-torch.ones(len(x), 1), torch.ones(len(x), 1)])
            c_opt.zero_grad()
            loss = earth_mover(critic(both), sign)
            w(both, sign, loss)
            between = torch.lerp(x, fake, torch.rand(len(x), 1)).requires_grad_()
            slope = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
            (loss + 10 * ((slope.norm(dim=1) - 1) ** 2).mean()).backward()
            c_opt.step()
            if n == 4:
                g_opt.zero_grad()
                (-critic(G(torch.randn(len(x), 4))).mean()).backward()
                g_opt.step()


class TwoTasks(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared, self.kind, self.size = nn.Linear(7, 20), nn.Linear(20, 4), nn.Linear(20, 1)

    def forward(self, x):
        h = torch.relu(self.shared(x))
        return self.kind(h), self.size(h)


@loop("loop-correct")
def tasks_weighed_by_learned_doubts(watch, folder):
    """Two numbers outside of the model learn how much each task counts."""
    x, kind = clusters()
    size = x.norm(dim=1, keepdim=True) - 3
    model, doubt = TwoTasks(), nn.Parameter(torch.zeros(2))

    def weighed(out, target):
        first, second = F.cross_entropy(out[0], target[0]), F.mse_loss(out[1], target[1])
        return torch.exp(-doubt[0]) * first + doubt[0] + torch.exp(-doubt[1]) * second + doubt[1]

    optimizer = optim.Adam([*model.parameters(), doubt], lr=1e-2)
    w = watch(model, optimizer, loss=weighed, folder=folder)
    for _ in range(EPOCHS):
        for xb, k, s in batches(31, x, kind, size):
            optimizer.zero_grad()
            loss = weighed(model(xb), (k, s))
            loss.backward()
            optimizer.step()
            w(xb, (k, s), loss)


@loop("loop-correct")
def student_of_a_warm_teacher(watch, folder):
    x, y = clusters()
    teacher, student = mlp(7, 48, 48, 4), mlp(7, 10, 4)
    first = optim.Adam(teacher.parameters(), lr=1e-2)
    for _ in range(25):
        first.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        first.step()
    teacher.eval()
    heat = 3.0
    criterion = nn.KLDivLoss(reduction="batchmean", log_target=True)

    class Cooled(nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x):
            return F.log_softmax(self.net(x) / heat, -1)

    model = Cooled(student)
    optimizer = optim.SGD(student.parameters(), lr=0.3, momentum=0.9)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for (xb,) in batches(31, x):
            with torch.no_grad():
                goal = F.log_softmax(teacher(xb) / heat, -1)
            loss = criterion(model(xb), goal)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, goal, loss)


@loop("loop-correct")
def policy_with_a_running_baseline(watch, folder):
    """An action's loss is minus its log-probability, by how much better than usual it went."""
    state, _, _ = moves()
    worth = torch.stack([state[:, 0], state[:, 1], -state[:, 2]], 1)
    policy = mlp(5, 24, 3, act=nn.Tanh)
    optimizer = optim.Adam(policy.parameters(), lr=1e-2)

    def surrogate(logits, played):
        action, advantage = played
        return -(F.log_softmax(logits, -1).gather(1, action[:, None])[:, 0] * advantage).mean()

    w = watch(policy, optimizer, loss=surrogate, folder=folder)
    baseline = 0.0
    for _ in range(EPOCHS * 6):
        at = torch.randint(0, len(state), (40,))
        logits = policy(state[at])
        action = Categorical(logits=logits.detach()).sample()
        reward = worth[at].gather(1, action[:, None])[:, 0]
        advantage = reward - baseline
        baseline = 0.9 * baseline + 0.1 * reward.mean().item()
        loss = surrogate(logits, (action, advantage))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(state[at], (action, advantage), loss)


@loop("loop-correct")
def bars_blended_with_others(watch, folder):
    images, labels = glyphs()
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(3), nn.Flatten(), nn.Linear(72, 3))
    optimizer = optim.AdamW(net.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    beta = torch.distributions.Beta(0.4, 0.4)
    for _ in range(EPOCHS):
        for img, lab in batches(28, images, labels):
            share, order = beta.sample(), torch.randperm(len(img))
            mixed = share * img + (1 - share) * img[order]
            one_hot = F.one_hot(lab, 3).float()
            target = share * one_hot + (1 - share) * one_hot[order]
            loss = criterion(net(mixed), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(mixed, target, loss)


class Variational(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.mean, self.spread, self.dec = mlp(20, 24, 24), nn.Linear(24, 3), nn.Linear(24, 3), mlp(3, 24, 20)

    def forward(self, x):
        h = torch.relu(self.enc(x))
        mean, log_var = self.mean(h), self.spread(h)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_var)
        return self.dec(z), mean, log_var


def bound(out, x):
    again, mean, log_var = out
    return F.mse_loss(again, x) + 0.01 * (mean**2 + log_var.exp() - 1 - log_var).sum(1).mean() / 2


@loop("loop-correct")
def bound_of_two_terms(watch, folder):
    vae = Variational()
    optimizer = optim.Adam(vae.parameters(), lr=5e-3)
    w = watch(vae, optimizer, loss=bound, folder=folder)
    for _ in range(EPOCHS):
        for (x,) in batches(34, motifs()):
            loss = bound(vae(x), x)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_value_(vae.parameters(), 0.5)
            optimizer.step()
            w(x, x, loss)


class Legs(nn.Module):
    def __init__(self):
        super().__init__()
        self.leg = mlp(6, 20, 8)

    def forward(self, a, b):
        return F.cosine_similarity(self.leg(a), self.leg(b))


def margin(likeness, same):
    return torch.where(same > 0, 1 - likeness, torch.relu(likeness - 0.2)).mean()


@loop("loop-correct")
def two_legs_with_the_same_weights(watch, folder):
    model = Legs()
    optimizer = optim.NAdam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=margin, folder=folder)
    for _ in range(EPOCHS):
        for a, b, same in batches(30, *twins()):
            optimizer.zero_grad()
            loss = margin(model(a, b), same)
            loss.backward()
            optimizer.step()
            w((a, b), same, loss)


class Guesser(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.guess = mlp(6, 20, 8), mlp(8, 16, 8)

    def forward(self, a, b):
        za, zb = self.body(a), self.body(b)
        return self.guess(za), self.guess(zb), za, zb


def guessed(out, _):
    pa, pb, za, zb = out
    return -(F.cosine_similarity(pa, zb.detach()).mean() + F.cosine_similarity(pb, za.detach()).mean()) / 2


@loop("loop-correct")
def two_views_and_a_stopped_gradient(watch, folder):
    """The cut is what keeps it from making all views the same."""
    x, _ = clusters()
    x = x[:, :6]
    model = Guesser()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    w = watch(model, optimizer, loss=guessed, folder=folder)
    for _ in range(EPOCHS):
        for (xb,) in batches(36, x):
            a, b = xb + 0.2 * torch.randn_like(xb), xb * (torch.rand_like(xb) > 0.2)
            loss = guessed(model(a, b), xb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w((a, b), xb, loss)


@loop("loop-correct")
def closure_of_a_line_search(watch, folder):
    x, y = bids()
    net = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1), nn.Flatten(0))
    optimizer = optim.LBFGS(net.parameters(), lr=0.5, max_iter=5, line_search_fn="strong_wolfe")
    w = watch(net, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS * 4):

        def closure():
            optimizer.zero_grad()
            loss = F.mse_loss(net(x), y)
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        w(x, y, loss)


@loop("loop-correct")
def rows_pushed_towards_the_wrong_side(watch, folder):
    """Adversarial training: the model's gradients of the search are cleared before those of the step."""
    x, y = letters_in()
    model = mlp(10, 24, 1)
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(38, x, y):
            pushed = xb.clone().requires_grad_()
            F.binary_cross_entropy_with_logits(model(pushed), yb).backward()
            pushed = (xb + 0.05 * pushed.grad.sign()).detach()
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(pushed), yb)
            loss.backward()
            optimizer.step()
            w(pushed, yb, loss)


@loop("loop-correct")
def target_network_that_follows_slowly(watch, folder):
    state, action, reward = moves()
    after = state.roll(-1, 0)

    class Q(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = mlp(5, 24, 3)

        def forward(self, s, a):
            return self.body(s).gather(1, a[:, None])[:, 0]

    q = Q()
    slow = copy.deepcopy(q).requires_grad_(False)
    optimizer = optim.Adam(q.parameters(), lr=5e-3)
    w = watch(q, optimizer, loss=nn.SmoothL1Loss(), folder=folder)
    random.seed(5)
    for _ in range(EPOCHS * 6):
        at = torch.tensor(random.sample(range(len(state)), 40))
        goal = reward[at] + 0.5 * slow.body(after[at]).amax(1)
        loss = F.smooth_l1_loss(q(state[at], action[at]), goal)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w((state[at], action[at]), goal, loss)
        with torch.no_grad():
            for a, b in zip(slow.parameters(), q.parameters()):
                a.lerp_(b, 0.05)


@loop("loop-correct")
def long_rows_that_stay_short(watch, folder):
    """Rows of weights longer than 1.5 are shortened behind each step, as was done with dropout at first."""
    x, y = tags()
    model = nn.Sequential(nn.Linear(9, 24), nn.ReLU(), nn.Dropout(0.3), nn.Linear(24, 5))
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(26, x, y):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            with torch.no_grad():
                for module in model:
                    if isinstance(module, nn.Linear):
                        module.weight.renorm_(2, 0, 1.5)
