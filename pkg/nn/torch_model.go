package nn

import (
	"fmt"
	"strings"

	"example.com/unstuck/internal/codec"
)

// TorchModel is a model in PyTorch, and what a training there has to know of it.
type TorchModel struct {
	Code    string        // see [TorchCode]
	Whole   []bool        // which inputs must come as integers
	Outputs [][]int       // shapes, the batch included
	Weights []TorchWeight // in the order of the code; a weight that is several parameters there comes as often
}

// TorchWeight is where PyTorch has a weight.
type TorchWeight struct {
	TorchParameter
	Path        string      // of the weight here: "dense/kernel"
	Expression  string      // of the parameter there: "model[0].weight"
	Regularizer Regularizer // penalty on it; nil: none, as on a frozen one
	Constraint  Constraint  // what it is brought back to; nil: none, as on a frozen one
}

// InTorch is the model in PyTorch, with the errors of [TorchCode].
func InTorch(model Layer, inputs ...[]int) (TorchModel, error) {
	return writtenInTorch(model, inputs, true)
}

// InTorchByName is InTorch as a class in any case, whose modules have the names of the layers.
func InTorchByName(model Layer, inputs ...[]int) (TorchModel, error) {
	return writtenInTorch(model, inputs, false)
}

func writtenInTorch(model Layer, inputs [][]int, chains bool) (TorchModel, error) {
	w, outputs, err := writeTorch(model, inputs)
	if err != nil {
		return TorchModel{}, fmt.Errorf("nn: in PyTorch: %w", err)
	}
	m := TorchModel{Whole: w.whole()}
	for _, v := range outputs {
		m.Outputs = append(m.Outputs, v.shape)
	}
	chain := chains && w.isChain(outputs)
	if m.Code = w.class(outputs); chain {
		m.Code = w.sequential()
	}
	penalties, constraints := map[string]Regularizer{}, map[string]Constraint{}
	if _, err := Measure(model, inputs, func(l Measured) error {
		for _, weight := range l.Weights {
			if !l.Frozen {
				penalties[below(l.Path, weight.Name)] = weight.Regularizer
				constraints[below(l.Path, weight.Name)] = weight.Constraint
			}
		}
		return nil
	}); err != nil {
		return TorchModel{}, err
	}
	for i, op := range w.ops {
		module := "model." + op.member
		if chain {
			module = fmt.Sprintf("model[%d]", i)
		}
		for _, p := range op.Parameters {
			if op.again {
				continue
			}
			weight := TorchWeight{TorchParameter: p, Path: below(op.path, p.Weight), Expression: module}
			if p.Name != "" {
				weight.Expression += "." + p.Name
			}
			weight.Regularizer, weight.Constraint = penalties[weight.Path], constraints[weight.Path]
			m.Weights = append(m.Weights, weight)
		}
	}
	return m, nil
}

// whole tells which inputs go into a table.
func (w *torchWriter) whole() []bool {
	whole := make([]bool, len(w.parameters))
	for _, op := range w.ops {
		for i, name := range w.parameters {
			whole[i] = whole[i] || strings.HasPrefix(op.Module, "nn.Embedding(") && op.inputs[0] == name
		}
	}
	return whole
}

// Penalties are the penalties on a model's weights in PyTorch, each an expression of a scalar. The error names the
// regularizer that has none.
func (m TorchModel) Penalties() ([]string, error) {
	var all []string
	for _, w := range m.Weights {
		if w.Regularizer == nil {
			continue
		}
		t, ok := w.Regularizer.(torchRegularizer)
		if !ok {
			return nil, fmt.Errorf("nn: in PyTorch: %s: there is no penalty like %T", w.Path, w.Regularizer)
		}
		all = append(all, t.torchPenalties(w.Expression)...)
	}
	return all, nil
}

// torchRegularizer is implemented by regularizers that can be written in PyTorch.
type torchRegularizer interface{ torchPenalties(weight string) []string }

func (r L1L2) torchPenalties(weight string) []string {
	var terms []string
	if r.L1 != 0 {
		terms = append(terms, codec.PythonFloat(r.L1)+" * "+weight+".abs().sum()")
	}
	if r.L2 != 0 {
		terms = append(terms, codec.PythonFloat(r.L2)+" * "+weight+".square().sum()")
	}
	return terms
}
