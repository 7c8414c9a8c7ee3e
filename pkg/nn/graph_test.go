package nn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

func node(name string, l nn.Layer, from ...string) nn.Node {
	return nn.Node{Name: name, Layer: l, From: from}
}

func shared(name, with string, from ...string) nn.Node {
	return nn.Node{Name: name, Shared: with, From: from}
}

// siamese is a model with two inputs, a shared encoder, a skip connection and two outputs, listed out of order.
func siamese() nn.Graph {
	return nn.Graph{
		Inputs: []nn.Input{{Name: "left"}, {Name: "right"}},
		Nodes: []nn.Node{
			node("both", nn.Add{}, "a", "b"),
			node("a", nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}, KernelRegularizer: nn.L1L2{L2: 0.5}}, nn.Dense{Units: 3}}, "left"),
			shared("b", "a", "right"),
			node("skip", nn.Concatenate{}, "both", "left"),
			node("score", nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, "skip"),
		},
		Outputs: []string{"score", "both"},
	}
}

func runAll(t *testing.T, l nn.Layer, store *model.Store, values ...[][]float32) [][][]float32 {
	t.Helper()
	exec, err := model.NewExec(gobackend.GetBackend(), store, func(scope *model.Scope, xs []*graph.Node) []*graph.Node {
		return nn.ApplyAll(l, scope, xs)
	})
	require.NoError(t, err)
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = tensors.FromValue(v)
	}
	out, err := exec.Exec(args...)
	require.NoError(t, err)
	all := make([][][]float32, len(out))
	for i, o := range out {
		all[i] = o.Value().([][]float32)
	}
	return all
}

// The graph computes what its parts compute one by one.
func TestGraphIsItsParts(t *testing.T) {
	g := siamese()
	require.NoError(t, g.Check())
	left, right := [][]float32{{1, -2}, {0.5, 0.25}}, [][]float32{{-1, 3}, {2, 0}}
	store := model.NewStore()
	got := runAll(t, g, store, left, right)

	byHand := runAll(t, handmade{}, store, left, right)
	require.Equal(t, byHand, got)
	require.Len(t, got, 2)

	var paths []string
	for v := range store.IterVariables() {
		paths = append(paths, v.Path())
	}
	require.ElementsMatch(t, []string{"/a/dense/kernel", "/a/dense/bias", "/a/dense_1/kernel", "/a/dense_1/bias", "/score/kernel", "/score/bias"}, paths,
		"a shared layer has its weights once")
}

// handmade is siamese written as a plain GoMLX model.
type handmade struct{}

func (handmade) Apply(*model.Scope, *graph.Node) *graph.Node { panic("two inputs") }

func (handmade) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	encode := func(x *graph.Node) *graph.Node {
		x = nn.Dense{Units: 4, Activation: nn.Tanh{}}.Apply(scope.At("a").At("dense"), x)
		return nn.Dense{Units: 3}.Apply(scope.At("a").At("dense_1"), x)
	}
	both := graph.Add(encode(xs[0]), encode(xs[1]))
	skip := graph.Concatenate([]*graph.Node{both, xs[0]}, -1)
	return []*graph.Node{nn.Dense{Units: 1, Activation: nn.Sigmoid{}}.Apply(scope.At("score"), skip), both}
}

