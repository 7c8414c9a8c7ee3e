package explore_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// onGo runs trainings on pure Go.
var onGo = explore.Run{Fit: fit.Options{Backend: goBackend}}

// quick trains in no time.
func quick(t testing.TB) training.Training {
	t.Helper()
	return training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Optimizer: optim.SGD(0.01),
		Loss:      loss.MSE{},
		Data:      noise(t, 64),
		Epochs:    2,
		Seed:      3,
	}
}

func grid(t testing.TB, axes ...explore.Axis) []explore.Point {
	t.Helper()
	points, err := explore.Space(axes).Grid()
	require.NoError(t, err)
	return points
}

// clean leaves out what depends on the clock, and on what else was to be trained.
func clean(t explore.Table) explore.Table {
	for _, r := range t.Rows {
		for i := range r.Trials {
			r.Trials[i].Duration, r.Trials[i].Together, r.Trials[i].Alone = 0, 0, ""
		}
	}
	return t
}

// Trials of a search are trainings like any other, whatever runs beside them.
func TestSearchTrainsWhatFitWould(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		base, how := quick(t), explore.Run{Fit: fit.Options{Backend: b}}
		points := grid(t, explore.LearningRates(0.001, 0.01, 0.1), explore.BatchSizes(8, 32))
		table, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: how, Seeds: []int64{1, 2}, Workers: 4})
		require.NoError(t, err)
		require.Len(t, table.Rows, 6)
		for i, r := range table.Rows {
			if i > 0 {
				assert.LessOrEqual(t, table.Rows[i-1].Score, r.Score)
			}
			require.Len(t, r.Trials, 2)
			for _, trial := range r.Trials {
				alone, err := points[r.Point].Apply(base)
				require.NoError(t, err)
				alone.Seed = trial.Seed
				m, err := run.New(alone, how.Fit)
				require.NoError(t, err)
				h, err := m.Fit(ctx, alone.TrainData(), run.Config(alone))
				require.NoError(t, err)
				assert.Equal(t, h.Loss(), trial.Loss)
				assert.Equal(t, h.Loss()[1], trial.Score)
			}
		}
	})
}

// Rates, seeds and clip values are inputs of one program; the batch size is part of it.
func TestSearchSharesPrograms(t *testing.T) {
	c := &counting{Backend: backendtest.XLA(t)}
	base, run := quick(t), explore.Run{Fit: fit.Options{Backend: c}}
	points := grid(t, explore.LearningRates(0.001, 0.1), explore.Clips(optim.ClipByNorm{Max: 1}, optim.ClipByNorm{Max: 3}))
	_, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: run, Seeds: []int64{1, 2}})
	require.NoError(t, err)
	assert.EqualValues(t, 1, c.programs.Load())
	_, err = explore.Search(ctx, base, grid(t, explore.BatchSizes(8, 16)), explore.SearchOptions{Run: run})
	require.NoError(t, err)
	assert.EqualValues(t, 3, c.programs.Load())
}

func TestSearchKeepsWhatDivergesAndFails(t *testing.T) {
	broken := explore.Axis{Name: "change", Values: []explore.Value{
		{Label: "none", Apply: func(c training.Training) (training.Training, error) { return c, nil }},
		{Label: "error", Apply: func(c training.Training) (training.Training, error) { return c, errors.New("not today") }},
		{Label: "panic", Apply: func(training.Training) (training.Training, error) { panic("not ever") }},
		{Label: "bad layer", Apply: func(c training.Training) (training.Training, error) {
			c.Model = nn.Sequential{nn.Dense{Units: -1}}
			return c, nil
		}},
		{Label: "diverges", Apply: func(c training.Training) (training.Training, error) {
			c.Optimizer = optim.SGD(1e30)
			return c, nil
		}},
	}}
	table, err := explore.Search(ctx, quick(t), grid(t, broken), explore.SearchOptions{Run: onGo})
	require.NoError(t, err)
	require.Len(t, table.Rows, 5)
	assert.Equal(t, "none", table.Rows[0].Label("change"))
	remarks := map[string]string{}
	for _, r := range table.Rows[1:] {
		assert.True(t, math.IsNaN(r.Score))
		remarks[r.Label("change")] = r.Trials[0].Err
	}
	assert.Contains(t, remarks["error"], "change error: not today")
	assert.Contains(t, remarks["panic"], "panic: not ever")
	assert.Contains(t, remarks["bad layer"], "Dense.Units is -1")
	assert.Empty(t, remarks["diverges"])
	assert.Contains(t, table.String(), "1 diverged")
	assert.Contains(t, table.String(), "not today")
}

