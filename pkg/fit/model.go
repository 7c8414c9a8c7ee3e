package fit

import (
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

var nan = math.NaN()

// Optimizer is any GoMLX optimizer: an optim.Optimizer or one of GoMLX's own. It must take gradients (be
// a train.OptimizeWithGradients), as all of those do.
type Optimizer = optimizer.Interface

type gradientOptimizer interface {
	optimizer.Interface
	train.OptimizeWithGradients
}

// Options are what Compile may be told beyond model, optimizer and loss.
type Options struct {
	Backend compute.Backend // nil: backend.Default()
	Seed    int64           // of initial weights, batch order and dropout; 0 is a seed like any other
	Metrics []loss.Metric   // reported beside the loss
	Probes  []Probe         // what they read off training steps goes into the History
	// ProbeEvery is the interval of the measured steps: the first of each Fit, and every so many behind it.
	// The steps between cost nothing; what takes longer, up to twice as long, is the compilation. 0: 30, for
	// which probe.Cheap costs the tiniest models about a quarter of their time and large ones next to nothing.
	ProbeEvery int
	// MemoryLimit is how many bytes of data may be on the device at once: what is larger goes there in
	// chunks of steps. 0: no limit on a device with memory of its own; a CPU keeps no second copy of more than
	// 128 MiB, but takes it in chunks of 32. Where steps are executed one by one, only one batch is ever there.
	MemoryLimit int64
	// BatchSize is how many rows all batches of a model with stateful layers have, such as an [nn.LSTM] with Stateful, in
	// training, evaluation and prediction. 0: as many as those of its first Fit, or 32 when it is evaluated or built before.
	// Other models don't look at it.
	BatchSize int
	// Devices is how many devices of the backend share each training step out: every one takes an equal part of the batch's rows.
	// The program is still that of the whole batch, so that losses, metrics and weights are those of one device up to rounding,
	// batch normalization takes the statistics of all rows, and dropout drops the same values. 0: 1.
	//
	// Each device holds the data and the state as a whole. Validation behind an epoch is shared out, too; Evaluate and Predict compute on the first.
	// It is an error where there are fewer devices, on pure Go, with stateful layers or Stepwise, and, of Fit, where the devices don't divide the batch.
	Devices  int
	Stepwise bool // one execution a step even where the backend could loop; for comparison
}

// Model is a network with its weights, its optimizer and its loss. It is not safe for concurrent use.
type Model struct {
	net       nn.Layer
	optimizer gradientOptimizer
	loss      loss.Loss
	options   Options

	backend     compute.Backend
	store       *model.Store
	state       state
	shape       modelShape
	layout      metricLayout
	programs    *programs
	stateful    string // path of the first stateful layer; empty: there is none
	description description
	progress             // of the values that the state has
	onHost      progress // of the values that the variables have, while the state is on the device
	readings    []ReadingColumn
	pace        pace
	memory      *optim.Memory // that the optimizer is to go on from once it has variables; nil: none
	busy        chan struct{} // closed when what a cancelled call has left in the background ends; nil: nothing was left
}

// progress is how far a model was trained.
type progress struct{ epochs, steps int }

// Compile puts a network, an optimizer and a loss together, as Keras' model.compile does. Nothing is
// computed yet; weights are drawn when the shape of the data is known, see [Model.Build].
//
// Errors: a missing part, an optimizer, loss or metric that refuses its settings (a negative or NaN
// learning rate), or a backend that cannot be opened.
func Compile(net nn.Layer, o Optimizer, l loss.Loss, options Options) (*Model, error) {
	if net == nil {
		return nil, errors.New("fit: there is no model: give nn.Sequential{…} or nn.Func(yourModel)")
	}
	if o == nil {
		return nil, errors.New("fit: there is no optimizer: give optim.Adam(1e-3), for instance")
	}
	if l == nil {
		return nil, errors.New("fit: there is no loss: give loss.MSE{}, for instance")
	}
	takesGradients, ok := o.(gradientOptimizer)
	if !ok {
		return nil, fmt.Errorf("fit: the optimizer %T cannot be used: it has no UpdateGraphWithGradients", o)
	}
	if v, ok := o.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return nil, fmt.Errorf("fit: %w", err)
		}
	}
	if v, ok := l.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return nil, fmt.Errorf("fit: %w", err)
		}
	}
	if err := loss.ValidateMetrics(options.Metrics); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	l, metrics, err := forOutputs(net, l, options.Metrics)
	if err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if options.Metrics = metrics; len(metrics) > 0 {
		if err := loss.ValidateMetrics(metrics); err != nil {
			return nil, fmt.Errorf("fit: %w", err)
		}
	}
	if err := checkMasks(net, l, metrics); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if options.MemoryLimit < 0 {
		return nil, fmt.Errorf("fit: Options.MemoryLimit is %d bytes: give a positive number, or 0 for no limit", options.MemoryLimit)
	}
	if options.BatchSize < 0 {
		return nil, fmt.Errorf("fit: Options.BatchSize is %d: give a positive number, or 0 for that of the first Fit", options.BatchSize)
	}
	if options.Devices < 0 {
		return nil, fmt.Errorf("fit: Options.Devices is %d: give a positive number, or 0 for one device", options.Devices)
	}
	if options.ProbeEvery < 0 {
		return nil, fmt.Errorf("fit: Options.ProbeEvery is %d: give an interval of at least 1, or 0 for %d", options.ProbeEvery, defaultProbeEvery)
	}
	m := &Model{net: net, optimizer: takesGradients, loss: l, options: options}
	if err := m.open(); err != nil {
		return nil, err
	}
	return m, nil
}

// open finds the model's backend and its programs.
func (m *Model) open() error {
	m.backend = m.options.Backend
	if m.backend == nil {
		b, err := backend.Default()
		if err != nil {
			return fmt.Errorf("fit: %w", err)
		}
		m.backend = b.Backend
	}
	m.store = model.NewStore()
	m.store.SetParam(model.ParamInitialSeed, m.options.Seed)
	if path, there := nn.FirstStateful(m.net); there {
		if m.stateful = path; path == "" {
			m.stateful = "model"
		}
	}
	if err := m.shareOut(); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	described := false
	m.description, described = describe(m)
	m.programs = sharedPrograms(m, described)
	return nil
}

// Store holds the model's variables: the weights under their layers' names ("/dense_1/kernel"), the
// optimizer's memory under "/optimizers". While nothing is being trained, values may be read and set: call Store again
// for that after each Fit, Evaluate and Predict.
func (m *Model) Store() *model.Store {
	m.settle()
	_ = m.download() // on an error the variables keep what they had, whole
	return m.store
}
