"""Writes the recordings of settings/, of loops that change an optimizer's settings by step: python pkg/loop/testdata/make_settings_recordings.py, with PyTorch.

Each optimizer that is known here changes all of its settings at every step, in two groups otherwise, and makes the steps by them. With "keras"
behind it the script writes those of Keras, in the backend that KERAS_BACKEND says.
"""

import pathlib
import shutil
import sys
import tempfile

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "python"), str(HERE.parents[1] / "exchange" / "torch" / "testdata")]
from packed_recording import packed

import unstuck

torch.set_num_threads(1)
STEPS = 8

BETAS = lambda at: (0.95 - 0.05 * at, 0.99 - 0.03 * at)
DECAY = lambda at: 0.1 + 0.2 * at
EPS = lambda at: 1e-3 * (1 + at)
OF = {  # each setting by how far the loop has come, from 0 on
    "SGD": {"momentum": lambda at: 0.95 - 0.05 * at, "dampening": lambda at: 0.1 * at, "weight_decay": DECAY},
    "Adam": {"betas": BETAS, "eps": EPS, "weight_decay": DECAY},
    "AdamW": {"betas": BETAS, "eps": EPS, "weight_decay": DECAY},
    "RMSprop": {"alpha": lambda at: 0.9 - 0.1 * at, "momentum": lambda at: 0.9 - 0.1 * at, "eps": EPS, "weight_decay": DECAY},
    "Adagrad": {"lr_decay": lambda at: 0.1 * at, "eps": EPS, "weight_decay": DECAY},
    "Adadelta": {"rho": lambda at: 0.9 - 0.1 * at, "eps": EPS, "weight_decay": DECAY},
    "Adamax": {"betas": BETAS, "eps": EPS, "weight_decay": DECAY},
    "NAdam": {"betas": BETAS, "eps": EPS, "weight_decay": DECAY, "momentum_decay": lambda at: 0.01 + 0.1 * at},
    "RAdam": {"betas": BETAS, "eps": EPS, "weight_decay": DECAY},
    "ASGD": {"lambd": lambda at: 1 + at, "alpha": lambda at: 0.75 + at, "weight_decay": DECAY},
    "Rprop": {"etas": lambda at: (0.5 - 0.05 * at, 1.2 + 0.1 * at), "step_sizes": lambda at: (0.01 + 0.001 * at, 0.02 + 0.01 * at)},
    "Adafactor": {"beta2_decay": lambda at: -0.8 + 0.1 * at, "eps": lambda at: (None, 1.5 + at), "d": lambda at: 1 - 0.2 * at, "weight_decay": DECAY},
    "Muon": {"momentum": lambda at: 0.95 - 0.1 * at, "weight_decay": DECAY, "ns_coefficients": lambda at: (3.4 + 0.1 * at, -4.7, 2.0)},
    "SparseAdam": {"betas": BETAS, "eps": EPS},
}
RATES = {"Muon": 0.02, "Adadelta": 1.0, "SGD": 0.02, "ASGD": 0.02}


def data():
    torch.manual_seed(3)
    x = torch.randn(24, 3)
    return x, x[:, :1] - 2 * x[:, 1:2]


def by_hand(watch_of, name, changed):
    """Set each setting before each step, as schedules of one's own do."""
    x, y = data()
    if name == "SparseAdam":
        model = nn.Sequential(nn.Embedding(8, 4, sparse=True), nn.Flatten(), nn.Linear(12, 1))
        model[2].requires_grad_(False)
        x = torch.randint(8, (24, 3))
        groups = [{"params": model[0].parameters()}]
    else:
        model = nn.Sequential(nn.Linear(3, 6, bias=name != "Muon"), nn.Tanh(), nn.Linear(6, 1, bias=name != "Muon"))
        groups = [{"params": model[0].parameters()}, {"params": model[2].parameters()}]
    optimizer = getattr(torch.optim, name)(groups, lr=RATES.get(name, 0.01))
    watch = watch_of(model, optimizer)
    for step in range(STEPS + 2):
        rows = torch.randperm(24)[:12]
        for at, group in enumerate(optimizer.param_groups):
            group["lr"] = RATES.get(name, 0.01) * (1 + 0.3 * step + at)
            group.update({setting: of(step / 5 + at / 4) for setting, of in changed.items()})
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), y[rows])
        watch(x[rows], y[rows], loss)
        loss.backward()
        optimizer.step()


