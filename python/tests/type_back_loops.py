"""Types changes back into the loops that they are for, and runs those.

    type_back_loops.py UNSTUCK FOLDER MODULE... [--only NAME]   has the recordings that judge_loops.py --keep FOLDER has made diagnosed by
                                                                the command UNSTUCK, edits each faulty loop as its report says and as
                                                                nothing else says, records it in FOLDER/after and judges it again

Loops whose report has no lines for their program are counted, and left as they are.
"""

import argparse
import importlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import torch

torch.set_num_threads(1)
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from unstuck import journal  # noqa: E402

EDIT = re.compile(r"# (in place of|ahead of|behind the loop of|behind|delete) (\S+) lines? (\d+)(?: to (\d+))?, (.*)")
PART = re.compile(r"# in (\S+) lines? (\d+)(?: to (\d+))?, (in place of|ahead of|behind|take out) `(.*)`(?: …)?(:?)$")


def typed(folder, code):
    """Edit the files in a folder as a report's code says."""
    edits = []
    for line in code.splitlines():
        at = EDIT.match(line) or PART.match(line)
        if at:
            edits.append((at, []))
        elif edits:
            edits[-1][1].append(line)
    texts, parts = {}, {}
    for at, new in edits:
        if at.re is PART:
            assert not at[3], f"statements over several lines aren't typed here: {at[0]}"
            parts.setdefault((os.path.basename(at[1]), int(at[2]) - 1), []).append((at[4], at[5], new))
            continue
        how, name, first, last = at[1], os.path.basename(at[2]), int(at[3]) - 1, int(at[4] or at[3]) - 1
        lines = texts.setdefault(name, [[[], line, []] for line in (folder / name).read_text().splitlines()])
        given = lines[first][1] or ""
        told = at[5].removesuffix(":").removesuffix(" …")
        assert given.strip().rstrip(":") == told.rstrip(":"), f"line {first + 1} is {given.strip()!r}, told is {told!r}"
        indent = given[: len(given) - len(given.lstrip())]
        new = [indent + line for line in new]
        if how == "ahead of":
            lines[first][0] += new
        elif how == "behind":
            lines[last][2] += new
        elif how == "behind the loop of":
            end = first + 1
            while end < len(lines) and (not (lines[end][1] or "").strip() or lines[end][1].startswith(indent + " ")):
                end += 1
            lines[end - 1][2] += new
        else:
            lines[first][0] += new
            for n in range(first, last + 1):
                lines[n][1] = None
    for (name, at), changes in parts.items():
        lines = texts.setdefault(name, [[[], line, []] for line in (folder / name).read_text().splitlines()])
        assert lines[at][1] is not None, f"line {at + 1} of {name} is changed whole and in parts"
        lines[at][1] = typed_in_parts(lines[at][1], changes)
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(line for ahead, own, behind in lines for line in [*ahead, *([] if own is None else [own]), *behind]) + "\n")


def typed_in_parts(line, changes):
    """Return a line of statements with some of them changed, each given as how, its text and the new lines."""
    indent = line[: len(line) - len(line.lstrip())]
    body, _, comment = line.strip().partition("  # ")
    head = re.match(r"(?:if|elif|else|for|while|with|try)\b.*?: ", body)
    head = head[0] if head else ""
    body = body.removeprefix(head)
    statements = [[[], statement.strip(), []] for statement in body.split(";")]
    for how, told, new in changes:
        found = [s for s in statements if s[1] == told]
        assert len(found) == 1, f"{told!r} stands {len(found)} times in {body!r}"
        if how == "ahead of":
            found[0][0] += new
        elif how == "behind":
            found[0][2] += new
        else:
            found[0][0] += new
    gone = [told for how, told, _ in changes if how in ("in place of", "take out")]
    kept = [line for ahead, own, behind in statements for line in [*ahead, *([] if own in gone else [own]), *behind]]
    return indent + head + "; ".join(kept) + (f"  # {comment}" if comment else "")


def record(code, module, name, folder):
    """Record a loop as it stands in the folder code, in a process of its own, and return whether it ran."""
    child = os.fork()
    if child == 0:
        try:
            for known in [m for m in sys.modules if m.startswith("loops")]:
                del sys.modules[known]
            sys.path.insert(0, str(code))
            importlib.invalidate_caches()
            loops = importlib.import_module("loops")
            importlib.import_module(module)
            import unstuck

            made = []

            def watch(*arguments, **named):
                made.append(unstuck.watch(*arguments, **named))
                return made[-1]

            torch.manual_seed(7)
            next(f for n, _, f in loops.LOOPS if n == name)(watch, folder)
            made[0].close()
            os._exit(0)
        except BaseException as error:
            print(type(error).__name__, error, file=sys.stderr)
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def judged(program, folder):
    """Return the report of a recording, and its losses."""
    done = subprocess.run([program, "diagnose", folder, "--json", "--loop-only"], capture_output=True, text=True)
    losses = [told.get("loss") for told, _ in journal.read(os.path.join(folder, journal.FILE))]
    return json.loads(done.stdout), [x for x in losses if x is not None]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("modules", nargs="+")
    parser.add_argument("--only")
    given = parser.parse_args()
    loops = importlib.import_module("loops")
    for module in given.modules:
        importlib.import_module(module)
    faults = told = ran = cured = fell = 0
    for name, cause, function in loops.LOOPS:
        if cause == "loop-correct" or given.only and given.only not in name:
            continue
        faults += 1
        code = pathlib.Path(tempfile.mkdtemp())
        for file in HERE.glob("loops*.py"):
            shutil.copy(file, code)
        first = judged(given.program, os.path.join(given.folder, name + "." + function.__module__))[0].get("findings") or [{}]
        if not first[0].get("edits"):
            print(f"--  {cause:28} {name:36} no lines for the program", flush=True)
            continue
        told += 1
        try:
            typed(code, first[0]["torch"])
        except (AssertionError, OSError) as error:
            print(f"NO  {cause:28} {name:36} {error}", flush=True)
            continue
        mended = os.path.join(given.folder, "after", name + "." + function.__module__)
        shutil.rmtree(mended, ignore_errors=True)
        if not record(code, function.__module__, name, mended):
            print(f"NO  {cause:28} {name:36} doesn't run as edited", flush=True)
            print("      " + first[0]["torch"].replace("\n", "\n      "), flush=True)
            continue
        ran += 1
        after, losses = judged(given.program, mended)
        good = after["cause"] in ("loop-correct", "undecided")
        fell += losses[-1] < losses[0]
        cured += good
        print(f"{'ok ' if good else 'NO '} {cause:28} {name:36} {after['cause']} {losses[0]:.4g} -> {losses[-1]:.4g}", flush=True)
        if not good:
            print("      " + first[0]["torch"].replace("\n", "\n      "), flush=True)
    print(f"{faults} faults; {told} with lines for the program, {ran} of those ran as edited, {cured} were correct then, and of {fell} the loss fell over the recorded steps")


main()
