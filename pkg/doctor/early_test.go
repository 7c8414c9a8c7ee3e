package doctor

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// counted runs nothing and notes how many run at once; those with 7 epochs panic, those with 9 last until they are ended.
type counted struct{ now, most, runs atomic.Int32 }

func (c *counted) run(ctx context.Context, _ string, t training.Training) (*Outcome, error) {
	n := c.now.Add(1)
	defer c.now.Add(-1)
	c.runs.Add(1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	switch t.Epochs {
	case 7:
		panic("seven")
	case 9:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	time.Sleep(time.Millisecond)
	return &Outcome{Loss: float64(t.Epochs)}, nil
}

func ofEpochs(epochs int) training.Training { return training.Training{Epochs: epochs} }

func expectedOf(name string, epochs int) expected {
	return expected{name: name, make: func() (training.Training, error) { return ofEpochs(epochs), nil }}
}

// What was expected has its own outcome, what wasn't runs when it is asked for, and never more run at once than may.
func TestEarlyRuns(t *testing.T) {
	for n := 1; n <= 4; n++ {
		c := &counted{}
		e := newEarly(t.Context(), n, c.run)
		names := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		var list []expected
		for i, name := range names {
			list = append(list, expectedOf(name, 10+i))
		}
		e.expect(list)
		for i, name := range names {
			o, err := e.get(name, ofEpochs(10+i))
			require.NoError(t, err)
			require.Equal(t, float64(10+i), o.Loss)
			o, err = e.get("not expected", ofEpochs(100))
			require.NoError(t, err)
			require.Equal(t, 100.0, o.Loss)
		}
		e.end(nil)
		require.LessOrEqual(t, int(c.most.Load()), n)
		require.EqualValues(t, 2*len(names), c.runs.Load(), "none runs twice")
		if n > 1 {
			require.Greater(t, int(c.most.Load()), 1)
		}
	}
}

// A plan isn't run ahead to its end, and what is expected no more is ended.
func TestEarlyRunsAreEnded(t *testing.T) {
	c := &counted{}
	e := newEarly(t.Context(), 3, c.run)
	e.expect([]expected{expectedOf("endless", 9), expectedOf("another", 9)})
	require.Eventually(t, func() bool { return c.now.Load() == 2 }, time.Minute, time.Millisecond)
	e.expect([]expected{expectedOf("short", 1)})
	o, err := e.get("short", ofEpochs(1))
	require.NoError(t, err)
	require.Equal(t, 1.0, o.Loss)
	require.Eventually(t, func() bool { return c.now.Load() == 0 }, time.Minute, time.Millisecond)

	var list []expected
	for i := range 50 {
		list = append(list, expectedOf(string(rune('A'+i)), 10))
	}
	began := c.runs.Load()
	e.expect(list)
	e.end(nil)
	require.LessOrEqual(t, c.runs.Load()-began, int32(4))

	closed := make(chan bool)
	e = newEarly(t.Context(), 2, c.run)
	e.expect([]expected{expectedOf("endless", 9)})
	e.end(func() { close(closed) })
	<-closed
	require.Zero(t, c.now.Load())
}

// A guess that was wrong is run again as it is asked for; what can't be made is left to whoever asks; a panic is the asker's alone.
func TestEarlyGuessesAndFailures(t *testing.T) {
	c := &counted{}
	e := newEarly(t.Context(), 2, c.run)
	wrong := expectedOf("guess", 10)
	wrong.guess = true
	e.expect([]expected{wrong})
	o, err := e.get("guess", ofEpochs(11))
	require.NoError(t, err)
	require.Equal(t, 11.0, o.Loss)

	e.expect([]expected{{name: "unmade", make: func() (training.Training, error) { return training.Training{}, errors.New("no") }}})
	_, err = e.get("unmade", ofEpochs(1))
	require.EqualError(t, err, "no")

	e.expect([]expected{expectedOf("panics", 7)})
	require.PanicsWithValue(t, "seven", func() {
		defer func() {
			p := recover()
			require.Contains(t, p, "early_test.go", "the stack is that of where it happened")
			panic(p.(string)[:5])
		}()
		_, _ = e.get("panics", ofEpochs(7))
	})
	e.end(nil)
}

// How long a run takes is told once, where it takes long, and not of its first steps.
func TestForetold(t *testing.T) {
	for perStep, want := range map[time.Duration]time.Duration{20 * time.Millisecond: 0, 200 * time.Millisecond: 20 * time.Second} {
		var told []time.Duration
		f := &foretold{tell: func(run time.Duration) { told = append(told, run) }}
		r := &fit.Run{Epochs: 10, Steps: 10}
		for step := 1; step <= 100; step++ {
			r.Epoch, r.Step = step/10, step%10
			if step > 1 { // as if the clock had run on
				f.began = time.Now().Add(-time.Duration(step-1) * perStep)
			}
			require.NoError(t, f.Tick(r))
		}
		if want == 0 {
			require.Empty(t, told)
			continue
		}
		require.Len(t, told, 1)
		require.InEpsilon(t, want.Seconds(), told[0].Seconds(), 0.05)
	}
}

func TestSameTraining(t *testing.T) {
	c := ofRows(10, []int{2}, nn.Sequential{nn.Dense{Units: 2}}, 3)
	require.True(t, sameTraining(c, c))
	copied := c
	copied.Data.X.Values = append([]float32{}, c.Data.X.Values...)
	require.True(t, sameTraining(c, copied))
	for _, change := range []func(*training.Training){
		func(c *training.Training) { c.Data.X.Values[3] = 1 },
		func(c *training.Training) { c.Data = c.Data.Range(0, 9) },
		func(c *training.Training) { c.Epochs++ },
		func(c *training.Training) { c.Optimizer = optim.Adam(2e-3) },
		func(c *training.Training) { c.Model = nn.Sequential{nn.Dense{Units: 3}} },
	} {
		other := copied
		other.Data.X.Values = append([]float32{}, c.Data.X.Values...)
		change(&other)
		require.False(t, sameTraining(c, other))
	}
}

// As many run at once as memory has room for.
func TestSideBySideWithinMemory(t *testing.T) {
	c := ofRows(100, []int{1000}, nn.Sequential{nn.Dense{Units: 1000}, nn.Dense{Units: 1}}, 1)
	room := Memory(c) + 1.5*memoryOfRun(c)
	require.Equal(t, 4, Options{SideBySide: 4}.sideBySide(c))
	require.Equal(t, 2, Options{SideBySide: 4, Memory: int64(room)}.sideBySide(c))
	require.Equal(t, 1, Options{SideBySide: 4, Memory: int64(Memory(c))}.sideBySide(c))
	require.Equal(t, 1, Options{SideBySide: math.MaxInt, Memory: 1}.sideBySide(c))
	require.Equal(t, 2, Options{SideBySide: math.MaxInt, Memory: int64(room)}.sideBySide(c))
	require.Equal(t, maxRuns, Options{SideBySide: math.MaxInt, Memory: math.MaxInt64}.sideBySide(c), "there are no more")
	require.LessOrEqual(t, Options{}.sideBySide(c), mostSideBySide)
	require.Positive(t, Options{}.sideBySide(c))
}
