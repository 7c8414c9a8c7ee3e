package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// Tensors that don't depend on the rows, as positions and masks, are worked out here.

// maxKnown bounds the numbers of one.
const maxKnown = 1 << 24

// filledWith is a tensor of one number.
func filledWith(c *call, shape []size, x float64) ([]value, error) {
	n := 1
	batch := false
	var plain []int
	for _, s := range shape {
		batch = batch || s.batch
		plain = append(plain, s.n)
		if s.n < 0 || s.n > 0 && n > maxKnown/s.n {
			return nil, fmt.Errorf("a tensor of shape %v is too large", shape)
		}
		n *= s.n
	}
	if batch {
		return []value{{known: &tensor{shape: []int{}, values: []float32{float32(x)}}, extent: shape}}, nil
	}
	if plain == nil {
		plain = []int{}
	}
	return []value{knownValue(tensor{shape: plain, values: slices.Repeat([]float32{float32(x)}, n), whole: c.makesWhole()})}, nil
}

// makesWhole reports whether what the operation gives are integers or truth values.
func (c *call) makesWhole() bool {
	if len(c.Outputs) == 0 || c.Outputs[0].Tensor == nil {
		return false
	}
	return isWhole(c.b.meta[c.Outputs[0].Tensor.Name].Dtype)
}

func init() {
	for name, x := range map[string]float64{"zeros": 0, "ones": 1, "new_zeros": 0, "new_ones": 1, "empty": 0, "new_empty": 0} {
		reads(func(c *call) ([]value, error) {
			shape, err := c.sizes("size")
			if err != nil {
				return nil, err
			}
			return filledWith(c, shape, x)
		}, name)
	}
	reads(func(c *call) ([]value, error) {
		shape, err := c.sizes("size")
		if err != nil {
			return nil, err
		}
		x, err := c.number("fill_value", 0)
		if err != nil {
			return nil, err
		}
		return filledWith(c, shape, x)
	}, "full", "new_full")
	reads(func(c *call) ([]value, error) {
		x, err := c.number("s", 0)
		if err != nil {
			return nil, err
		}
		return filledWith(c, nil, x)
	}, "scalar_tensor")
	reads(func(c *call) ([]value, error) {
		var bounds [3]float64
		for i, name := range []string{"start", "end", "step"} {
			var err error
			if bounds[i], err = c.number(name, []float64{0, 0, 1}[i]); err != nil {
				return nil, err
			}
		}
		n := math.Ceil((bounds[1] - bounds[0]) / bounds[2])
		if !(n >= 0 && n <= maxKnown) {
			return nil, fmt.Errorf("a range of %g numbers is too long", n)
		}
		t := tensor{shape: []int{int(n)}, values: make([]float32, int(n)), whole: c.makesWhole()}
		for i := range t.values {
			t.values[i] = float32(bounds[0] + float64(i)*bounds[2])
		}
		return []value{knownValue(t)}, nil
	}, "arange")
	reads(func(c *call) ([]value, error) {
		var bounds [3]float64
		for i, name := range []string{"start", "end", "steps"} {
			var err error
			if bounds[i], err = c.number(name, 0); err != nil {
				return nil, err
			}
		}
		n := int(bounds[2])
		if n < 1 || n > maxKnown {
			return nil, fmt.Errorf("a range of %d numbers is not supported", n)
		}
		t := tensor{shape: []int{n}, values: make([]float32, n)}
		for i := range t.values {
			t.values[i] = float32(bounds[0] + float64(i)*(bounds[1]-bounds[0])/float64(max(1, n-1)))
		}
		return []value{knownValue(t)}, nil
	}, "linspace")
	for _, name := range []string{"tril", "triu"} {
		reads(func(c *call) ([]value, error) {
			v, err := c.tensor("self")
			if err != nil {
				return nil, err
			}
			k, err := c.int("diagonal", 0)
			if err != nil {
				return nil, err
			}
			if v.isNode() {
				return one(c.triangle(v, name == "tril", k))
			}
			if len(v.known.shape) < 2 || v.extent != nil || v.parameter != "" {
				return nil, fmt.Errorf("of a parameter, or of a tensor of the batch's size, it is not supported")
			}
			t := *v.known
			t.values = slices.Clone(t.values)
			rows, columns := t.shape[len(t.shape)-2], t.shape[len(t.shape)-1]
			for i := range t.values {
				r, col := i/columns%rows, i%columns
				if name == "tril" && col-r > k || name == "triu" && col-r < k {
					t.values[i] = 0
				}
			}
			return []value{knownValue(t)}, nil
		}, name)
	}
}

