package nn

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// declaring are layers of every class, with options that change their weights or shapes, and inputs for them.
var declaring = []struct {
	layer  Layer
	inputs [][]int
}{
	{Dense{Units: 3}, [][]int{{2, 5}}},
	{Dense{Units: 3, NoBias: true, KernelInitializer: HeNormal{}, KernelRegularizer: L1L2{L2: 1}}, [][]int{{2, 4, 5}}},
	{Dropout{Rate: 0.5}, [][]int{{2, 5}}},
	{Embedding{InputDim: 7, OutputDim: 3}, [][]int{{2, 5}}},
	{Flatten{}, [][]int{{2, 3, 4}}},
	{Flatten{}, [][]int{{2}}},
	{Reshape{Target: []int{2, -1}}, [][]int{{2, 3, 4}}},
	{GlobalAveragePooling1D{}, [][]int{{2, 3, 4}}},
	{PReLU{}, [][]int{{2, 3, 4}}},
	{MixUp{}, [][]int{{2, 5, 4, 3}}},
	{CutMix{DataFormat: "channels_first"}, [][]int{{2, 3, 5, 4}}},
	{Equalization{Bins: 8}, [][]int{{2, 5, 4, 3}}},
	{ContrastLimitedAdaptiveHistogramEqualization{TileGridSize: []int{2, 3}}, [][]int{{2, 5, 4, 3}}},
	{RandAugment{NumOps: 1}, [][]int{{2, 5, 4, 3}}},
	{AugMix{}, [][]int{{2, 5, 4, 1}}},
	{PReLU{SharedAxes: []int{1}}, [][]int{{2, 3, 4}}},
	{BatchNormalization{}, [][]int{{2, 3, 4}}},
	{BatchNormalization{NoCenter: true, NoScale: true}, [][]int{{2, 4}}},
	{LayerNormalization{}, [][]int{{2, 3, 4}}},
	{LayerNormalization{NoScale: true}, [][]int{{2, 4}}},
	{SimpleRNN{Units: 3}, [][]int{{2, 4, 5}}},
	{SimpleRNN{Units: 3, ReturnSequences: true, NoBias: true}, [][]int{{2, 4, 5}}},
	{GRU{Units: 3}, [][]int{{2, 4, 5}}},
	{GRU{Units: 3, NoResetAfter: true, ReturnSequences: true}, [][]int{{2, 4, 5}}},
	{GRU{Units: 3, NoBias: true}, [][]int{{2, 4, 5}}},
	{LSTM{Units: 3}, [][]int{{2, 4, 5}}},
	{LSTM{Units: 3, NoUnitForgetBias: true, ReturnSequences: true}, [][]int{{2, 4, 5}}},
	{Conv1D{Filters: 4, KernelSize: []int{3}, Padding: "causal", Groups: 2}, [][]int{{2, 5, 6}}},
	{Conv2D{Filters: 4, KernelSize: []int{3, 2}, Strides: []int{2, 1}, Padding: "same", Activation: ReLU{}, KernelInitializer: HeNormal{}}, [][]int{{2, 5, 4, 3}}},
	{Conv2D{Filters: 4, KernelSize: []int{2}, NoBias: true, DataFormat: "channels_first"}, [][]int{{2, 3, 5, 4}}},
	{Conv3D{Filters: 2, KernelSize: []int{2}, DilationRate: []int{2}}, [][]int{{2, 3, 4, 5, 3}}},
	{Conv1DTranspose{Filters: 3, KernelSize: []int{3}, Strides: []int{2}}, [][]int{{2, 4, 5}}},
	{Conv2DTranspose{Filters: 3, KernelSize: []int{2, 3}, Strides: []int{2}, Padding: "same"}, [][]int{{2, 4, 3, 5}}},
	{Conv3DTranspose{Filters: 3, KernelSize: []int{2}, Strides: []int{3}, OutputPadding: []int{1}, NoBias: true}, [][]int{{2, 2, 2, 2, 5}}},
	{DepthwiseConv1D{KernelSize: []int{2}, DepthMultiplier: 3}, [][]int{{2, 4, 3}}},
	{DepthwiseConv2D{KernelSize: []int{2}, Padding: "same", NoBias: true}, [][]int{{2, 4, 3, 3}}},
	{SeparableConv1D{Filters: 4, KernelSize: []int{2}}, [][]int{{2, 4, 3}}},
	{SeparableConv2D{Filters: 4, KernelSize: []int{2}, DepthMultiplier: 2, Strides: []int{2}, Padding: "same"}, [][]int{{2, 5, 3, 3}}},
	{MaxPooling2D{}, [][]int{{2, 5, 4, 3}}},
	{AveragePooling2D{PoolSize: []int{3}, Strides: []int{2}, Padding: "same"}, [][]int{{2, 6, 4, 3}}},
	{Resizing{Height: 3, Width: 7}, [][]int{{2, 5, 4, 3}}},
	{Dense{Units: 3, LoRARank: 2}, [][]int{{2, 5}}},
	{Conv1D{Filters: 4, KernelSize: []int{3}, LoRARank: 2, LoRAAlpha: 3}, [][]int{{2, 5, 6}}},
	{BatchNormalization{Axis: 1, Renorm: true}, [][]int{{2, 3, 4}}},
	{LayerNormalization{Axis: []int{1, 2}}, [][]int{{2, 3, 4}}},
	{RMSNormalization{Axis: []int{-2, -1}}, [][]int{{2, 3, 4}}},
	{Normalization{}, [][]int{{2, 3, 4}}},
	{Normalization{Axis: []int{1}, Mean: []float64{1, 2, 3}, Variance: []float64{1, 4, 9}, Invert: true}, [][]int{{2, 3, 4}}},
	{Normalization{Axis: []int{}}, [][]int{{2, 3, 4}}},
	{CategoryEncoding{NumTokens: 5}, [][]int{{2, 3}}},
	{CategoryEncoding{NumTokens: 5, OutputMode: "one_hot"}, [][]int{{2, 3}}},
	{CategoryEncoding{NumTokens: 5, OutputMode: "one_hot"}, [][]int{{2, 1}}},
	{CategoryEncoding{NumTokens: 5, OutputMode: "count"}, [][]int{{2, 3}}},
	{Discretization{BinBoundaries: []float64{-0.5, 0, 0.5}}, [][]int{{2, 3}}},
	{Discretization{BinBoundaries: []float64{0}, OutputMode: "multi_hot"}, [][]int{{2, 3}}},
	{SpectralNormalization{Layer: Dense{Units: 3}, PowerIterations: 2}, [][]int{{2, 5}}},
	{ReversibleEmbedding{InputDim: 7, OutputDim: 3}, [][]int{{2, 5}}},
	{ReversibleEmbedding{InputDim: 7, OutputDim: 3, Untied: true, Reverse: true, LogitSoftCap: 2}, [][]int{{2, 3}}},
	{ActivityRegularized{Dense{Units: 3}, L1L2{L2: 1}}, [][]int{{2, 5}}},
	{Rescaling{Scales: []float64{1, 2, 3}, Offset: 1}, [][]int{{2, 4, 3}}},
	{GLU{}, [][]int{{2, 4, 6}}},
	{Threshold{At: 0.5, Below: -1}, [][]int{{2, 5}}},
	{ReLU{}, [][]int{{2, 5}}},
	{LeakyReLU{}, [][]int{{2, 5}}},
	{ELU{}, [][]int{{2, 5}}},
	{Softmax{}, [][]int{{2, 5}}},
	{Add{}, [][]int{{2, 1, 5}, {2, 3, 1}, {2, 5}}},
	{Subtract{}, [][]int{{2, 5}, {2, 5}}},
	{Multiply{}, [][]int{{2, 5}, {2, 1}}},
	{Average{}, [][]int{{2, 5}, {2, 5}, {2, 5}}},
	{Maximum{}, [][]int{{2, 5}, {2, 5}}},
	{Minimum{}, [][]int{{2, 5}, {2, 5}}},
	{Concatenate{}, [][]int{{2, 3, 5}, {2, 3, 1}}},
	{Concatenate{Axis: 1}, [][]int{{2, 3, 5}, {2, 1, 5}}},
	{Sequential{Dense{Units: 3}, Frozen{BatchNormalization{}}, Renamed{"r", Tanh{}}}, [][]int{{2, 5}}},
	{Graph{
		Inputs:  []Input{{Name: "x"}, {Name: "y"}},
		Nodes:   []Node{{Name: "a", Layer: Dense{Units: 4}, From: []string{"x"}}, {Name: "b", Shared: "a", From: []string{"y"}}, {Name: "c", Layer: Concatenate{}, From: []string{"b", "a"}}},
		Outputs: []string{"c", "a"},
	}, [][]int{{2, 5}, {2, 5}}},
}

