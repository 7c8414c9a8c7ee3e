"""Someone who knows Go and nothing of GoNB writes a first notebook."""

import time

from .desk import Desk
from .house import Problem, wait

NETWORK = "net := nn.Sequential{\n\tnn.Dense{Units: 16, Activation: nn.Tanh{}},\n\tnn.Dense{Units: 1},\n}"
COMPILED = "model, err := fit.Compile(net, optim.Adam(%s), loss.MSE{}, fit.Options{Seed: 1})\nnotebook.Check(err)"
TRAINED = 'h, err := model.Fit(notebook.Context(), data, fit.Config{Epochs: 100, Callbacks: []fit.Callback{notebook.Watch("first")}})'
# A cell, what its output must hold, and how many images.
CELLS = (
    ("1 + 2", "3", 0),
    ('name := "Ada"\nunused := 3\nfmt.Println("hello", name)', "hello Ada", 0),
    (NETWORK, "", 0),
    ("data := notebook.Must(dataset.Random(256, []int{3}, []int{1}, 1))", "", 0),
    (COMPILED % "0.01", "", 0),
    (TRAINED, "100 epochs", 1),
    ("h", "", 1),
    ("fmt.Printl(h.Loss()[99])", "Did you mean fmt.Println?", 0),
    (TRAINED.replace("100", "20"), "20 epochs", 1),
    ("fast, err := fit.Compile(net, optim.SGD(10), loss.MSE{}, fit.Options{Seed: 1})\nnotebook.Check(err)\n"
     "fast.Fit(notebook.Context(), data, fit.Config{Epochs: 50})", "Try a learning rate of 1 in place of 10", 1),
    ("func last(losses []float64) float64 {\n\treturn losses[len(losses)]\n}\n\nlast(h.Loss())", "line 2: panic: runtime error: index out of range", 0),
    ("nowhere", "No cell that has run sets or declares nowhere", 0),
)


SLOW = 'slow, err := model.Fit(notebook.Context(), data, fit.Config{Epochs: 10_000_000, Callbacks: []fit.Callback{notebook.Watch("slow")}})\nerr'


def first_cells(house):
    """Each cell is answered as it should be; a number that is changed changes what depends on it; a training that is
    stopped leaves what it has to the next cell."""
    name = house.write("first.ipynb", *[source for source, _, _ in CELLS], SLOW, "len(slow.Loss()) > 0", kernel="unstuck-go")
    with house.page("stranger") as page:
        desk = Desk.open(house, page, name)
        for index, (source, want, images) in enumerate(CELLS):
            desk.start(index)
            wait(lambda i=index: desk.done(i), 300, lambda i=index: f"the cell still runs: {desk.text(i)!r}")
            said = desk.text(index)
            if want not in said or desk.images(index).count() != images:
                raise Problem(f"{source!r} shows {desk.images(index).count()} images and {said!r}")
            if "gonb_" in said or "/tmp/" in said:
                raise Problem(f"{source!r} shows a path: {said!r}")
        changed(desk)
        seconds = stopped(desk, len(CELLS))
        desk.show_everything()
        page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => panel.scrollTo(0, 0)")
        page.wait_for_timeout(500)
        page.screenshot(path=house.pictures / "stranger-all.png")
    return f"{len(CELLS)} cells, a changed rate, and a training that was stopped within {seconds:.1f} s"


def changed(desk):
    """Another learning rate, and the cells below it once more: another curve."""
    compiled, trained = CELLS.index((COMPILED % "0.01", "", 0)), CELLS.index((TRAINED, "100 epochs", 1))
    before = desk.images(trained).first.get_attribute("src")
    desk.type(compiled, COMPILED % "0.0001")
    for index in (compiled, trained):
        again(desk, index)
    if desk.images(trained).first.get_attribute("src") == before:
        raise Problem("another learning rate shows the same curve")


def again(desk, index):
    desk.start(index)
    wait(lambda: desk.done(index), 300, lambda: f"the cell still runs: {desk.text(index)!r}")


def stopped(desk, index):
    """The stop button ends a training; its curve stays, and the next cell has its losses. Returns how long it took."""
    desk.start(index)
    wait(lambda: desk.images(index).count(), 300, lambda: f"no picture of the training: {desk.text(index)!r}")
    start = time.monotonic()
    desk.press("notebook:interrupt-kernel")
    wait(lambda: desk.done(index), 60, lambda: f"the cell still runs: {desk.text(index)!r}")
    seconds = time.monotonic() - start
    again(desk, index + 1)
    if desk.images(index).count() != 1 or desk.text(index + 1) != "true":
        raise Problem(f"after a stop there are {desk.images(index).count()} pictures, and the next cell says {desk.text(index + 1)!r}")
    return seconds
