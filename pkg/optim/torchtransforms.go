package optim

import (
	"fmt"
	"slices"
	"strings"
)

// torchTransform is implemented by transformations that can be written in PyTorch.
type torchTransform interface{ torchLines() []string }

// torchTransforms are the lines of a chain. finite is behind how many of them it is known whether the step is taken, by the
// variable of that name; −1: it always is.
func torchTransforms(chain []Transform) (lines []string, finite int, err error) {
	finite = -1
	for _, t := range chain {
		switch t := t.(type) {
		case Chain:
			more, at, err := torchTransforms(t)
			if err != nil {
				return nil, -1, err
			}
			if at >= 0 {
				if finite >= 0 {
					return nil, -1, fmt.Errorf("%T: a chain skips steps twice", SkipNonFinite{})
				}
				finite = len(lines) + at
			}
			lines = append(lines, more...)
		case SkipNonFinite:
			if finite >= 0 {
				return nil, -1, fmt.Errorf("%T: a chain skips steps twice", t)
			}
			lines = append(lines, "finite = all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)")
			finite = len(lines)
		case torchTransform:
			lines = append(lines, t.torchLines()...)
		default:
			return nil, -1, fmt.Errorf("%T: PyTorch has no such gradient transformation", t)
		}
	}
	return lines, finite, nil
}

// torchArguments are the arguments of an optimizer of PyTorch that say what the last transformations do, and the others.
func torchArguments(o Optimizer, rule torchRule) (rest []Transform, arguments []string) {
	rest = o.Transforms
	if !strings.HasPrefix(rule.class, "torch.optim.") || o.Accumulate > 1 || o.WeightDecay != 0 {
		return rest, nil
	}
	last := func() Transform {
		if len(rest) == 0 {
			return nil
		}
		return rest[len(rest)-1]
	}
	if d, ok := last().(L2Decay); ok && !slices.Contains(rule.without, "weight_decay") {
		arguments = append(arguments, "weight_decay="+py(d.Decay))
		rest = rest[:len(rest)-1]
	}
	if _, ok := last().(Maximize); ok && !slices.Contains(rule.without, "maximize") {
		arguments = append(arguments, "maximize=True")
		rest = rest[:len(rest)-1]
	}
	return rest, arguments
}

func (d L2Decay) torchLines() []string {
	return []string{"for p in model.parameters():", "    if p.grad is not None:", "        p.grad += " + py(d.Decay) + " * p.detach()"}
}

func (Maximize) torchLines() []string { return torchEach("p.grad.neg_()") }

func (c ClipByNorm) torchLines() []string {
	return []string{"for p in model.parameters():", "    torch.nn.utils.clip_grad_norm_(p, " + py(c.Max) + ")"}
}

func (c ClipByGlobalNorm) torchLines() []string {
	return []string{"torch.nn.utils.clip_grad_norm_(model.parameters(), " + py(c.Max) + ")"}
}

func (c ClipByValue) torchLines() []string {
	return []string{"torch.nn.utils.clip_grad_value_(model.parameters(), " + py(c.Max) + ")"}
}