// What layers declare of their shapes and weights is what they do in a graph.
func TestLayersAreAsTheyDeclare(t *testing.T) {
	for _, d := range declaring {
		declared := map[string]Weight{}
		outputs, err := Measure(d.layer, d.inputs, func(m Measured) error {
			for _, w := range m.Weights {
				declared[model.JoinPath("/", below(m.Path, w.Name))] = w
			}
			return nil
		})
		if err != nil {
			t.Errorf("%#v: %v", d.layer, err)
			continue
		}
		g := graph.NewGraph(gobackend.GetBackend(), "declared")
		store := model.NewStore()
		store.SetTraining(g, true)
		xs := make([]*graph.Node, len(d.inputs))
		for i, shape := range d.inputs {
			xs[i] = graph.Parameter(g, string(rune('a'+i)), shapes.Make(dtypes.Float32, shape...))
		}
		ys := ApplyAll(d.layer, store.RootScope(), xs)
		for i, y := range ys {
			if !slices.Equal(y.Shape().Dimensions, outputs[i]) {
				t.Errorf("%#v: output %d has shape %v, declared is %v", d.layer, i, y.Shape().Dimensions, outputs[i])
			}
		}
		made := 0
		for v := range store.IterVariables() {
			if !IsWeight(v) {
				continue
			}
			made++
			w, ok := declared[v.Path()]
			if !ok || !slices.Equal(w.Shape, v.Shape().Dimensions) {
				t.Errorf("%#v: weight %s has shape %v, declared is %v", d.layer, v.Path(), v.Shape().Dimensions, w.Shape)
			}
			if _, sequential := d.layer.(Sequential); !sequential && w.Trained() != v.Trainable {
				t.Errorf("%#v: whether weight %s is trained isn't as its role says", d.layer, v.Path())
			}
		}
		if made != len(declared) {
			t.Errorf("%#v: %d weights were made, %d are declared", d.layer, made, len(declared))
		}
		g.Finalize()
	}
}

