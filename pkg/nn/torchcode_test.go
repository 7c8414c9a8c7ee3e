package nn

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

type inTorch struct {
	layer  Layer
	inputs [][]int
}

// torchCases are the layers of every class, every activation, and models with what chains and classes are made for.
func torchCases() []inTorch {
	var cases []inTorch
	for _, d := range declaring {
		cases = append(cases, inTorch{d.layer, d.inputs})
	}
	for _, name := range activations.Names() {
		a, _ := activations.Find(name)
		cases = append(cases, inTorch{a, [][]int{{3, 8}}}, inTorch{Dense{Units: 4, Activation: a}, [][]int{{3, 8}}})
	}
	one := func(l Layer, shape ...int) { cases = append(cases, inTorch{l, [][]int{shape}}) }
	for _, a := range []Activation{
		ReLU{MaxValue: 1}, ReLU{NegativeSlope: 0.2}, ReLU{NegativeSlope: 0.01}, ReLU{Threshold: 0.5}, ReLU{MaxValue: 1, NegativeSlope: 0.2, Threshold: 0.5},
		ReLU{NegativeSlope: 0.2, Threshold: 0.5}, ReLU{MaxValue: 1, Threshold: 0.5}, ReLU{MaxValue: 0.25, Threshold: 0.5}, LeakyReLU{}, LeakyReLU{NegativeSlope: 0.01},
		ELU{Alpha: 0.7}, GELU{Approximate: true},
	} {
		one(a, 3, 8)
	}
	one(BatchNormalization{Momentum: 0.9, Epsilon: 1e-5}, 4, 3)
	one(BatchNormalization{NoScale: true}, 4, 3)
	one(BatchNormalization{NoCenter: true}, 4, 3)
	one(BatchNormalization{GammaInitializer: Constant{0.5}, MovingMeanInitializer: Ones{}}, 2, 3, 4, 5)
	one(LayerNormalization{Epsilon: 1e-5, NoCenter: true}, 4, 3)
	one(LayerNormalization{NoCenter: true, NoScale: true}, 4, 3)
	one(PReLU{}, 2, 5)
	one(PReLU{SharedAxes: []int{2}}, 2, 3, 4)
	one(PReLU{SharedAxes: []int{1, 2}, AlphaInitializer: Constant{0.1}}, 2, 3, 4)
	one(PReLU{SharedAxes: []int{2}, AlphaInitializer: HeNormal{}}, 2, 3, 2, 4)
	one(Frozen{PReLU{}}, 2, 3, 4)
	one(SimpleRNN{Units: 3, Activation: ReLU{}, GoBackwards: true, ReturnSequences: true}, 2, 4, 5)
	one(GRU{Units: 3, ReturnSequences: true, GoBackwards: true, BiasInitializer: GlorotNormal{}}, 2, 4, 5)
	one(LSTM{Units: 3, BiasInitializer: Constant{0.25}, GoBackwards: true}, 2, 4, 5)
	one(LSTM{Units: 3, NoBias: true, KernelInitializer: LecunNormal{}, RecurrentInitializer: Identity{Gain: 0.5}, ReturnSequences: true}, 2, 4, 5)
	for _, init := range []Initializer{
		GlorotNormal{}, HeUniform{}, LecunUniform{}, LecunNormal{}, RandomUniform{}, RandomNormal{Mean: 1}, TruncatedNormal{StdDev: 0.5},
		Orthogonal{Gain: 2}, Identity{}, Identity{Gain: 3}, Zeros{}, Ones{}, GlorotUniform{},
	} {
		one(Dense{Units: 3, KernelInitializer: init}, 2, 5)
		one(Dense{Units: 120, KernelInitializer: init}, 2, 100) // enough for a mean and a deviation
	}
	one(Embedding{InputDim: 50, OutputDim: 200, EmbeddingsInitializer: LecunNormal{}}, 2, 5)
	one(LSTM{Units: 64, KernelInitializer: HeNormal{}, RecurrentInitializer: GlorotUniform{}}, 2, 3, 40)
	one(Dense{Units: 3, BiasInitializer: LecunUniform{}}, 2, 5)
	one(Embedding{InputDim: 7, OutputDim: 3, EmbeddingsInitializer: HeUniform{}}, 2, 5)
	one(Sequential{}, 2, 5)
	one(Sequential{
		Embedding{InputDim: 7, OutputDim: 3}, LSTM{Units: 4, ReturnSequences: true}, GlobalAveragePooling1D{}, Dropout{Rate: 0.25}, Dense{Units: 1, Activation: Sigmoid{}},
	}, 2, 5)
	one(Sequential{
		Frozen{Sequential{Dense{Units: 4, Activation: Swish{}}, BatchNormalization{}}}, Dense{Units: 3, KernelInitializer: Zeros{}}, Frozen{Dense{Units: 2}},
	}, 3, 5)
	one(Sequential{Dense{Name: "train", Units: 4, Activation: Exponential{}}, Dense{Name: "lambda", Units: 3}, Dense{Name: "1 — é", Units: 2}, Dense{Name: "1 - é", Units: 2}}, 3, 5)
	one(Graph{
		Inputs: []Input{{Name: "self"}},
		Nodes: []Node{
			{Name: "torch", Layer: Dense{Units: 5, Activation: ReLU{}}, From: []string{"self"}},
			{Name: "again", Shared: "torch", From: []string{"torch"}},
			{Name: "skip", Layer: Add{}, From: []string{"again", "self"}},
			{Name: "inner", Layer: Sequential{Renamed{"core", Graph{
				Inputs:  []Input{{Name: "x"}},
				Nodes:   []Node{{Name: "skip", Layer: Dense{Units: 5}, From: []string{"x"}}, {Name: "sum", Layer: Multiply{}, From: []string{"skip", "x"}}},
				Outputs: []string{"sum"},
			}}, Softmax{}}, From: []string{"skip"}},
			{Name: "inner again", Shared: "inner", From: []string{"torch"}},
			{Name: "out", Layer: Concatenate{}, From: []string{"inner", "inner again", "self"}},
		},
		Outputs: []string{"out"},
	}, 3, 5)
	one(Graph{
		Inputs:  []Input{{Name: "in"}},
		Nodes:   []Node{{Name: "a", Layer: Dense{Units: 3}, From: []string{"in"}}, {Name: "b", Layer: Tanh{}, From: []string{"a"}}},
		Outputs: []string{"b"},
	}, 3, 5)
	return cases
}

