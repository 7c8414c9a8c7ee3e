package nn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// goldenLayers are the layers of testdata/make_golden.py, written in Go.
var goldenLayers = map[string]nn.Layer{
	"linear":                   nn.Linear{},
	"relu":                     nn.ReLU{},
	"relu6":                    nn.ReLU{MaxValue: 6},
	"relu max slope threshold": nn.ReLU{MaxValue: 5.5, NegativeSlope: 0.2, Threshold: 0.7},
	"relu slope":               nn.ReLU{NegativeSlope: 0.15},
	"sigmoid":                  nn.Sigmoid{},
	"tanh":                     nn.Tanh{},
	"leaky_relu":               nn.LeakyReLU{NegativeSlope: 0.2},
	"LeakyReLU":                nn.LeakyReLU{},
	"elu":                      nn.ELU{},
	"ELU 0.7":                  nn.ELU{Alpha: 0.7},
	"selu":                     nn.SELU{},
	"softplus":                 nn.Softplus{},
	"softsign":                 nn.Softsign{},
	"silu":                     nn.Swish{},
	"gelu":                     nn.GELU{},
	"gelu approximate":         nn.GELU{Approximate: true},
	"hard_sigmoid":             nn.HardSigmoid{},
	"hard_silu":                nn.HardSwish{},
	"exponential":              nn.Exponential{},
	"mish":                     nn.Mish{},
	"celu":                     nn.CELU{},
	"squareplus":               nn.Squareplus{},
	"log_sigmoid":              nn.LogSigmoid{},
	"hard_tanh":                nn.HardTanh{},
	"hard_shrink":              nn.HardShrink{},
	"soft_shrink":              nn.SoftShrink{},
	"tanh_shrink":              nn.TanhShrink{},
	"sparse_plus":              nn.SparsePlus{},
	"sparse_sigmoid":           nn.SparseSigmoid{},
	"log_softmax":              nn.LogSoftmax{},
	"softmax":                  nn.Softmax{},
	"softmax 3d":               nn.Softmax{},
	"softmax large":            nn.Softmax{},
	"prelu":                    nn.PReLU{},
	"prelu shared":             nn.PReLU{SharedAxes: []int{1}},

	"dense":         nn.Dense{Units: 2, Activation: nn.Tanh{}},
	"dense 3d":      nn.Dense{Units: 2},
	"dense no bias": nn.Dense{Units: 2, NoBias: true},

	"batch normalization training":  nn.BatchNormalization{},
	"batch normalization inference": nn.BatchNormalization{},
	"batch normalization 3d":        nn.BatchNormalization{Momentum: 0.7, Epsilon: 0.02},
	"batch normalization plain":     nn.BatchNormalization{NoCenter: true, NoScale: true},
	"layer normalization":           nn.LayerNormalization{},
	"layer normalization 3d":        nn.LayerNormalization{Epsilon: 0.02},
	"layer normalization plain":     nn.LayerNormalization{NoCenter: true, NoScale: true},

	"flatten":                nn.Flatten{},
	"reshape":                nn.Reshape{Target: []int{2, -1}},
	"global average pooling": nn.GlobalAveragePooling1D{},
	"embedding":              nn.Embedding{InputDim: 7, OutputDim: 2},

	"simple rnn":                nn.SimpleRNN{Units: 2},
	"simple rnn relu sequences": nn.SimpleRNN{Units: 2, Activation: nn.ReLU{}, ReturnSequences: true},
	"simple rnn backwards":      nn.SimpleRNN{Units: 2, GoBackwards: true, NoBias: true, ReturnSequences: true},
	"gru":                       nn.GRU{Units: 2},
	"gru sequences":             nn.GRU{Units: 2, Activation: nn.Softsign{}, RecurrentActivation: nn.HardSigmoid{}, ReturnSequences: true},
	"gru reset before":          nn.GRU{Units: 2, NoResetAfter: true, ReturnSequences: true},
	"gru no bias":               nn.GRU{Units: 2, NoBias: true, GoBackwards: true},
	"lstm":                      nn.LSTM{Units: 2},
	"lstm sequences":            nn.LSTM{Units: 2, Activation: nn.ELU{}, RecurrentActivation: nn.HardSigmoid{}, ReturnSequences: true},
	"lstm backwards":            nn.LSTM{Units: 2, GoBackwards: true, NoBias: true, ReturnSequences: true},
}

