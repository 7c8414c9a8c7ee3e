package keras

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// maskOperations are the operations of which Keras makes masks in functional models. Layers here pass masks on by
// themselves, so that they are only compared with what the file says.
var maskOperations = []string{"NotEqual", "LogicalOr", "ConvertToTensor", "ExpandDims", "ZerosLike", "OnesLike", "Concatenate", "Any"}

// masks follows the masks of a functional model.
type masks struct {
	operations map[string]string // expressions of the operations' outputs, by their names
	of         map[string]string // expressions of the masks of inputs and nodes
	unknown    map[string]bool   // nodes of whose masks nothing is known, for there is a layer in front that wasn't read
	heads      bool              // a MultiHeadAttention took off masks
}

// operation reads an entry that is an operation on masks; false when it is none.
func (m *masks) operation(o *object) bool {
	class, _ := o.fields["class_name"].(string)
	name, _ := o.fields["name"].(string)
	inbound, _ := o.fields["inbound_nodes"].([]any)
	if !o.isOperation() || !slices.Contains(maskOperations, class) || name == "" || len(inbound) != 1 {
		return false
	}
	args, kwargs := arguments(inbound[0])
	if len(kwargs) > 0 || len(args) == 0 {
		return false
	}
	parts := make([]string, len(args))
	for i, a := range args {
		text, ok := m.expression(o, a)
		if !ok {
			return false
		}
		parts[i] = text
	}
	config, _ := o.fields["config"].(map[string]any)
	if axis, there := config["axis"]; there && axis != nil {
		parts = append(parts, "axis="+show(axis))
	}
	if keep, _ := config["keepdims"].(bool); keep {
		parts = append(parts, "keepdims")
	}
	m.operations[name] = class + "(" + strings.Join(parts, ",") + ")"
	if class == "ConvertToTensor" {
		m.operations[name] = parts[0]
	}
	return true
}

func (m *masks) expression(o *object, v any) (string, bool) {
	if x, ok := numberOf(v); ok {
		return fmt.Sprintf("%g", x), true
	}
	if list, ok := v.([]any); ok {
		parts := make([]string, len(list))
		for i, one := range list {
			if parts[i], ok = m.expression(o, one); !ok {
				return "", false
			}
		}
		return "[" + strings.Join(parts, ",") + "]", true
	}
	reference, ok := m.reference(v)
	if !ok {
		return "", false
	}
	if known := m.operations[reference]; known != "" {
		return known, true
	}
	return reference, true
}

// reference is the layer's output that an argument is.
func (m *masks) reference(v any) (string, bool) {
	if !isTensors(v) {
		return "", false
	}
	var all []string
	aside := &object{report: &report{}} // what is wrong with it is told elsewhere
	if !aside.histories("", v, &all, 4) || len(all) != 1 {
		return "", false
	}
	return all[0], true
}

// follow notes the mask of a node's output, and refuses one that the call was given where it is another than the layer's
// input has.
func (m *masks) follow(o *object, n *nn.Node, l nn.Layer, given string) {
	before := make([]string, len(n.From))
	for i, from := range n.From {
		before[i] = m.of[from]
		m.unknown[n.Name] = m.unknown[n.Name] || m.unknown[from]
	}
	if m.unknown[n.Name] {
		return
	}
	if given != "" && len(before) > 1 && nn.TakesStates(l) {
		o.problem("inbound_nodes", "a mask given beside states to begin with is not supported")
	} else if given != "" {
		if expression := m.operations[given]; expression == "" || len(before) != 1 || expression != before[0] {
			o.problem("inbound_nodes", "the mask %s is another than the layer's input has: that is not supported", given)
		}
		n.Mask = m.heads // else it is there anyway
	}
	if nn.TakesMasks(l) && strings.Join(before, "") != "" {
		m.heads = true
	}
	m.of[n.Name] = nn.MaskExpression(l, n.From, before)
}
