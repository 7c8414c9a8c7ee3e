package nn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// torchMaskCases are models in which masks are made, passed on, merged and looked at.
func torchMaskCases() []inTorch {
	var cases []inTorch
	one := func(l Layer, shape ...int) { cases = append(cases, inTorch{l, [][]int{shape}}) }
	behind := func(layers ...Layer) { one(append(Sequential{Masking{}}, layers...), 4, 6, 5) }
	for _, sequences := range []bool{false, true} {
		for _, zero := range []bool{false, true} {
			behind(LSTM{Units: 3, ReturnSequences: sequences, ZeroOutputForMask: zero})
		}
		behind(LSTM{Units: 3, ReturnSequences: sequences, GoBackwards: true})
		behind(GRU{Units: 3, ReturnSequences: sequences, Dropout: 0.5})
		behind(SimpleRNN{Units: 3, ReturnSequences: sequences})
		behind(Bidirectional{Layer: LSTM{Units: 3, ReturnSequences: sequences}})
	}
	behind(GlobalAveragePooling1D{})
	behind(GlobalAveragePooling1D{KeepDims: true})
	behind(Dense{Units: 4, Activation: ReLU{}}, Dropout{Rate: 0.5}, LayerNormalization{}, GRU{Units: 3, ReturnSequences: true}, LSTM{Units: 2})
	behind(TimeDistributed{Layer: Dense{Units: 3}}, LSTM{Units: 2})
	behind(Conv1D{Filters: 3, KernelSize: []int{2}}, LSTM{Units: 2}) // lets go of it
	one(Sequential{Embedding{InputDim: 3, OutputDim: 4, MaskZero: true}, LSTM{Units: 3}, Dense{Units: 1}}, 4, 6)
	one(Sequential{Embedding{InputDim: 3, OutputDim: 4, MaskZero: true}, Flatten{}, Dense{Units: 1}}, 4, 6)
	one(Sequential{Embedding{InputDim: 3, OutputDim: 4, MaskZero: true}, Bidirectional{Layer: GRU{Units: 3, ReturnSequences: true}}, GlobalAveragePooling1D{}}, 4, 6)
	for _, attention := range []Layer{
		MultiHeadAttention{NumHeads: 2, KeyDim: 3}, MultiHeadAttention{NumHeads: 2, KeyDim: 3, UseCausalMask: true}, GroupQueryAttention{HeadDim: 3, NumQueryHeads: 4, NumKeyValueHeads: 2},
		Attention{}, Attention{UseCausalMask: true, UseScale: true}, Attention{ScoreMode: "concat"}, AdditiveAttention{}, AdditiveAttention{UseCausalMask: true},
	} {
		one(torchMaskedGraph(Node{Name: "seen", Layer: attention, From: []string{"masked", "masked"}}), 4, 6, 5)
		one(torchMaskedGraph(Node{Name: "seen", Layer: attention, From: []string{"x", "masked"}}), 4, 6, 5)
		one(torchMaskedGraph(Node{Name: "seen", Layer: attention, From: []string{"masked", "x"}}), 4, 6, 5)
		one(torchMaskedGraph(Node{Name: "seen", Layer: attention, From: []string{"masked", "masked"}}, Node{Name: "after", Layer: LSTM{Units: 2}, From: []string{"masked"}}), 4, 6, 5)
		one(torchMaskedGraph(Node{Name: "seen", Layer: attention, From: []string{"masked", "masked"}}, Node{Name: "after", Layer: GlobalAveragePooling1D{}, From: []string{"seen"}}), 4, 6, 5)
	}
	for _, merge := range []Layer{Add{}, Multiply{}, Concatenate{}, Concatenate{Axis: 1}} {
		one(torchMaskedGraph(Node{Name: "both", Layer: merge, From: []string{"masked", "other"}}, Node{Name: "after", Layer: LSTM{Units: 2}, From: []string{"both"}}), 4, 6, 5)
		one(torchMaskedGraph(Node{Name: "both", Layer: merge, From: []string{"masked", "masked"}}, Node{Name: "after", Layer: LSTM{Units: 2}, From: []string{"both"}}), 4, 6, 5)
		if c, ok := merge.(Concatenate); !ok || c.Axis == 0 {
			one(torchMaskedGraph(Node{Name: "both", Layer: merge, From: []string{"masked", "x"}}, Node{Name: "after", Layer: LSTM{Units: 2}, From: []string{"both"}}), 4, 6, 5)
		}
	}
	return cases
}

