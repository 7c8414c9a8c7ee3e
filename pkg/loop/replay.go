package loop

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
)

// Row is one step, recorded and replayed. What couldn't be replayed is NaN, null in JSON.
type Row struct {
	Step     int    `json:"step"`
	Loss     Number `json:"loss"`     // as it was recorded
	Replayed Number `json:"replayed"` // the claimed loss of the recorded outputs and targets
	// GradientRatio and GradientCosine compare the gradient that the optimizer saw with that of the claimed loss.
	GradientRatio  Number `json:"gradient_ratio"`
	GradientCosine Number `json:"gradient_cosine"`
	// UpdateRatio is the length of the update by that of the one that the optimizer makes of the gradient it saw.
	UpdateRatio Number `json:"update_ratio"`
	Rate        Number `json:"rate"`
}

// Number is a number that is null in JSON where it is NaN or infinite.
type Number float64

// MarshalJSON writes null for what JSON doesn't have.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return fmt.Appendf(nil, "%g", float64(n)), nil
}

// replayed is what was computed of a step.
type replayed struct {
	claim     *claim // that agrees with the recorded loss, or the first; nil: none
	claims    []claim
	value     float64         // of claim; NaN: none
	gradient  []dataset.Array // of claim, or of a loss of the user's, by the outputs; nil: not known
	scale     float64         // of the recorded gradient by the outputs, by the claimed one; NaN: not known
	along     float64         // the cosine between them
	own, seen products        // the step's own gradient, and the one that the optimizer saw, against the replayed one
	last      products        // what the optimizer saw, against the gradient of the last of several backward passes alone
	parts     []part          // own, of each weight
	output    float64         // how far the recorded outputs are from those computed here, relative; NaN: not compared
}

// replays are the steps, replayed, and what couldn't be.
type replays struct {
	steps     []replayed
	unchecked []string
	program   *program // nil: the model isn't computed here
	weighted  string   // by what rows are weighted, beyond what the claimed loss does; empty: by nothing
	clipped   string   // how gradients that aren't seen are taken to be clipped; empty: they aren't
	backend   compute.Backend
}

// tolerance is how far a recorded loss may be from a replayed one, relative to it.
func (s *Step) tolerance() float64 {
	if s.Autocast != "" {
		return 2e-2
	}
	return max(1e-4, 5*s.unit)
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b))+1e-7
}

// replay computes every step again.
func (r *Recording) replay(ctx context.Context, b compute.Backend) (*replays, error) {
	all := &replays{backend: b, steps: make([]replayed, len(r.Steps))}
	p, err := newProgram(r, b)
	if err != nil {
		all.unchecked = append(all.unchecked, fmt.Sprintf("gradients through the model: %v", err))
		p = nil
	}
	all.program = p
	var said steps
	for k := range r.Steps {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		s, one := &r.Steps[k], &all.steps[k]
		unchecked := func(format string, args ...any) { said.add(s.Number, format, args...) }
		one.value, one.scale, one.along, one.output = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		if !s.Arrayed {
			continue
		}
		if p != nil && s.Forwards == 0 && s.named("out") == nil && (len(r.ModeModules) == 0 || s.View != "" && s.Training && !s.Draws) { // it was called part by part, or isn't seen
			if err := p.standOn(r, s, b); err != nil {
				unchecked("the loss: %v", err)
			}
		}
		if len(s.XOrder) > 0 {
			r.inOrder(s, b)
		}
		if s.unit > 0 {
			unchecked("losses and gradients to more than %s of their size: the weights have 16 bits, and what is computed with them is rounded at each operation", number(5*s.unit))
		}
		r.replayLoss(s, one, b, unchecked)
	}
	all.weighted = r.weigh(all)
	for k := range r.Steps {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		s, one := &r.Steps[k], &all.steps[k]
		unchecked := func(format string, args ...any) { said.add(s.Number, format, args...) }
		if s.Aside {
			r.takeAside(s)
			continue
		}
		if p == nil || !s.Arrayed {
			continue
		}
		if err := r.replayGradient(s, one, p, unchecked); err != nil {
			unchecked("gradients through the model: %v", err)
			all.program, p = nil, nil
		}
	}
	all.unchecked = append(all.unchecked, said.textOf(r.arrayed())...)
	for _, note := range r.Notes {
		if strings.HasPrefix(note, lossAsItIs) {
			if all.lossOfEvery(r) {
				continue
			}
			note = r.Unexamined()
		}
		if !slices.Contains(all.unchecked, note) {
			all.unchecked = append(all.unchecked, note)
		}
	}
	return all, nil
}

