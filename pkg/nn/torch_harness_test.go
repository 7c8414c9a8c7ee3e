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
	Module string     `json:"module"` // expression
	Name   string     `json:"name"`
	Axes   []int      `json:"axes"`  // in which order they stand in PyTorch; null: the same
	Apart  bool       `json:"apart"` // it has another shape there
	Value  torchArray `json:"value"`
	Drawn  *torchDraw `json:"drawn"` // null: too few, or as PyTorch likes
	After  torchArray `json:"after"` // what a step in training leaves
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
	Spread   *torchDraw    `json:"spread"`   // of outputs in training that are drawn; null: too few, or not drawn
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
	first, indices := true, 0
	if err := Walk(in.layer, func(p Place) bool {
		if table, ok := p.Layer.(Indexed); ok && first && table.Indices() > 0 {
			c.Whole, indices = true, table.Indices()
		}
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
				return float64(rng.IntN(indices))
			}
			return span * (rng.Float64() - 0.5)
		})
		if MakesMasks(in.layer) && !c.Whole {
			for i := range values {
				if features := shape[len(shape)-1]; i%features == 0 && rng.IntN(3) == 0 {
					clear(values[i : i+features])
				}
			}
		}
		x := tensors.FromFlatDataAndDimensions(values, shape...)
		xs, c.Inputs = append(xs, x), append(c.Inputs, torchArrayOf(t, x))
	}
	store := model.NewStore()
	compute := func(training bool) []torchArray {
		exec, err := model.NewExec(gobackend.GetBackend(), store, func(scope *model.Scope, xs []*graph.Node) []*graph.Node {
			scope.Store().SetTraining(xs[0].Graph(), training)
			if _, attends := in.layer.(Called); attends && !TakesStates(in.layer) && len(xs) == 1 { // to itself
				return []*graph.Node{in.layer.Apply(scope, xs[0])}
			}
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
	draws := false
	values, drawn, after := map[string]torchArray{}, map[string]torchArray{}, map[string]torchArray{}
	for v := range store.IterVariables() {
		draws = draws || IsKey(v)
		if !IsWeight(v) {
			continue
		}
		path, dims := strings.TrimPrefix(v.Path(), "/"), v.Shape().Dimensions
		drawn[path] = torchArrayOf(t, v.MustValue())
		low := -0.4 // small, so that float32 rounds little
		if strings.HasSuffix(v.Name(), "variance") {
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
	if training := compute(true); !draws {
		c.Training = training
	} else if y := training[0]; len(y.Values) >= 5000 {
		c.Spread = torchDrawOf(y)
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
			path, axes := below(op.path, p.Weight), p.Axes
			if p.Transposed {
				axes = []int{1, 0}
			}
			weight := torchWeight{Module: module, Name: p.Name, Axes: axes, Apart: p.Apart, Value: values[path], After: after[path]}
			if len(op.initial) > 0 && strings.Contains(strings.Join(op.initial, ""), p.Name) && len(values[path].Values) >= 5000 {
				weight.Drawn = torchDrawOf(drawn[path])
			}
			c.Weights = append(c.Weights, weight)
		}
	}
	return c
}