// torchMaskedGraph has two masks: of what is zero, and of what isn't positive.
func torchMaskedGraph(nodes ...Node) Graph {
	outputs := []string{"all"}
	for _, n := range nodes {
		outputs = append(outputs, n.Name)
	}
	nodes = append([]Node{
		{Name: "masked", Layer: Masking{}, From: []string{"x"}},
		{Name: "wide", Layer: Rescaling{Scale: 1, Offset: -1.5}, From: []string{"x"}},
		{Name: "cut", Layer: ReLU{}, From: []string{"wide"}},
		{Name: "other", Layer: Masking{}, From: []string{"cut"}},
		{Name: "all", Layer: Add{}, From: []string{"x", "other"}},
	}, nodes...)
	return Graph{Inputs: []Input{{Name: "x"}}, Nodes: nodes, Outputs: outputs}
}

// What a layer gives is another thing with a mask than without one for those alone that are printed as looking at masks.
func TestLayersThatLookAtMasksAreKnown(t *testing.T) {
	tried := 0
	for _, c := range torchCases() {
		flat := slices.ContainsFunc(c.inputs, func(shape []int) bool { return len(shape) < 3 })
		_, container := Bare(c.layer).(Container)
		if _, attends := c.layer.(Called); flat || container || attends && !TakesStates(c.layer) && len(c.inputs) == 1 || MakesMasks(c.layer) {
			continue
		}
		tried++
		for _, training := range []bool{false, true} {
			if !looksAtMasks(c.layer) && changedByMasks(t, c, training) {
				t.Errorf("%s gives something else with a mask: looksAtMasks must know", GoCode(c.layer))
			}
		}
	}
	if tried < 100 {
		t.Errorf("%d layers were tried", tried)
	}
}

// changedByMasks applies a layer to inputs with masks and without.
func changedByMasks(t *testing.T, c inTorch, training bool) bool {
	var xs []any
	for i, shape := range c.inputs {
		n, features := -1, shape[len(shape)-1]
		xs = append(xs, tensors.FromFlatDataAndDimensions(draw(shape, func() float64 {
			n++
			if (n/features+i)%3 == 1 {
				return 0
			}
			return math.Sin(float64(n)) + 1.5
		}), shape...))
	}
	store := model.NewStore()
	exec, err := model.NewExec(gobackend.GetBackend(), store, func(scope *model.Scope, xs []*graph.Node) []*graph.Node {
		store.SetTraining(xs[0].Graph(), training)
		plain := ApplyAll(c.layer, scope.At("layer"), xs)
		masked := make([]*graph.Node, len(xs))
		for i, x := range xs {
			masked[i] = Masking{}.Apply(scope, x)
		}
		return []*graph.Node{plain[0], ApplyAll(c.layer, scope.At("layer"), masked)[0]}
	})
	if err != nil {
		t.Fatalf("%s: %v", GoCode(c.layer), err)
	}
	defer exec.Finalize()
	ys, err := exec.Exec(xs...)
	if err != nil {
		t.Fatalf("%s: %v", GoCode(c.layer), err)
	}
	for v := range store.IterVariables() {
		if training && IsKey(v) {
			return false // each application draws anew
		}
	}
	a, b := torchArrayOf(t, ys[0]).Values, torchArrayOf(t, ys[1]).Values
	for i := range a {
		if math.Abs(float64(a[i]-b[i])) > 1e-4 {
			return true
		}
	}
	return false
}

// A mask that can't be looked at in PyTorch is an error that names the layer, not another model.
func TestTorchCodeDropsNoMaskInSilence(t *testing.T) {
	words := Embedding{InputDim: 3, OutputDim: 4, MaskZero: true}
	for _, c := range []struct {
		model Layer
		shape []int
		word  string
	}{
		{Sequential{Masking{}, BatchNormalization{}}, []int{4, 6, 5}, "BatchNormalization"},
		{torchMaskedGraph(Node{Name: "most", Layer: Maximum{}, From: []string{"masked", "other"}}), []int{4, 6, 5}, "Maximum"},
		{torchMaskedGraph(Node{Name: "least", Layer: Minimum{}, From: []string{"masked", "x"}}), []int{4, 6, 5}, "Minimum"},
		{Sequential{words, TimeDistributed{Layer: LSTM{Units: 2}}}, []int{4, 3, 6}, "LSTM"},
		{Sequential{words, TimeDistributed{Layer: Flatten{}}, LSTM{Units: 2}}, []int{4, 3, 6}, "LSTM"},
	} {
		_, err := TorchCode(c.model, c.shape)
		if err == nil || !strings.Contains(err.Error(), c.word) || !strings.Contains(err.Error(), "mask") {
			t.Errorf("%s: error %v must name %s and the mask", GoCode(c.model), err, c.word)
		}
	}
}