// lossAsItIs begins the note of a recorder that couldn't save the loss for the ordinary diagnosis: outputs and targets are reshaped ahead
// of it, perhaps, as a replay finds out.
const lossAsItIs = "the loss can't be computed of the outputs and targets of a batch: "

// Unexamined says why the recorder left no training for the ordinary diagnosis to examine, where its loss is why; empty: it did, or there is
// another reason.
func (r *Recording) Unexamined() string {
	for _, note := range r.Notes {
		if strings.HasPrefix(note, lossAsItIs) {
			return "the ordinary diagnosis of the model and its data, which can't go on with this loss: " + note
		}
	}
	return ""
}

// lossOfEvery reports whether the loss of each step whose arrays were kept is replayed.
func (all *replays) lossOfEvery(r *Recording) bool {
	for k := range r.Steps {
		if r.Steps[k].Arrayed && math.IsNaN(all.steps[k].value) {
			return false
		}
	}
	return true
}

// stand puts outputs that are computed here in the place of those that weren't recorded.
func (p *program) stand(s *Step) error {
	if err := p.at(s.before); err != nil {
		return err
	}
	outputs, err := p.outputs(s.named("x"))
	for i, o := range outputs {
		s.values[fmt.Sprintf("out/%d", i)] = o
	}
	return err
}

// replayLoss takes the claimed loss of the recorded outputs.
func (r *Recording) replayLoss(s *Step, one *replayed, b compute.Backend, unchecked func(string, ...any)) {
	claims, why := r.claims(s.named("out"), s.named("y"))
	claims = r.withRoundedTargets(s, claims)
	if s.Claimed != nil && len(claims) == 0 {
		one.value = *s.Claimed // of a loss of the user's
		if own := s.named("claim"); len(own) == len(s.named("out")) {
			one.gradient = own
			one.beside(s)
		}
		return
	}
	if len(claims) == 0 {
		unchecked("the loss: %s", why)
		return
	}
	one.claims = claims
	for i := range claims {
		v, gradient, err := claims[i].value(b)
		if err != nil {
			unchecked("the loss: %v", err)
			continue
		}
		if one.claim == nil || s.Loss != nil && near(v, *s.Loss, s.tolerance()) {
			one.claim, one.value, one.gradient = &claims[i], v, gradient
			if s.Loss != nil && near(v, *s.Loss, s.tolerance()) {
				break
			}
		}
	}
	one.beside(s)
}

// beside compares the recorded gradient by the outputs with the claimed loss's.
func (one *replayed) beside(s *Step) {
	recorded := s.named("cotangent")
	if len(recorded) != len(one.gradient) || s.Forwards != 1 || s.Backwards != 1 {
		return
	}
	var p products
	for i := range recorded {
		p.add(recorded[i].Values, one.gradient[i].Values)
	}
	one.scale, one.along = p.ratio(), p.cosine()
}

