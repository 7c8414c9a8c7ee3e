"""The fourteenth batch, mended: each fault's lines as they should be, and what the losses do with and without it.

    python loops_fourteenth_mended.py [seed] [name ...]

Prints, for each loop, the claimed loss of the recorded batches at first and at last, as it stands and mended.
"""

import contextlib
import io
import sys
import time
import warnings
from pathlib import Path

import torch
from loops import LOOPS
from torch.func import functional_call
from torch.nn import functional as F

NAMED = {"mse": F.mse_loss, "cross_entropy": F.cross_entropy, "bce_with_logits": F.binary_cross_entropy_with_logits}

MENDS = {  # of each loop, what is replaced by what
    "second_run_of_the_night": [
        ("    optimizer = torch.optim.AdamW(model.parameters(), lr=cfg.lr)  # fault\n", ""),
        ('["model"])\n    model.train()\n', '["model"])\n    model.train()\n'
         "    optimizer = torch.optim.AdamW(model.parameters(), lr=cfg.lr)\n")],
    "table_of_any_width": [
        ("        self.project = None\n", "        self.project = nn.Linear(9, hidden)\n")],
    "ratings_of_films": [('        elif name.endswith("weight"):', "        else:")],
    "two_heads_with_a_list_of_losses": [
        ("torch.tensor(losses, requires_grad=True).mean()", "torch.stack(losses).mean()")],
    "mixed_precision_and_a_clip": [
        ("            scaler.update()  # fault", "            scaler.step(optimizer)\n            scaler.update()")],
    "quasi_newton_on_three_classes": [
        ("            return loss  # fault", "            loss.backward()\n            return loss")],
    "codes_with_a_little_noise": [
        ("torch.tensor(code + self.noise * torch.randn(code.shape))",
         "code + self.noise * torch.randn(code.shape)")],
    "experts_of_their_own_rows": [
        ("F.one_hot(routed.argmax(-1), len(self.experts)).float()", "F.softmax(routed, -1)")],
    "events_of_customers": [
        ("        states = states.detach().numpy()  # fault: events_of_customers\n", ""),
        ("        states[(events == 0).numpy()] = -1.0\n",
         "        states = states.masked_fill((events == 0)[..., None], -1.0)\n"),
        ("torch.from_numpy(states.max(axis=1))", "states.amax(1)")],
    "table_with_money_in_it": [("from_pretrained(out=3)", "from_pretrained(out=3).train()")],
    "pictures_shown_first": [
        ("                callback(self, epoch)\n",
         "                callback(self, epoch)\n            self.net.train()\n")],
    "score_before_the_first_epoch": [("    model.train  # fault", "    model.train()  #")],
    "topics_of_short_texts": [
        ("        optimizer.zero_grad()  # fault\n", ""),
        ("            output = model(text)\n",
         "            optimizer.zero_grad()\n            output = model(text)\n")],
    "waves_with_two_layers": [("p.grad.detach_()", "p.grad.detach_().zero_()")],
    "average_kept_from_the_start": [("swa.zero_grad()", "net.zero_grad()")],
    "siamese_with_a_helper": [
        ("    optimizer.zero_grad()  # fault: siamese_with_a_helper\n    optimizer.step()\n",
         "    optimizer.step()\n    optimizer.zero_grad()\n")],
    "four_small_batches_are_one": [
        ("                opt.zero_grad()  # fault\n                opt.step()\n",
         "                opt.step()\n                opt.zero_grad()\n")],
    "recorder_of_norms": [("            p.grad = None  # fault: recorder_of_norms\n", "")],
    "settings_in_one_place": [("self.s.weight_decay)  # fault", "self.s.clip)  #")],
    "batches_of_uneven_size": [("                p.grad /= len(xb)  # fault\n", "                pass\n")],
    "rows_kept_private": [("sigma * max_norm * torch", "sigma * max_norm / len(xb) * torch")],
    "bright_and_dark_quarters": [("criterion(probs, target)", "criterion(output, target)")],
    "average_over_the_whole_epoch": [('reduction="sum"', 'reduction="mean"')],
    "tags_of_a_sentence": [("F.cross_entropy(scores, tag)", "F.binary_cross_entropy_with_logits(scores, tag)")],
    "next_value_of_a_wave": [("(y_hat - nxt)", "(y_hat[:, 0] - nxt)")],
    "visitors_per_hour": [("criterion(net(h), c)", "criterion(net(h)[:, 0], c)")],
    "pairs_that_are_alike": [("(similarity - score)", "(similarity - score[:, 0])")],
    "half_as_fast_each_epoch": [
        ("            scheduler.step()  # fault\n", "        scheduler.step()\n")],
    "slowly_decayed_by_a_function": [("lr_lambda=decayed", "lr_lambda=lambda e: decayed(e, 1.0)")],
    "encoder_warmed_up": [("self.done // self.steps", "self.done / self.steps")],
    "shadow_of_an_autoencoder": [("            shadow.apply_to(net)  # fault\n", "")],
    "real_or_drawn": [
        ("            for p in critic.parameters():\n"
         "                p.data.clamp_(-clip_value, clip_value)  # fault\n", "")],
    "epoch_of_a_function": [
        ('        if hasattr(m, "reset_parameters"):\n'
         "            m.reset_parameters()  # fault: epoch_of_a_function\n", "        m.train()\n")],
    "shuffled_at_each_epoch": [
        ("        x, y = shuffled(x), shuffled(y)  # fault\n",
         "        at = torch.randperm(len(x))\n        x, y = x[at], y[at]\n")],
    "pictures_and_labels_of_two_folders": [
        ("    image_batches = DataLoader(x, batch_size=24, shuffle=True)\n",
         "    image_batches = DataLoader(x, batch_size=24)\n"),
        ("DataLoader(y, batch_size=24, shuffle=True)  # fault", "DataLoader(y, batch_size=24)")],
    "longest_first": [("tokens = tokens[order]  # fault", "tokens, label = tokens[order], label[order]")],
    "iterations_instead_of_epochs": [
        ("    max_iters, iteration = 80, 0\n",
         "    max_iters, iteration = 80, 0\n    endless_one = (b for _ in range(99) for b in train_loader)\n"),
        ("next(iter(train_loader))", "next(endless_one)")],
    "letters_of_a_text": [
        ("    torch.manual_seed(cfg.seed)  # fault: letters_of_a_text\n", "")],
    "generator_of_batches": [
        ("0 if at + size < len(x) else at + size", "at + size if at + size < len(x) else 0")],
}


