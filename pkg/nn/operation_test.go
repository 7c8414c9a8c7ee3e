package nn

import (
	"strings"
	"testing"
)

// Operations print as calls of keras.ops between layers, and as a Lambda where Keras wants a layer.
func TestOperationsInKeras(t *testing.T) {
	g := Graph{
		Inputs: []Input{{Name: "x", Shape: []int{4, 6}}},
		Nodes: []Node{
			{Name: "halves", Layer: Split{Axis: -1, Sections: 2}, From: []string{"x"}},
			{Name: "gate", Layer: Sigmoid{}, From: []string{"halves:1"}, Unmasked: true},
			{Name: "product", Layer: Binary{Function: "multiply"}, From: []string{"halves", "gate"}},
			{Name: "scaled", Layer: Renamed{"scaled", Binary{Function: "subtract", Constant: []float64{1}, ConstantFirst: true}}, From: []string{"product"}},
			{Name: "last", Layer: Index{At: ":, -1"}, From: []string{"scaled"}},
			{Name: "out", Layer: Dense{Units: 1}, From: []string{"last"}},
		},
		Outputs: []string{"out"},
	}
	code, err := KerasModel(g)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"halves = keras.ops.split(x, 2, axis=-1)", "gate = keras.activations.get('sigmoid')(halves[1])", "product = keras.ops.multiply(halves[0], gate)",
		"scaled = keras.ops.subtract(1.0, product)", "last = scaled[:, -1]",
	} {
		if !strings.Contains(code, line+"\n") {
			t.Errorf("%q isn't in\n%s", line, code)
		}
	}
	code, err = KerasCode(Sequential{Dense{Units: 2}, Reduce{Name: "pool", Function: "mean", Axes: []int{1}}})
	if want := "layers.Lambda(lambda x: keras.ops.mean(x, axis=1), name='pool')"; err != nil || !strings.Contains(code, want) {
		t.Errorf("%q (%v), want %q in it", code, err, want)
	}
}

// What takes several inputs gets them as Keras' call has them; what gives several outputs has each by its number.
func TestCallsInKeras(t *testing.T) {
	g := Graph{
		Inputs: []Input{{Name: "x", Shape: []int{4, 6}}, {Name: "mask", Shape: []int{4, 1}}, {Name: "allowed", Shape: []int{4, 4}}},
		Nodes: []Node{
			{Name: "weights", Layer: SoftmaxOver{Axes: []int{1}}, From: []string{"x", "mask"}},
			{Name: "function", Layer: SoftmaxOver{Axes: []int{1, 2}}, From: []string{"x"}, Unmasked: true},
			{Name: "log", Layer: LogSoftmaxOver{Axes: []int{1}}, From: []string{"x"}},
			{Name: "two", Layer: MultiHeadAttention{NumHeads: 2, KeyDim: 3}, From: []string{"x", "weights"}},
			{Name: "four", Layer: MultiHeadAttention{NumHeads: 2, KeyDim: 3}, From: []string{"x", "x", "two", "allowed"}},
			{Name: "lstm", Layer: LSTM{Units: 2, ReturnState: true}, From: []string{"four"}},
			{Name: "best", Layer: TopK{K: 2}, From: []string{"log"}},
		},
		Outputs: []string{"lstm", "lstm:1", "best", "function"},
	}
	code, err := KerasModel(g)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"weights = layers.Softmax(axis=1, name='weights')(x, mask=mask)", "function = keras.ops.softmax(x, axis=(1, 2))",
		"log = keras.ops.log_softmax(x, axis=1)", "two = layers.MultiHeadAttention(2, 3, name='two')(x, weights)",
		"four = layers.MultiHeadAttention(2, 3, name='four')(x, x, key=two, attention_mask=allowed)", "best = keras.ops.top_k(log, 2)",
		"model = keras.Model([x, mask, allowed], [lstm[0], lstm[1], best[0], function])",
	} {
		if !strings.Contains(code+"\n", line+"\n") {
			t.Errorf("%q isn't in\n%s", line, code)
		}
	}
}

// A layer used as a function neither sees masks nor passes them on; the other uses of its input keep theirs.
func TestUnmasked(t *testing.T) {
	g := Graph{
		Inputs: []Input{{Name: "x"}},
		Nodes: []Node{
			{Name: "e", Layer: Embedding{InputDim: 5, OutputDim: 3, MaskZero: true}, From: []string{"x"}},
			{Name: "relu", Layer: ReLU{}, From: []string{"e"}, Unmasked: true},
			{Name: "tanh", Layer: Tanh{}, From: []string{"e"}},
		},
		Outputs: []string{"relu", "tanh"},
	}
	if got := g.masked([]bool{false}); got[0] || !got[1] {
		t.Errorf("masks of relu and tanh are %v, want none and one", got)
	}
}