// A search that is stopped half-way, its last line torn as by a kill, goes on where it was, and ends with the
// table of one that was never stopped.
func TestSearchGoesOnWhereItWas(t *testing.T) {
	base := quick(t)
	points := grid(t, explore.LearningRates(explore.LogSpace(1e-4, 1, 12)...), explore.Clips(nil, optim.ClipByNorm{Max: 1}))
	points = append(points, explore.Point{explore.Choice{Axis: "learning rate", Value: explore.LearningRates(1e30).Values[0]}})
	options := explore.SearchOptions{Run: onGo, Workers: 2, Seeds: []int64{4, 5}}
	want, err := explore.Search(ctx, base, points, options)
	require.NoError(t, err)

	options.File = filepath.Join(t.TempDir(), "search.jsonl")
	stopping, stop := context.WithCancel(ctx)
	options.Progress = func(done, all int, _ explore.Trial) {
		assert.Equal(t, 50, all)
		if done == 20 {
			stop()
		}
	}
	part, err := explore.Search(stopping, base, points, options)
	require.ErrorIs(t, err, context.Canceled)
	require.NotEmpty(t, part.Rows, "what was done is returned")

	text, err := os.ReadFile(options.File)
	require.NoError(t, err)
	lines := strings.Count(string(text), "\n")
	require.GreaterOrEqual(t, lines, 20)
	require.Less(t, lines, 50)
	torn := append(text, text[:len(text)/lines/2]...)
	require.NoError(t, os.WriteFile(options.File, torn, 0o644))

	var trained atomic.Int64
	options.Progress = func(int, int, explore.Trial) { trained.Add(1) }
	got, err := explore.Search(ctx, base, points, options)
	require.NoError(t, err)
	assert.EqualValues(t, 50-lines, trained.Load())
	assertSameTable(t, want, got)

	again, err := explore.Search(ctx, base, points, options)
	require.NoError(t, err)
	assert.EqualValues(t, 50-lines, trained.Load(), "nothing was left to do")
	assertSameTable(t, want, again)

	base.Epochs = 1
	_, err = explore.Search(ctx, base, points[:3], options)
	require.NoError(t, err)
	assert.EqualValues(t, 50-lines+6, trained.Load(), "another training's trials are its own")
}

// assertSameTable compares tables by their text, which makes NaN equal to NaN, and the curves of finite trials.
func assertSameTable(t *testing.T, want, got explore.Table) {
	t.Helper()
	assert.Equal(t, want.String(), got.String())
	clean(want)
	clean(got)
	for i, r := range want.Rows {
		if r.Diverged == 0 && r.Failed == 0 {
			assert.Equal(t, r, got.Rows[i])
		}
	}
}

func TestSearchTriesFailedTrialsAgain(t *testing.T) {
	base, fails := quick(t), true
	flaky := explore.Axis{Name: "change", Values: []explore.Value{{Label: "flaky", Apply: func(c training.Training) (training.Training, error) {
		if fails {
			return c, errors.New("the disk was full")
		}
		return c, nil
	}}}}
	options := explore.SearchOptions{Run: onGo, File: filepath.Join(t.TempDir(), "search.jsonl")}
	table, err := explore.Search(ctx, base, grid(t, flaky), options)
	require.NoError(t, err)
	assert.Equal(t, 1, table.Rows[0].Failed)
	fails = false
	table, err = explore.Search(ctx, base, grid(t, flaky), options)
	require.NoError(t, err)
	assert.Equal(t, 0, table.Rows[0].Failed)
}

// What a file has is told ahead of what is trained.
func TestSearchTellsWhatIsKnown(t *testing.T) {
	var known, trained []explore.Trial
	options := explore.SearchOptions{
		Run: onGo, File: filepath.Join(t.TempDir(), "search.jsonl"),
		Known: func(trials []explore.Trial) {
			assert.Empty(t, trained)
			known = append(known, trials...)
		},
		Progress: func(_, _ int, trial explore.Trial) { trained = append(trained, trial) },
	}
	_, err := explore.Search(ctx, quick(t), grid(t, explore.LearningRates(0.1, 0.01)), options)
	require.NoError(t, err)
	assert.Empty(t, known)
	require.Len(t, trained, 2)
	trained = nil
	_, err = explore.Search(ctx, quick(t), grid(t, explore.LearningRates(0.1, 0.01, 0.001)), options)
	require.NoError(t, err)
	assert.Len(t, known, 2)
	assert.Len(t, trained, 1)
}

