"""Loops in which the model, or the loss, is given the same rows in another number type or shape than watch, and faults beside such a cast.
Written with the rules in sight."""

import numpy as np
import torch
from loops import classes, loop, numbers, pictures, yes_no
from torch import nn
from torch.nn import functional as F

EPOCHS = 3


def same(t):
    return t


def net(width=5, out=1):
    return nn.Sequential(nn.Linear(width, 16), nn.Tanh(), nn.Linear(16, out))


def seen_as(watch, folder, data, model, loss, given=same, asked=same, out=same, claimed=None, watched=same, faulty=False, **settings):
    """Train on batches, of which the model is given given(x), the loss asked(y), and watch x and y as they are."""
    torch.manual_seed(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, **settings)
    w = watch(model, optimizer, loss=claimed or loss, folder=folder)
    x, y = data
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(32):
            a, b = x[rows], y[rows]
            if not faulty:
                optimizer.zero_grad()
            value = LOSSES[loss](out(model(given(a))), asked(b))
            value.backward()
            optimizer.step()
            w(watched(a), watched(b), value)


LOSSES = {"mse": F.mse_loss, "cross_entropy": F.cross_entropy, "bce_with_logits": F.binary_cross_entropy_with_logits, "nll": F.nll_loss}


# The rows of x in another number type.


@loop("loop-correct")
def model_in_double(watch, folder):
    seen_as(watch, folder, numbers(), net().double(), "mse", torch.Tensor.double, torch.Tensor.double)


@loop("loop-correct")
def model_in_double_targets_in_single(watch, folder):
    seen_as(watch, folder, numbers(), net().double(), "mse", torch.Tensor.double, out=torch.Tensor.float)


@loop("loop-correct")
def classes_in_double(watch, folder):
    seen_as(watch, folder, classes(), net(6, 3).double(), "cross_entropy", torch.Tensor.double)


@loop("loop-correct")
def yes_no_in_double(watch, folder):
    seen_as(watch, folder, yes_no(), net(4).double(), "bce_with_logits", torch.Tensor.double, torch.Tensor.double)


@loop("loop-correct")
def model_in_double_with_momentum(watch, folder):
    seen_as(watch, folder, numbers(), net().double(), "mse", torch.Tensor.double, torch.Tensor.double, momentum=0.9)


@loop("loop-correct")
def everything_in_double(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x.double(), y.double()), net().double(), "mse")


@loop("loop-correct")
def data_in_double(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x.double() * 1.1, y.double() * 1.1), net(), "mse", torch.Tensor.float, torch.Tensor.float)


@loop("loop-correct")
def model_in_bfloat16(watch, folder):
    seen_as(watch, folder, numbers(), net().bfloat16(), "mse", torch.Tensor.bfloat16, torch.Tensor.bfloat16)


@loop("loop-correct")
def classes_in_bfloat16(watch, folder):
    seen_as(watch, folder, classes(), net(6, 3).bfloat16(), "cross_entropy", torch.Tensor.bfloat16)


@loop("loop-correct")
def outputs_of_bfloat16_in_single(watch, folder):
    seen_as(watch, folder, classes(), net(6, 3).bfloat16(), "cross_entropy", torch.Tensor.bfloat16, out=torch.Tensor.float)


@loop("loop-correct")
def model_in_half(watch, folder):
    seen_as(watch, folder, numbers(), net().half(), "mse", torch.Tensor.half, torch.Tensor.half)


@loop("loop-correct")
def data_in_half(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x.half(), y.half()), net(), "mse", torch.Tensor.float, torch.Tensor.float)


@loop("loop-correct")
def data_in_bfloat16(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x.bfloat16(), y.bfloat16()), net(), "mse", torch.Tensor.float, torch.Tensor.float)


@loop("loop-correct")
def pictures_of_bytes(watch, folder):
    x, y = pictures()
    seen_as(watch, folder, ((x * 2).byte(), y), nn.Sequential(nn.Flatten(), net(64, 2)), "cross_entropy", torch.Tensor.float)


