package loop

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes/float16"

	"example.com/unstuck/pkg/dataset"
)

// unit is by what a number of the parameter's type is rounded at most, relative to it, where the type has 16 bits; 0: it has more.
func (p Parameter) unit() float64 {
	switch p.Type {
	case "bfloat16":
		return 1.0 / (1 << 8)
	case "float16":
		return 1.0 / (1 << 11)
	}
	return 0
}

// rounded are numbers as the parameter's type has them.
func (p Parameter) rounded(values []float32) []float32 {
	var by func(float32) float32
	switch p.Type {
	case "bfloat16":
		by = inBfloat16
	case "float16":
		by = func(v float32) float32 { return float16.From(v).Float32() }
	default:
		return values
	}
	all := make([]float32, len(values))
	for i, v := range values {
		all[i] = by(v)
	}
	return all
}

// made is an update that the parameter's type has room for, of weights before and after that are computed here. What a decay leaves of the
// weights, this share of them, is rounded before the rest of the step is made.
func (p Parameter) made(before, after []float32, decay float64) []float32 {
	if p.unit() == 0 || p.copied {
		return difference(after, before)
	}
	left := multiple(before, 1-decay)
	return difference(p.rounded(sum(p.rounded(left), difference(after, left))), before)
}

// decay is the share of the weights that a step takes off them by itself, as AdamW's does; 0: none, or it is a part of the gradient.
func (o Optimizer) decay(rate float64) float64 {
	var by float64
	if string(o.Groups[0]["decoupled_weight_decay"]) != "true" && o.Class != "AdamW" || json.Unmarshal(o.Groups[0]["weight_decay"], &by) != nil {
		return 0
	}
	return rate * by
}

// inBfloat16 rounds to the nearest number whose lower 16 bits are 0, of two to the even one.
func inBfloat16(v float32) float32 {
	if v != v {
		return v
	}
	bits := math.Float32bits(v)
	bits += 0x7fff + bits>>16&1
	return math.Float32frombits(bits &^ 0xffff)
}

// inSixteenBits notes at each step by what the model's numbers are rounded: those of weights with 16 bits, and so all that is computed
// with them.
func (r *Recording) inSixteenBits() {
	unit := 0.0
	for _, p := range r.Parameters {
		if p.Model {
			unit = max(unit, p.unit())
		}
	}
	for k := range r.Steps {
		r.Steps[k].unit = unit
	}
}

// withRoundedTargets adds to claims those of targets in the type of the model's weights, which a loop may cast behind the batch that it
// watches: near its end what is left of an error is less than what that changes. Whole numbers are the same.
func (r *Recording) withRoundedTargets(s *Step, claims []claim) []claim {
	if s.unit == 0 {
		return claims
	}
	at := slices.IndexFunc(r.Parameters, func(p Parameter) bool { return p.Model && p.unit() == s.unit })
	all := claims
	for _, c := range claims {
		if slices.ContainsFunc(c.targets, func(t dataset.Array) bool {
			return slices.ContainsFunc(t.Values, func(v float32) bool { return v != float32(math.Trunc(float64(v))) })
		}) {
			targets := slices.Clone(c.targets)
			for i, t := range targets {
				targets[i].Values = r.Parameters[at].rounded(t.Values)
			}
			c.targets = targets
			all = append(all, c)
		}
	}
	return all
}

// lost is by how much an update of weights with 16 bits may be another one than it is computed here, by its own length: what is rounded
// twice, or computed of averages that are rounded themselves, gets another last bit here and there.
func (r *Recording) lost(s *Step, of map[int]products) float64 {
	lost, length := 0.0, 0.0
	for i, p := range of {
		lost += math.Pow(r.Parameters[i].lastBits(s.before[i]), 2)
		length += p.bb
	}
	return math.Sqrt(lost / length)
}

// lastBits is how long that is of one weight.
func (p Parameter) lastBits(weight dataset.Array) float64 {
	if p.copied {
		return 0
	}
	return p.unit() / 4 * norm(weight.Values)
}