// Every class of layer is in the table above, or among the models that Keras' own tests make of it, with which package
// keras compares what layers declare.
func TestEveryClassIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, d := range declaring {
		if c, ok := classOf(d.layer); ok {
			tested[c.Name] = true
		}
	}
	for _, class := range recordedClasses(t) {
		tested[class] = true
	}
	for _, c := range layers.Classes() {
		if !slices.ContainsFunc(append(c.Aliases, c.Name), func(name string) bool { return tested[name] }) {
			t.Errorf("%s is neither among the layers of this file nor in ../exchange/keras/testdata/layers.json.gz", c.Name)
		}
	}
}

// recordedClasses are those that Keras gave numbers for.
func recordedClasses(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("../exchange/keras/testdata/layers.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Cases []struct{ Class, Error string }
	}
	if err := json.NewDecoder(z).Decode(&record); err != nil {
		t.Fatal(err)
	}
	var classes []string
	for _, c := range record.Cases {
		if c.Error == "" {
			classes = append(classes, c.Class)
		}
	}
	return classes
}

// The default that a field's tag names, which code and config files are written from, is the one that is drawn.
func TestTagsNameTheInitializersThatAreDrawn(t *testing.T) {
	for _, d := range declaring {
		w, ok := d.layer.(Weighted)
		if !ok {
			continue
		}
		var tagged []Initializer
		for _, s := range codec.Settings[Initializer](d.layer) {
			if s.Means == nil {
				t.Errorf("%T.%s names no default", d.layer, s.Field)
			}
			tagged = append(tagged, s.Means)
		}
		if tagged == nil {
			continue // those that Keras lets nobody choose
		}
		for _, weight := range w.Weights(d.inputs[0]...) {
			init := weight.Initializer
			if f, ok := init.(forgetBias); ok {
				init = f.Initializer
			}
			if !slices.Contains(tagged, init) {
				t.Errorf("%#v draws %s from %#v, its tags say %#v", d.layer, weight.Name, init, tagged)
			}
		}
	}
}
