package training

import "strings"

// Source is what is known of the program that a training comes from, for those who read about it in words of their own: which
// module and which line makes a node of the model, what weights and variables are called there. It changes nothing in the
// training. The zero value: nothing is known.
type Source struct {
	Operations map[string]Operation // that made the model's nodes, by the nodes' names
	Parameters map[string][]string  // names of the program's parameters, "fc1.weight", by the paths of weights, "/fc1/kernel"
	Modules    map[string]Variable  // where modules are made, by their paths, "layers.0.fc"
	// Variables are what the program has the parts of the training in, by what they are: "model", "optimizer", "loss",
	// "scheduler", "x", "y", "epochs", "batch_size", and the lines of its loop: "loop", "backward", "step".
	Variables map[string]Variable
}

// Operation is what a program does at one place of its model.
type Operation struct {
	Name   string // PyTorch's, without what tells variants apart: "relu"
	Module string // path of the module in the model, "layers.0.fc"; empty: the model itself
	Class  string // of that module, "torch.nn.modules.linear.Linear"
	Line          // that calls it, the innermost that isn't PyTorch's own
}

// OfModule reports whether the operation is what a module of PyTorch's does, and not one that the program calls by itself.
func (o Operation) OfModule() bool { return strings.HasPrefix(o.Class, "torch.nn.modules.") }

// Variable is a variable with the line that sets it.
type Variable struct {
	Name string // empty: it has none
	Line
}

// Line is a line of a source file.
type Line struct {
	File   string // its name without folders
	Number int    // from 1; 0: not known
	Text   string // without indentation; a statement over several lines is whole
}

// Known reports whether there is a line.
func (l Line) Known() bool { return l.Number > 0 }