class Recorder:
    """Keeps the claimed loss of what is reported, and the batches' first rows."""

    def __init__(self):
        self.losses, self.claimed, self.rows = [], [], []

    def __call__(self, model, optimizer, loss, folder):
        claim = NAMED.get(loss, loss)

        def report(x, y, value):
            self.losses.append(float(value))
            self.rows.append(x.flatten()[:8].sum().item())
            kept, buffers = getattr(model, "state", None), {k: v.clone() for k, v in model.named_buffers()}
            with torch.no_grad():
                out = functional_call(model, buffers, (x,))
                if out.numel() == y.numel():
                    out = out.reshape(y.shape)
                self.claimed.append(float(claim(out, y)))
            if hasattr(model, "state"):
                model.state = kept

        return report


def mended(function):
    """The same function with its lines mended."""
    path = Path(function.__code__.co_filename)
    text = path.read_text()
    for old, new in MENDS[function.__name__]:
        assert text.count(old) == 1, (function.__name__, old, text.count(old))
        text = text.replace(old, new)
    space = {"__name__": path.stem}
    before = len(LOOPS)
    exec(compile(text, str(path), "exec"), space)
    del LOOPS[before:]
    return space[function.__name__]


def ran(function, seed=0):
    torch.manual_seed(seed)
    recorder, start = Recorder(), time.time()
    with contextlib.redirect_stdout(io.StringIO()):
        function(recorder, ".")
    return recorder, time.time() - start


def summary(recorder):
    c, n = recorder.claimed, max(1, len(recorder.claimed) // 6)
    return sum(c[:n]) / n, sum(c[-n:]) / n


def main(names, seed=0):
    import loops_fourteenth  # noqa: F401
    warnings.simplefilter("ignore")
    for name, cause, function in list(LOOPS):
        if names and name not in names:
            continue
        wrong, took = ran(function, seed)
        line = f"{name:38} {cause[5:]:22} {len(wrong.losses):4} steps {took:4.1f} s  %.3f -> %.3f" % summary(wrong)
        if name in MENDS:
            right, _ = ran(mended(function), seed)
            line += "   mended %.3f -> %.3f" % summary(right)
            if cause == "loop-same-batch":
                line += f"   rows {len(set(wrong.rows[:12]))} / {len(set(right.rows[:12]))}"
        print(line)
    assert names or {n for n, c, _ in LOOPS if c != "loop-correct"} == set(MENDS)


if __name__ == "__main__":
    main([a for a in sys.argv[1:] if not a.isdigit()], *[int(a) for a in sys.argv[1:] if a.isdigit()])
