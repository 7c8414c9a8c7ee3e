package nn

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

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
	// Each class is printed at least once, or there is none in PyTorch.
	printed := map[string]bool{}
	for _, c := range torchCases() {
		if _, err := TorchCode(c.layer, c.inputs...); err == nil || strings.Contains(err.Error(), "PyTorch has no such module") {
			printed[fmt.Sprintf("%T", Bare(c.layer))] = true
		}
	}
	for _, c := range layers.Classes() {
		if !printed[fmt.Sprintf("%T", c.Zero())] && !strings.HasPrefix(c.Name, "ConvLSTM") { // of which PyTorch has none
			t.Errorf("nothing of class %s is printed", c.Name)
		}
	}
	for _, name := range initializers.Names() {
		if init, _ := initializers.Find(name); !isTorchInitializer(init) {
			t.Errorf("%s has no TorchInit", name)
		}
	}
	for _, c := range initializers.Classes() {
		if init := c.Zero(); !isTorchInitializer(init) {
			t.Errorf("%s has no TorchInit", c.Name)
		}
	}
}

func isTorchInitializer(init any) bool {
	_, ok := init.(TorchInitializer)
	return ok
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
		{LSTM{Units: 3, ReturnState: true}, steps, []string{"LSTM", "3 outputs"}},
		{GRU{Units: 3}, [][]int{{2, 4, 5}, {2, 3}}, []string{"GRU", "begins with states"}},
		{Bidirectional{Layer: GRU{Units: 3}}, [][]int{{2, 4, 5}, {2, 3}, {2, 3}}, []string{"Bidirectional", "begins with states"}},
		{ConvLSTM2D{Filters: 3, KernelSize: []int{2}}, [][]int{{2, 3, 4, 4, 1}}, []string{"ConvLSTM2D", "PyTorch has no"}},
		{LSTM{Units: 3, RecurrentDropout: 0.5}, steps, []string{"LSTM.RecurrentDropout", "0.5"}},
		{Resizing{Height: 3, Width: 3, Interpolation: "lanczos3"}, [][]int{{2, 4, 4, 1}}, []string{"Resizing.Interpolation", "lanczos3"}},
		{Resizing{Height: 3, Width: 3, Interpolation: "bicubic"}, [][]int{{2, 4, 4, 1}}, []string{"Resizing", "bicubic", "Antialias"}},
		{MultiHeadAttention{NumHeads: 2, KeyDim: 3, KernelInitializer: Orthogonal{}}, steps, []string{"MultiHeadAttention", "query/kernel", "matrix"}},
		{EinsumDense{Equation: "abc,cde->abde", Output: []int{-1, 2, 4}, KernelInitializer: foreignInitializer{}}, steps, []string{"EinsumDense", "kernel", "foreignInitializer", "TorchInit"}},
		{Conv2D{Filters: 1, KernelSize: []int{9}}, [][]int{{2, 4, 4, 1}}, []string{"Conv2D", "9 places"}},
		{TimeDistributed{}, steps, []string{"TimeDistributed.Layer", "nil"}},
		{Bidirectional{Layer: LSTM{Units: 1}, MergeMode: "max"}, steps, []string{"Bidirectional.MergeMode"}},
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
