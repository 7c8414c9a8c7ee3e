"""Finds out why a training loss is not moving.

``save`` writes a training, in PyTorch or Keras, to a folder; the command ``unstuck diagnose`` reads the folder and needs no
Python. ``diagnose`` does both and returns a report that notebooks show. ``watch`` records a loop for the same command, and
``check`` looks at one step ahead of it. ``LightningWatch``, ``TrainerWatch`` and ``FastaiWatch`` are callbacks that watch.
``optimize`` has the workers of a queue train an Optuna study's trials.
"""

from .callbacks import FastaiWatch, LightningWatch, TrainerWatch
from .checking import Check, Fault, check
from .command import diagnose
from .errors import UnstuckError
from .report import Finding, Report
from .saving import save
from .study import optimize
from .watching import KerasWatch, watch

__all__ = ["Check", "FastaiWatch", "Fault", "Finding", "KerasWatch", "LightningWatch", "Report", "TrainerWatch", "UnstuckError", "check", "diagnose", "optimize", "save", "watch"]
__version__ = "0.1.0"
