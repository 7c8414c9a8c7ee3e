"""Writes training.json.gz: losses with their gradients, weights after each step of optimizers, rates of schedulers, as PyTorch
has them, each beside its part of a training.json.

    python make_training.py
"""
import gzip
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
rng = np.random.default_rng(7)


def array(t):
    t = t.detach()
    return {"shape": list(t.shape), "values": [max(float(v), -3e38) for v in t.double().reshape(-1)]}  # JSON has no infinity


def normal(*shape, scale=1.0):
    return torch.tensor(scale * rng.normal(size=shape), dtype=torch.float32)


def plain(options):
    return {k: v.tolist() if isinstance(v, torch.Tensor) else v for k, v in options.items()}


def loss_case(name, cls, prediction, target, **options):
    prediction = prediction.clone().requires_grad_()
    loss = getattr(nn, cls)(**options)(prediction, target)
    loss.backward()
    return {"name": name, "loss": {"class": cls, "options": plain(options)}, "prediction": array(prediction), "target": array(target),
            "value": float(loss.detach()), "gradient": array(prediction.grad)["values"]}


# A loss that takes several outputs, which are stacked behind the rows.
def joined_case(name, cls, parts, target, **options):
    prediction = torch.stack(parts, 1).requires_grad_()
    parts = [prediction[:, i] for i in range(len(parts))]
    given = {"GaussianNLLLoss": parts[:1] + [target] + parts[1:], "TripletMarginLoss": parts}.get(cls, parts + [target])
    loss = getattr(nn, cls)(**options)(*given)
    loss.backward()
    return {"name": name, "loss": {"class": cls, "options": plain(options)}, "prediction": array(prediction), "target": array(target),
            "value": float(loss.detach()), "gradient": array(prediction.grad)["values"]}