@loop("loop-correct")
def rows_of_integers(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, ((2 * x).int(), y), net(), "mse", torch.Tensor.float)


@loop("loop-correct")
def rows_of_booleans(watch, folder):
    x, y = yes_no()
    seen_as(watch, folder, (x > 0, y), net(4), "bce_with_logits", torch.Tensor.float)


@loop("loop-correct")
def pictures_of_bytes_by_255(watch, folder):
    x, y = pictures()
    seen_as(watch, folder, ((x * 127).byte(), y), nn.Sequential(nn.Flatten(), net(64, 2)), "cross_entropy", lambda x: x.float() / 255)


@loop("loop-correct")
def rows_standardized_for_the_model(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (3 * x + 1, y), net(), "mse", lambda x: (x - 1) / 3)


@loop("loop-correct")
def rows_with_noise_for_the_model(watch, folder):
    seen_as(watch, folder, numbers(), net(), "mse", lambda x: x + 0.1 * torch.randn_like(x))


@loop("loop-correct")
def rows_with_some_dropped_numbers(watch, folder):
    seen_as(watch, folder, numbers(), net(), "mse", lambda x: x * (torch.rand_like(x) > 0.1))


# The rows of x in another shape, or order in memory.


@loop("loop-correct")
def channels_last(watch, folder):
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 2)).to(memory_format=torch.channels_last)
    seen_as(watch, folder, pictures(), model, "cross_entropy", lambda x: x.to(memory_format=torch.channels_last))


def in_colors():
    x, y = pictures()
    return torch.cat([x, 0.5 * x, 1 - x], 1), y


@loop("loop-correct")
def colors_last_in_memory(watch, folder):
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 2)).to(memory_format=torch.channels_last)
    seen_as(watch, folder, in_colors(), model, "cross_entropy", lambda x: x.to(memory_format=torch.channels_last))


@loop("loop-correct")
def colors_last_in_the_data(watch, folder):
    x, y = in_colors()
    seen_as(watch, folder, (x.permute(0, 2, 3, 1), y), nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 2)), "cross_entropy", lambda x: x.permute(0, 3, 1, 2))


@loop("loop-correct")
def contiguous(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x.T.contiguous().T, y), net(), "mse", torch.Tensor.contiguous)


@loop("loop-correct")
def flattened_for_the_model(watch, folder):
    seen_as(watch, folder, pictures(), net(64, 2), "cross_entropy", lambda x: x.flatten(1))


@loop("loop-correct")
def flattened_for_a_model_in_double(watch, folder):
    seen_as(watch, folder, pictures(), net(64, 2).double(), "cross_entropy", lambda x: x.view(len(x), -1).double())


@loop("loop-correct")
def a_channel_for_the_model(watch, folder):
    x, y = pictures()
    seen_as(watch, folder, (x[:, 0], y), nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 2)), "cross_entropy", lambda x: x.unsqueeze(1))


@loop("loop-correct")
def a_column_for_the_model(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x[:, 0], y), net(1), "mse", lambda x: x[:, None])


@loop("loop-correct")
def a_column_of_doubles_for_the_model(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x[:, 0].double(), y[:, 0].double()), net(1), "mse", lambda x: x[:, None].float(), lambda y: y[:, None].float())


# The targets.


@loop("loop-correct")
def classes_of_bytes(watch, folder):
    x, y = classes()
    seen_as(watch, folder, (x, y.byte()), net(6, 3), "cross_entropy", asked=torch.Tensor.long)


@loop("loop-correct")
def classes_of_32_bits(watch, folder):
    x, y = classes()
    seen_as(watch, folder, (x, y.int()), net(6, 3), "cross_entropy", asked=torch.Tensor.long)


@loop("loop-correct")
def classes_as_numbers(watch, folder):
    x, y = classes()
    seen_as(watch, folder, (x, y.float()), net(6, 3), "cross_entropy", asked=torch.Tensor.long)


