package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// LoRA leaves a layer's kernel or table as it is and trains a correction of low rank: what the layer computes with is
//
//	kernel + alpha/rank·A·B
//
// with A [all axes but the last, rank], which begins as HeUniform draws it, and B [rank, last axis], which begins as 0. Any layer
// with a setting LoRARank has it; the penalty on its kernel is then one on A and on B. Hu et al. 2021.

// lora are the names and the factor of a layer's correction; an empty name: it has none.
type lora struct {
	of, a, b string
	factor   float64
}

// loraOf is the correction of a layer with those weights.
func loraOf(l Layer, weights []Weight) (found lora, rank int) {
	for _, s := range codec.Settings[int](l) {
		if s.Field == "LoRARank" {
			rank = s.Value
		}
	}
	if rank < 1 || len(weights) == 0 {
		return lora{}, 0
	}
	alpha := float64(rank)
	for _, s := range codec.Settings[float64](l) {
		if s.Field == "LoRAAlpha" && s.Value != 0 {
			alpha = s.Value
		}
	}
	name := weights[0].Name
	return lora{name, "lora_" + name + "_a", "lora_" + name + "_b", alpha / float64(rank)}, rank
}

// withLoRA adds A and B to a layer's weights, of which the first is the one that they correct.
func withLoRA(l Layer, weights []Weight) []Weight {
	found, rank := loraOf(l, weights)
	if found.of == "" {
		return weights
	}
	kernel := weights[0]
	weights[0].Still, weights[0].Regularizer = true, nil
	if len(kernel.Shape) == 0 { // asked for names and roles alone
		kernel.Shape = []int{1, 1}
	}
	last := len(kernel.Shape) - 1
	return append(weights,
		Weight{Name: found.a, Role: kernel.Role, Shape: withLast(kernel.Shape, rank), Initializer: HeUniform{}, Regularizer: kernel.Regularizer, Stored: NotStored},
		Weight{Name: found.b, Role: kernel.Role, Shape: []int{rank, kernel.Shape[last]}, Initializer: Zeros{}, Regularizer: kernel.Regularizer, Stored: NotStored})
}

// corrected is a weight with what LoRA adds to it.
func (w weights) corrected(name string, value *graph.Node) *graph.Node {
	if name != w.lora.of || name == "" {
		return value
	}
	correction := matMul(graph.Reshape(w.node(w.lora.a), -1, w.vars[w.lora.a].Shape().Dim(-1)), w.node(w.lora.b))
	return graph.Add(value, graph.MulScalar(graph.Reshape(correction, value.Shape().Dimensions...), w.lora.factor))
}

// noTorchLoRA refuses what is no module.
func noTorchLoRA(l Layer, weights []Weight) error {
	if found, _ := loraOf(l, weights); found.of != "" {
		return fmt.Errorf("%s with LoRARank: PyTorch has no such module; add A·B to the %s and leave LoRARank out", typeName(l), found.of)
	}
	return nil
}