// triangle is a node with zeros beyond a diagonal of its last two axes.
func (c *call) triangle(x value, lower bool, k int) (value, error) {
	shape := x.shape()
	if len(shape) < 2 || shape[len(shape)-1].batch || shape[len(shape)-2].batch {
		return x, fmt.Errorf("of rows of the batch it is not supported")
	}
	rows, columns := shape[len(shape)-2].n, shape[len(shape)-1].n
	t := tensor{shape: []int{rows, columns}, values: make([]float32, rows*columns)}
	for i := range t.values {
		r, column := i/columns, i%columns
		t.values[i] = float32(truth(lower && column-r <= k || !lower && column-r >= k))
	}
	return c.b.binary("multiply", x, knownValue(t))
}

// knownUnary is a function of known numbers.
func (c *call) knownUnary(v value, l nn.Layer) (value, error) {
	u, ok := l.(nn.Unary)
	if !ok {
		return v, fmt.Errorf("of a tensor that doesn't depend on the input it is not supported")
	}
	if u.Function == "stop_gradient" {
		v.parameter = ""
		return v, nil
	}
	f := map[string]func(float64) float64{
		"negative": func(x float64) float64 { return -x }, "exp": math.Exp, "log": math.Log, "sqrt": math.Sqrt, "sin": math.Sin, "cos": math.Cos, "absolute": math.Abs,
		"reciprocal": func(x float64) float64 { return 1 / x }, "rsqrt": func(x float64) float64 { return 1 / math.Sqrt(x) },
		"logical_not": func(x float64) float64 { return truth(x == 0) }, "zeros_like": func(float64) float64 { return 0 }, "ones_like": func(float64) float64 { return 1 },
		"square": func(x float64) float64 { return x * x }, "floor": math.Floor, "ceil": math.Ceil,
	}[u.Function]
	if f == nil || v.parameter != "" {
		return v, fmt.Errorf("of a parameter, or of a tensor that doesn't depend on the input, it is not supported")
	}
	t := *v.known
	t.values = slices.Clone(t.values)
	for i, x := range t.values {
		t.values[i] = float32(f(float64(x)))
	}
	t.whole = c.makesWhole()
	return value{known: &t, extent: v.extent}, nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// knownBinary combines known numbers.
func (b *builder) knownBinary(function string, x, y value) (value, error) {
	if x.parameter != "" || y.parameter != "" {
		if n := b.parameterNode(x); n.isNode() {
			return b.binary(function, n, y)
		}
		if n := b.parameterNode(y); n.isNode() {
			return b.binary(function, x, n)
		}
		return x, fmt.Errorf("it computes with a parameter that is used in another way elsewhere, which isn't supported")
	}
	f := map[string]func(x, y float64) float64{
		"add": func(x, y float64) float64 { return x + y }, "subtract": func(x, y float64) float64 { return x - y }, "multiply": func(x, y float64) float64 { return x * y },
		"divide": func(x, y float64) float64 { return x / y }, "power": math.Pow, "maximum": math.Max, "minimum": math.Min,
		"floor_divide": func(x, y float64) float64 { return math.Floor(x / y) }, "mod": func(x, y float64) float64 { return x - y*math.Floor(x/y) },
		"equal": func(x, y float64) float64 { return truth(x == y) }, "not_equal": func(x, y float64) float64 { return truth(x != y) },
		"greater": func(x, y float64) float64 { return truth(x > y) }, "greater_equal": func(x, y float64) float64 { return truth(x >= y) },
		"less": func(x, y float64) float64 { return truth(x < y) }, "less_equal": func(x, y float64) float64 { return truth(x <= y) },
		"logical_and": func(x, y float64) float64 { return truth(x != 0 && y != 0) }, "logical_or": func(x, y float64) float64 { return truth(x != 0 || y != 0) },
		"logical_xor": func(x, y float64) float64 { return truth((x != 0) != (y != 0)) },
	}[function]
	if f == nil || x.extent != nil || y.extent != nil {
		return x, fmt.Errorf("of tensors that don't depend on the input it is not supported")
	}
	rank := max(x.rank(), y.rank())
	shape, n := make([]int, rank), 1
	extend := func(t *tensor) []int { return append(slices.Repeat([]int{1}, rank-len(t.shape)), t.shape...) }
	xs, ys := extend(x.known), extend(y.known)
	for i := range shape {
		switch {
		case xs[i] == 1:
			shape[i] = ys[i]
		case ys[i] == 1 || xs[i] == ys[i]:
			shape[i] = xs[i]
		default:
			return x, fmt.Errorf("shapes %v and %v don't fit", xs, ys)
		}
		if shape[i] > 0 && n > maxKnown/shape[i] {
			return x, fmt.Errorf("a tensor of shape %v is too large", shape)
		}
		n *= shape[i]
	}
	out := tensor{shape: shape, values: make([]float32, n)}
	if b.now != nil {
		out.whole = b.now.makesWhole()
	}
	place := func(dims []int, at []int) int {
		p := 0
		for i, d := range dims {
			p = p * d
			if d > 1 {
				p += at[i]
			}
		}
		return p
	}
	at := make([]int, rank)
	for i := range out.values {
		out.values[i] = float32(f(float64(x.known.values[place(xs, at)]), float64(y.known.values[place(ys, at)])))
		for k := rank - 1; k >= 0; k-- {
			if at[k]++; at[k] < shape[k] {
				break
			}
			at[k] = 0
		}
	}
	return knownValue(out), nil
}

// knownPart is what lies at places of an axis.
func (v value) knownPart(axis, from, to, step int, goes bool) (value, error) {
	if v.extent != nil || v.known == nil {
		return v, fmt.Errorf("a part of it is not supported")
	}
	t := *v.known
	n := t.shape[axis]
	if from < 0 {
		from, to = from+n, to+n
	}
	if from < 0 || to > n || step < 1 || from > to {
		return v, fmt.Errorf("there are no places %d to %d of %d", from, to, n)
	}
	outer, inner := 1, 1
	for _, d := range t.shape[:axis] {
		outer *= d
	}
	for _, d := range t.shape[axis+1:] {
		inner *= d
	}
	var values []float32
	count := 0
	for o := range outer {
		count = 0
		for k := from; k < to; k += step {
			values = append(values, t.values[(o*n+k)*inner:(o*n+k+1)*inner]...)
			count++
		}
	}
	t.values = values
	t.shape = slices.Clone(t.shape)
	if t.shape[axis] = count; goes {
		t.shape = slices.Delete(t.shape, axis, axis+1)
	}
	return knownValue(t), nil
}

func (b *builder) knownConcatenated(all []value, axis int) (value, error) {
	if len(all) == 1 {
		return all[0], nil
	}
	return value{}, fmt.Errorf("of tensors that don't depend on the input it is not supported")
}

// drawnLike draws numbers that are spread as those of a parameter, of which nobody says how it was drawn.
func drawnLike(t tensor) nn.Initializer {
	var sum, squares float64
	for _, v := range t.values {
		sum += float64(v)
	}
	mean := sum / float64(max(1, len(t.values)))
	for _, v := range t.values {
		squares += (float64(v) - mean) * (float64(v) - mean)
	}
	deviation := math.Sqrt(squares / float64(max(1, len(t.values))))
	switch {
	case deviation == 0 && mean == 0:
		return nn.Zeros{}
	case deviation == 0:
		return nn.Constant{Value: mean}
	}
	return nn.RandomNormal{Mean: mean, StdDev: deviation}
}