type goldenArray struct {
	Shape  []int
	Values []goldenNumber
}

// goldenNumber is a JSON number, or a string for what JSON has no number for.
type goldenNumber float32

func (n *goldenNumber) UnmarshalJSON(text []byte) error {
	if s, err := strconv.Unquote(string(text)); err == nil {
		text = []byte(s)
	}
	v, err := strconv.ParseFloat(string(text), 32)
	*n = goldenNumber(v)
	return err
}

func (a *goldenArray) tensor() *tensors.Tensor {
	values := make([]float32, len(a.Values))
	for i, v := range a.Values {
		values[i] = float32(v)
	}
	return tensor(values, a.Shape...)
}

type goldenCase struct {
	Name        string
	Training    bool
	X, C, Y, DX *goldenArray
	Weights     []struct {
		Name                    string
		Trainable               bool
		Before, Gradient, After *goldenArray
	}
}

func readGolden(t testing.TB) []goldenCase {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestLayersMatchKeras compares outputs, gradients and updated state with what Keras computed.
func TestLayersMatchKeras(t *testing.T) {
	seen := map[string]bool{}
	cases := readGolden(t)
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		for _, c := range cases {
			seen[c.Name] = true
			t.Run(c.Name, func(t *testing.T) { checkGolden(t, b, c) })
		}
	})
	for name := range goldenLayers {
		if !seen[name] {
			t.Errorf("golden.json holds no case %q", name)
		}
	}
}

func checkGolden(t *testing.T, b compute.Backend, c goldenCase) {
	layer, ok := goldenLayers[c.Name]
	if !ok {
		t.Fatalf("no layer for the case")
	}
	store := model.NewStore()
	scope := store.Scope("/layer")
	for _, w := range c.Weights {
		if _, err := scope.CreateVariable(w.Name, w.Before.tensor()); err != nil {
			t.Fatal(err)
		}
	}
	exec, err := model.NewExec(b, store, func(scope *model.Scope, x, cotangent *graph.Node) []*graph.Node {
		scope.Store().SetTraining(x.Graph(), c.Training)
		y := layer.Apply(scope.At("layer"), x)
		wrt := []*graph.Node{x}
		for _, w := range c.Weights {
			if w.Trainable {
				wrt = append(wrt, scope.At("layer").GetVariable(w.Name).NodeValue(x))
			}
		}
		gradients := graph.Gradient(graph.ReduceAllSum(graph.Mul(y, cotangent)), wrt...)
		return append([]*graph.Node{y}, gradients...)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	outputs, err := exec.Exec(c.X.tensor(), c.C.tensor())
	if err != nil {
		t.Fatal(err)
	}
	if got := store.NumVariables(); got != len(c.Weights) {
		t.Errorf("the layer has %d variables, Keras' has %d", got, len(c.Weights))
	}
	closeTo(t, "output", outputs[0], c.Y)
	if c.DX != nil {
		closeTo(t, "gradient of x", outputs[1], c.DX)
	}
	outputs = outputs[2:]
	for _, w := range c.Weights {
		v := scope.GetVariable(w.Name)
		if v.Trainable != w.Trainable {
			t.Errorf("%s: trainable is %t, Keras' is %t", w.Name, v.Trainable, w.Trainable)
		}
		if w.Trainable {
			closeTo(t, "gradient of "+w.Name, outputs[0], w.Gradient)
			outputs = outputs[1:]
		} else {
			closeTo(t, w.Name+" after", v.MustValue(), w.After)
		}
	}
}

func closeTo(t *testing.T, what string, got *tensors.Tensor, want *goldenArray) {
	t.Helper()
	if g, w := fmt.Sprint(got.Shape().Dimensions), fmt.Sprint(want.Shape); g != w {
		t.Errorf("%s: shape %s, want %s", what, g, w)
		return
	}
	for i, g := range floats(t, got) {
		w := float64(want.Values[i])
		if !near(float64(g), w) {
			t.Errorf("%s: value %d is %g, want %g", what, i, g, w)
		}
	}
}

// near allows 1e-5 of the value, and 1e-6 near zero; NaN and infinities must be the same.
func near(got, want float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) || math.IsInf(got, 0) {
		return got == want || math.IsNaN(got) && math.IsNaN(want)
	}
	return math.Abs(got-want) <= 1e-6+1e-5*math.Abs(want)
}