func TestGraphSaysWhatIsWrong(t *testing.T) {
	d := nn.Dense{Units: 2}
	in := []nn.Input{{Name: "x"}}
	for want, g := range map[string]nn.Graph{
		"it has no input":                                    {Nodes: []nn.Node{node("a", d, "x")}, Outputs: []string{"a"}},
		"it has no node":                                     {Inputs: in, Outputs: []string{"x"}},
		"it has no output":                                   {Inputs: in, Nodes: []nn.Node{node("a", d, "x")}},
		`two things are called "a"`:                          {Inputs: in, Nodes: []nn.Node{node("a", d, "x"), node("a", d, "x")}, Outputs: []string{"a"}},
		`two things are called "x"`:                          {Inputs: in, Nodes: []nn.Node{node("x", d, "x")}, Outputs: []string{"x"}},
		`node 0 has no name`:                                 {Inputs: in, Nodes: []nn.Node{node("", d, "x")}, Outputs: []string{"x"}},
		`the name "a/b" of a node must hold neither`:         {Inputs: in, Nodes: []nn.Node{node("a/b", d, "x")}, Outputs: []string{"a/b"}},
		`the name "x:1" of an input must hold neither`:       {Inputs: []nn.Input{{Name: "x:1"}}, Nodes: []nn.Node{node("a", d, "x:1")}, Outputs: []string{"a"}},
		`node "a" takes nothing`:                             {Inputs: in, Nodes: []nn.Node{node("a", d)}, Outputs: []string{"a"}},
		`node "a" has no layer`:                              {Inputs: in, Nodes: []nn.Node{{Name: "a", From: []string{"x"}}}, Outputs: []string{"a"}},
		`what node "a" takes is "y", which is neither`:       {Inputs: in, Nodes: []nn.Node{node("a", d, "y")}, Outputs: []string{"a"}},
		`what node "a" takes is "x:1", but an input`:         {Inputs: in, Nodes: []nn.Node{node("a", d, "x:1")}, Outputs: []string{"a"}},
		`"x:b" is no output`:                                 {Inputs: in, Nodes: []nn.Node{node("a", d, "x:b")}, Outputs: []string{"a"}},
		`an output is "b", which is neither`:                 {Inputs: in, Nodes: []nn.Node{node("a", d, "x")}, Outputs: []string{"b"}},
		`no output needs node "b"`:                           {Inputs: in, Nodes: []nn.Node{node("a", d, "x"), node("b", d, "x")}, Outputs: []string{"a"}},
		`node "b" shares the layer of "c", which is no node`: {Inputs: in, Nodes: []nn.Node{shared("b", "c", "x")}, Outputs: []string{"b"}},
		`shares the layer of "b", which has none of its own`: {Inputs: in, Nodes: []nn.Node{node("a", d, "x"), shared("b", "a", "a"), shared("c", "b", "b")}, Outputs: []string{"c"}},
		`node "a" has a layer and shares that of "b"`:        {Inputs: in, Nodes: []nn.Node{{Name: "a", Layer: d, Shared: "b", From: []string{"x"}}, node("b", d, "a")}, Outputs: []string{"b"}},
		"b, c wait for each other's outputs":                 {Inputs: in, Nodes: []nn.Node{node("a", nn.Add{}, "x", "b"), node("b", d, "c"), node("c", d, "b")}, Outputs: []string{"a"}},
		"a wait for each other's outputs":                    {Inputs: in, Nodes: []nn.Node{node("a", d, "a")}, Outputs: []string{"a"}},
	} {
		err := g.Check()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to say %q", err, want)
		}
	}
}

// What only shapes tell is said with the node's name.
func TestGraphErrorsNameTheNode(t *testing.T) {
	g := siamese()
	g.Nodes[0].Layer = nn.Add{}
	g.Nodes[0].From = []string{"a", "left"}
	g.Nodes[2].From = []string{"right"}
	g.Outputs = append(g.Outputs, "b")
	g.Inputs[0].Shape = []int{2}
	_, err := nn.Summarize(g)
	require.ErrorContains(t, err, `input "right" of the graph doesn't say its shape`)
	_, err = nn.Summarize(g, 2)
	require.ErrorContains(t, err, "the graph has 2 inputs, left, right, here are 1")
	one := nn.Graph{Inputs: []nn.Input{{Name: "x"}}, Nodes: []nn.Node{node("a", nn.Dense{Units: 3}, "x"), node("sum", nn.Add{}, "a", "x")}, Outputs: []string{"sum"}}
	_, err = nn.Summarize(one, 2)
	require.ErrorContains(t, err, `layer "sum" (input (Float32)[2, 3]): Add can't merge inputs of shapes [2 3], [2 2]: axis 1 has sizes 3 and 2`)
	one.Nodes[1] = node("b", nn.Dense{Units: 1}, "a:1")
	one.Outputs = []string{"b"}
	_, err = nn.Summarize(one, 2)
	require.ErrorContains(t, err, `node "b" takes a:1, but a has 1 outputs`)
}