// verified is testdata/torch.json: what check_torch.py found when it ran the code in PyTorch.
type verified struct {
	Torch string
	Cases []struct {
		Layer, Code string
		Equal       bool
		Difference  float64
	}
}

// What is printed is what was run in PyTorch, with our weights, and gave our outputs. To run it anew:
//
//	TORCH_CASES=/tmp/cases.json go test -run TestTorchCodeWasRun ./pkg/nn
//	python pkg/nn/testdata/check_torch.py /tmp/cases.json pkg/nn/testdata/torch.json
func TestTorchCodeWasRun(t *testing.T) {
	if path := os.Getenv("TORCH_CASES"); path != "" {
		writeTorchCases(t, path)
	}
	text, err := os.ReadFile("testdata/torch.json")
	if err != nil {
		t.Fatal(err)
	}
	var found verified
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	for _, c := range found.Cases {
		if !c.Equal || c.Difference > 1e-5 {
			t.Errorf("%s: in PyTorch %s the outputs differ by %g", c.Layer, found.Torch, c.Difference)
		}
		ran[c.Code] = true
	}
	printed := 0
	for _, c := range torchCases() {
		code, err := TorchCode(c.layer, c.inputs...)
		if err != nil {
			continue
		}
		printed++
		if !ran[code] {
			t.Errorf("%s: this was never run in PyTorch:\n%s", GoCode(c.layer), code)
		}
	}
	if printed != len(found.Cases) {
		t.Errorf("%d models are printed, %d were run", printed, len(found.Cases))
	}
}

// Every class of layer and every activation is printed, or an error that names it says why not.
func TestEveryClassIsInTorchOrSaysWhyNot(t *testing.T) {
	for _, c := range torchCases() {
		if _, err := TorchCode(c.layer, c.inputs...); err != nil && !strings.Contains(err.Error(), typeName(c.layer)) {
			t.Errorf("%s: error %q must name the layer", GoCode(c.layer), err)
		}
	}
	// A layer that says how it is printed is printed at least once; one that doesn't yet is an error by its name.
	for _, c := range layers.Classes() {
		says, found := false, false
		for _, d := range declaring {
			if class, ok := classOf(Bare(d.layer)); ok && class == c {
				_, err := TorchCode(d.layer, d.inputs...)
				_, writes := Bare(d.layer).(TorchWriter)
				says, found = says || writes, found || err == nil
				if err != nil && !strings.Contains(err.Error(), typeName(d.layer)) {
					t.Errorf("%s: error %q must name the layer", GoCode(d.layer), err)
				}
			}
		}
		if says && !found {
			t.Errorf("nothing of class %s is printed", c.Name)
		}
	}
}

