package nn

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// torchSteps are a projection for each of query, key and value, nn.functional.scaled_dot_product_attention, and a
// projection back.
func (h heads) torchSteps(inputs [][]int, masks []bool) ([]TorchStep, error) {
	if _, err := h.outputShapes(selfAttended(inputs)); err != nil {
		return nil, err
	}
	names := []string{"{0}", "{0}", "{0}"} // of query, value and key
	shapes := selfAttended(inputs)
	if len(inputs) > 1 {
		names[1], names[2] = "{1}", "{1}"
	}
	if len(inputs) > 2 {
		names[2] = "{2}"
	}
	query, value, key, err := h.shapes(shapes)
	if err != nil {
		return nil, err
	}
	axes, err := h.attended(len(query))
	if err != nil {
		return nil, err
	}
	view := torchAttended(len(query), axes)
	steps := []TorchStep{
		h.torchProjection("query", names[0], query, h.queryHeads, h.keyDim, view),
		h.torchProjection("key", names[2], key, h.keyHeads, h.keyDim, view),
		h.torchProjection("value", names[1], value, h.keyHeads, h.valueDim, view),
	}
	if h.gate {
		gate := h.torchLinear("gate", query[len(query)-1], h.queryHeads*h.valueDim, []int{1, 2, 0})
		gate.Forward, gate.Result = "torch.sigmoid({m}("+names[0]+"))", "gate"
		steps = append(steps, gate)
	}
	arguments := []string{"{query}", "{key}", "{value}"}
	mask, err := h.torchMask(inputs, shapes, masks, axes)
	if err != nil {
		return nil, err
	}
	if mask != "" {
		steps = append(steps, TorchStep{Forward: mask, Result: "mask"})
		arguments = append(arguments, "attn_mask={mask}")
	} else if h.causal {
		arguments = append(arguments, "is_causal=True")
	}
	if h.dropout > 0 {
		arguments = append(arguments, "dropout_p="+codec.PythonFloat(h.dropout)+" if self.training else 0.0")
	}
	if h.keyHeads < h.queryHeads {
		arguments = append(arguments, "enable_gqa=True")
	}
	attend := TorchStep{Forward: codec.Call{Function: "nn.functional.scaled_dot_product_attention", Arguments: arguments}.String()}
	attend.Forward += ".transpose(-3, -2).flatten(-2)" + view.back(query, axes)
	if h.gate {
		attend.Forward += " * {gate}"
	}
	sizes := h.outputSizes(query)
	toOutput := []int{}
	for i := range sizes {
		toOutput = append(toOutput, i+2)
	}
	output := h.torchLinear("attention_output", h.queryHeads*h.valueDim, size(sizes), append(toOutput, 0, 1))
	if output.Member = "output"; len(sizes) > 1 {
		output.Forward = "{m}({x}).unflatten(-1, " + torchTuple(sizes) + ")"
	}
	return append(steps, attend, output), nil
}

// torchLinear is a projection whose kernel has its axes in another order there.
func (h heads) torchLinear(name string, in, out int, axes []int) TorchStep {
	arguments := []string{fmt.Sprint(in), fmt.Sprint(out)}
	parameters := []TorchParameter{{Weight: name + "/kernel", Name: "weight", Axes: axes, Apart: true}, {Weight: name + "/bias", Name: "bias", Apart: true}}
	if h.noBias {
		arguments, parameters = append(arguments, "bias=False"), parameters[:1]
	}
	return TorchStep{Module: codec.Call{Function: "nn.Linear", Arguments: arguments}.String(), Member: name, Parameters: parameters}
}

// torchProjection is one to [batch, …, heads, steps, size].
func (h heads) torchProjection(name, input string, shape []int, n, features int, view torchView) TorchStep {
	step := h.torchLinear(name, shape[len(shape)-1], n*features, []int{1, 2, 0})
	step.Forward = fmt.Sprintf("{m}(%s)%s.unflatten(-1, (%d, %d)).transpose(-3, -2)", input, view.there, n, features)
	step.Result = name
	return step
}

// torchView brings the axes that are attended over together behind the others.
type torchView struct {
	there string
	order []int
	apart int // axes before those that are attended over
}

func torchAttended(rank int, axes []int) torchView {
	v := torchView{}
	for axis := range rank - 1 {
		if !slices.Contains(axes, axis) {
			v.order = append(v.order, axis)
		}
	}
	v.apart = len(v.order)
	v.order = append(append(v.order, axes...), rank-1)
	if !slices.IsSorted(v.order) {
		v.there = ".permute" + torchTuple(v.order)
	}
	if len(axes) > 1 {
		v.there += fmt.Sprintf(".flatten(%d, -2)", v.apart)
	}
	return v
}

func (v torchView) back(query, axes []int) string {
	text := ""
	if len(axes) > 1 {
		text = fmt.Sprintf(".unflatten(%d, %s)", v.apart, torchTuple(extentsOf(query, axes)))
	}
	if !slices.IsSorted(v.order) {
		home := make([]int, len(v.order))
		for i, axis := range v.order {
			home[axis] = i
		}
		text += ".permute" + torchTuple(home)
	}
	return text
}

