"""Tells what interrupts a loop from errors of its watch: the first are the loop's, and go on to it."""

from __future__ import annotations

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