type foreignActivation struct{ Tanh }

func (foreignActivation) TorchSteps() {} // hides that of Tanh

type foreignInitializer struct{ Zeros }

func (foreignInitializer) TorchInit() {}

func TestTorchCodeSaysWhyNot(t *testing.T) {
	row := [][]int{{2, 5}}
	steps := [][]int{{2, 4, 5}}
	for _, c := range []struct {
		layer  Layer
		inputs [][]int
		words  []string
	}{
		{nil, row, []string{"no model"}},
		{Dense{Units: 1}, nil, []string{"shape of the input"}},
		{Dense{}, row, []string{"Dense", "[5 0]"}},
		{Dense{Units: 1}, [][]int{{2}}, []string{"Dense", "[2]"}},
		{Dense{Units: 1}, [][]int{{2, 5}, {2, 5}}, []string{"Dense", "one input"}},
		{Sequential{Dense{Units: 1, Activation: foreignActivation{}}}, row, []string{`layer "dense"`, "foreignActivation", "TorchSteps"}},
		{Dense{Units: 1, KernelInitializer: foreignInitializer{}}, row, []string{"Dense", "kernel", "foreignInitializer", "TorchInit"}},
		{Dense{Units: 1, BiasInitializer: Orthogonal{}}, row, []string{"Dense", "bias", "matrix"}},
		{Sequential{Func(func(_ *model.Scope, x *graph.Node) *graph.Node { return x })}, row, []string{`layer "layer"`, "Func", "TorchSteps"}},
		{LeakyReLU{NegativeSlope: math.NaN()}, row, []string{"LeakyReLU.NegativeSlope", "NaN"}},
		{Dense{Units: 1, Activation: ReLU{MaxValue: -1}}, row, []string{"ReLU.MaxValue", "-1"}},
		{Dropout{Rate: 1}, row, []string{"Dropout.Rate"}},
		{GRU{Units: 3, NoResetAfter: true}, steps, []string{"GRU.NoResetAfter"}},
		{GRU{Units: 3, RecurrentActivation: HardSigmoid{}}, steps, []string{"GRU.RecurrentActivation", "HardSigmoid"}},
		{LSTM{Units: 3, Activation: ELU{}}, steps, []string{"LSTM.Activation", "ELU"}},
		{SimpleRNN{Units: 3, Activation: Linear{}}, steps, []string{"SimpleRNN.Activation", "Linear"}},
		{Add{}, row, []string{"Add", "several inputs"}},
		{Graph{}, row, []string{"input"}},
		{Graph{
			Inputs:  []Input{{Name: "x"}, {Name: "y"}},
			Nodes:   []Node{{Name: "a", Layer: Dense{Units: 4}, From: []string{"x"}}, {Name: "b", Shared: "a", From: []string{"y"}}},
			Outputs: []string{"a", "b"},
		}, [][]int{{2, 5}, {2, 6}}, []string{`layer "a"`, "shared", "nn.Linear(5, 4)", "nn.Linear(6, 4)"}},
	} {
		code, err := TorchCode(c.layer, c.inputs...)
		if err == nil {
			t.Errorf("%#v was printed:\n%s", c.layer, code)
			continue
		}
		for _, word := range append(c.words, "nn: in PyTorch: ") {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%#v: error %q must say %q", c.layer, err, word)
			}
		}
	}
}

type torchArray struct {
	Shape  []int     `json:"shape"`
	Values []float32 `json:"values"`
}

func torchArrayOf(t *testing.T, x *tensors.Tensor) torchArray {
	t.Helper()
	a := torchArray{Shape: x.Shape().Dimensions}
	if err := tensors.ConstFlatData(x, func(flat []float32) { a.Values = append(a.Values, flat...) }); err != nil {
		t.Fatal(err)
	}
	return a
}

type torchWeight struct {
	Module     string     `json:"module"` // expression
	Name       string     `json:"name"`
	Transposed bool       `json:"transposed"`
	Value      torchArray `json:"value"`
	Drawn      *torchDraw `json:"drawn"` // null: too few, or as PyTorch likes
	After      torchArray `json:"after"` // what a step in training leaves
}

// torchDraw is what can be said of values that are drawn.
type torchDraw struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Largest   float64 `json:"largest"` // size
}

func torchDrawOf(a torchArray) *torchDraw {
	var d torchDraw
	n := float64(len(a.Values))
	for _, v := range a.Values {
		d.Mean += float64(v) / n
		d.Largest = max(d.Largest, math.Abs(float64(v)))
	}
	for _, v := range a.Values {
		d.Deviation += (float64(v) - d.Mean) * (float64(v) - d.Mean) / n
	}
	d.Deviation = math.Sqrt(d.Deviation)
	return &d
}

