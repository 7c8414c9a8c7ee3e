package optim

import (
	"fmt"
	"strings"

	"example.com/unstuck/internal/codec"
)

// ProgramKey describes everything of the optimizer that a compiled training step depends on: two optimizers
// with the same key can share one. The learning rate, the schedule and the limits of the clips aren't part
// of it, because they live in variables; see [Optimizer.Limits].
//
// It is false when a rule or transformation of another package has no ProgramKey() (string, bool) of its own.
func (o Optimizer) ProgramKey() (string, bool) {
	rule, ok := programKey(o.Rule)
	if !ok {
		return "", false
	}
	chain, ok := Chain(o.Transforms).ProgramKey()
	key := fmt.Sprintf("%s decay %g after %s", rule, o.WeightDecay, chain)
	for _, g := range o.Groups {
		more, known := g.programKey()
		ok = ok && known
		key += more
	}
	if o.Accumulate > 1 {
		key += fmt.Sprintf(" every %d steps", o.Accumulate)
	}
	if o.EMAMomentum != 0 {
		key += fmt.Sprintf(" averaged by %g, taken every %d steps", o.EMAMomentum, o.EMAOverwrite)
	}
	return key, ok
}

// ProgramKey lists the keys of the parts, in order.
func (c Chain) ProgramKey() (string, bool) {
	keys := make([]string, len(c))
	for i, t := range c {
		key, ok := programKey(t)
		if !ok {
			return "", false
		}
		keys[i] = key
	}
	return "[" + strings.Join(keys, " ") + "]", true
}

func programKey(v any) (string, bool) {
	if v, ok := v.(interface{ ProgramKey() (string, bool) }); ok {
		return v.ProgramKey()
	}
	if _, ok := codec.ClassOf(v); ok { // plain numbers and booleans
		return fmt.Sprintf("%#v", v), true
	}
	return "", false
}

// Limits are the settings that live in variables below the scope "/optimizers", by path from there, such as
// "transform_0/max". Whoever uses a step that was compiled for another optimizer of the same
// [Optimizer.ProgramKey] gives those variables these values, as float32.
func (o Optimizer) Limits() map[string]float64 {
	all := Chain(o.Transforms).Limits()
	for i, g := range o.Groups {
		for name, value := range Chain(g.Transforms).Limits() {
			all[groupScope(i)+"/"+name] = value
		}
	}
	return all
}