def losses():
    x, y = normal(6, 3), normal(6, 3)
    y[0] = x[0]  # where the slope of an absolute value jumps
    edge = torch.tensor([[0.0, 1.0, 0.5], [1.0, 0.0, 1e-6], [0.3, 1 - 1e-6, 0.9], [0.2, 0.7, 0.1]])
    bits = torch.tensor([[0.0, 1.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.25], [0.0, 1.0, 1.0]])
    logits, numbers = normal(6, 4, scale=2.0), torch.tensor([0, 3, 1, 1, -100, 2])
    classes = torch.softmax(normal(6, 4), -1)
    pictures, pixels = normal(3, 4, 2, 2), torch.tensor(rng.integers(0, 4, size=(3, 2, 2)))
    pixels[0, 1, 1] = 1
    weight = torch.tensor([0.5, 2.0, 1.0, 3.0])
    three = torch.tensor([0.5, 2.0, 1.5])
    all_numbers = torch.tensor([0, 3, 1, 1, 0, 2])
    for reduction in ("mean", "sum"):
        r = {} if reduction == "mean" else {"reduction": reduction}
        tag = "" if reduction == "mean" else " sum"
        yield loss_case("mse" + tag, "MSELoss", x, y, **r)
        yield loss_case("mse one output" + tag, "MSELoss", x[:, 0], y[:, 0], **r)
        yield loss_case("l1" + tag, "L1Loss", x, y, **r)
        yield loss_case("smooth l1" + tag, "SmoothL1Loss", 3 * x, y, **r)
        yield loss_case("smooth l1 beta" + tag, "SmoothL1Loss", x, y, beta=0.25, **r)
        yield loss_case("smooth l1 beta 0" + tag, "SmoothL1Loss", x, y, beta=0.0, **r)
        yield loss_case("huber" + tag, "HuberLoss", 3 * x, y, **r)
        yield loss_case("huber delta" + tag, "HuberLoss", x, y, delta=0.25, **r)
        yield loss_case("bce" + tag, "BCELoss", edge, bits, **r)
        yield loss_case("bce weight" + tag, "BCELoss", edge, bits, weight=three, **r)
        yield loss_case("bce logits" + tag, "BCEWithLogitsLoss", 20 * x[:4], bits, **r)
        yield loss_case("bce logits weights" + tag, "BCEWithLogitsLoss", x[:4], bits, weight=three, pos_weight=torch.tensor([2.0, 0.5, 4.0]), **r)
        yield loss_case("bce logits one weight" + tag, "BCEWithLogitsLoss", x[:4], bits, pos_weight=torch.tensor([3.0]), **r)
        yield loss_case("cross entropy" + tag, "CrossEntropyLoss", logits, all_numbers, **r)
        yield loss_case("cross entropy weight" + tag, "CrossEntropyLoss", logits, all_numbers, weight=weight, **r)
        yield loss_case("cross entropy ignored" + tag, "CrossEntropyLoss", logits, numbers, **r)
        yield loss_case("cross entropy ignored class" + tag, "CrossEntropyLoss", logits, all_numbers, ignore_index=1, weight=weight, **r)
        yield loss_case("cross entropy smooth" + tag, "CrossEntropyLoss", logits, all_numbers, label_smoothing=0.1, **r)
        yield loss_case("cross entropy all" + tag, "CrossEntropyLoss", logits, numbers, label_smoothing=0.2, weight=weight, **r)
        yield loss_case("cross entropy probabilities" + tag, "CrossEntropyLoss", logits, classes, **r)
        yield loss_case("cross entropy probabilities all" + tag, "CrossEntropyLoss", logits, classes, label_smoothing=0.2, weight=weight, **r)
        yield loss_case("cross entropy pictures" + tag, "CrossEntropyLoss", pictures, pixels, **r)
        yield loss_case("cross entropy pictures all" + tag, "CrossEntropyLoss", pictures, pixels, weight=weight, ignore_index=1, label_smoothing=0.3, **r)
        yield loss_case("cross entropy picture probabilities" + tag, "CrossEntropyLoss", pictures, torch.softmax(normal(3, 4, 2, 2), 1), weight=weight, **r)
        for full in (False, True):
            counts = torch.tensor(rng.integers(0, 5, size=(6, 3)), dtype=torch.float32)
            yield loss_case(f"poisson full {full}" + tag, "PoissonNLLLoss", x, counts, full=full, **r)
            yield loss_case(f"poisson rates full {full}" + tag, "PoissonNLLLoss", x.abs(), counts, full=full, log_input=False, eps=1e-3, **r)
        signs = torch.tensor(rng.choice([-1.0, 1.0], size=(6, 3)), dtype=torch.float32)
        yield loss_case("soft margin" + tag, "SoftMarginLoss", 5 * x, signs, **r)
        yield loss_case("hinge embedding" + tag, "HingeEmbeddingLoss", x.abs(), signs, **r)
        yield loss_case("hinge embedding margin" + tag, "HingeEmbeddingLoss", x.abs(), signs, margin=0.3, **r)
        zeros = classes.clone()
        zeros[2, 1] = 0
        for kind in ({}, {"reduction": "batchmean"}) if reduction == "mean" else (r,):
            yield loss_case(f"kl {kind}", "KLDivLoss", torch.log_softmax(logits, -1), zeros, **kind)
            yield loss_case(f"kl log target {kind}", "KLDivLoss", torch.log_softmax(logits, -1), classes.log(), log_target=True, **kind)
        yield loss_case("multi-label soft margin" + tag, "MultiLabelSoftMarginLoss", x[:4], bits, **r)
        yield loss_case("multi-label soft margin weight" + tag, "MultiLabelSoftMarginLoss", x[:4], bits, weight=three, **r)
        a, b, c = normal(6, 3), normal(6, 3), normal(6, 3)
        b[1] = a[1]
        one = torch.tensor([1.0, -1.0, -1.0, 1.0, 1.0, -1.0])
        variances = normal(6, 3).abs()
        variances[2, 1] = 1e-9
        yield joined_case("gaussian" + tag, "GaussianNLLLoss", [a, variances], y, **r)
        yield joined_case("gaussian full" + tag, "GaussianNLLLoss", [a, variances], y, full=True, eps=0.1, **r)
        yield joined_case("gaussian one number" + tag, "GaussianNLLLoss", [a[:, 0], variances[:, 0]], y[:, 0], **r)
        yield joined_case("margin ranking" + tag, "MarginRankingLoss", [a[:, 0], b[:, 0]], one, **r)
        yield joined_case("margin ranking margin" + tag, "MarginRankingLoss", [a, c], torch.stack([one, -one, one], 1), margin=0.7, **r)
        yield joined_case("cosine embedding" + tag, "CosineEmbeddingLoss", [a, b], one, **r)
        yield joined_case("cosine embedding margin" + tag, "CosineEmbeddingLoss", [a, c], one, margin=-0.3, **r)
        yield joined_case("triplet" + tag, "TripletMarginLoss", [a, b, c], one, **r)
        yield joined_case("triplet settings" + tag, "TripletMarginLoss", [a, b, c], one, margin=0.5, p=3.0, eps=1e-3, swap=True, **r)
        yield joined_case("triplet of p 1" + tag, "TripletMarginLoss", [a, b, c], one, p=1.0, **r)
        yield loss_case("multi margin" + tag, "MultiMarginLoss", logits, all_numbers, **r)
        yield loss_case("multi margin settings" + tag, "MultiMarginLoss", logits, all_numbers, p=2, margin=0.5, weight=weight, **r)
        sets = torch.tensor([[2, 0, -1, 1], [3, -1, 3, 0], [-1, 0, 1, 2], [0, 1, 2, 3], [1, 3, 0, -1], [1, 1, -1, -1]])
        yield loss_case("multi-label margin" + tag, "MultiLabelMarginLoss", logits, sets, **r)
        yield loss_case("nll" + tag, "NLLLoss", torch.log_softmax(logits, -1), all_numbers, **r)
        yield loss_case("nll weight" + tag, "NLLLoss", torch.log_softmax(logits, -1), numbers, weight=weight, **r)
        sure = torch.log_softmax(logits, -1)
        sure[2, 3] = -100.0
        sure[3, 0] = float("-inf")
        yield loss_case("nll of an impossible class" + tag, "NLLLoss", sure, all_numbers, **r)
        yield loss_case("nll pictures" + tag, "NLLLoss", torch.log_softmax(pictures, 1), pixels, weight=weight, **r)


