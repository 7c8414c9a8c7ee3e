package nn

import (
	"fmt"
	"regexp"
	"strings"
)

// torchReserved are words that a name in the class can't be: Python's own, and what every nn.Module has.
var torchReserved = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`
		False None True and as assert async await break class continue def del elif else except finally for from global if
		import in is lambda nonlocal not or pass raise return try while with yield self super torch nn
		T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
		extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
		named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
		register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
		register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
		register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
		state_dict to to_empty train training type xpu zero_grad`) {
		words[w] = true
	}
	return words
}()

var notInPython = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// torchName is a name as Python can have it. A leading underscore is avoided: nn.Module keeps its own things there.
func torchName(name string) string {
	name = strings.TrimLeft(notInPython.ReplaceAllString(name, "_"), "_")
	switch {
	case name == "":
		return "layer"
	case name[0] >= '0' && name[0] <= '9':
		return "layer_" + name
	case torchReserved[name]:
		return name + "_"
	}
	return name
}

// torchNames are names that are taken.
type torchNames map[string]bool

// unique is a name that nothing else has, and takes it.
func (n torchNames) unique(name string) string {
	name = torchName(name)
	unused := name
	for i := 2; n[unused]; i++ {
		unused = fmt.Sprintf("%s_%d", name, i)
	}
	n[unused] = true
	return unused
}