def cycled(watch_of, make, fault=None):
    """Train along a schedule that moves the momentum together with the rate."""
    x, y = data()
    model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1))
    optimizer, schedule = make(model.parameters())
    watch = watch_of(model, optimizer)
    for _ in range(STEPS + 2):
        rows = torch.randperm(24)[:12]
        if fault != "loop-gradients-accumulate":
            optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), y[rows])
        watch(x[rows], y[rows], loss)
        loss.backward()
        if fault == "loop-gradients-changed":
            nn.utils.clip_grad_norm_(model.parameters(), 1e-6)
        optimizer.step()
        schedule.step()


def sgd_once(parameters):
    optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, nesterov=True)
    return optimizer, lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=12)


def adam_once(parameters):
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    return optimizer, lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=12)


def sgd_again(parameters):
    optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9)
    return optimizer, lr_scheduler.CyclicLR(optimizer, base_lr=0.01, max_lr=0.05, step_size_up=3)


def in_keras(watch_of, make, changed, fault=None):
    """Set Keras' settings before each step of a loop that isn't compiled."""
    import keras

    keras.utils.set_random_seed(3)
    x, y = (t.numpy() for t in data())
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(6, "tanh"), keras.layers.Dense(1)])
    optimizer, mse = make(keras.optimizers), keras.losses.MeanSquaredError()
    optimizer.build(model.trainable_variables)
    watch = watch_of(model, optimizer)
    for step in range(STEPS + 2):
        rows = torch.randperm(24)[:12].numpy()
        for setting, of in changed.items():
            setattr(optimizer, setting, of(step / 5))
        if step and fault != "loop-gradients-accumulate":
            model.zero_grad()
        loss = mse(torch.from_numpy(y[rows]), model(x[rows], training=True))
        loss.backward()
        optimizer.apply([w.value.grad for w in model.trainable_weights])
        watch(x[rows], y[rows], loss)


def write(name, loop, *arguments):
    folder, made = pathlib.Path(tempfile.mkdtemp()), []

    def watch_of(model, optimizer):
        made.append(unstuck.watch(model, optimizer, loss="mse", folder=folder, steps=STEPS))
        return made[-1]

    loop(watch_of, *arguments)
    made[0].close()
    (HERE / "settings" / f"{name}.tar.gz").write_bytes(packed(folder, HERE))
    shutil.rmtree(folder)


def main():
    (HERE / "settings").mkdir(exist_ok=True)
    if "keras" in sys.argv:
        sgd = {"momentum": lambda at: 0.95 - 0.3 * at, "weight_decay": DECAY}
        write("keras.SGD", in_keras, lambda o: o.SGD(0.02, momentum=0.95, weight_decay=0.1), sgd)
        adam = {"beta_1": lambda at: 0.95 - 0.1 * at, "beta_2": lambda at: 0.99 - 0.1 * at, "epsilon": EPS}
        write("keras.Adam", in_keras, lambda o: o.Adam(0.02), adam)
        write("keras.Adam.loop-gradients-accumulate", in_keras, lambda o: o.Adam(0.02), adam, "loop-gradients-accumulate")
        return
    for name, changed in OF.items():
        write(name, by_hand, name, changed)
    for name, make in {"one-cycle-sgd": sgd_once, "one-cycle-adam": adam_once, "cyclic-sgd": sgd_again}.items():
        write(name, cycled, make)
        for fault in ("loop-gradients-accumulate", "loop-gradients-changed"):
            write(f"{name}.{fault}", cycled, make, fault)


main()
