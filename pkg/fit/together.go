package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"example.com/unstuck/pkg/dataset"
)

// Member is one of the trainings that [Together] runs: what [Model.Fit] is given.
type Member struct {
	Model  *Model
	Data   dataset.Data
	Config Config
}

// Outcome is what came of a member: what [Model.Fit] returns. A callback's panic is an error, and so is its runtime.Goexit.
type Outcome struct {
	History *History
	Err     error
}

// ApartError says why trainings can't be run together. They can be run one by one.
type ApartError struct {
	Reason string
	Err    error // behind it; may be nil
}

// Error says why, and what to do.
func (e *ApartError) Error() string {
	return fmt.Sprintf("fit: the trainings can't be run together, but one by one: %s", e.Reason)
}

// Unwrap is the error behind it.
func (e *ApartError) Unwrap() error { return e.Err }

// Together is [Model.Fit] for several models at once: their steps are one program, in which each has weights, optimizer's memory, learning rate,
// values to clip at and batch order of its own. That takes less time than one by one where models are tiny, see docs/speed.md; [Model.BestTogether] tells. The numbers are the same up to rounding:
// on XLA some 1e-6 of them in stable trainings, up to 5.5e-5 were measured at huge rates, where rounding grows from step to step.
//
// Models must be built alike and trained on the same data for as many epochs in batches of one size; seeds, initial weights, rates and all that
// a program has as variables may differ. Each has its own callbacks, which may change rate and weights and stop the training; those of different members are called
// at the same time. NaN in one stays there.
//
// width is how many the program is for, at least as many as there are members: calls of the same width share one compilation; 0: as many as there are.
//
// The error is an [ApartError] where they can't be run together, such as one with probes, a checkpoint or data in chunks, and ctx's; then no callback was called and no model was trained.
// So it is with what can't be run one by one either: no members, one without a model, two with the same one, a nil callback, data with NaN, a negative batch size; the error names the member.
// What becomes of a training that has begun is its own [Outcome]. A cancel is answered within half a second.
func Together(ctx context.Context, members []Member, width int) ([]Outcome, error) {
	g, err := newGroup(members, width)
	if err != nil {
		return nil, err
	}
	if err := g.prepare(ctx, members); err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(members))
	var all sync.WaitGroup
	for i, l := range g.lanes {
		all.Go(func() {
			returned := false
			defer func() {
				if p := recover(); p != nil {
					outcomes[i].Err = fmt.Errorf("fit: panic: %v", p)
				} else if !returned {
					outcomes[i].Err = errors.New("fit: a callback has ended its goroutine by runtime.Goexit, as t.FailNow of a test does: let it return an error")
				}
				l.close()
			}()
			outcomes[i].History, outcomes[i].Err = l.trainer.m.train(ctx, l.trainer)
			returned = true
		})
	}
	all.Wait()
	return outcomes, nil
}

// BestTogether is how many models like m are best run together. On a processor that is as many as whose weights, with what the optimizer remembers of them, stay in its
// caches from step to step. Beyond, they are faster one by one, which 0 says of a model of which not even a few fit. A device with memory of its own, such as a
// GPU, takes hardly longer for a thousand tiny models than for one, and several programs in turns. m must be built.
func (m *Model) BestTogether() (int, error) {
	weights, err := m.Weights()
	if err != nil {
		return 0, err
	}
	size := 0
	for _, w := range weights {
		size += len(w.Values)
	}
	memory, most := cached, mostTogether
	if m.OwnMemory() {
		memory, most = cachedOnDevice, mostOnDevice
	}
	n := memory / (3 * 4 * max(1, size)) // weights and two memories of them, of float32
	if n < fewestTogether {
		return 0, nil
	}
	return min(n, most), nil
}

// OwnMemory tells whether the model's device has memory of its own, as a GPU has, and not the host's.
func (m *Model) OwnMemory() bool { return !m.backend.HasSharedBuffers() }

const (
	cached         = 1 << 19 // bytes: half of a usual second-level cache
	fewestTogether = 4       // fewer gain nothing
	mostTogether   = 128     // more gain nothing
	cachedOnDevice = 1 << 25 // bytes: within the second-level cache of a GPU of 2022
	mostOnDevice   = 1024
)

// newGroup checks what can be checked before anything is built.
func newGroup(members []Member, width int) (*group, error) {
	if len(members) == 0 {
		return nil, errors.New("fit: there are no trainings to run together")
	}
	g := &group{width: max(width, len(members))}
	first := members[0]
	seen := map[*Model]bool{}
	for i, b := range members {
		if b.Model == nil {
			return nil, errNoModel(i)
		}
		if seen[b.Model] {
			return nil, fmt.Errorf("fit: member %d has the model of another one: each needs its own", i)
		}
		seen[b.Model] = true
		if reason := apart(first, b); reason != "" {
			return nil, &ApartError{Reason: reason}
		}
	}
	return g, nil
}