@loop("loop-correct")
def classes_in_a_column(watch, folder):
    x, y = classes()
    seen_as(watch, folder, (x, y[:, None]), net(6, 3), "cross_entropy", asked=lambda y: y.squeeze(1))


@loop("loop-correct")
def classes_as_numbers_in_a_column(watch, folder):
    x, y = classes()
    seen_as(watch, folder, (x, y[:, None].double()), net(6, 3), "cross_entropy", asked=lambda y: y.view(-1).long())


@loop("loop-correct")
def classes_one_hot_for_the_loss(watch, folder):
    seen_as(watch, folder, classes(), net(6, 3), "cross_entropy", asked=lambda y: F.one_hot(y, 3).float())


@loop("loop-correct")
def one_hot_classes_as_indices(watch, folder):
    x, y = classes()
    seen_as(watch, folder, (x, F.one_hot(y, 3)), net(6, 3), "cross_entropy", asked=lambda y: y.argmax(1))


@loop("loop-correct")
def one_hot_classes_of_integers(watch, folder):
    x, y = classes()
    seen_as(watch, folder, (x, F.one_hot(y, 3)), net(6, 3), "cross_entropy", asked=torch.Tensor.float)


@loop("loop-correct")
def answers_of_integers(watch, folder):
    x, y = yes_no()
    seen_as(watch, folder, (x, y.long()), net(4), "bce_with_logits", asked=torch.Tensor.float)


@loop("loop-correct")
def answers_of_booleans(watch, folder):
    x, y = yes_no()
    seen_as(watch, folder, (x, y > 0), net(4), "bce_with_logits", asked=torch.Tensor.float)


@loop("loop-correct")
def answers_without_a_column(watch, folder):
    x, y = yes_no()
    seen_as(watch, folder, (x, y[:, 0].long()), net(4), "bce_with_logits", asked=lambda y: y.unsqueeze(1).float())


@loop("loop-correct")
def outputs_without_a_column(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x, y[:, 0]), net(), "mse", out=lambda out: out.squeeze(1))


@loop("loop-correct")
def outputs_and_answers_flat(watch, folder):
    seen_as(watch, folder, yes_no(), net(4), "bce_with_logits", asked=torch.flatten, out=torch.flatten)


@loop("loop-correct")
def whole_numbers_for_targets(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x, (2 * y).round().long()), net(), "mse", asked=torch.Tensor.float)


@loop("loop-correct")
def watched_as_arrays(watch, folder):
    seen_as(watch, folder, numbers(), net(), "mse", watched=lambda t: t.numpy())


@loop("loop-correct")
def watched_as_arrays_in_double(watch, folder):
    seen_as(watch, folder, numbers(), net(), "mse", watched=lambda t: t.numpy().astype(np.float64))


# Faults beside a cast.


@loop("loop-gradients-accumulate")
def piled_up_in_double(watch, folder):
    seen_as(watch, folder, numbers(), net().double(), "mse", torch.Tensor.double, torch.Tensor.double, faulty=True)


@loop("loop-misaligned-targets")
def in_the_opposite_order_in_double(watch, folder):
    seen_as(watch, folder, numbers(), net().double(), "mse", lambda x: x.flip(0).double(), torch.Tensor.double)


@loop("loop-misaligned-targets")
def in_the_opposite_order_flattened(watch, folder):
    seen_as(watch, folder, pictures(), net(64, 2), "cross_entropy", lambda x: x.flip(0).flatten(1))


@loop("loop-misaligned-targets")
def targets_turned_in_double(watch, folder):
    seen_as(watch, folder, numbers(), net().double(), "mse", torch.Tensor.double, lambda y: y.double().roll(1, 0))


@loop("loop-broadcast")
def a_row_of_targets_in_double(watch, folder):
    x, y = numbers()
    seen_as(watch, folder, (x, y[:, 0]), net().double(), "mse", torch.Tensor.double, torch.Tensor.double)
