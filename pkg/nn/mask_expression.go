package nn

import (
	"fmt"
	"strings"
)

// MaskExpression is how Keras writes down the mask of a layer's first output in a functional model, as operations on what
// is there: "NotEqual(tokens,0)". inputs are the names of the layer's inputs, masks their expressions; "": no mask. A model
// inside of another shows none.
func MaskExpression(l Layer, inputs, masks []string) string {
	if len(inputs) == 0 || len(masks) != len(inputs) {
		return ""
	}
	l = Bare(l)
	switch passingOf(l) {
	case makes:
		if m, ok := l.(Masking); ok {
			return fmt.Sprintf("Any(NotEqual(%s,%g),axis=-1)", inputs[0], m.MaskValue)
		}
		return fmt.Sprintf("NotEqual(%s,0)", inputs[0])
	case keeps:
		return masks[0]
	case bySequence:
		if sequences(l) {
			return masks[0]
		}
	case merges:
		all := masks[0]
		for _, m := range masks[1:] {
			if all == "" || m == "" {
				return ""
			}
			all = fmt.Sprintf("LogicalOr(%s,%s)", all, m)
		}
		return all
	case joins:
		if strings.Join(masks, "") == "" {
			return ""
		}
		parts := make([]string, len(masks))
		for i, m := range masks {
			parts[i] = fmt.Sprintf("LogicalOr(ExpandDims(%s,axis=-1),ZerosLike(%s))", m, inputs[i])
			if m == "" {
				parts[i] = fmt.Sprintf("OnesLike(%s)", inputs[i])
			}
		}
		axis := l.(Concatenate).Axis
		if axis == 0 {
			axis = -1
		}
		return fmt.Sprintf("Any(Concatenate([%s],axis=%d),axis=-1)", strings.Join(parts, ","), axis)
	}
	return ""
}
