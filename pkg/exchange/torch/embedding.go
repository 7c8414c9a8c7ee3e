package torch

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// table is an embedding that can be called the other way round, by a linear layer that has its table as weight.
type table struct {
	back nn.ReversibleEmbedding
	why  string // it can't; empty: it can
}

var _ = reads(func(c *call) ([]value, error) {
	parameter, shape, err := c.parameterOf("weight")
	if err != nil {
		return nil, err
	}
	index, err := c.tensor("indices")
	if err != nil {
		return nil, err
	}
	padding, err := c.int("padding_idx", -1)
	if err != nil {
		return nil, err
	}
	if c.flag("scale_grad_by_freq", false) || c.flag("sparse", false) {
		return nil, fmt.Errorf("scale_grad_by_freq and sparse are not supported")
	}
	l := nn.Embedding{InputDim: shape[0], OutputDim: shape[1], EmbeddingsInitializer: nn.RandomNormal{StdDev: 1}}
	if padding >= 0 {
		l.Padding = []int{padding}
	}
	t := table{back: nn.ReversibleEmbedding{InputDim: l.InputDim, OutputDim: l.OutputDim, EmbeddingsInitializer: l.EmbeddingsInitializer}}
	if padding >= 0 {
		t.why = "it has a padding_idx"
	}
	c.b.tables[parameter] = t
	weights := []weight{{name: "embeddings", parameters: []string{parameter}}}
	if !index.isNode() { // positions: the same for all rows
		if index.known == nil || index.extent != nil {
			return nil, fmt.Errorf("what is looked up isn't understood")
		}
		rank := len(index.known.shape)
		if index, err = c.b.constant(*index.known); err != nil {
			return nil, err
		}
		out, err := c.b.layer(l, weights, index)
		if err != nil {
			return nil, err
		}
		out[0].axes = behindBatch(rank + 1)
		return out, nil
	}
	out, err := c.b.layer(l, weights, index)
	if err != nil {
		return nil, err
	}
	out[0].axes = append(append([][]int{}, index.axes...), []int{len(out[0].row)})
	return out, nil
}, "embedding")