// Operations that make no sense name themselves.
func TestOperationsThatMakeNoSense(t *testing.T) {
	rows := []int{2, 4, 3}
	for _, c := range []struct {
		layer  Layer
		inputs [][]int
		word   string
	}{
		{Unary{Function: "sqroot"}, [][]int{rows}, "Unary.Function is \"sqroot\""},
		{Binary{Function: "plus"}, [][]int{rows, rows}, "Binary.Function is \"plus\""},
		{Binary{Function: "add"}, [][]int{rows}, "no constant"},
		{Binary{Function: "add"}, [][]int{rows, {2, 3}}, "as many axes"},
		{Binary{Function: "add"}, [][]int{rows, {2, 4, 2}}, "axis 2 has sizes 3 and 2"},
		{Binary{Function: "add", Constant: []float64{1, 2}, ConstantShape: []int{3}}, [][]int{rows}, "2 numbers and of shape [3]"},
		{Binary{Function: "add", Constant: []float64{1, 2}, ConstantShape: []int{2, 1, 1}}, [][]int{rows}, "fixes the batch"},
		{Reduce{Function: "mean", Axes: []int{0}}, [][]int{rows}, "Reduce.Axes is 0"},
		{Reduce{Function: "argmax", Axes: []int{1, 2}}, [][]int{rows}, "takes one axis"},
		{Index{At: "0"}, [][]int{rows}, "must begin with"},
		{Index{At: ":, 4"}, [][]int{rows}, "no place 4"},
		{Index{At: ":, 2:1"}, [][]int{rows}, "nothing is left"},
		{Index{At: ":, ::0"}, [][]int{rows}, "no slice"},
		{Index{At: ":, one"}, [][]int{rows}, "neither a whole number"},
		{Index{At: ":, ..., ..."}, [][]int{rows}, "Index.At"},
		{Matmul{}, [][]int{{2, 3}, {3, 4}}, "so that their batches meet"},
		{Matmul{}, [][]int{rows, {2, 4, 3}}, "3 columns meet 4 rows"},
		{Einsum{Equation: "bij,bjk"}, [][]int{rows, rows}, "Einsum.Equation"},
		{Einsum{Equation: "bij,cjk->bik"}, [][]int{rows, rows}, "batch"},
		{Where{}, [][]int{rows}, "needs 3 inputs"},
		{Pad{Widths: []int{1}}, [][]int{rows}, "Pad.Widths"},
		{Pad{Widths: []int{4, 0, 0, 0}, Mode: "reflect"}, [][]int{rows}, "no more than 3"},
		{Stack{Axis: 0}, [][]int{rows, rows}, "Stack.Axis"},
		{Split{Axis: 1, Sections: 3}, [][]int{rows}, "doesn't divide"},
		{Split{Axis: 1, At: []int{3, 2}}, [][]int{rows}, "ascending"},
		{Take{Axis: 1}, [][]int{rows}, "empty"},
		{Take{Axis: 1, Indices: []int{4}}, [][]int{rows}, "holds 4"},
		{Tile{Times: []int{1}}, [][]int{rows}, "Tile.Times"},
		{Clip{Low: 1}, [][]int{rows}, "below Clip.Low"},
		{OneHot{}, [][]int{rows}, "OneHot.Classes"},
		{Roll{Axis: 3}, [][]int{rows}, "Roll.Axis"},
		{Cumsum{}, [][]int{rows}, "Cumsum.Axis"},
		{Normalize{}, [][]int{rows}, "Normalize.Axis"},
		{SoftmaxOver{}, [][]int{rows}, "SoftmaxOver.Axes is empty"},
		{SoftmaxOver{Axes: []int{0}}, [][]int{rows}, "SoftmaxOver.Axes"},
		{SoftmaxOver{Axes: []int{1}}, [][]int{rows, {2, 4}}, "needs a mask with the axes"},
		{SoftmaxOver{Axes: []int{1}}, [][]int{rows, {2, 4, 2}}, "needs a mask with the axes"},
		{LogSoftmaxOver{Axes: []int{3}}, [][]int{rows}, "LogSoftmaxOver.Axes"},
		{Triangle{}, [][]int{{2, 4}}, "needs matrices"},
		{Diff{Axis: 1}, [][]int{{2, 1}}, "two places"},
		{TopK{}, [][]int{rows}, "TopK.K is 0"},
	} {
		if _, err := Measure(c.layer, c.inputs, func(Measured) error { return nil }); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s of %v: the error is %v, want one with %q", GoCode(c.layer), c.inputs, err, c.word)
		}
	}
}
