"""Trials of an Optuna study, trained by the workers of a queue."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess

from .errors import UnstuckError

PROGRAM = "unstuck-distributed"


def optimize(study, folder, suggest, n_trials, *, parallel=4, server="", workers=None, backend="", epochs=0, monitor="", name="trials", command=PROGRAM):
    """Asks an Optuna study for n_trials trials, has workers train them, and tells the study their scores.

    folder is a training as ``unstuck.save`` writes it or Keras saves it. suggest takes a trial and returns its settings, by the names of a
    sweep: learning_rate, batch_size, optimizer, activation, initializer, clip_norm, clip_value::

        study = optuna.create_study()
        unstuck.optimize(study, "my-folder", lambda t: {"learning_rate": t.suggest_float("rate", 1e-4, 1, log=True)}, n_trials=50)

    The score is that of monitor in the last epoch, by default val_loss, or loss where nothing is validated on; each epoch's is reported to the
    trial as well, of these two. A trial that diverges or fails is told as failed. parallel is how many are on their way at once; server is the URL of a queue
    of NATS, without one workers of this machine train (workers of them, on backend).
    Ctrl-C ends this machine's workers; those of server go on with what is on its way.
    """
    program = shutil.which(command)
    if program is None:
        raise UnstuckError(f"{command} is not there: build it in the project's folder distributed (go build ./cmd/unstuck-distributed) and put it into PATH")
    arguments = [program, "trials", str(pathlib.Path(folder)), "--name", name]
    for flag, value in (("workers", workers), ("backend", backend), ("epochs", epochs), ("monitor", monitor)):
        if value not in (None, "", 0) or value == 0 and flag == "workers" and value is not None:
            arguments += ["--" + flag, str(value)]
    environment = dict(os.environ, UNSTUCK_QUEUE=server) if server else None  # a secret in the URL is seen by no other user
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment)
    try:
        _converse(process, study, suggest, n_trials, max(1, parallel), monitor)
    finally:
        with contextlib.suppress(BrokenPipeError):  # of a program that has ended what is buffered can't be written any more
            process.stdin.close()
        process.stdout.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait()
    return study


def _converse(process, study, suggest, n_trials, parallel, monitor):
    trials, asked, told = {}, 0, 0
    while told < n_trials:
        while asked < n_trials and asked - told < parallel:
            trial = study.ask()
            trials[asked] = trial
            _send(process, {"number": asked, "settings": suggest(trial)})
            asked += 1
        line = process.stdout.readline()
        if not line:
            raise UnstuckError(f"{PROGRAM} ended with status {process.wait()} after {told} of {n_trials} trials; it has said why above")
        answer = json.loads(line)
        _tell(study, trials.pop(answer["number"]), answer, monitor)
        told += 1


def _send(process, line):
    try:
        process.stdin.write(json.dumps(line) + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # the next line that is read says how it ended


def _tell(study, trial, answer, monitor):
    curve = {"": answer.get("val_loss") or answer.get("loss"), "loss": answer.get("loss"), "val_loss": answer.get("val_loss")}.get(monitor)
    for epoch, value in enumerate(curve or []):
        if value is not None:
            trial.report(value, epoch + 1)
    if answer.get("error"):
        trial.set_user_attr("error", answer["error"])
    if answer.get("score") is None or answer.get("error"):
        from optuna.trial import TrialState

        study.tell(trial, state=TrialState.FAIL)
        return
    study.tell(trial, answer["score"])
