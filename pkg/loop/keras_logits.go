package loop

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// withoutSquash is a model without the sigmoid or softmax that it ends in, where Keras passes over that, too; nil: it doesn't. In a graph of
// TensorFlow its cross-entropies look for the operation that made the probabilities and take what went into it (_get_logits in
// keras/src/backend/tensorflow/nn.py): where that operation is the last one, and not in half precision, behind which a cast stands.
func (r *Recording) withoutSquash(d *keras.Description) nn.Layer {
	if r.Backend != "tensorflow" || r.KerasLoss == nil || d.Model == nil || len(nn.OutputNames(d.Model)) != 1 {
		return nil
	}
	for k := range r.Steps {
		if s := &r.Steps[k]; s.View == "" || s.Autocast != "" || s.named("out") != nil {
			return nil
		}
	}
	t, err := compiledAs(r.KerasLoss, nil, []int{1, 1})
	if err != nil {
		return nil
	}
	l, by := ofLogits(t.Loss)
	heads, err := nn.Heads(d.Model)
	if l == nil || err != nil || len(heads) != 1 {
		return nil
	}
	last := heads[0].Place
	if behind := heads[0].Behind; len(behind) > 0 {
		last = behind[len(behind)-1]
	}
	if nn.ActivationOf(last.Layer) != by {
		return nil
	}
	changed, err := nn.Rewrite(d.Model, func(p nn.Place) nn.Change {
		if p.At != last.At {
			return nn.Change{Layer: p.Layer}
		}
		if _, alone := p.Layer.(nn.Activation); alone {
			return nn.Change{Layer: nn.Linear{}}
		}
		return nn.Change{Layer: nn.WithActivation(p.Layer, nil)}
	})
	if err != nil {
		return nil
	}
	r.squash = by
	return changed
}

// ofLogits is a cross-entropy of probabilities as one of logits, and what makes the one of the other; nil: it is none.
func ofLogits(l loss.Loss) (loss.Loss, nn.Activation) {
	switch l := l.(type) {
	case loss.BinaryCrossentropy:
		if !l.FromLogits {
			l.FromLogits = true
			return l, nn.Sigmoid{}
		}
	case loss.CategoricalCrossentropy:
		if !l.FromLogits {
			l.FromLogits = true
			return l, nn.Softmax{}
		}
	case loss.SparseCategoricalCrossentropy:
		if !l.FromLogits {
			l.FromLogits = true
			return l, nn.Softmax{}
		}
	}
	return nil, nil
}

// bothWays are claims about logits, and those about the probabilities that become of them: a loop may reshape these, so that Keras finds no
// logits.
func (r *Recording) bothWays(claims []claim) []claim {
	if r.squash == nil {
		return claims
	}
	var all []claim
	for _, c := range claims {
		if l, _ := ofLogits(c.loss); l != nil {
			of := c
			of.loss = l
			all = append(all, of)
		}
	}
	for _, c := range claims {
		c.loss = squashed{c.loss, r.squash}
		all = append(all, c)
	}
	return all
}

// squashed is a loss of what an activation makes of the outputs.
type squashed struct {
	of loss.Loss
	by nn.Activation
}

func (s squashed) PerRow(labels, predictions *graph.Node) *graph.Node {
	return s.of.PerRow(labels, s.by.Activate(predictions))
}

func (s squashed) String() string { return s.of.String() }
