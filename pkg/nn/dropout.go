package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Dropout sets a share Rate of its inputs to 0 in training and divides the others by 1−Rate, so that the mean stays;
// in inference it returns its input. As Keras' Dropout. Srivastava et al. 2014.
//
// Which ones depends on the store's seed, the layer's path, the training step and the place in the tensor alone.
// So a run repeats, on every backend, and goes on from a checkpoint with the same draws. The step is counted in a
// variable ("dropout_step"), and what the seed and the path make of each other lies in another ("dropout_key"); neither
// is trainable. A graph compiled for one seed so serves every other.
//
// Shapes: x [batch, …] → the same.
type Dropout struct {
	Name string  `keras:"-"`                                       // empty: "dropout", "dropout_1", …
	Rate float64 `keras:"rate,positional,required,from=0,below=1"` // share that is dropped: from 0, which drops nothing, to below 1
	// NoiseShape is the shape of what is drawn, the batch included: along an axis of size 1 all values share a draw; −1: the
	// input's size. nil: each value has its own.
	NoiseShape []int `keras:"noise_shape,open,from=-1"`
}

var _ = layers.Add(Dropout{}, codec.Ignored("seed"))

// Apply adds the layer to the graph. It panics when Rate is outside [0, 1).
func (d Dropout) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	mustBeRate("Dropout", d.Rate)
	x = asFloat(x)
	if d.Rate == 0 {
		return x
	}
	key := drawKey(scope, x.Graph())
	if key == nil {
		return x
	}
	return dropped(x, key, d.Rate, noiseShape("Dropout", d.NoiseShape, x.Shape().Dimensions))
}

// noiseShape is the shape of a draw for an input of that shape. It panics when it can't be brought to the input's.
func noiseShape(layer string, noise, input []int) []int {
	if noise == nil {
		return input
	}
	shape := slices.Repeat([]int{1}, max(0, len(input)-len(noise)))
	for i, n := range noise {
		axis := len(input) - len(noise) + i
		if n == -1 && axis >= 0 {
			n = input[axis]
		}
		if axis < 0 || n != 1 && n != input[axis] {
			panic(fmt.Errorf("%s.NoiseShape is %v, which doesn't fit an input %v: sizes must be the input's, 1 or -1", layer, noise, input))
		}
		shape = append(shape, n)
	}
	return shape
}

func mustBeRate(layer string, rate float64) {
	if !(rate >= 0 && rate < 1) {
		panic(fmt.Errorf("%s.Rate is %g, must be from 0 to below 1", layer, rate))
	}
}

// dropped sets a share of x to 0 and divides the rest by what is left; axes of dims of size 1 share a draw.
func dropped(x, key *graph.Node, rate float64, dims []int) *graph.Node {
	g := x.Graph()
	keep := graph.BroadcastToDims(kept(g, key, rate, dims), x.Shape().Dimensions...)
	return graph.Where(keep, graph.DivScalar(x, 1-rate), graph.ScalarZero(g, x.DType()))
}

// TorchSteps is nn.Dropout, of ones in the shape of the draw where that isn't the input's.
func (d Dropout) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if d.NoiseShape != nil {
		noise := noiseShape("Dropout", d.NoiseShape, inputs[0])
		sizes := make([]string, len(noise))
		for i, n := range noise {
			sizes[i] = fmt.Sprint(n)
			if n != 1 {
				sizes[i] = fmt.Sprintf("{x}.shape[%d]", i)
			}
		}
		steps, err := torchModule("Dropout", codec.PythonFloat(d.Rate))
		steps[0].Forward = "{x} * {m}({x}.new_ones((" + strings.Join(sizes, ", ") + ",)))"
		return steps, err
	}
	return torchElementwise("Dropout", codec.PythonFloat(d.Rate))
}

const dropoutKey = "dropout_key"

// drawnKey is the variable that holds the key of a layer's draws.
func drawnKey(scope *model.Scope, name string) *model.Variable {
	if v := scope.GetVariable(name); v != nil {
		return v
	}
	key := weightRand(scope, "dropout").Uint32()
	return scope.VariableWithValue(name, tensors.FromScalar(key)).SetTrainable(false)
}

// IsKey says whether v is a [Dropout]'s key: drawn from the seed and the layer's path when the layer is built, and
// never changed after that. Whoever reads values that were saved when layers had no such variable may keep the drawn one.
func IsKey(v *model.Variable) bool { return v.Name() == dropoutKey && v.DType() == dtypes.Uint32 }

// DropRate is Rate.
func (d Dropout) DropRate() float64 { return d.Rate }

// WithDropRate is the layer with another Rate.
func (d Dropout) WithDropRate(rate float64) Layer {
	d.Rate = rate
	return d
}

// stepKey mixes a layer's key with the number of its training step.
func stepKey(key, step *graph.Node) *graph.Node {
	return scramble(graph.Add(graph.Mul(step, word(step, 0x9e3779b9)), key))
}

// uniform draws a number from [0, 1) for each place of a tensor: a hash of the place and the key, so that all
// backends draw the same. GoMLX's own generators differ between backends and keep a state of their own.
func uniform(g *graph.Graph, key *graph.Node, dims []int) *graph.Node {
	place := graph.IotaFull(g, shapes.Make(dtypes.Uint32, dims...))
	bits := scramble(graph.Add(scramble(place), graph.BroadcastToDims(key, dims...)))
	// 24 bits are what a float32 holds exactly.
	bits = graph.ConvertDType(graph.BitwiseShiftRightLogicalScalar(bits, 8), dtypes.Float32)
	return graph.MulScalar(bits, 1.0/(1<<24))
}

// scramble is a bijection of 32-bit words that spreads a change of one bit over all, the "lowbias32" finalizer
// of Wellons' hash prospector (MurmurHash3's scheme with better constants).
func scramble(x *graph.Node) *graph.Node {
	x = graph.BitwiseXor(x, graph.BitwiseShiftRightLogicalScalar(x, 16))
	x = graph.Mul(x, word(x, 0x7feb352d))
	x = graph.BitwiseXor(x, graph.BitwiseShiftRightLogicalScalar(x, 15))
	x = graph.Mul(x, word(x, 0x846ca68b))
	return graph.BitwiseXor(x, graph.BitwiseShiftRightLogicalScalar(x, 16))
}

func word(x *graph.Node, value uint32) *graph.Node {
	return graph.Scalar(x.Graph(), dtypes.Uint32, value)
}
