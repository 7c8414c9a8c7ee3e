"""Records loops, diagnoses them, and prints how many were named right: python judge_loops.py UNSTUCK MODULE... [--only NAME] [--keep FOLDER]"""

import argparse
import importlib
import inspect
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import torch

torch.set_num_threads(1)
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import loops

import unstuck


def judged(program, folder):
    done = subprocess.run([program, "diagnose", folder, "--json", "--loop-only"], capture_output=True, text=True)
    try:
        report = json.loads(done.stdout)
        return report if "cause" in report else {"cause": "error", "findings": [{"cause": "error", "evidence": done.stdout}]}
    except ValueError:
        return {"cause": "error", "findings": [{"cause": "error", "evidence": done.stderr}]}


def fault_line(name, function):
    """Return the file and the line that are marked as the fault of a loop: "# fault" in it, "# fault: its name" elsewhere."""
    lines, first = inspect.getsourcelines(function)
    for at, line in enumerate(lines):
        if re.search(r"# fault$", line.rstrip()):
            return pathlib.Path(inspect.getsourcefile(function)).name, first + at
    for path in sorted(pathlib.Path(__file__).parent.glob("loops*.py")):
        for at, line in enumerate(path.read_text().splitlines(), 1):
            if line.endswith("# fault: " + name):
                return path.name, at
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("modules", nargs="+")
    parser.add_argument("--only")
    parser.add_argument("--keep")
    parser.add_argument("--judge", action="store_true", help="diagnose what --keep holds already")
    given = parser.parse_args()
    for module in given.modules:
        importlib.import_module(module)
    keep = given.keep or tempfile.mkdtemp()
    right, alarms, faults, correct, undecided, lines = 0, 0, 0, 0, 0, 0
    for name, cause, function in loops.LOOPS:
        if given.only and given.only not in name:
            continue
        folder = os.path.join(keep, name + "." + function.__module__)
        if not (given.judge and os.path.exists(folder)):
            torch.manual_seed(7)
            if "keras" in sys.modules:
                sys.modules["keras"].utils.set_random_seed(7)
            made = []

            def watch(*arguments, **named):
                made.append(unstuck.watch(*arguments, **named))
                return made[-1]

            watch.callback = unstuck.KerasWatch
            function(watch, folder)
            for one in made[:1]:
                one.close()
        found = judged(given.program, folder)
        ok = found["cause"] == cause
        if cause == "loop-correct":
            correct += 1
            if found["cause"] == "undecided":  # no fault is named, and too little could be compared to say more
                undecided, ok = undecided + 1, True
            alarms += not ok
        else:
            faults += 1
            right += ok
            line = (found.get("findings") or [{}])[0].get("line") or {}
            told = (os.path.basename(line.get("file", "")), line.get("line"))
            hit = ok and told == fault_line(name, function)
            lines += hit
            if ok and not hit:
                print(f"      line {told} for {fault_line(name, function)}: {line.get('text')}")
        others = [f["cause"] for f in (found.get("findings") or [])[1:]]
        print("ok " if ok else "NO ", f"{cause:28} {function.__module__.removeprefix('loops_')}.{name:36}", "" if found["cause"] == cause else found["cause"], "also: " + ", ".join(others) if others else "", flush=True)
        if not ok and found.get("findings"):
            print("     ", found["findings"][0]["evidence"][:300])
    print(f"{right} of {faults} faults named right, for {lines} the line of the fault, {alarms} false alarms on {correct} correct loops, {undecided} of them undecided")


main()