// torchMask is true or 0 where a step may look, for scores [batch, …, heads, query, key]; empty: everywhere, or as is_causal says.
func (h heads) torchMask(inputs, shapes [][]int, masks []bool, axes []int) (string, error) {
	var parts []string
	if (h.causal || h.window > 0) && (len(axes) != 1 || len(shapes[0]) != 3) {
		return "", fmt.Errorf("%s: a causal mask and a sliding window need inputs [batch, time, features], got %s", h.layer, listed(shapes))
	}
	for i, masked := range masks[:min(3, len(masks))] {
		switch {
		case !masked:
			continue
		case len(shapes[0]) != 3:
			return "", fmt.Errorf("%s looks at the masks of inputs of shapes %s: PyTorch has no short form for it", h.layer, listed(shapes))
		case i == 0:
			parts = append(parts, "{mask0}[:, None, :, None]")
		}
		if i > 0 || len(inputs) == 1 {
			parts = append(parts, fmt.Sprintf("{mask%d}[:, None, None]", i))
		}
	}
	soft := len(parts) > 0 || len(inputs) == 4
	if h.window > 0 || h.causal && soft {
		near := torchPairs(shapes[0][1], shapes[1][1])
		if h.causal {
			near += ".tril()"
		} else {
			near += fmt.Sprintf(".tril(%d)", h.window-1)
		}
		if h.window > 0 {
			near += fmt.Sprintf(".triu(%d)", 1-h.window)
		}
		parts = append(parts, near)
	}
	if len(inputs) == 4 {
		given, rank := "({3} != 0)", len(inputs[3])
		if len(axes) > 1 {
			given += fmt.Sprintf(".flatten(%d, -1).flatten(%d, %d)", rank-len(axes), rank-2*len(axes), rank-len(axes)-1)
			rank -= 2 * (len(axes) - 1)
		}
		scores := len(shapes[0]) - len(axes) + 2
		if rank < 2 || rank > scores || len(parts) > 0 && rank != 3 {
			return "", fmt.Errorf("%s: a mask of shape %v doesn't fit", h.layer, inputs[3])
		}
		if rank > 2 && rank < scores {
			given += "[" + strings.Repeat(":, ", rank-2) + strings.TrimSuffix(strings.Repeat("None, ", scores-rank), ", ") + "]"
		}
		parts = append(parts, given)
	}
	mask := strings.Join(parts, " & ")
	if soft { // not true and false: a step that may look nowhere gets the mean here
		mask = "torch.where(" + mask + ", 0.0, -1e9)"
	}
	return mask, nil
}

// torchPairs is true for all pairs of steps.
func torchPairs(query, key int) string {
	return fmt.Sprintf("torch.ones(%d, %d, dtype=torch.bool, device={0}.device)", query, key)
}

// torchSteps attend by scores that steps with a Result of that name give, for inputs of those shapes.
func (d dotAttention) torchSteps(scores []TorchStep, inputs [][]int, masks []bool) ([]TorchStep, error) {
	shapes := selfAttended(inputs)
	if _, err := d.outputShapes(shapes); err != nil {
		return nil, err
	}
	weights := "{scores}"
	if allowed := d.torchAllowed(shapes, masks); allowed != "" {
		weights = "torch.where(" + allowed + ", {scores}, {scores} - 1e9)"
	}
	weights = "torch.softmax(" + weights + ", dim=-1)"
	if d.dropout > 0 {
		weights = "nn.functional.dropout(" + weights + ", " + codec.PythonFloat(d.dropout) + ", self.training)"
	}
	_, value, _ := torchAttentionInputs(inputs)
	return append(scores, TorchStep{Forward: whereQueryCounts(weights+" @ "+value, masks)}), nil
}

// torchAllowed is where a step may look, [batch, query, key]; empty: everywhere.
func (d dotAttention) torchAllowed(shapes [][]int, masks []bool) string {
	var parts []string
	if value := min(1, len(masks)-1); masks[value] {
		parts = append(parts, fmt.Sprintf("{mask%d}[:, None]", value))
	}
	if d.causal {
		parts = append(parts, torchPairs(shapes[0][1], shapes[1][1])+".tril()")
	}
	return strings.Join(parts, " & ")
}

// whereQueryCounts gives 0 for steps that the query's mask leaves out.
func whereQueryCounts(y string, masks []bool) string {
	if masks[0] {
		return "torch.where({mask0}[:, :, None], " + y + ", 0.0)"
	}
	return y
}

// torchAttentionInputs are query, value and key.
func torchAttentionInputs(inputs [][]int) (query, value, key string) {
	switch len(inputs) {
	case 1:
		return "{0}", "{0}", "{0}"
	case 2:
		return "{0}", "{1}", "{1}"
	}
	return "{0}", "{1}", "{2}"
}

// torchAddedPairs is query + key for each pair of steps.
func torchAddedPairs(inputs [][]int) string {
	query, _, key := torchAttentionInputs(inputs)
	return query + "[:, :, None] + " + key + "[:, None]"
}