EPOCHS = 50


def scheduler_case(name, cls, lr=0.1, **settings):
    def make(cls, settings):
        inner = [make(c, s) for c, s in settings["schedulers"]] if "schedulers" in settings else None
        if cls == "ChainedScheduler":
            return torch.optim.lr_scheduler.ChainedScheduler(inner)
        return getattr(torch.optim.lr_scheduler, cls)(optimizer, **(settings | ({"schedulers": inner} if inner else {})))

    def written(cls, settings):
        if "lr_lambda" in settings:
            return {"class": "own:" + cls, "options": {"factors": [[settings["lr_lambda"](step) for step in range(EPOCHS)]]}}
        return {"class": cls, "options": settings | ({"schedulers": [written(c, s) for c, s in settings["schedulers"]]} if "schedulers" in settings else {})}

    p = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([p], lr=lr, momentum=0.9)
    scheduler = make(cls, settings)
    group = {k: v for k, v in optimizer.param_groups[0].items() if k not in ("params", "foreach", "capturable", "differentiable", "fused", "momentum")}
    rates = []
    for _ in range(EPOCHS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return {"name": name, "optimizer": {"class": "SGD", "groups": [{"parameters": ["a"], **group}]}, "scheduler": written(cls, settings), "rates": rates}


def schedulers():
    yield scheduler_case("step", "StepLR", step_size=7)
    yield scheduler_case("step gamma", "StepLR", step_size=3, gamma=0.8)
    yield scheduler_case("milestones", "MultiStepLR", milestones=[5, 20, 20, 31], gamma=0.5)
    yield scheduler_case("milestone 0", "MultiStepLR", milestones=[0, 4])
    yield scheduler_case("exponential", "ExponentialLR", gamma=0.9)
    yield scheduler_case("cosine", "CosineAnnealingLR", T_max=50)
    yield scheduler_case("cosine again", "CosineAnnealingLR", T_max=12, eta_min=0.01)
    yield scheduler_case("restarts", "CosineAnnealingWarmRestarts", T_0=10)
    yield scheduler_case("restarts growing", "CosineAnnealingWarmRestarts", T_0=4, T_mult=2, eta_min=0.01)
    yield scheduler_case("linear", "LinearLR")
    yield scheduler_case("linear down", "LinearLR", start_factor=1.0, end_factor=0.25, total_iters=20)
    yield scheduler_case("constant", "ConstantLR")
    yield scheduler_case("constant factor", "ConstantLR", factor=0.5, total_iters=9)
    yield scheduler_case("polynomial", "PolynomialLR")
    yield scheduler_case("polynomial power", "PolynomialLR", power=2.5, total_iters=30)
    yield scheduler_case("polynomial power 0", "PolynomialLR", power=0.0, total_iters=30)
    yield scheduler_case("one cycle", "OneCycleLR", max_lr=0.2, total_steps=60)
    yield scheduler_case("one cycle settings", "OneCycleLR", max_lr=0.2, epochs=6, steps_per_epoch=10, pct_start=0.4, div_factor=5.0, final_div_factor=100.0)
    yield scheduler_case("one cycle linear", "OneCycleLR", max_lr=0.2, total_steps=60, anneal_strategy="linear")
    yield scheduler_case("one cycle three", "OneCycleLR", max_lr=0.2, total_steps=60, three_phase=True)
    yield scheduler_case("cyclic", "CyclicLR", base_lr=0.01, max_lr=0.2, step_size_up=7, cycle_momentum=False)
    yield scheduler_case("cyclic halved", "CyclicLR", base_lr=0.01, max_lr=0.2, step_size_up=4, step_size_down=9, mode="triangular2", cycle_momentum=False)
    yield scheduler_case("cyclic exponential", "CyclicLR", base_lr=0.01, max_lr=0.2, step_size_up=5, step_size_down=3, mode="exp_range", gamma=0.97, cycle_momentum=False)
    yield scheduler_case("chained", "ChainedScheduler", schedulers=[("ConstantLR", {"factor": 0.1, "total_iters": 8}), ("ExponentialLR", {"gamma": 0.9})])
    yield scheduler_case("chained of three", "ChainedScheduler",
                         schedulers=[("LinearLR", {"start_factor": 0.2, "total_iters": 6}), ("CosineAnnealingLR", {"T_max": 60}), ("StepLR", {"step_size": 20, "gamma": 0.5})])
    yield scheduler_case("chained of one", "ChainedScheduler", schedulers=[("CosineAnnealingWarmRestarts", {"T_0": 6})])
    yield scheduler_case("chained factors", "ChainedScheduler", schedulers=[("PolynomialLR", {"total_iters": 40}), ("MultiStepLR", {"milestones": [5, 11]})])
    yield scheduler_case("function", "LambdaLR", lr_lambda=lambda step: 0.95**step)
    yield scheduler_case("factors", "MultiplicativeLR", lr_lambda=lambda step: 0.9 + 0.001 * step)
    yield scheduler_case("sequential", "SequentialLR", schedulers=[("ConstantLR", {"factor": 0.1, "total_iters": 20}), ("ExponentialLR", {"gamma": 0.9})], milestones=[20])
    yield scheduler_case("warm-up", "SequentialLR", schedulers=[("LinearLR", {"start_factor": 0.01, "total_iters": 10}), ("CosineAnnealingLR", {"T_max": 40})],
                         milestones=[10])
    yield scheduler_case("sequential of three", "SequentialLR", schedulers=[("LinearLR", {}), ("StepLR", {"step_size": 4}), ("ConstantLR", {})], milestones=[8, 30])


NAMES = ["a", "b"]
START = {"a": normal(3, 2), "b": normal(4)}
SCALES = [1.0, 0.01, 30.0, 1e-4, 3.0, 0.5, 0.0, 1e-3, 2.0, 1.0]  # some are clipped and some are not
GRADIENTS = [{n: k * normal(*START[n].shape) for n in NAMES} for k in SCALES]
GRADIENTS[3]["b"][:] = 0
GRADIENTS[2]["a"][1] = 0
GRADIENTS[5]["a"][:2] = 0
GRADIENTS[7]["b"][2:] = 0


def groups(optimizer, parameters):
    names = {id(p): n for n, p in parameters.items()}
    for g in optimizer.param_groups:
        yield {"parameters": [names[id(p)] for p in g["params"]]} | {
            k: list(v) if isinstance(v, tuple) else v for k, v in g.items() if k not in ("params", "foreach", "capturable", "differentiable", "fused")}


def optimizer_case(name, cls, clip_norm=None, clip_value=None, split=None, scheduler=None, **options):
    parameters = {n: nn.Parameter(w.clone()) for n, w in START.items()}
    of = list(parameters.values())
    if split is not None:
        of = [{"params": [parameters[n] for n in g.pop("names")], **g} for g in map(dict, split)]
    optimizer = getattr(torch.optim, cls)(of, **options)
    written = list(groups(optimizer, parameters))
    described, after = None, []
    if scheduler:
        described = {"class": scheduler[0], "options": scheduler[1], "every": "step"}
        scheduler = getattr(torch.optim.lr_scheduler, scheduler[0])(optimizer, **scheduler[1])
    for step in GRADIENTS:
        for n, p in parameters.items():
            p.grad = step[n].to_sparse(1) if cls == "SparseAdam" else step[n].clone()
        if clip_norm:
            nn.utils.clip_grad_norm_(of, clip_norm) if split is None else nn.utils.clip_grad_norm_(parameters.values(), clip_norm)
        if clip_value:
            nn.utils.clip_grad_value_(parameters.values(), clip_value)
        optimizer.step()
        if scheduler:
            scheduler.step()
        after.append({n: array(p)["values"] for n, p in parameters.items()})
    return {"name": name, "optimizer": {"class": cls, "groups": written}, "scheduler": described, "clip_grad_norm": clip_norm,
            "clip_grad_value": clip_value, "after": after}


def optimizers():
    step = ("StepLR", {"step_size": 2, "gamma": 0.5})
    yield optimizer_case("sgd", "SGD", lr=0.1)
    yield optimizer_case("sgd momentum", "SGD", lr=0.1, momentum=0.9)
    yield optimizer_case("sgd nesterov", "SGD", lr=0.1, momentum=0.9, nesterov=True)
    yield optimizer_case("sgd dampening", "SGD", lr=0.1, momentum=0.9, dampening=0.3)
    yield optimizer_case("sgd decay", "SGD", lr=0.1, momentum=0.9, weight_decay=0.05)
    yield optimizer_case("sgd maximize", "SGD", lr=0.1, weight_decay=0.05, maximize=True)
    yield optimizer_case("sgd momentum scheduled", "SGD", lr=0.1, momentum=0.9, scheduler=step)
    yield optimizer_case("sgd clipped", "SGD", lr=0.1, clip_norm=1.0)
    yield optimizer_case("sgd clipped value", "SGD", lr=0.1, clip_value=0.5)
    yield optimizer_case("sgd clipped decay", "SGD", lr=0.1, clip_norm=1.0, weight_decay=0.5)
    yield optimizer_case("adam", "Adam")
    yield optimizer_case("adam large", "Adam", lr=0.1, eps=1e-3, betas=(0.8, 0.95))
    yield optimizer_case("adam amsgrad", "Adam", lr=0.1, amsgrad=True)
    yield optimizer_case("adam decay", "Adam", lr=0.1, weight_decay=0.1)
    yield optimizer_case("adam decoupled", "Adam", lr=0.1, weight_decay=0.1, decoupled_weight_decay=True)
    yield optimizer_case("adam maximize", "Adam", lr=0.1, weight_decay=0.1, maximize=True)
    yield optimizer_case("adamw", "AdamW", lr=0.1)
    yield optimizer_case("adamw decay", "AdamW", lr=0.1, weight_decay=0.3, amsgrad=True)
    yield optimizer_case("rmsprop", "RMSprop")
    yield optimizer_case("rmsprop momentum", "RMSprop", lr=0.01, momentum=0.7, alpha=0.8, eps=1e-4)
    yield optimizer_case("rmsprop centered", "RMSprop", lr=0.01, centered=True, eps=1e-2, weight_decay=0.1)
    yield optimizer_case("rmsprop momentum scheduled", "RMSprop", lr=0.01, momentum=0.7, scheduler=step)
    yield optimizer_case("adagrad", "Adagrad")
    yield optimizer_case("adagrad decay", "Adagrad", lr=0.1, lr_decay=0.2, initial_accumulator_value=0.3, eps=1e-3, weight_decay=0.1)
    yield optimizer_case("adadelta", "Adadelta")
    yield optimizer_case("adadelta rho", "Adadelta", lr=0.5, rho=0.7, eps=1e-3, weight_decay=0.1, maximize=True)
    yield optimizer_case("adamax", "Adamax")
    yield optimizer_case("adamax large", "Adamax", lr=0.1, betas=(0.8, 0.9), eps=0.1, weight_decay=0.1)
    yield optimizer_case("nadam", "NAdam")
    yield optimizer_case("nadam large", "NAdam", lr=0.1, betas=(0.8, 0.9), eps=1e-3, momentum_decay=0.5)
    yield optimizer_case("nadam steady", "NAdam", lr=0.1, momentum_decay=0.0, weight_decay=0.1)
    yield optimizer_case("nadam decoupled", "NAdam", lr=0.1, weight_decay=0.1, decoupled_weight_decay=True)
    yield optimizer_case("radam", "RAdam")
    yield optimizer_case("radam large", "RAdam", lr=0.1, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1)
    yield optimizer_case("radam decoupled", "RAdam", lr=0.1, weight_decay=0.1, decoupled_weight_decay=True)
    yield optimizer_case("asgd", "ASGD")
    yield optimizer_case("asgd settings", "ASGD", lr=0.1, lambd=0.05, alpha=0.6, t0=3, weight_decay=0.1, maximize=True)
    yield optimizer_case("asgd scheduled", "ASGD", lr=0.1, lambd=0.05, scheduler=step)
    yield optimizer_case("rprop", "Rprop")
    yield optimizer_case("rprop settings", "Rprop", lr=0.1, etas=(0.3, 1.5), step_sizes=(0.04, 0.2), maximize=True)
    yield optimizer_case("rprop scheduled", "Rprop", lr=0.1, scheduler=step)
    yield optimizer_case("adafactor", "Adafactor")
    yield optimizer_case("adafactor settings", "Adafactor", lr=0.3, beta2_decay=-0.5, eps=(1e-3, 0.1), d=1.2, weight_decay=0.1, maximize=True)
    yield optimizer_case("adafactor scheduled", "Adafactor", lr=0.3, eps=(None, 0.01), scheduler=step)
    yield optimizer_case("muon", "Muon", split=[{"names": ["a"]}])
    yield optimizer_case("muon settings", "Muon", lr=0.1, weight_decay=0.0, momentum=0.8, nesterov=False, ns_coefficients=(3.0, -4.0, 1.8), eps=1e-3, ns_steps=3, split=[{"names": ["a"]}])
    yield optimizer_case("muon adamw", "Muon", lr=0.1, adjust_lr_fn="match_rms_adamw", split=[{"names": ["a"]}], scheduler=step)
    yield optimizer_case("muon spectral", "Muon", lr=0.1, adjust_lr_fn="spectral_unclamped", split=[{"names": ["a"]}])
    yield optimizer_case("sparse adam", "SparseAdam")
    yield optimizer_case("sparse adam settings", "SparseAdam", lr=0.1, betas=(0.8, 0.9), eps=1e-3, maximize=True)
    yield optimizer_case("groups", "AdamW", lr=0.1, split=[{"names": ["a"], "lr": 0.05}, {"names": ["b"], "weight_decay": 0.0}])
    yield optimizer_case("groups coupled", "SGD", lr=0.1, momentum=0.9, clip_norm=1.0, scheduler=step,
                         split=[{"names": ["a"], "weight_decay": 0.1}, {"names": ["b"], "lr": 0.02, "momentum": 0.5}])
    yield optimizer_case("groups nadam", "NAdam", lr=0.1, split=[{"names": ["a"]}, {"names": ["b"], "betas": (0.7, 0.8), "momentum_decay": 0.2}])
    yield optimizer_case("group at rate 0", "Adam", lr=0.1, split=[{"names": ["a"], "lr": 0.0}, {"names": ["b"]}])
    yield optimizer_case("one of two", "Adam", lr=0.1, clip_norm=1.0, split=[{"names": ["b"]}])


warnings.simplefilter("ignore")
text = json.dumps({
    "torch": torch.__version__.split("+")[0],
    "losses": list(losses()),
    "start": {n: array(w) for n, w in START.items()},
    "gradients": [{n: array(g)["values"] for n, g in s.items()} for s in GRADIENTS],
    "optimizers": list(optimizers()),
    "schedulers": list(schedulers()),
}, indent=0)
Path(__file__).with_name("training.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