func TestSearchRefuses(t *testing.T) {
	points := grid(t, explore.LearningRates(0.1))
	foreign := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(foreign, []byte("buy milk\n"), 0o644))
	unended := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(unended, []byte("buy milk"), 0o644))
	for want, change := range map[string]func(*training.Training, *[]explore.Point, *explore.SearchOptions){
		"there are no points": func(_ *training.Training, p *[]explore.Point, _ *explore.SearchOptions) { *p = nil },
		"point 1 is there twice": func(_ *training.Training, p *[]explore.Point, _ *explore.SearchOptions) {
			*p = append(points, points...)
		},
		"-1 workers":            func(_ *training.Training, _ *[]explore.Point, o *explore.SearchOptions) { o.Workers = -1 },
		"seed 3 is there twice": func(_ *training.Training, _ *[]explore.Point, o *explore.SearchOptions) { o.Seeds = []int64{3, 3} },
		"line 1 is no trial":    func(_ *training.Training, _ *[]explore.Point, o *explore.SearchOptions) { o.File = foreign },
		"its last line is no":   func(_ *training.Training, _ *[]explore.Point, o *explore.SearchOptions) { o.File = unended },
		"there is no model":     func(c *training.Training, _ *[]explore.Point, _ *explore.SearchOptions) { c.Model = nil },
		"there is no loss":      func(c *training.Training, _ *[]explore.Point, _ *explore.SearchOptions) { c.Loss = nil },
		"no rule": func(c *training.Training, _ *[]explore.Point, _ *explore.SearchOptions) {
			c.Optimizer = optim.Optimizer{}
		},
		"not a finite number": func(c *training.Training, _ *[]explore.Point, _ *explore.SearchOptions) {
			c.Validation = noise(t, 8)
			c.Validation.Y.Values[3] = float32(math.NaN())
		},
	} {
		base, some, o := quick(t), points, explore.SearchOptions{Run: onGo}
		change(&base, &some, &o)
		_, err := explore.Search(ctx, base, some, o)
		assert.ErrorContains(t, err, want)
	}
	for _, file := range []string{foreign, unended} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, "buy milk", strings.TrimSpace(string(text)), "a file that isn't ours stays as it is")
	}
}

func TestSearchMonitorsMetricsAndValidation(t *testing.T) {
	base := quick(t)
	base.Metrics = []loss.Metric{loss.RMSE{}}
	base.ValidationSplit = 0.25
	points := grid(t, explore.LearningRates(0.01, 0.02))
	table, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: onGo})
	require.NoError(t, err)
	assert.Equal(t, "val_loss", table.Monitor)
	trial := table.Rows[0].Trials[0]
	assert.Equal(t, trial.Validation[1], trial.Score)

	name := "val_" + base.Metrics[0].String()
	high, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: onGo, Monitor: name, Highest: true})
	require.NoError(t, err)
	assert.Greater(t, high.Rows[0].Score, high.Rows[1].Score)
	assert.InDelta(t, math.Sqrt(table.Rows[1].Score), high.Rows[0].Score, 1e-5)

	none, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: onGo, Monitor: "happiness"})
	require.NoError(t, err)
	assert.Contains(t, none.Rows[0].Trials[0].Err, `the training has no "happiness"`)
}

// Callbacks are made anew for each training, behind the run's own, and know the training as all axes have made it.
func TestSearchMakesCallbacksForEachTraining(t *testing.T) {
	var mu sync.Mutex
	told := map[float64]map[int64]int{}
	watched := explore.Axis{Name: "watched", Values: []explore.Value{{Label: "yes", Callbacks: func(c training.Training) []fit.Callback {
		began := 0
		return []fit.Callback{fit.OnEpochEnd(func(*fit.Run) error {
			mu.Lock()
			defer mu.Unlock()
			began++
			if told[c.Optimizer.LearningRate] == nil {
				told[c.Optimizer.LearningRate] = map[int64]int{}
			}
			told[c.Optimizer.LearningRate][c.Seed] = began
			return nil
		})}
	}}}}
	var made atomic.Int64
	how := onGo
	how.Callbacks = func() []fit.Callback {
		made.Add(1)
		return []fit.Callback{fit.OnEpochEnd(func(*fit.Run) error { return nil })}
	}
	_, err := explore.Search(ctx, quick(t), grid(t, watched, explore.LearningRates(0.01, 0.02)), explore.SearchOptions{Run: how, Seeds: []int64{1, 2}})
	require.NoError(t, err)
	assert.Equal(t, map[float64]map[int64]int{0.01: {1: 2, 2: 2}, 0.02: {1: 2, 2: 2}}, told, "two epochs each")
	assert.EqualValues(t, 4, made.Load())
}