// replayGradient computes the gradient of the claimed loss, or of what was recorded at the outputs where none is claimed.
func (r *Recording) replayGradient(s *Step, one *replayed, p *program, unchecked func(string, ...any)) error {
	switch {
	case s.Autocast != "":
		unchecked("gradients exactly: %s computes in %s", r.spoken("autocast", "the model"), s.Autocast)
		return nil
	case !s.Training && len(r.ModeModules) > 0:
		unchecked("%s", r.spoken("gradients in eval mode", "gradients of a model that is called without training=True"))
		return nil
	case s.Forwards > 1:
		unchecked("gradients of steps in which the model is called several times")
		return nil
	case s.Backwards == 0:
		return nil
	case len(s.EvalModules) > 0:
		unchecked("%s", r.spoken("gradients through modules that are in eval mode while the model is in training mode", "gradients through layers that are called without training=True while the model is called with it"))
		return nil
	}
	cotangents := one.gradient
	if cotangents == nil {
		cotangents = s.named("cotangent")
	}
	if cotangents == nil {
		unchecked("gradients: neither a claimed loss nor the gradient by the outputs is there")
		return nil
	}
	draws, err := p.draws(s)
	if err != nil {
		unchecked("gradients exactly: the forward pass draws random numbers, dropout's, and %v", err)
		return nil
	}
	if err := p.at(s.before); err != nil {
		return err
	}
	if states, stood := p.states[s.Number]; stood {
		if err := p.putStates(states); err != nil {
			return err
		}
	}
	outputs, gradients, err := p.run(s.named("x"), draws, cotangents)
	if err != nil {
		return err
	}
	if recorded := s.named("out"); len(recorded) == len(outputs) {
		var o products
		for i := range outputs {
			o.add(outputs[i].Values, recorded[i].Values)
		}
		one.output = o.apart()
	}
	if one.output > max(1e-3, 5*s.unit) {
		unchecked("gradients: the model computed here gives other outputs than were recorded, %s of their size apart; it may hold state between steps, or its weights were changed after its forward pass began", number(one.output))
		return nil
	}
	if s.View != "" {
		r.standIn(s, p, gradients)
	}
	if s.View == viewWeights {
		return nil
	}
	for _, pair := range []struct {
		into *products
		of   func(int) []float32
	}{{&one.own, s.own}, {&one.seen, s.seen}} {
		err := r.compare(p, pair.of, gradients, func(path string, recorded, replayed []float32) {
			pair.into.add(recorded, replayed)
			if pair.into == &one.own {
				of := part{name: path}
				of.add(recorded, replayed)
				one.parts = append(one.parts, of)
			}
		})
		if err != nil {
			return err
		}
	}
	if by := s.named("cotangent"); s.Backwards > 1 && one.gradient != nil && len(by) == len(one.gradient) {
		_, alone, err := p.run(s.named("x"), draws, by)
		if err != nil {
			return err
		}
		if err := r.compare(p, s.seen, alone, func(_ string, recorded, replayed []float32) { one.last.add(recorded, replayed) }); err != nil {
			return err
		}
	}
	if math.IsNaN(one.scale) && r.Framework == kerasFramework && s.View == "" && s.Forwards == 1 && s.Backwards == 1 {
		// Keras' cross-entropies pass over the sigmoid or softmax that the outputs come from: there is no gradient at these.
		one.scale, one.along = one.own.ratio(), one.own.cosine()
	}
	return nil
}

// compare gives recorded gradients and replayed ones, weight by weight; of what has none they are zeros.
func (r *Recording) compare(p *program, of func(int) []float32, replayed map[string][]float32, take func(path string, recorded, replayed []float32)) error {
	converted, err := p.converted(func(i int) []float32 {
		if g := of(i); g != nil {
			return g
		}
		return make([]float32, elements(r.Parameters[i].Shape))
	})
	if err != nil {
		return err
	}
	for _, w := range converted {
		if g, ok := replayed[w.Path]; ok && p.compared[w.Path] {
			take(w.Path, w.Array.Values, g)
		}
	}
	return nil
}

// rows are the steps as a table.
func (r *Recording) rows(all *replays, updates []products) []Row {
	nan := Number(math.NaN())
	rows := make([]Row, len(r.Steps))
	for k := range r.Steps {
		s, one := &r.Steps[k], all.steps[k]
		row := Row{Step: s.Number, Loss: nan, Replayed: Number(one.value), GradientRatio: nan, GradientCosine: nan, UpdateRatio: nan, Rate: nan}
		if s.Loss != nil {
			row.Loss = Number(*s.Loss)
		}
		if one.seen.bb > 0 && s.did("step") {
			row.GradientRatio = Number(math.Sqrt(one.seen.aa / one.seen.bb))
			if one.seen.aa > 0 { // zeros have no direction
				row.GradientCosine = Number(one.seen.cosine())
			}
		}
		if updates[k].bb > 0 {
			row.UpdateRatio = Number(math.Sqrt(updates[k].aa / updates[k].bb))
		}
		if len(s.Rates) > 0 && len(s.Rates[0]) > 0 {
			row.Rate = Number(s.Rates[0][0])
		}
		rows[k] = row
	}
	return rows
}
