package torch

import (
	"encoding/json"
	"slices"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// jointLosses are the losses that take several outputs of a model at once, and how many: here they are stacked into one.
var jointLosses = map[string]int{"GaussianNLLLoss": 2, "MarginRankingLoss": 2, "CosineEmbeddingLoss": 2, "TripletMarginLoss": 3}

// Join stacks the outputs of a model into one, [batch, n, …], where the training.json names a loss that takes all of them at once.
// The outputs must have one shape. Else it leaves the model as it is.
func (m *Model) Join(description []byte) {
	var said struct{ Loss struct{ Class string } }
	_ = json.Unmarshal(description, &said) // reading it tells what is wrong with it
	n := jointLosses[said.Loss.Class]
	if n == 0 || len(m.Layer.Outputs) != n || len(m.Ranks) != n {
		return
	}
	name := "joined"
	for slices.ContainsFunc(m.Layer.Nodes, func(node nn.Node) bool { return node.Name == name }) {
		name += "_"
	}
	m.Layer.Nodes = append(slices.Clone(m.Layer.Nodes), nn.Node{Name: name, Layer: nn.Stack{Axis: 1}, From: m.Layer.Outputs})
	m.Layer.Outputs, m.Ranks = []string{name}, []int{m.Ranks[0] + 1}
}

// jointly is a reader of one of these losses: others are refused with what to do.
func jointly(class string, read func(o *object, out output) loss.Loss) func(o *object, out output) loss.Loss {
	n := jointLosses[class]
	return func(o *object, out output) loss.Loss {
		if out.prediction != nil && (len(out.prediction) < 2 || out.prediction[1] != n) || out.several {
			o.add(o.path, "%s takes %d outputs of the model, of one shape: forward must return a tuple of these, and nothing else", class, n)
		}
		return read(o, out)
	}
}
