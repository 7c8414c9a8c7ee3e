package nn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// attentionArguments are Keras' arguments of attention with heads that have no field. How it is computed changes nothing.
var attentionArguments = []codec.Option{codec.Ignored("seed", "flash_attention")}

// heads is what MultiHeadAttention and GroupQueryAttention share: the projections of query, key and value to heads, the
// attention of each head, and the projection back.
type heads struct {
	layer                string
	queryHeads, keyHeads int // how many; each key head serves queryHeads/keyHeads of the others
	keyDim, valueDim     int
	output               []int // sizes behind the query's last axis but one; nil: the query's last
	axes                 []int // attended over; nil: all between the batch and the features
	noBias, gate, causal bool
	window               int
	takesMasks           bool // takes the masks off its inputs
	dropout              float64

	kernelInitializer, biasInitializer Initializer
	kernelRegularizer, biasRegularizer Regularizer
}

// headInputs are the names of the inputs, of which the last two may be left out.
var headInputs = []string{"query", "value", "key", "attention_mask"}

var headParameters = []string{"query", "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask"}

func (h heads) arrange(given map[string][]string) ([]string, error) {
	return arrange(h.layer, given, headInputs[:2], headInputs[2:], "value")
}

// shapes are those of query, value and key, each [batch, …, features].
func (h heads) shapes(inputs [][]int) (query, value, key []int, err error) {
	if len(inputs) < 2 || len(inputs) > 4 {
		return nil, nil, nil, fmt.Errorf("%s takes query, value, perhaps key and attention_mask: two to four inputs, here are %d; use it in an nn.Graph", h.layer, len(inputs))
	}
	query, value, key = inputs[0], inputs[1], inputs[1]
	if len(inputs) > 2 {
		key = inputs[2]
	}
	if len(query) < 3 || len(value) != len(query) || len(key) != len(query) {
		return nil, nil, nil, fmt.Errorf("%s needs query, value and key [batch, …, features] of as many axes, at least 3, got %s", h.layer, listed([][]int{query, value, key}))
	}
	if !slices.Equal(value[:len(value)-1], key[:len(key)-1]) {
		return nil, nil, nil, fmt.Errorf("%s needs a value and a key of the same shape but for the features, got %v and %v", h.layer, value, key)
	}
	axes, err := h.attended(len(query))
	if err != nil {
		return nil, nil, nil, err
	}
	for axis := range len(query) - 1 {
		if !slices.Contains(axes, axis) && query[axis] != value[axis] {
			return nil, nil, nil, fmt.Errorf("%s: query and value differ in axis %d, over which nothing is attended: %v and %v", h.layer, axis, query, value)
		}
	}
	return query, value, key, nil
}

// attended are the axes that are attended over, counted from the front.
func (h heads) attended(rank int) ([]int, error) {
	var axes []int
	if h.axes == nil {
		for axis := 1; axis < rank-1; axis++ {
			axes = append(axes, axis)
		}
		return axes, nil
	}
	for _, axis := range h.axes {
		if axis < 0 {
			axis += rank
		}
		if axis < 1 || axis >= rank-1 || slices.Contains(axes, axis) {
			return nil, fmt.Errorf("%s.AttentionAxes %v must be different axes between the batch and the features of an input with %d axes", h.layer, h.axes, rank)
		}
		axes = append(axes, axis)
	}
	return axes, nil
}

func (h heads) check() error {
	for _, s := range []struct {
		name string
		size int
	}{{"the number of heads", h.queryHeads}, {"the number of key heads", h.keyHeads}, {"the size of a key", h.keyDim}, {"the size of a value", h.valueDim}} {
		if s.size <= 0 {
			return fmt.Errorf("%s: %s is %d, must be positive", h.layer, s.name, s.size)
		}
	}
	if h.queryHeads%h.keyHeads != 0 {
		return fmt.Errorf("%s: %d query heads can't share %d key heads evenly", h.layer, h.queryHeads, h.keyHeads)
	}
	if !(h.dropout >= 0 && h.dropout < 1) {
		return fmt.Errorf("%s.Dropout is %g, must be from 0 to below 1", h.layer, h.dropout)
	}
	return nil
}

func (h heads) outputShapes(inputs [][]int) ([][]int, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	query, _, _, err := h.shapes(inputs)
	if err != nil {
		return nil, err
	}
	return [][]int{append(slices.Clone(query[:len(query)-1]), h.outputSizes(query)...)}, nil
}

