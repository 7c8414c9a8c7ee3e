package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Attention lets each step of a query look at the steps of a value by how alike query and key are, as Keras' Attention,
// without projections. Luong et al. 2015.
//
//	softmax over the key's steps of (scale·query·keyᵀ) · value
//	softmax over the key's steps of (weight·Σ tanh(scale·(query + key))) · value     ScoreMode "concat"
//
// It takes two or three inputs: query, value and key, which else is the value.
//
// Shapes: query [batch, steps, dim], value [batch, steps, features], key [batch, the value's steps, dim] → [batch, the
// query's steps, features]; scale and concat_score_weight are single numbers.
type Attention struct {
	Name          string  `keras:"-"` // empty: "attention", "attention_1", …
	UseScale      bool    // multiplies by a weight, which starts at 1
	ScoreMode     string  `keras:"score_mode,oneof=dot|concat"` // empty: "dot"
	Dropout       float64 `keras:"dropout,from=0,below=1"`      // share of the scores that is dropped in training
	UseCausalMask bool    `keras:"-"`                           // no step looks at later ones; an argument of the call in Keras
}

var _ = layers.Add(Attention{}, codec.Ignored("seed"))

// Apply attends from the input to itself.
func (a Attention) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return a.ApplyAll(scope, []*graph.Node{x, x})[0]
}

// ApplyAll takes query, value and perhaps key. It panics when settings or shapes don't make sense.
func (a Attention) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	if err := codec.Check(a); err != nil {
		panic(err)
	}
	d := dotAttention{"Attention", a.Dropout, a.UseCausalMask}
	return d.apply(scope, a, xs, func(w weights, query, key *graph.Node) *graph.Node {
		if a.ScoreMode == "concat" {
			sum := addedPairs(query, key)
			if scale := w.node("scale"); scale != nil {
				sum = graph.Mul(sum, scale)
			}
			return graph.Mul(graph.ReduceSum(graph.Tanh(sum), -1), w.node("concat_score_weight"))
		}
		scores := graph.Einsum("abc,adc->abd", query, key)
		if scale := w.node("scale"); scale != nil {
			scores = graph.Mul(scores, scale)
		}
		return scores
	})
}

// OutputShapes has the query's steps and the value's features.
func (Attention) OutputShapes(inputs [][]int) ([][]int, error) {
	return dotAttention{layer: "Attention"}.outputShapes(inputs)
}

// Weights are scale and concat_score_weight, as far as they are used.
func (a Attention) Weights(...int) []Weight {
	var all []Weight
	if a.UseScale {
		all = append(all, Weight{Name: "scale", Role: Scale, Shape: []int{}, Initializer: Ones{}})
	}
	if a.ScoreMode == "concat" {
		all = append(all, Weight{Name: "concat_score_weight", Role: Scale, Shape: []int{}, Initializer: Ones{}})
	}
	return all
}

// TorchSteps is nn.functional.scaled_dot_product_attention, with ScoreMode "concat" expressions.
func (a Attention) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return a.torchMasked(inputs, make([]bool, len(inputs)))
}

func (a Attention) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	query, value, key := torchAttentionInputs(inputs)
	d := dotAttention{"Attention", a.Dropout, a.UseCausalMask}
	single := func(name, forward, result string) TorchStep {
		return TorchStep{Module: "nn.Parameter(torch.ones(()))", Member: name, Forward: forward, Result: result, Parameters: []TorchParameter{{Weight: name}}}
	}
	if a.ScoreMode == "concat" {
		sum := "torch.tanh(" + torchAddedPairs(inputs) + ").sum(-1)"
		steps := []TorchStep{{Forward: sum, Result: "added"}}
		if a.UseScale {
			sum = "torch.tanh({m} * (" + torchAddedPairs(inputs) + ")).sum(-1)"
			steps[0] = single("scale", sum, "added")
		}
		steps = append(steps, single("concat_score_weight", "{m} * {added}", "scores"))
		return d.torchSteps(steps, inputs, masks)
	}
	var steps []TorchStep
	if a.UseScale {
		steps = append(steps, single("scale", "{m} * "+query, "scaled"))
		query = "{scaled}"
	}
	arguments := []string{query, key, value}
	if slices.Contains(masks, true) {
		if allowed := d.torchAllowed(selfAttended(inputs), masks); allowed != "" {
			arguments = append(arguments, "attn_mask=torch.where("+allowed+", 0.0, -1e9)")
		}
	} else if a.UseCausalMask {
		arguments = append(arguments, "is_causal=True")
	}
	if a.Dropout > 0 {
		arguments = append(arguments, "dropout_p="+codec.PythonFloat(a.Dropout)+" if self.training else 0.0")
	}
	attend := codec.Call{Function: "nn.functional.scaled_dot_product_attention", Arguments: append(arguments, "scale=1.0")}
	return append(steps, TorchStep{Forward: whereQueryCounts(attend.String(), masks)}), nil
}