func errNoModel(member int) error {
	return fmt.Errorf("fit: member %d has no model: make one with Compile", member)
}

// Apart is an [ApartError] where two trainings can't be run together as far as can be told before their models are built; of one and itself, where it can't
// be run with any. nil: they may. A member without a model is another error, as it is of [Together].
func Apart(a, b Member) error {
	for i, m := range []Member{a, b} {
		if m.Model == nil {
			return errNoModel(i)
		}
	}
	if reason := apart(a, b); reason != "" {
		return &ApartError{Reason: reason}
	}
	return nil
}

// apart says why a training can't be run together with others, of which one is the first; empty: it can.
func apart(first, b Member) string {
	m, c, f := b.Model, b.Config, first.Config
	switch {
	case m.description == (description{}):
		return "a model, optimizer or loss hides what it does, as an nn.Func does"
	case m.programs != first.Model.programs || m.description != first.Model.description:
		return "their models, optimizers, losses or backends differ"
	case m.options.Stepwise != first.Model.options.Stepwise || m.options.MemoryLimit != first.Model.options.MemoryLimit:
		return "they are run with different options"
	case m.options.Devices > 1:
		return "each is shared out over several devices"
	case len(m.options.Probes) > 0:
		return "they have probes"
	case m.stateful != "":
		return "the layer " + m.stateful + " is stateful"
	case c.Checkpoint.Path != "":
		return "they keep checkpoints"
	case c.Epochs != f.Epochs || c.BatchSize != f.BatchSize || c.ValidationSplit != f.ValidationSplit:
		return "their epochs, batch sizes or validation splits differ"
	case c.AllowNonFinite != f.AllowNonFinite:
		return "some are to train on data that isn't finite"
	case !sameData(b.Data, first.Data) || !sameData(c.Validation, f.Validation):
		return "they are trained or validated on different data"
	}
	return ""
}

// prepare builds the models and compiles what they need together.
func (g *group) prepare(ctx context.Context, members []Member) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	for _, b := range members {
		b.Model.settle()
	}
	var err error
	b := &background{done: make(chan struct{})}
	go b.run(members[0].Model, func() {
		if err = g.build(ctx, members); err != nil {
			g.close()
		}
	}, g.close)
	select {
	case <-b.done:
		return err
	case <-ctx.Done():
	}
	select {
	case <-b.done:
		if err == nil {
			g.close()
		}
		return fmt.Errorf("fit: %w", ctx.Err())
	case <-time.After(lastWord):
	}
	if !b.leave() {
		<-b.done
		g.close()
		return fmt.Errorf("fit: %w", ctx.Err())
	}
	for _, member := range members {
		member.Model.busy = b.done // whoever uses it waits
	}
	return fmt.Errorf("fit: %w", ctx.Err())
}

// build makes the lanes and their program.
func (g *group) build(ctx context.Context, members []Member) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("fit: panic: %v", p)
		}
	}()
	var variables string
	for i, b := range members {
		l := &lane{group: g, at: len(g.lanes), m: b.Model}
		if b.Model.state.buffers != nil {
			if err := b.Model.download(); err != nil {
				return fmt.Errorf("fit: member %d: %w", i, err)
			}
		}
		if len(g.lanes) > 0 { // which has been looked at
			b.Config.AllowNonFinite = true
		}
		g.lanes = append(g.lanes, l)
		b.Model.state.lane = l
		if l.trainer, err = b.Model.newTraining(ctx, b.Data, b.Config); err != nil {
			return fmt.Errorf("fit: member %d: %w", i, err)
		}
		key := b.Model.stateKey()
		if variables == "" {
			variables = key
		}
		if key != variables || l.trainer.capacity != g.lanes[0].trainer.capacity {
			return &ApartError{Reason: "their models have different variables"}
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	return g.open()
}

// sameData tells whether two sets of data hold the same numbers.
func sameData(a, b dataset.Data) bool {
	xs, ys := append(a.Inputs(), a.Outputs()...), append(b.Inputs(), b.Outputs()...)
	if len(xs) != len(ys) || len(a.MoreX) != len(b.MoreX) || !sameValues(a.SampleWeight, b.SampleWeight) {
		return false
	}
	for i := range xs {
		if !slices.Equal(xs[i].Shape, ys[i].Shape) || !sameValues(xs[i].Values, ys[i].Values) {
			return false
		}
	}
	return true
}

// sameValues compares bits: NaN is the same as itself.
func sameValues(a, b []float32) bool {
	if len(a) != len(b) || (a == nil) != (b == nil) {
		return false
	}
	if len(a) == 0 || &a[0] == &b[0] {
		return true
	}
	return slices.EqualFunc(a, b, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
}
