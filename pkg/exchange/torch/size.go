package torch

import "strings"

// sizeOperation reads what computes with sizes, or only asserts something of them; false: it is another operation.
func (b *builder) sizeOperation(c *call) bool {
	result := ""
	if len(c.Outputs) == 1 && c.Outputs[0].SymInt != nil {
		result = c.Outputs[0].SymInt.Name
	}
	switch op := c.operation; {
	case op == "sym_size.int":
		v, err := c.tensor("self")
		if err != nil {
			return true
		}
		if axis, err := c.axis("dim", 0, v.rank()); err == nil {
			b.sizes[result] = v.shape()[axis]
		}
		return true
	case strings.HasPrefix(op, "_assert"), strings.HasPrefix(op, "sym_constrain"), op == "_operator.ge", op == "_operator.le", op == "_operator.eq", op == "_operator.gt", op == "_operator.lt", op == "_operator.and_":
		return true
	case result == "":
		return false
	case len(c.Inputs) != 2:
		return false
	}
	var of [2]size
	for i := range of {
		s, err := c.sizes(c.Inputs[i].Name)
		if err != nil || len(s) != 1 {
			return true // who takes it will say so
		}
		of[i] = s[0]
	}
	x, y := of[0], of[1]
	switch c.operation {
	case "_operator.mul":
		if !x.batch || !y.batch {
			b.sizes[result] = times(x, y)
		}
	case "_operator.floordiv", "_operator.truediv":
		if y.n > 0 && x.n%y.n == 0 && (x.batch || !y.batch) {
			b.sizes[result] = size{n: x.n / y.n, batch: x.batch && !y.batch}
		}
	case "_operator.add":
		if x.batch == y.batch {
			b.sizes[result] = size{n: x.n + y.n, batch: x.batch}
		}
	case "_operator.sub":
		if x.batch == y.batch && x.n > y.n {
			b.sizes[result] = size{n: x.n - y.n, batch: x.batch}
		}
	}
	return true
}