type torchCase struct {
	Layer    string        `json:"layer"`
	Code     string        `json:"code"`
	Whole    bool          `json:"whole"` // the input is integers
	Inputs   []torchArray  `json:"inputs"`
	Weights  []torchWeight `json:"weights"`
	Trained  int           `json:"trained"` // numbers that gradients move
	Outputs  []torchArray  `json:"outputs"`
	Training []torchArray  `json:"training"` // outputs in training; none where they are drawn
}

func writeTorchCases(t *testing.T, path string) {
	var cases []torchCase
	for _, c := range torchCases() {
		if code, err := TorchCode(c.layer, c.inputs...); err == nil {
			cases = append(cases, computedCase(t, c, code))
		}
	}
	text, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// computedCase is a model with weights that are all different, and what it computes with them here.
func computedCase(t *testing.T, in inTorch, code string) torchCase {
	rng := rand.New(rand.NewPCG(1, 2))
	c := torchCase{Layer: GoCode(in.layer), Code: code, Weights: []torchWeight{}}
	first, draws := true, false
	if err := Walk(in.layer, func(p Place) bool {
		_, embedding := p.Layer.(Embedding)
		d, dropout := p.Layer.(Dropout)
		c.Whole = c.Whole || first && embedding
		draws = draws || dropout && d.Rate > 0
		first = false
		return true
	}); err != nil {
		t.Fatal(err)
	}
	var xs []any
	span := 5.0
	if _, activation := in.layer.(Activation); activation {
		span = 16 // beyond the corners of relu6 and the hard ones
	}
	for _, shape := range in.inputs {
		values := draw(shape, func() float64 {
			if c.Whole {
				return float64(rng.IntN(7))
			}
			return span * (rng.Float64() - 0.5)
		})
		x := tensors.FromFlatDataAndDimensions(values, shape...)
		xs, c.Inputs = append(xs, x), append(c.Inputs, torchArrayOf(t, x))
	}
	store := model.NewStore()
	compute := func(training bool) []torchArray {
		exec, err := model.NewExec(gobackend.GetBackend(), store, func(scope *model.Scope, xs []*graph.Node) []*graph.Node {
			scope.Store().SetTraining(xs[0].Graph(), training)
			return ApplyAll(in.layer, scope, xs)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Finalize()
		ys, err := exec.Exec(xs...)
		if err != nil {
			t.Fatal(err)
		}
		var outputs []torchArray
		for _, y := range ys {
			outputs = append(outputs, torchArrayOf(t, y))
		}
		return outputs
	}
	compute(false) // makes the weights
	values, drawn, after := map[string]torchArray{}, map[string]torchArray{}, map[string]torchArray{}
	for v := range store.IterVariables() {
		if !IsWeight(v) {
			continue
		}
		path, dims := strings.TrimPrefix(v.Path(), "/"), v.Shape().Dimensions
		drawn[path] = torchArrayOf(t, v.MustValue())
		low := -0.4 // small, so that float32 rounds little
		if v.Name() == "moving_variance" {
			low = 0.2
		}
		x := tensors.FromFlatDataAndDimensions(draw(dims, func() float64 { return low + rng.Float64() }), dims...)
		if err := v.SetValue(x); err != nil {
			t.Fatal(err)
		}
		values[path] = torchArrayOf(t, x)
		if v.Trainable {
			c.Trained += v.Shape().Size()
		}
	}
	c.Outputs = compute(false)
	if !draws {
		c.Training = compute(true)
	}
	for v := range store.IterVariables() {
		if IsWeight(v) {
			after[strings.TrimPrefix(v.Path(), "/")] = torchArrayOf(t, v.MustValue())
		}
	}
	w, outputs, err := writeTorch(in.layer, in.inputs)
	if err != nil {
		t.Fatal(err)
	}
	for i, op := range w.ops {
		module := "model." + op.member
		if w.isChain(outputs) {
			module = fmt.Sprintf("model[%d]", i)
		}
		for _, p := range op.Parameters {
			path := below(op.path, p.Weight)
			weight := torchWeight{Module: module, Name: p.Name, Transposed: p.Transposed, Value: values[path], After: after[path]}
			if strings.Contains(strings.Join(op.initial, ""), p.Name) && len(values[path].Values) >= 5000 {
				weight.Drawn = torchDrawOf(drawn[path])
			}
			c.Weights = append(c.Weights, weight)
		}
	}
	return c
}
