package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// AdditiveAttention is an [Attention] whose scores are Σ scale·tanh(query + key), as Keras' AdditiveAttention. Bahdanau et
// al. 2015.
//
// It takes the same inputs. Shapes: query and key [batch, steps, dim], value [batch, steps, features] → [batch, the
// query's steps, features]; scale [dim].
type AdditiveAttention struct {
	Name          string  `keras:"-"`                      // empty: "additive_attention", …
	NoScale       bool    `keras:"use_scale,not"`          // leaves the scale out
	Dropout       float64 `keras:"dropout,from=0,below=1"` // share of the scores that is dropped in training
	UseCausalMask bool    `keras:"-"`                      // no step looks at later ones; an argument of the call in Keras
}

var _ = layers.Add(AdditiveAttention{}, codec.Ignored("seed"))

// Apply attends from the input to itself.
func (a AdditiveAttention) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return a.ApplyAll(scope, []*graph.Node{x, x})[0]
}

// ApplyAll takes query, value and perhaps key. It panics when settings or shapes don't make sense.
func (a AdditiveAttention) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	if err := codec.Check(a); err != nil {
		panic(err)
	}
	d := dotAttention{"AdditiveAttention", a.Dropout, a.UseCausalMask}
	return d.apply(scope, a, xs, func(w weights, query, key *graph.Node) *graph.Node {
		scores := graph.Tanh(addedPairs(query, key))
		if scale := w.expanded("scale", 4); scale != nil {
			scores = graph.Mul(scores, scale)
		}
		return graph.ReduceSum(scores, -1)
	})
}

// OutputShapes has the query's steps and the value's features.
func (AdditiveAttention) OutputShapes(inputs [][]int) ([][]int, error) {
	return dotAttention{layer: "AdditiveAttention"}.outputShapes(inputs)
}

// Weights are the scale.
func (a AdditiveAttention) Weights(input ...int) []Weight {
	if a.NoScale {
		return nil
	}
	return []Weight{{Name: "scale", Role: Scale, Shape: []int{input[len(input)-1]}, Initializer: GlorotUniform{}}}
}

// Parameters are those of Keras' call.
func (AdditiveAttention) Parameters() []string { return dotParameters }

// Arrange takes the list of query, value and key.
func (AdditiveAttention) Arrange(given map[string][]string) ([]string, error) {
	return dotAttention{layer: "AdditiveAttention"}.arrange(given)
}

// TorchSteps are expressions: there is no module.
func (a AdditiveAttention) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return a.torchMasked(inputs, make([]bool, len(inputs)))
}

func (a AdditiveAttention) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	sum := "torch.tanh(" + torchAddedPairs(inputs) + ")"
	scores := TorchStep{Forward: sum + ".sum(-1)", Result: "scores"}
	if !a.NoScale {
		scores.Module, scores.Member = fmt.Sprintf("nn.Parameter(torch.empty(%d))", inputs[0][len(inputs[0])-1]), "scale"
		scores.Forward, scores.Parameters = "({m} * "+sum+").sum(-1)", []TorchParameter{{Weight: "scale", Bare: true}}
	}
	return dotAttention{"AdditiveAttention", a.Dropout, a.UseCausalMask}.torchSteps([]TorchStep{scores}, inputs, masks)
}
