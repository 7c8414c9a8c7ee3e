package keras

import "example.com/unstuck/pkg/nn"

// regularizer reads a penalty on a weight, nil where there is none.
func (o *object) regularizer(key string) nn.Regularizer {
	s, ok := o.serialized(key, regularizersKind)
	if !ok {
		return nil
	}
	if s.config == nil {
		if !regularizersKind.knows(s.class) {
			o.problem(key, "Keras has no regularizer of the name %s", show(s.class))
			return nil
		}
		if class, ok := map[string]string{"l1": "L1", "l2": "L2", "l1l2": "L1L2"}[s.class]; ok {
			s.class = class
		}
	}
	c := s.settings(o.at(key), regularizersKind, o.report)
	var r nn.L1L2
	switch s.class {
	case "L1":
		r.L1 = c.number("l1")
	case "L2":
		r.L2 = c.number("l2")
	case "L1L2":
		r.L1, r.L2 = c.number("l1"), c.number("l2")
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
