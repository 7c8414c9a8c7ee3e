package torch

import (
	"fmt"
	"strings"
)

// sizeValue is a size as a number to compute with.
func (b *builder) sizeValue(s symInt) (value, error) {
	n, err := b.size(s)
	switch {
	case err != nil:
		return value{}, err
	case !n.batch:
		return number(float64(n.n)), nil
	case !b.together:
		return value{}, fmt.Errorf("it computes with the size of the batch, which isn't supported")
	}
	return b.rowCount(n.n)
}

// sizeQuotient is arithmetic of sizes whose result isn't whole.
func (c *call) sizeQuotient() (value, error) {
	function, ok := map[string]string{"_operator.truediv": "divide", "_operator.mul": "multiply", "_operator.add": "add", "_operator.sub": "subtract"}[c.operation]
	if !ok {
		return value{}, fmt.Errorf("is not supported")
	}
	x, err := c.tensor(c.Inputs[0].Name)
	if err != nil {
		return value{}, err
	}
	y, err := c.tensor(c.Inputs[1].Name)
	if err != nil {
		return value{}, err
	}
	return c.b.binary(function, x, y)
}

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
	case len(c.Outputs) == 1 && c.Outputs[0].SymFloat != nil && len(c.Inputs) == 2 && strings.HasPrefix(op, "_operator."):
		if v, err := c.sizeQuotient(); err == nil { // else who takes it will say so
			b.values[c.Outputs[0].SymFloat.Name] = v
		}
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
