"""Twelfth batch: correct loops with intended oddities, the second ten."""

import copy

import torch
from loops import classes, loader, loop
from loops_twelfth_data import flats, phrases, signs, sounds
from loops_twelfth_right_one import RIGHT
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint


# A student learns from a teacher that is not trained
@loop(RIGHT)
def taught_by_a_larger_net(watch, folder):
    torch.manual_seed(81)
    x, y = signs(240, seed=82)
    teacher = nn.Sequential(nn.Flatten(), nn.Linear(144, 64), nn.ReLU(), nn.Linear(64, 4))
    learning = torch.optim.Adam(teacher.parameters(), lr=1e-2)
    for _ in range(20):
        learning.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        learning.step()
    teacher.eval().requires_grad_(False)
    student = nn.Sequential(nn.AvgPool2d(3), nn.Flatten(), nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 4))
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)

    def distilled(logits, target):
        soft, hard = target[:, :4], target[:, 4].long()
        kl = F.kl_div(F.log_softmax(logits / 2, 1), soft, reduction="batchmean") * 4
        return 0.7 * kl + 0.3 * F.cross_entropy(logits, hard)

    w = watch(student, optimizer, loss=distilled, folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x, y, 40):
            with torch.no_grad():
                soft = F.softmax(teacher(xb) / 2, 1)
            target = torch.cat([soft, yb[:, None].float()], 1)
            loss = distilled(student(xb), target)
            w(xb, target, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class Sign(torch.autograd.Function):
    """Minus one or one; the gradient passes where the input is small."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x.abs() <= 1)


class BinaryNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 48)
        self.norm = nn.BatchNorm1d(48)
        self.last = nn.Linear(48, 3)

    def forward(self, x):
        return self.last(Sign.apply(self.norm(self.first(x))))


# A binarised net: straight-through gradients, latent weights kept within -1 and 1
@loop(RIGHT)
def binarised_with_straight_through(watch, folder):
    torch.manual_seed(82)
    model = BinaryNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for x, y in loader(*classes(320, 8, 3, seed=83), 40):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                model.first.weight.clamp_(-1, 1)
            w(x, y, loss)


# Rare classes weigh more, labels are smoothed
@loop(RIGHT)
def weights_for_rare_classes(watch, folder):
    torch.manual_seed(83)
    x, y = sounds(300, seed=84)
    keep = (y != 2) | (torch.arange(300) % 5 == 0)
    x, y = x[keep], y[keep]
    weight = len(y) / (3 * torch.bincount(y).float())
    criterion = nn.CrossEntropyLoss(weight=weight, label_smoothing=0.1)
    model = nn.Sequential(nn.Conv1d(18, 12, 5), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(12, 3))
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x, y, 32):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# No decay for biases and norms, a higher rate for the head, an evaluation after each epoch
@loop(RIGHT)
def groups_of_parameters(watch, folder):
    torch.manual_seed(84)
    x, y = phrases(320, seed=85)
    body = nn.Sequential(nn.Embedding(30, 16), nn.LayerNorm(16), nn.Flatten(), nn.Linear(128, 32), nn.GELU())
    model = nn.Sequential(body, nn.Dropout(0.2), nn.Linear(32, 2))
    decayed = [p for p in body.parameters() if p.ndim > 1]
    others = [p for p in body.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": decayed, "weight_decay": 0.05},
            {"params": others, "weight_decay": 0.0},
            {"params": model[2].parameters(), "lr": 1e-2, "weight_decay": 0.0},
        ],
        lr=2e-3,
    )
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    train, valid = loader(x[:256], y[:256], 32), loader(x[256:], y[256:], 64, shuffle=False)
    for epoch in range(5):
        model.train()
        for ids, label in train:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), label)
            loss.backward()
            optimizer.step()
            w(ids, label, loss)
        model.eval()
        with torch.inference_mode():
            sum((model(i).argmax(1) == t).sum().item() for i, t in valid)


# LBFGS with a closure, all rows at once
@loop(RIGHT)
def all_rows_with_lbfgs(watch, folder):
    torch.manual_seed(85)
    x, y = flats(200, seed=86)
    y = y[:, None]
    model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
    criterion = nn.MSELoss()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4, history_size=8)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for step in range(16):

        def closure():
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        w(x, y, loss)


class Tagger(nn.Module):
    def __init__(self, words=30, dim=16):
        super().__init__()
        self.embed = nn.Embedding(words, dim, padding_idx=0)
        self.layer = nn.TransformerEncoderLayer(dim, 2, 32, dropout=0.1, batch_first=True)
        self.out = nn.Linear(dim, 2)

    def forward(self, ids):
        h = self.layer(self.embed(ids), src_key_padding_mask=ids == 0)
        return self.out(h).transpose(1, 2)


# Padded phrases: masked in the attention, ignored in the loss
@loop(RIGHT)
def padding_left_out_of_the_loss(watch, folder):
    torch.manual_seed(86)
    x, _ = phrases(256, seed=87)
    x[torch.arange(8) >= torch.randint(3, 9, (256, 1))] = 0
    tags = torch.where(x == 0, -100, (x % 3 == 0).long())
    model = Tagger()
    criterion = nn.CrossEntropyLoss(ignore_index=-100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for ids, tag in loader(x, tags, 32):
            loss = criterion(model(ids), tag)
            w(ids, tag, loss)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()


class Deep(nn.Module):
    def __init__(self, depth=4):
        super().__init__()
        self.enter = nn.Linear(5, 24)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(24), nn.Linear(24, 24), nn.SiLU()) for _ in range(depth)
        )
        self.leave = nn.Linear(24, 1)

    def forward(self, x):
        h = self.enter(x)
        for block in self.blocks:
            h = h + checkpoint(block, h, use_reentrant=False)
        return self.leave(h)[:, 0]


# Activations are computed anew in the backward pass
@loop(RIGHT)
def checkpointed_blocks(watch, folder):
    torch.manual_seed(87)
    x, y = flats(320, seed=88)
    model = Deep()
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 40):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# A curriculum: the easy rows first, in their order, more of them each epoch
@loop(RIGHT)
def easy_rows_first(watch, folder):
    torch.manual_seed(88)
    x, y = classes(400, 6, 3, seed=89)
    center = torch.stack([x[y == k].mean(0) for k in range(3)])
    easy = (x - center[y]).norm(dim=1).argsort()
    model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.8)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        chosen = easy[: 160 + 48 * epoch]
        losses = []
        for rows in chosen.split(32):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            w(x[rows], y[rows], loss)
            losses.append(loss.item())
        plateau.step(sum(losses) / len(losses))


# Q-learning with a target net that follows every fifth step
@loop(RIGHT)
def target_net_that_follows(watch, folder):
    torch.manual_seed(89)
    q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
    target = copy.deepcopy(q)
    optimizer = torch.optim.Adam(q.parameters(), lr=1e-2)

    def td(values, y):
        return F.smooth_l1_loss(values.gather(1, y[:, :1].long()), y[:, 1:])

    w = watch(q, optimizer, loss=td, folder=folder)
    for step in range(1, 61):
        state = torch.randn(64, 4)
        action = torch.randint(0, 3, (64, 1))
        reward = 2 * state.gather(1, action)
        after = 0.5 * state + 0.5 * torch.randn(64, 4)
        goal = reward + 0.3 * target(after).max(1, keepdim=True).values.detach()
        y = torch.cat([action.float(), goal], 1)
        loss = td(q(state), y)
        w(state, y, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 5 == 0:
            target.load_state_dict(q.state_dict())


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(6, 32), nn.Tanh())
        self.actor, self.critic = nn.Linear(32, 3), nn.Linear(32, 1)

    def forward(self, x):
        h = self.shared(x)
        return torch.cat([self.actor(h), self.critic(h)], 1)


def actor_critic_loss(out, y):
    """y: the action and its reward."""
    logits, value = out[:, :3], out[:, 3]
    action, reward = y[:, 0], y[:, 1]
    advantage = (reward - value).detach()
    dist = Categorical(logits=logits)
    return (-dist.log_prob(action) * advantage).mean() + F.mse_loss(value, reward) - 0.01 * dist.entropy().mean()


# Actor and critic in one net: the advantage carries no gradient
@loop(RIGHT)
def actor_and_critic(watch, folder):
    torch.manual_seed(90)
    contexts, best = classes(400, 6, 3, seed=91)
    model = ActorCritic()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=7e-3, alpha=0.99, eps=1e-5)
    w = watch(model, optimizer, loss=actor_critic_loss, folder=folder)
    for step in range(60):
        rows = torch.randint(0, 400, (64,))
        out = model(contexts[rows])
        action = Categorical(logits=out[:, :3].detach()).sample()
        y = torch.stack([action.float(), (action == best[rows]).float()], 1)
        loss = actor_critic_loss(out, y)
        w(contexts[rows], y, loss)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
