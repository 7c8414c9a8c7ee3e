package loop

import (
	"errors"
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// Stateful layers go on from where the batch before has left them. Where outputs are computed here, step after step, so do they; a loop resets
// them where nobody sees it, as ahead of every epoch, which the loss tells. A step's gradient is computed from the states that its outputs
// were.

// standOn puts outputs that are computed here in the place of those that weren't recorded, from the states that the step before has left, or
// from none where the recorded loss is of that.
func (p *program) standOn(r *Recording, s *Step, b compute.Backend) error {
	begun := p.keptStates()
	if err := p.stand(s); err != nil {
		return err
	}
	left := p.keptStates()
	if len(left) == 0 {
		return nil
	}
	if p.states == nil {
		p.states = map[int]map[string]*tensors.Tensor{}
	}
	p.states[s.Number] = begun
	agrees := func() bool {
		one := replayed{value: math.NaN()}
		r.replayLoss(s, &one, b, func(string, ...any) {})
		return s.Loss == nil || math.IsNaN(one.value) || near(*s.Loss, one.value, s.tolerance())
	}
	if len(begun) == 0 || agrees() {
		return nil
	}
	if err := errors.Join(p.putStates(nil), p.stand(s)); err != nil {
		return err
	}
	if agrees() {
		p.states[s.Number] = nil
		return nil
	}
	if err := p.putStates(begun); err != nil {
		return err
	}
	return p.stand(s)
}

// keptStates are copies of the states that the layers have; empty: they keep none, or haven't run.
func (p *program) keptStates() map[string]*tensors.Tensor {
	kept := map[string]*tensors.Tensor{}
	p.eachState(func(v *model.Variable) {
		if value, err := v.Value(); err == nil {
			kept[v.Path()] = tensors.FromFlatDataAndDimensions(tensors.MustCopyFlatData[float32](value), value.Shape().Dimensions...)
		}
	})
	return kept
}

// putStates has the layers go on from these states; from zeros where one isn't there.
func (p *program) putStates(states map[string]*tensors.Tensor) error {
	var failed error
	p.eachState(func(v *model.Variable) {
		size := v.Shape().Dimensions
		values := make([]float32, elements(size))
		if state := states[v.Path()]; state != nil {
			values = tensors.MustCopyFlatData[float32](state)
		}
		if err := v.SetValue(tensors.FromFlatDataAndDimensions(values, size...)); err != nil {
			failed = err
		}
	})
	return failed
}

func (p *program) eachState(do func(v *model.Variable)) {
	for v := range p.store.IterVariables() {
		if nn.IsState(v) {
			do(v)
		}
	}
}
