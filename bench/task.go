package main

// kind says what of a task is measured.
type kind string

const (
	cold  kind = "cold"  // a process from its start to its end, with one fit
	warm  kind = "warm"  // the median of the later fits of the same model in one process
	whole kind = "whole" // all of it, in a process that has started and imported
)

// task is a training that every program knows by its name.
type task struct {
	name, title string
	kinds       []kind
	long        bool     // measured in half of the rounds, with one warm fit in each
	quickRows   int      // rows in quick mode
	rows        int      // for rates; 0: none
	not         []string // programs that don't have it
}

var tasks = []task{
	{name: "example1", title: "Example 1, Adam 1e-3, 10 epochs", kinds: []kind{cold, warm}, quickRows: 96},
	{name: "example2", title: "Example 2, sigmoid, 10 epochs", kinds: []kind{cold, warm}, quickRows: 96},
	{name: "example3", title: "Example 3, two SimpleRNN, clipnorm 1, 10 epochs", kinds: []kind{cold, warm}, quickRows: 96},
	{name: "lstm", title: "LSTM(32) on 1000×20×8, 10 epochs", kinds: []kind{cold, warm}, quickRows: 96},
	{name: "sweep", title: "100 learning rates on example 1, 10 epochs each", kinds: []kind{whole}, long: true, quickRows: 32},
	{name: "rates100", title: "100 learning rates on example 1, 10 epochs each, as one search", kinds: []kind{cold, warm}, long: true, quickRows: 32, not: withoutSearch},
	{name: "rates1000", title: "1000 learning rates on example 1, 10 epochs each, as one search", kinds: []kind{warm}, long: true, quickRows: 32, not: withoutSearch},
	{name: "mlp", title: "MLP 784-512-512-10, batch 128, an epoch of 60,000 rows", kinds: []kind{warm}, long: true, quickRows: 256, rows: 60000},
	{name: "lenet", title: "LeNet, batch 128, an epoch of 10,000 images of 28×28", kinds: []kind{cold, warm}, quickRows: 256, rows: 10000, not: withoutLayers},
	{name: "resnet", title: "ResNet of three blocks, batch 128, an epoch of 1,000 images of 32×32×3", kinds: []kind{cold, warm}, quickRows: 128, rows: 1000, not: withoutLayers},
	{name: "transformer", title: "Transformer of two encoder blocks, batch 128, an epoch of 2,000×32×64", kinds: []kind{cold, warm}, quickRows: 128, rows: 2000, not: withoutLayers},
}

// withoutLayers are the programs that stay with the layers of the first tasks, and builds of commits that may lack these.
var withoutLayers = []string{"gomlx", "before", "before-go"}

// withoutSearch are the programs that can only train one after the other, as the task sweep has them do.
var withoutSearch = []string{"gomlx", "before", "before-go", "keras-jax", "keras-jax-epoch", "keras-tensorflow", "keras-tensorflow-epoch", "torch", "torch-compiled"}

// rounds is how often the task is measured.
func (t task) rounds(s settings) int {
	switch {
	case s.quick:
		return 1
	case t.long:
		return (s.rounds + 1) / 2
	default:
		return s.rounds
	}
}

// sized is the task as it is measured.
func (t task) sized(s settings) task {
	if s.quick && t.rows > 0 {
		t.rows = t.quickRows
	}
	return t
}

// fits is how many times a program fits the model for a measurement.
func (t task) fits(k kind) int {
	switch {
	case k != warm:
		return 1
	case t.long:
		return 2
	default:
		return 4
	}
}
