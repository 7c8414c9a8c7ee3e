package keras

import "example.com/unstuck/pkg/nn"

// regularizer reads a penalty on a weight, nil where there is none.
func (o *object) regularizer(key string) nn.Regularizer {
	s, ok := o.serialized(key)
	if !ok {
		return nil
	}
	c := s.settings(o.at(key), o.report)
	c.ignore("name")
	var r nn.L1L2
	switch s.class {
	case "L1", "l1":
		r.L1 = c.number("l1", 0.01)
	case "L2", "l2":
		r.L2 = c.number("l2", 0.01)
	case "L1L2", "l1_l2", "l1l2":
		fallback := 0.0
		if s.config == nil { // the string stands for 0.01 of each
			fallback = 0.01
		}
		r.L1, r.L2 = c.number("l1", fallback), c.number("l2", fallback)
	default:
		o.problem(key, "the regularizer %s is not supported (only L1, L2, L1L2)", s.class)
		return nil
	}
	c.done()
	if r.L1 < 0 || r.L2 < 0 {
		o.problem(key, "a penalty of %g and %g must not be negative", r.L1, r.L2)
	}
	return r
}
