"""Pictures that grow while a cell runs: a range test's curve, a search's table, and any other figure."""

from .desk import Desk
from .house import Problem, wait
from .liveview import SOURCES

# A pause at each step makes a cell last as long on any machine; half-way it waits until its picture was seen.
PAUSE = """
func pause(name string, step, half int) {
	time.Sleep(60 * time.Millisecond)
	for n := 0; step == half && n < 3000; n++ {
		if _, err := os.Stat("seen-" + name); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func small() training.Training {
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, Optimizer: optim.Adam(0.01),
		Loss: loss.MSE{}, Data: notebook.Must(dataset.Random(64, []int{3}, []int{1}, 5)), Epochs: 2,
	}
}
"""
RANGE_TEST = """
watched := explorefigure.WatchRangeTest(explore.RangeOptions{End: 1, Progress: func(r explore.RangeResult, done bool) {
	if !done {
		pause("range", len(r.Rates), 50)
	}
}})
tested, err := explore.RangeTestOf(notebook.Context(), small(), fit.Options{}, watched)
notebook.Check(err)
fmt.Println(len(tested.Rates), "rates")
"""
SEARCH = """
points := notebook.Must(explore.Space{explore.LearningRates(explore.LogSpace(1e-5, 1, 6)...), explore.BatchSizes(8, 16, 32, 64)}.Grid())
o := explorefigure.WatchSearch(explore.SearchOptions{Workers: 1, OneByOne: true, Progress: func(done, all int, _ explore.Trial) {
	time.Sleep(100 * time.Millisecond)
	pause("search", done, all/2)
}}, "learning rate", "batch size")
table := notebook.Must(explore.Search(notebook.Context(), small(), points, o))
fmt.Println(len(table.Rows), "settings")
"""
FIGURE = """
var g notebook.Growing
run := figure.Run{Name: "harmonic"}
for n := 1; n <= 40; n++ {
	run.Train = append(run.Train, 1/float64(n))
	notebook.Check(g.Update(func() figure.Figure { return figure.LossCurves{Runs: []figure.Run{run}} }))
	pause("figure", n, 20)
}
notebook.Check(g.Final(figure.LossCurves{Runs: []figure.Run{run}}))
fmt.Println(len(run.Train), "values")
"""
CELLS = {"range": (RANGE_TEST, "rates"), "search": (SEARCH, "24 settings"), "figure": (FIGURE, "40 values")}


def grow(house):
    """Each cell shows one picture at a time, at least two that aren't the one it leaves."""
    name = house.write("growing.ipynb", PAUSE, *(source for source, _ in CELLS.values()))
    counts = []
    with house.page("growing", height=2000) as page:
        desk = Desk.open(house, page, name)
        desk.run(0)
        for n, (what, (_, said)) in enumerate(CELLS.items(), 1):
            seen = pictures(house, desk, n, what)
            if said not in desk.finished(n):
                raise Problem(f"{what}: the cell said {desk.text(n)!r}")
            wait(lambda: desk.images(n).count() == 1, 10, lambda: f"{what}: {desk.images(n).count()} pictures are left")
            grown = len(seen - set(desk.images(n).evaluate_all(SOURCES)))
            if grown < 2:
                raise Problem(f"{what}: {grown} different pictures ahead of the last one")
            counts.append(f"{what} {grown}")
    return "different pictures ahead of the last: " + ", ".join(counts)


def pictures(house, desk, n, what):
    """Starts a cell and looks at it until it ends; returns the pictures that it showed by then."""
    seen = set()
    desk.start(n)
    while not desk.done(n):
        sources = desk.images(n).evaluate_all(SOURCES)
        if len(sources) > 1:
            raise Problem(f"{what}: {len(sources)} pictures at a time")
        seen |= set(sources)
        if seen:
            (house.folder / f"seen-{what}").touch()
    return seen
