"""Tells what interrupts a loop, which goes on to it, from errors of its watch, and clears up behind an interrupt."""

from __future__ import annotations

import contextlib
import os
import signal


def interrupts(error: BaseException) -> bool:
    """Report whether an error comes from outside: Ctrl-C, the program's end, or what a handler of signals raised, as for a time that is up."""
    if not isinstance(error, Exception):
        return True
    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    codes = {code for handler in handlers if (code := getattr(getattr(handler, "__func__", handler), "__code__", None)) is not None}
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in codes:
            return True
        trace = trace.tb_next
    return False


def remove_unfinished(path: str) -> None:
    """Remove a file that isn't whole. It may be gone, or have another name by now, where an interrupt came just behind that: what is raised must stay the interrupt."""
    with contextlib.suppress(OSError):
        os.unlink(path)
