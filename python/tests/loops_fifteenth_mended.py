"""Fifteenth batch: each faulty loop beside itself with the line mended; prints how far the claimed loss falls.

    OMP_NUM_THREADS=1 python loops_fifteenth_mended.py [name ...]
"""

import copy
import inspect
import re
import sys

import loops
import torch
from torch.nn import functional as F

MEND = {
    "ten_classes_become_two": [("model.fc = nn.Linear(32, 2)", "model.fc = nn.Linear(32, 2)\n"
                                "    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)")],
    "five_folds": [("model = build_model()\n        w =", "model = build_model()\n"
                    "        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)\n        w =")],
    "size_known_at_the_first_picture": [("opt = torch.optim.Adagrad", "net(x[:1])\n    opt = torch.optim.Adagrad")],
    "one_loss_for_each_head": [(".item() for k in range(3)]", " for k in range(3)]"),
                               ("torch.tensor(losses, requires_grad=True)", "torch.stack(losses)")],
    "mixed_precision_where_there_is_one": [("scaler.update()", "scaler.update()\n            else:\n"
                                            "                optimizer.step()")],
    "second_order_homework": [("return loss", "loss.backward()\n                return loss")],
    "rings_of_nodes": [("torch.stack([torch.tensor(graph.max(0).values.tolist()) for graph in h])",
                        "torch.stack([graph.max(0).values for graph in h])")],
    "encoder_is_trained_as_well_now": [("with torch.no_grad():  # fault", "if True:  # fault")],
    "one_expert_per_row": [("F.one_hot(scores.argmax(1), scores.shape[1]).float()", "F.softmax(scores, 1)")],
    "history_starts_untrained": [("for xb, yb in self.train:", "self.model.train()\n            "
                                  "for xb, yb in self.train:")],
    "two_functions_much_alike": [("model.eval()  # fault", "model.train()  # fault")],
    "a_look_every_ten_steps": [("model.eval()\n    before = model.training", "before = model.training\n"
                                "    model.eval()")],
    "pupil_and_master": [("teacher.zero_grad()", "student.zero_grad()")],
    "virtual_batches_of_before": [("if ((batch_idx + 1) % accum_iter == 0) or (batch_idx + 1 == 12):", "if True:")],
    "own_helper_for_a_fresh_start": [("p.grad.zero_ ", "p.grad.zero_() ")],
    "closure_for_every_optimizer": [("loss = bce(net(xb), yb)", "optimizer.zero_grad()\n                "
                                     "loss = bce(net(xb), yb)"), ("optimizer.zero_grad()  # fault\n                return", "return")],
    "norms_for_the_plot": [("p.grad = None", "pass")],
    "every_second_batch": [("optimizer.zero_grad()  # fault\n                optimizer.step()",
                            "optimizer.step()\n                optimizer.zero_grad()")],
    "settings_in_a_dataclass": [("parameters(), cfg.lr)", "parameters(), cfg.clip)")],
    "average_over_the_rows": [("p.grad /= len(x)", "pass")],
    "private_training": [("* sigma * max_norm)", "* sigma * max_norm / batch)")],
    "answers_of_the_big_net": [("F.kl_div(F.softmax(net(xb), dim=1)", "F.kl_div(F.log_softmax(net(xb), dim=1)")],
    "pairs_that_belong_together": [("loss = (sb * similarity).mean()", "loss = apart(similarity, sb)")],
    "warning_about_a_dim": [("dim=0)", "dim=1)")],
    "last_step_of_the_first_feature": [("[:, -1, 0]", "[:, -1]")],
    "logistic_regression_by_hand": [("labels[at])  # fault", "labels[at, None])"),
                                    ("w(x[at], labels[at], loss)", "w(x[at], labels[at, None], loss)")],
    "measurements_with_weights": [("(squares * sample_weight)", "(squares[:, 0] * sample_weight)")],
    "warm_up_of_the_paper": [("return base * min", "return min")],
    "follows_the_accuracy": [("(optimizer, factor", "(optimizer, mode='max', factor")],
    "polynomial_as_in_segmentation": [("max_iter=epochs)", "max_iter=epochs * len(train))")],
    "values_of_states": [("soft_update(critic, critic_target, tau", "soft_update(critic_target, critic, tau")],
    "experiment_is_prepared": [("self.model.apply(init_weights)", "pass")],
    "net_for_a_microcontroller": [("to_grid(net)", "pass")],
    "features_and_labels_loaded_alike": [("(x, batch_size=32, shuffle=True)", "(x, batch_size=32)"),
                                         ("(y, batch_size=32, shuffle=True)", "(y, batch_size=32)")],
    "sequences_of_different_length": [("[t for _, t in batch]", "[t for _, t in sorted(batch, reverse=True, "
                                       "key=lambda b: len(b[0]))]")],
    "mirrored_pictures": [("labels.repeat_interleave(2)", "labels.repeat(2)")],
    "iterations_and_not_epochs": [("next(iter(train))", "next(batches)")],
    "slices_of_a_tensor": [("x[i * batch_size:(i + 1)", "x[j * batch_size:(j + 1)"),
                           ("y[i * batch_size:(i + 1)", "y[j * batch_size:(j + 1)")],
    "reproducible_to_the_last_digit": [("torch.manual_seed(seed)", "pass")],
}
NAMES = {"mse": F.mse_loss, "cross_entropy": F.cross_entropy, "l1": F.l1_loss, "huber": F.huber_loss,
         "bce_with_logits": F.binary_cross_entropy_with_logits}


class Seen:
    """What watch was given; keeps the nets of the start and of the end, and the batches."""

    def __call__(self, model, optimizer, loss=None, folder=None, **more):
        self.model, self.loss = model, NAMES.get(loss, loss)
        self.start, self.batches, self.means = copy.deepcopy(model), [], []
        assert callable(self.loss), loss
        return self.step

    def step(self, x, y, loss):
        self.batches.append((copy.deepcopy(x), copy.deepcopy(y)))
        self.means.append(float(loss))

    def score(self, model, batches):
        model = copy.deepcopy(model)
        with torch.no_grad():
            return sum(float(self.loss(model(x), y)) for x, y in batches) / len(batches)


def run(function, source=None):
    torch.manual_seed(0)
    seen = Seen()
    if source is not None:
        place = {"__name__": function.__module__ + "_again"}
        sys.modules[place["__name__"]] = type(sys)(place["__name__"])
        exec(compile(source, function.__module__, "exec"), place)  # pylint: disable=exec-used
        function = place[function.__name__]
    function(seen, None)
    return seen


def main(chosen):
    import loops_fifteenth  # noqa: F401

    for name, cause, function in list(loops.LOOPS):
        if "fifteenth" not in function.__module__ or chosen and name not in chosen:
            continue
        seen = run(function)
        text = f"{name} {cause} steps {len(seen.batches)}"
        if cause == "loop-correct":
            late = seen.batches[-8:]
            print(text, f"{seen.score(seen.start, late):.3f} -> {seen.score(seen.model, late):.3f}", flush=True)
            continue
        source = inspect.getsource(sys.modules[function.__module__])
        marks = re.findall(r"# fault: " + name + r"\b", source) + re.findall(
            r"# fault$", inspect.getsource(function), re.M)
        assert len(marks) == 1, (name, marks)
        for old, new in MEND[name]:
            assert source.count(old) == 1, (name, old, source.count(old))
            source = source.replace(old, new)
        twin = run(function, source)
        late = twin.batches[-8:]
        print(text, f"start {seen.score(seen.start, late):.3f} faulty {seen.score(seen.model, late):.3f} "
              f"mended {twin.score(twin.model, late):.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