func (h heads) outputSizes(query []int) []int {
	if len(h.output) > 0 {
		return h.output
	}
	return query[len(query)-1:]
}

// weights are a kernel and a bias for query, key, gate, value and output, in Keras' order.
func (h heads) weights(inputs [][]int) []Weight {
	query, value, key := inputs[0], inputs[0], inputs[0]
	if len(inputs) > 1 {
		value, key = inputs[1], inputs[1]
	}
	if len(inputs) > 2 {
		key = inputs[2]
	}
	var all []Weight
	project := func(name string, in, out []int) {
		kernel := append(slices.Clone(in), out...)
		plan := einsumPlan{in: size(in), out: size(out)}
		all = append(all, Weight{
			Name: name + "/kernel", Role: Kernel, Shape: kernel,
			Initializer: byEinsumFans(orInitializer(h.kernelInitializer, GlorotUniform{}), plan), Regularizer: h.kernelRegularizer,
		})
		if !h.noBias {
			all = append(all, Weight{
				Name: name + "/bias", Role: Bias, Shape: out,
				Initializer: orInitializer(h.biasInitializer, Zeros{}), Regularizer: h.biasRegularizer,
			})
		}
	}
	last := func(shape []int) []int { return shape[len(shape)-1:] }
	project("query", last(query), []int{h.queryHeads, h.keyDim})
	project("key", last(key), []int{h.keyHeads, h.keyDim})
	if h.gate {
		project("gate", last(query), []int{h.queryHeads, h.valueDim})
	}
	project("value", last(value), []int{h.keyHeads, h.valueDim})
	project("attention_output", []int{h.queryHeads, h.valueDim}, h.outputSizes(query))
	return all
}

// apply attends. l is the layer itself, whose weights these are.
func (h heads) apply(scope *model.Scope, l Weighted, xs []*graph.Node) []*graph.Node {
	if _, err := h.outputShapes(shapesOf(xs)); err != nil {
		panic(err)
	}
	var given *graph.Node
	inputs := slices.Clone(xs)
	if len(xs) == 4 {
		given, inputs = xs[3], inputs[:3]
	}
	for i, x := range inputs {
		inputs[i] = asFloat(x)
	}
	w := create(scope, l, inputs...)
	query, value, key := inputs[0], inputs[1], inputs[1]
	if len(inputs) > 2 {
		key = inputs[2]
	}
	rank := query.Rank()
	axes, _ := h.attended(rank) // checked by outputShapes
	mask := h.mask(xs, given, len(axes))
	if h.takesMasks {
		for _, x := range xs {
			setMask(x, nil)
		}
	}

	q := graph.MulScalar(w.project("query", query, 1), 1/math.Sqrt(float64(h.keyDim)))
	k, v := h.repeated(w.project("key", key, 1)), h.repeated(w.project("value", value, 1))
	scoresOf, combine := attentionEquations(rank+1, axes)
	scores := graph.Einsum(scoresOf, k, q)
	if mask != nil {
		scores = graph.Where(h.expandedMask(mask, scores, len(axes)), scores, graph.Scalar(scores.Graph(), scores.DType(), -1e9))
	}
	scores = softmaxAlong(scores, lastAxes(len(axes)))
	if h.dropout > 0 {
		if drawn := drawKey(scope, scores.Graph()); drawn != nil {
			scores = dropped(scores, drawn, h.dropout, scores.Shape().Dimensions)
		}
	}
	y := graph.Einsum(combine, scores, v)
	if h.gate {
		y = graph.Mul(y, Sigmoid{}.Activate(w.project("gate", query, 1)))
	}
	return []*graph.Node{w.project("attention_output", y, 2)}
}

// project multiplies the last axes of x, bound many, with a kernel's first, and adds the bias.
func (w weights) project(name string, x *graph.Node, bound int) *graph.Node {
	kernel := w.node(name + "/kernel")
	var last, first []int
	for i := range bound {
		last, first = append(last, x.Rank()-bound+i), append(first, i)
	}
	y := graph.DotGeneral(x, last, nil, kernel, first, nil)
	if bias := w.expanded(name+"/bias", y.Rank()); bias != nil {
		y = graph.Add(y, bias)
	}
	return y
}

