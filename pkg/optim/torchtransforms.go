package optim

import "fmt"

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

func (c ClipByNorm) torchLines() []string {
	return []string{"for p in model.parameters():", "    torch.nn.utils.clip_grad_norm_(p, " + py(c.Max) + ")"}
}

func (c ClipByGlobalNorm) torchLines() []string {
	return []string{"torch.nn.utils.clip_grad_norm_(model.parameters(), " + py(c.Max) + ")"}
}

func (c ClipByValue) torchLines() []string {
	return []string{"torch.nn.utils.clip_grad_value_(model.parameters(), " + py(c.Max) + ")"}
}
