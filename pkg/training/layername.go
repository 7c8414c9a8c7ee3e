package training

import (
	"fmt"
	"strings"
)

// LayerName is what the training's owner knows a layer or a weight by: of a program of PyTorch's the module's path, "layers[0].fc",
// the function with its line, or the parameter's name, "fc1.weight"; else what it is called here.
func (t Training) LayerName(name string) string {
	node := strings.TrimPrefix(name, "/")
	o, known := t.Source.Operations[node]
	parameters := t.Source.Parameters["/"+node]
	switch {
	case len(parameters) > 0:
		return parameters[0]
	case !known:
		return name
	case o.OfModule() && o.Module != "":
		return strings.TrimPrefix(modulePath("", o.Module), ".")
	case o.OfModule():
		return "nn." + o.Class[strings.LastIndex(o.Class, ".")+1:]
	}
	text := o.Name
	if o.Module != "" {
		text += " in " + strings.TrimPrefix(modulePath("", o.Module), ".")
	}
	if o.Known() {
		text += fmt.Sprintf(" (%s line %d)", o.File, o.Number)
	}
	return text
}

// LayerNames are the [Training.LayerName] of each.
func (t Training) LayerNames(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = t.LayerName(name)
	}
	return all
}