// repeated has each key head as often as there are query heads for it: [batch, …, heads, size].
func (h heads) repeated(x *graph.Node) *graph.Node {
	n := h.queryHeads / h.keyHeads
	if n == 1 {
		return x
	}
	dims := slices.Clone(x.Shape().Dimensions)
	last := len(dims) - 1
	wide := append(slices.Clone(dims[:last]), n, dims[last])
	dims[last-1] *= n
	return graph.Reshape(graph.BroadcastToDims(graph.InsertAxes(x, last), wide...), dims...)
}

// attentionEquations are those of the scores [batch, …, heads, attended of the query, attended of the key] from key and
// query, and of the output from scores and value; each of these has rank axes, the last two being heads and features.
func attentionEquations(rank int, axes []int) (scores, combine string) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	target := letters[:rank]
	source := []byte(target)
	var batch, from, to strings.Builder
	for axis := range rank - 1 {
		if !slices.Contains(axes, axis) {
			batch.WriteByte(target[axis])
		}
	}
	for i, axis := range axes {
		source[axis] = letters[rank+i]
		to.WriteByte(target[axis])
		from.WriteByte(source[axis])
	}
	product := batch.String() + to.String() + from.String()
	return string(source) + "," + target + "->" + product, product + "," + string(source) + "->" + target
}

// mask is which places of the query may attend to which of the key, nil: all to all.
func (h heads) mask(xs []*graph.Node, given *graph.Node, axes int) *graph.Node {
	var mask *graph.Node
	and := func(m *graph.Node) {
		if mask == nil {
			mask = m
			return
		}
		mask = logicalAnd(mask, m)
	}
	if h.causal || h.window > 0 {
		if axes != 1 || xs[0].Rank() != 3 {
			panic(fmt.Errorf("%s: a causal mask and a sliding window need inputs [batch, time, features], got %s", h.layer, listed(shapesOf(xs))))
		}
		and(h.places(xs[0].Graph(), xs[0].Shape().Dim(1), xs[1].Shape().Dim(1)))
	}
	for i, x := range xs[:min(3, len(xs))] {
		m := MaskOf(x)
		if m == nil {
			continue
		}
		axis := -2 // of value and key: [batch, 1, steps]
		if i == 0 {
			axis = -1
		}
		and(graph.InsertAxes(m, axis))
	}
	if given != nil {
		if given.DType() != dtypes.Bool {
			given = graph.NotEqual(given, graph.ScalarZero(given.Graph(), given.DType()))
		}
		and(given)
	}
	return mask
}

// places is which of the query's steps may attend to which of the key's by their distance: [1, query, key].
func (h heads) places(g *graph.Graph, query, key int) *graph.Node {
	shape := shapes.Make(dtypes.Int32, 1, query, key)
	row, column := graph.Iota(g, shape, 1), graph.Iota(g, shape, 2)
	var allowed *graph.Node
	if h.causal {
		allowed = graph.GreaterOrEqual(row, column)
	}
	if h.window > 0 {
		near := graph.LessThan(graph.Abs(graph.Sub(row, column)), graph.Scalar(g, dtypes.Int32, h.window))
		if allowed != nil {
			near = graph.LogicalAnd(allowed, near)
		}
		allowed = near
	}
	return allowed
}

// expandedMask has the scores' shape: what it lacks in axes is put in front of those of query and key.
func (h heads) expandedMask(mask, scores *graph.Node, axes int) *graph.Node {
	if mask.Rank() > scores.Rank() || mask.Rank() < 2*axes {
		panic(fmt.Errorf("%s: a mask of shape %s doesn't fit scores of shape %s", h.layer, mask.Shape(), scores.Shape()))
	}
	for mask.Rank() < scores.Rank() {
		mask = graph.InsertAxes(mask, mask.Rank()-2*axes)
	}
	return graph.BroadcastToDims(mask, scores.Shape().Dimensions...)
}

// logicalAnd is a ∧ b, of as many axes, sizes of 1 being stretched.
func logicalAnd(a, b *graph.Node) *graph.Node {
	if a.Rank() != b.Rank() {
		panic(fmt.Errorf("masks of shapes %s and %s don't go together", a.Shape(), b.Shape()))
	}
	dims := make([]int, a.Rank())
	for i := range dims {
		dims[i] = max(a.Shape().Dim(i), b.Shape().Dim(i))
	}
	return graph.LogicalAnd(graph.BroadcastToDims(a, dims...), graph.BroadcastToDims(b, dims...))
}

// lastAxes are the last n axes, counted from the end.
func lastAxes(n int) []int {
	axes := make([]int, n)
	for i := range axes {
		axes[i] = i - n
	}
	return axes
}