func TestWalkAndEdit(t *testing.T) {
	g := siamese()
	g.Nodes[1].Layer = nn.Frozen{Layer: g.Nodes[1].Layer}
	var seen []string
	require.NoError(t, nn.Walk(g, func(p nn.Place) bool {
		seen = append(seen, fmt.Sprintf("%s %T %v", p.Path, p.Layer, p.Frozen))
		return true
	}))
	require.Equal(t, []string{"a/dense nn.Dense true", "a/dense_1 nn.Dense true", "both nn.Add false", "skip nn.Concatenate false", "score nn.Dense false"}, seen)

	edited, err := nn.Edit(g, func(p nn.Place) nn.Layer {
		switch p.Path {
		case "a/dense":
			return nil
		case "score":
			return nn.Dense{Units: 5}
		}
		return p.Layer
	})
	require.NoError(t, err)
	require.NoError(t, edited.(nn.Graph).Check())
	seen = nil
	require.NoError(t, nn.Walk(edited, func(p nn.Place) bool {
		seen = append(seen, fmt.Sprintf("%s %+v %v", p.Path, p.Layer, p.Frozen))
		return p.Path != "both"
	}))
	require.Len(t, seen, 2, "Walk stops where it is told to")
	require.Contains(t, seen[0], "a/dense", "the only layer left in the encoder")

	// Leaving a node out lets those behind it take what it took; a model of nothing is an error.
	chain := nn.Graph{Inputs: []nn.Input{{Name: "x"}}, Nodes: []nn.Node{node("a", nn.Tanh{}, "x"), shared("b", "a", "a"), node("c", nn.Sigmoid{}, "b")}, Outputs: []string{"c"}}
	edited, err = nn.Edit(chain, func(p nn.Place) nn.Layer {
		if p.Path == "a" {
			return nil
		}
		return p.Layer
	})
	require.NoError(t, err)
	require.Equal(t, []nn.Node{node("c", nn.Sigmoid{}, "x")}, edited.(nn.Graph).Nodes)
	_, err = nn.Edit(chain, func(nn.Place) nn.Layer { return nil })
	require.ErrorContains(t, err, "leaves no layer")
}

// A penalty on a shared layer's kernel counts once, as in Keras.
func TestSharedPenaltyCountsOnce(t *testing.T) {
	once := nn.Graph{Inputs: []nn.Input{{Name: "x"}}, Nodes: []nn.Node{node("a", nn.Dense{Units: 2, KernelInitializer: nn.Ones{}, KernelRegularizer: nn.L1L2{L2: 1}}, "x")}, Outputs: []string{"a"}}
	twice := once
	twice.Nodes = append(twice.Nodes, shared("b", "a", "a"))
	twice.Outputs = []string{"b"}
	require.Equal(t, float32(4), penalty(t, once))
	require.Equal(t, float32(4), penalty(t, twice))
}

// penalty is the regularization loss of a model on rows of two features.
func penalty(t *testing.T, l nn.Layer) float32 {
	t.Helper()
	exec, err := model.NewExec(gobackend.GetBackend(), model.NewStore(), func(scope *model.Scope, x *graph.Node) *graph.Node {
		y := l.Apply(scope, x)
		// Pure Go fails on programs that don't use their input.
		return graph.Add(train.GetRegularizationLoss(x.Graph()), graph.MulScalar(graph.ReduceAllSum(y), 0))
	})
	require.NoError(t, err)
	out, err := exec.Exec([][]float32{{1, 2}})
	require.NoError(t, err)
	return out[0].Value().(float32)
}
