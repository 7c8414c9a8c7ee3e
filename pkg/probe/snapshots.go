package probe

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// Snapshots keeps a model's weights at the start and at the end of chosen epochs: for a film of them, of the decision boundary, or the
// path through the landscape of the loss. It is a callback of one Fit at a time; the next one begins anew.
//
//	var shots probe.Snapshots
//	m.Fit(ctx, data, fit.Config{Epochs: 100, Callbacks: []fit.Callback{&shots}})
//
// Each takes four bytes a weight. A training with it is looked at behind every epoch; the model is left alone.
type Snapshots struct {
	Epochs []int // at whose ends weights are kept, counted from 1 within the Fit; 0 is the start. Default: the start and then the further apart the later, up to the last: 1, 3, 10, 32, 100
	Most   int   // how many are kept where Epochs doesn't say; at least 2; default: 6

	Kept []Snapshot // in the order of the epochs; the last is the end of the training, wherever it was stopped, unless that was within an epoch
}

// Snapshot is the state of a model's weights.
type Snapshot struct {
	Epoch   int     // how many were done in the Fit; 0: none
	Loss    float64 // of the epoch, while the weights were moving; NaN at the start
	Weights []fit.Weight
}

// Name is "start" or the epoch's.
func (s Snapshot) Name() string {
	if s.Epoch == 0 {
		return "start"
	}
	return fmt.Sprintf("epoch %d", s.Epoch)
}

// Set gives the weights to a model of the same network. It is an error when it has others, see [fit.Model.SetWeights].
func (s Snapshot) Set(m *fit.Model) error { return m.SetWeights(arraysOf(s.Weights)) }

func arraysOf(weights []fit.Weight) []dataset.Array {
	arrays := make([]dataset.Array, len(weights))
	for i, w := range weights {
		arrays[i] = dataset.Array{Shape: w.Shape, Values: w.Values}
	}
	return arrays
}

// Begin implements [fit.Beginner].
func (s *Snapshots) Begin(r *fit.Run) error {
	s.Kept = nil
	for _, epoch := range s.Epochs {
		if epoch < 0 {
			return fmt.Errorf("probe: snapshot of epoch %d: epochs count from 1, and 0 is the start", epoch)
		}
	}
	if s.Most < 0 || s.Most == 1 {
		return fmt.Errorf("probe: %d snapshots: at least 2, the start and the end", s.Most)
	}
	if s.wanted(0, r.Epochs) {
		return s.keep(r, math.NaN())
	}
	return nil
}

// EpochEnd implements [fit.EpochEnder].
func (s *Snapshots) EpochEnd(r *fit.Run) error {
	if s.wanted(r.Epoch, r.Epochs) {
		return s.keep(r, lastEpochLoss(r))
	}
	return nil
}

// End implements [fit.Ender].
func (s *Snapshots) End(r *fit.Run) error {
	if n := len(s.Kept); r.Step > 0 || r.Epoch == 0 || n > 0 && s.Kept[n-1].Epoch == r.Epoch {
		return nil
	}
	return s.keep(r, lastEpochLoss(r))
}

func lastEpochLoss(r *fit.Run) float64 {
	if n := len(r.History.Epochs); n > 0 {
		return r.History.Epochs[n-1].Loss
	}
	return math.NaN()
}

func (s *Snapshots) keep(r *fit.Run, loss float64) error {
	weights, err := r.Model.Weights()
	if err != nil {
		return fmt.Errorf("probe: snapshot: %w", err)
	}
	s.Kept = append(s.Kept, Snapshot{Epoch: r.Epoch, Loss: loss, Weights: weights})
	return nil
}

// wanted tells whether an epoch of so many is kept.
func (s *Snapshots) wanted(epoch, of int) bool {
	if s.Epochs != nil {
		return slices.Contains(s.Epochs, epoch)
	}
	most := s.Most
	if most == 0 {
		most = 6
	}
	if epoch == 0 || epoch == of {
		return true
	}
	for k := range most - 2 {
		if at := math.Pow(float64(of), float64(k)/float64(most-2)); epoch == int(math.Round(at)) {
			return true
		}
	}
	return false
}

// ErrNoSnapshots says that nothing was kept.
var ErrNoSnapshots = errors.New("there are no snapshots: give a *probe.Snapshots to fit.Config.Callbacks and train")

// Borrow calls f, which may give m other weights, and puts m's own back behind it, whatever comes of f. The optimizer's memory stays all
// along. It is an error before the model is built.
func Borrow(m *fit.Model, f func() error) (err error) {
	own, err := m.Weights()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.SetWeights(arraysOf(own))) }()
	return f()
}
