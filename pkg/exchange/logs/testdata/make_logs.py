"""Writes logs as Keras, PyTorch's SummaryWriter, Lightning and transformers write them, and what each holds into expected.json.

    KERAS_BACKEND=tensorflow python make_logs.py FOLDER

needs Keras on TensorFlow, torch, tensorboard, and for the rest lightning and transformers; what isn't installed is left as it is.
"""

import contextlib
import io
import json
import pathlib
import shutil
import sys

import numpy as np

out = pathlib.Path(sys.argv[1])
expected = json.loads((out / "expected.json").read_text()) if (out / "expected.json").exists() else {}


def keras_logs() -> None:
    import keras

    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(64, 4)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    shutil.rmtree(out / "keras-events", ignore_errors=True)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        history = model.fit(
            x, y, epochs=6, validation_split=0.25, batch_size=16, verbose=1,
            callbacks=[keras.callbacks.CSVLogger(out / "csvlogger.csv"), keras.callbacks.TensorBoard(out / "keras-events", write_graph=False)],
        )
    (out / "printed-bar.txt").write_text(printed.getvalue())
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        again = model.fit(x, y, epochs=6, validation_split=0.25, batch_size=16, verbose=2)
    (out / "printed-lines.txt").write_text(printed.getvalue())
    (out / "history.txt").write_text(str(history.history) + "\n")
    numbers = {name: history.history[name] for name in ("loss", "val_loss")}
    expected["csvlogger.csv"] = expected["history.txt"] = numbers
    expected["printed-bar.txt"] = numbers
    expected["printed-lines.txt"] = {name: again.history[name] for name in ("loss", "val_loss")}
    expected["keras-events"] = {"train/epoch_loss": numbers["loss"], "validation/epoch_loss": numbers["val_loss"]}


def writer_log() -> None:
    from torch.utils.tensorboard import SummaryWriter

    shutil.rmtree(out / "writer-events", ignore_errors=True)
    losses = [float(v) for v in np.exp(-np.arange(12) / 4).astype("float32")]
    with SummaryWriter(out / "writer-events") as writer:
        for step, loss in enumerate(losses):
            writer.add_scalar("Loss/train", loss, step)
        writer.add_histogram("weights", np.arange(9.0), 0)
    expected["writer-events"] = {"Loss/train": losses}


def lightning_log() -> None:
    import lightning
    import torch
    from lightning.pytorch.loggers import CSVLogger

    class Line(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.fc = torch.nn.Linear(2, 1)

        def training_step(self, batch, _):
            loss = torch.nn.functional.mse_loss(self.fc(batch[0]), batch[1])
            self.log("train_loss", loss, on_step=True, on_epoch=True)
            return loss

        def validation_step(self, batch, _):
            self.log("val_loss", torch.nn.functional.mse_loss(self.fc(batch[0]), batch[1]))

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    torch.manual_seed(1)
    x = torch.randn(64, 2)
    rows = torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True))
    loader = torch.utils.data.DataLoader(rows, 16)
    trainer = lightning.Trainer(max_epochs=5, logger=CSVLogger(out, "lightning", ""), log_every_n_steps=2, accelerator="cpu",
                                enable_progress_bar=False, enable_checkpointing=False, enable_model_summary=False)
    trainer.fit(Line(), loader, loader)
    (out / "lightning" / "hparams.yaml").unlink(missing_ok=True)


def trainer_log() -> None:
    import torch
    import transformers

    class Line(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = torch.nn.Linear(2, 1)

        def forward(self, x, labels):
            y = self.fc(x)
            return {"loss": torch.nn.functional.mse_loss(y, labels), "logits": y}

    torch.manual_seed(1)
    x = torch.randn(64, 2)
    rows = [{"x": row, "labels": row.sum(0, keepdim=True)} for row in x]
    arguments = transformers.TrainingArguments(str(out / "trainer"), num_train_epochs=4, logging_steps=2, eval_strategy="epoch",
                                               save_strategy="epoch", use_cpu=True, report_to=[], disable_tqdm=True)
    trainer = transformers.Trainer(Line(), arguments, train_dataset=rows, eval_dataset=rows)
    trainer.train()
    for path in (out / "trainer").rglob("*"):
        if path.is_file() and path.name != "trainer_state.json":
            path.unlink()


for make in (keras_logs, writer_log, lightning_log, trainer_log):
    try:
        make()
    except ImportError as error:
        print(make.__name__, "left as it is:", error)
(out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