// Parameters are those of Keras' call.
func (Attention) Parameters() []string { return dotParameters }

// Arrange takes the list of query, value and key.
func (Attention) Arrange(given map[string][]string) ([]string, error) {
	return dotAttention{layer: "Attention"}.arrange(given)
}

// dotAttention is what Attention and AdditiveAttention share.
type dotAttention struct {
	layer   string
	dropout float64
	causal  bool
}

var dotParameters = []string{"inputs", "mask"}

func (d dotAttention) arrange(given map[string][]string) ([]string, error) {
	if len(given) != 1 || given["inputs"] == nil {
		return nil, fmt.Errorf("%s takes a list of query, value and perhaps key, and no mask here", d.layer)
	}
	return given["inputs"], nil
}

func (d dotAttention) outputShapes(inputs [][]int) ([][]int, error) {
	inputs = selfAttended(inputs)
	if len(inputs) != 2 && len(inputs) != 3 {
		return nil, fmt.Errorf("%s takes query, value and perhaps key, here are %d inputs", d.layer, len(inputs))
	}
	query, value, key := inputs[0], inputs[1], inputs[len(inputs)-1]
	for _, shape := range inputs {
		if len(shape) != 3 || shape[0] != query[0] {
			return nil, fmt.Errorf("%s needs query, value and key [batch, steps, features], got %s", d.layer, listed(inputs))
		}
	}
	if key[1] != value[1] || key[2] != query[2] {
		return nil, fmt.Errorf("%s needs a key with the value's steps and the query's features, got %s", d.layer, listed(inputs))
	}
	return [][]int{withLast(query, value[2])}, nil
}

// apply attends by scores [batch, query steps, key steps].
func (d dotAttention) apply(scope *model.Scope, l Weighted, xs []*graph.Node, scored func(w weights, query, key *graph.Node) *graph.Node) []*graph.Node {
	if _, err := d.outputShapes(shapesOf(xs)); err != nil {
		panic(err)
	}
	xs = slices.Clone(xs)
	for i, x := range xs {
		xs[i] = asFloat(x)
	}
	query, value, key := xs[0], xs[1], xs[len(xs)-1]
	g := query.Graph()
	scores := scored(create(scope, l, query), query, key)
	var allowed *graph.Node
	if mask := MaskOf(value); mask != nil {
		allowed = graph.InsertAxes(mask, 1)
	}
	if d.causal {
		earlier := heads{causal: true}.places(g, query.Shape().Dim(1), key.Shape().Dim(1))
		if allowed != nil {
			earlier = logicalAnd(allowed, earlier)
		}
		allowed = earlier
	}
	if allowed != nil {
		scores = d.without(scores, allowed)
	}
	scores = Softmax{}.Activate(scores)
	if d.dropout > 0 {
		if drawn := drawKey(scope, g); drawn != nil {
			scores = dropped(scores, drawn, d.dropout, scores.Shape().Dimensions)
		}
	}
	y := graph.Einsum("abd,adc->abc", scores, value)
	return []*graph.Node{whereCounts(y, MaskOf(query), 0)}
}

// without takes 10⁹ from the scores of what isn't allowed, as Keras does.
func (dotAttention) without(scores, allowed *graph.Node) *graph.Node {
	allowed = graph.BroadcastToDims(allowed, scores.Shape().Dimensions...)
	return graph.Where(allowed, scores, graph.AddScalar(scores, -1e9))
}

// addedPairs is query + key for each pair of steps: [batch, query steps, key steps, features].
func addedPairs(query, key *graph.Node) *graph.Node {
	q, k := query.Shape(), key.Shape()
	dims := []int{q.Dim(0), q.Dim(1), k.Dim(1), q.Dim(2)}
	return graph.Add(graph.BroadcastToDims(graph.InsertAxes(query, 2), dims...), graph.BroadcastToDims(graph.InsertAxes(key, 1), dims...))
}
