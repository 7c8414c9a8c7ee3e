package loop

import (
	"fmt"
	"slices"
	"strings"
)

// cutOff tells of a loss that is a leaf, and nothing else than requires_grad_ made one of it, what had cut it from the model; empty: it
// isn't known from the program, or the loss was made anew.
func (r *Recording) cutOff() string {
	if r.Source == nil {
		return ""
	}
	var by []string
	required := false
	for i := range r.Source.Places {
		p := &r.Source.Places[i]
		switch {
		case p.Kind != "cut":
		case p.How == "requires_grad_":
			required = true
		case p.How == "tensor" || p.How == "as_tensor":
			return ""
		case !slices.Contains(by, p.How):
			required = required || p.How == "Variable" || p.How == "Parameter" // which give what they make requires_grad themselves
			by = append(by, p.How)
		}
	}
	if !required || len(by) == 0 {
		return ""
	}
	return fmt.Sprintf(r.spoken("what the loss is made of was cut off from the model (%s), and requires_grad gives it no way back",
		"what the loss is made of was cut off from the model (%s)"), strings.Join(by, ", "))
}
