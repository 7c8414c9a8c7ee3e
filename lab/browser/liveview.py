"""A training that is watched while it runs, and one that is interrupted and goes on in the next cell."""

import json
import re
import time

from .desk import Desk
from .house import Problem, wait

# A pause after each epoch makes the training last as long on any machine; a watched one waits half-way until it was seen.
TRAINING = """
const epochs = 80

func train(path string, pause time.Duration, title, seen string) (*fit.History, int, error) {
	d := notebook.Must(dataset.Random(200, []int{4}, []int{1}, 9))
	m := notebook.Must(fit.Compile(nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, optim.Adam(1e-3), loss.MSE{}, fit.Options{Seed: 9}))
	trained := 0
	c := fit.Config{Epochs: epochs, Checkpoint: fit.Checkpointing{Path: path}}
	c.Callbacks = append(c.Callbacks, notebook.Watch(title), fit.OnEpochEnd(func(*fit.Run) error {
		trained++
		time.Sleep(pause)
		for n := 0; seen != "" && trained == epochs/2 && n < 3000; n++ {
			if _, err := os.Stat(seen); err == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		return nil
	}))
	h, err := m.Fit(notebook.Context(), d, c)
	return h, trained, err
}

func tell(h *fit.History, trained int, err error) {
	fmt.Printf("%d of %d epochs, %d of them here, loss %.9g, %v\\n", len(h.Epochs), epochs, trained, h.Loss()[len(h.Epochs)-1], err)
}
"""
SOURCES = "images => images.map(image => image.src)"
TOLD = re.compile(r"(\d+) of 80 epochs, (\d+) of them here, loss ([\d.e-]+), (.*)")


def updates(house):
    """One output area shows one picture after another; one is left, and it is in the saved notebook."""
    name = house.write("live.ipynb", TRAINING, '%%\ntell(train("", 50*time.Millisecond, "watched", "seen"))')
    with house.page("live-view") as page:
        desk = Desk.open(house, page, name)
        desk.run(0)
        desk.start(1)
        seen, most = [], 0
        while not desk.done(1):
            for source in (sources := desk.images(1).evaluate_all(SOURCES)):
                seen += [source] if source not in seen else []
            most = max(most, len(sources))
            if seen:
                (house.folder / "seen").touch()
        said = told(desk.finished(1))
        seen += [source for source in desk.images(1).evaluate_all(SOURCES) if source not in seen]
        if said["all"] != 80 or len(seen) < 2 or most != 1:
            raise Problem(f"{said}: {len(seen)} different pictures, at most {most} at a time")
        left = [desk.images(1).count(), desk.outputs(1).count()]
        if left != [1, 3]:  # the bar, the picture, and what the cell printed
            raise Problem(f"left in the end: {left[0]} pictures in {left[1]} outputs")
        page.keyboard.press("Control+s")
        wait(lambda: saved(house.folder / name) == ["bar", "picture", "text"], 60, lambda: f"saved are {saved(house.folder / name)}")
        return f"{len(seen)} pictures one after another, one left and saved"


def interrupt(house):
    """The stop button ends a training; its curve stays; the next cell trains the rest, to the very numbers of an unbroken run."""
    cell = '%%%%\ntell(train(%s, %s, %s, ""))'
    name = house.write(
        "interrupt.ipynb", TRAINING,
        cell % ('"training.fit"', "500*time.Millisecond", '"interrupted"'),
        cell % ('"training.fit"', "0", '"the rest"'),
        cell % ('""', "0", '"unbroken"'),
    )
    with house.page("interrupt", height=2000) as page:
        desk = Desk.open(house, page, name)
        desk.run(0)
        desk.start(1)
        wait(lambda: desk.images(1).count(), 300, lambda: f"no picture of the training: {desk.text(1)!r}")
        start = time.monotonic()
        desk.press("notebook:interrupt-kernel")
        broken = told(desk.finished(1, 120))
        seconds = time.monotonic() - start
        if not 0 < broken["all"] < 80 or "canceled" not in broken["end"]:
            raise Problem(f"the interrupted training said {broken}")
        rest, unbroken = told(desk.run(2)), told(desk.run(3))
        if rest["all"] != 80 or rest["here"] != 80 - broken["all"] or rest["loss"] != unbroken["loss"]:
            raise Problem(f"interrupted at {broken}, it went on to {rest}; without an interruption: {unbroken}")
        pictures = [desk.images(n).count() for n in (1, 2, 3)]
        if pictures != [1, 1, 1]:
            raise Problem(f"the cells show {pictures} pictures")
        return f"{broken['all']} epochs, stopped within {seconds:.1f} s, its plot stayed; then {rest['here']} more to loss {rest['loss']}, as unbroken"


def told(text):
    match = TOLD.search(text)
    if not match:
        raise Problem(f"the cell said {text!r}")
    return {"all": int(match[1]), "here": int(match[2]), "loss": match[3], "end": match[4]}


def saved(path):
    """What the second cell of the notebook file shows: a word for each output."""
    words = []
    for output in json.loads(path.read_text(encoding="utf-8"))["cells"][1]["outputs"]:
        kinds = output.get("data", {})
        words.append("picture" if {"image/png", "image/svg+xml"} <= set(kinds) else "bar" if "text/html" in kinds else "text")
    return words
