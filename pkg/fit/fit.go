package fit

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/dataset"
)

// Config says how to train. The zero value trains for one epoch in shuffled batches of 32.
type Config struct {
	Epochs          int          // 0: 1
	BatchSize       int          // 0: 32; larger than the data: one batch of all rows
	NoShuffle       bool         // takes the rows in their order instead of shuffling them anew in each epoch
	ValidationSplit float64      // share of the last rows held out, taken before shuffling; 0: none
	Validation      dataset.Data // evaluated after each epoch; the zero value: none
	Callbacks       []Callback   // told in this order
	Checkpoint      Checkpointing
	AllowNonFinite  bool // trains on data with NaN or infinite values, to see what comes of it

	validationBatch int // BatchSize as it was given: there may be more rows of validation data than to train on
}

// defaultBatch is Keras' size of a batch.
const defaultBatch = 32

// Fit trains the model on d and returns what happened.
//
// It stops early when a callback asks for it (no error) or when ctx is cancelled (ctx's error). What was
// trained up to then is kept, and the History is returned in every case, with the error if there is one.
// Errors: data that doesn't fit ([dataset.Data.Validate]), an impossible Config, a layer or loss that
// doesn't fit the data, a callback's error, or a failing backend. One that takes the weights with it, as an
// execution that fails may, leaves the model as it was before: in general at the beginning of this Fit, weights, the
// optimizer's memory and counts alike. The error says so.
//
// A cancel is answered within half a second, unless a callback takes longer. Where a single execution takes
// longer, of a compilation or of one step of a huge model, it ends in the background and its steps count for the model, not for
// the History. Until it has ended, d and the validation data must stay as they are, and whoever uses the model waits.
//
// Training twice goes on where the first left off: weights, the optimizer's memory, schedule and batch order.
func (m *Model) Fit(ctx context.Context, d dataset.Data, c Config) (*History, error) {
	var t *trainer
	var err error
	_, cancelled := m.await(ctx, func() { t, err = m.newTraining(ctx, d, c) }, func() {
		if err == nil {
			t.engine.close()
		}
	})
	if cancelled != nil {
		return &History{}, fmt.Errorf("fit: %w", cancelled)
	}
	if err != nil {
		return &History{}, fmt.Errorf("fit: %w", err)
	}
	return m.train(ctx, t)
}

// train runs a training that is ready.
func (m *Model) train(ctx context.Context, t *trainer) (*History, error) {
	err := t.run(ctx)
	switch {
	case t.left:
	case m.busy != nil && ctx.Err() != nil: // a callback has left something behind
		m.afterwards(func() { _ = t.close(nil) })
	default:
		m.settle()
		err = t.close(err)
		if err == nil || errors.Is(err, Stop) {
			if e := m.finish(); e != nil {
				err = e
			}
		}
	}
	if errors.Is(err, Stop) {
		t.history.Stopped, err = err.Error(), nil
	}
	if err != nil {
		t.history.Stopped = err.Error()
		return t.history, fmt.Errorf("fit: epoch %d, step %d: %w", t.view.Epoch+1, t.view.Step+1, err)
	}
	return t.history, nil
}

// finish lets an optimizer have its last word, when the training wasn't cut short: averages take the weights' place.
func (m *Model) finish() error {
	if o, ok := m.optimizer.(interface {
		Finish(of model.StoreProvider) error
	}); ok {
		return o.Finish(m.store)
	}
	return nil
}

// settle fills in defaults and holds validation rows out.
func (c *Config) settle(d dataset.Data) (dataset.Data, error) {
	switch {
	case c.Epochs < 0:
		return d, fmt.Errorf("%d epochs: must be positive", c.Epochs)
	case c.Checkpoint.Every < 0:
		return d, fmt.Errorf("a checkpoint every %d epochs: must be positive", c.Checkpoint.Every)
	case d.Rows() > math.MaxInt32:
		return d, fmt.Errorf("%d rows are more than one Fit can take, %d: give it parts of them, one after the other", d.Rows(), math.MaxInt32)
	case c.BatchSize < 0:
		return d, fmt.Errorf("batch size %d: must be positive", c.BatchSize)
	}
	if c.Epochs == 0 {
		c.Epochs = 1
	}
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatch
	}
	c.validationBatch = c.BatchSize
	if c.ValidationSplit != 0 {
		if c.Validation.Rows() > 0 {
			return d, errors.New("both Validation and ValidationSplit are given: give one of them")
		}
		var err error
		if d, c.Validation, err = d.Split(c.ValidationSplit); err != nil {
			return d, err
		}
	}
	c.BatchSize = min(c.BatchSize, d.Rows())
	return d, nil
}

// newTraining checks everything and compiles what the training needs.
func (m *Model) newTraining(ctx context.Context, d dataset.Data, c Config) (*trainer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if m.loss == nil {
		return nil, errForPrediction
	}
	if err := m.check(d, c.AllowNonFinite); err != nil {
		return nil, err
	}
	if err := checkCallbacks(c.Callbacks); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d, err := c.settle(d)
	if err != nil {
		return nil, err
	}
	if err := m.takeBatchSize(c.BatchSize); err != nil {
		return nil, err
	}
	if err := m.checkShares(c.BatchSize); err != nil {
		return nil, err
	}
	if err := errors.Join(m.wholeBatches("rows to train on", d.Rows()), m.wholeBatches("rows to validate on", c.Validation.Rows())); err != nil {
		return nil, err
	}
	if err := m.buildTraining(rowsOf(d.Inputs()), rowsOf(d.Outputs())); err != nil {
		return nil, err
	}
	if err := m.remember(); err != nil {
		return nil, err
	}
	if err := m.checkValidation(c); err != nil {
		return nil, fmt.Errorf("validation data: %w", err)
	}
	t := &trainer{m: m, config: c, data: d, rows: d.Rows(), history: &History{}, rate: nan}
	if t.ownRate, err = m.ownRates(); err != nil {
		return nil, err
	}
	t.steps = stepsPerEpoch(t.rows, c.BatchSize)
	m.pace.suit(c.BatchSize, c.Validation.Rows())
	t.capacity = t.steps * max(1, min(segmentSteps/t.steps, segmentRows/t.rows))
	t.view = Run{Model: m, History: t.history, Epochs: c.Epochs, Steps: t.steps, ctx: ctx, training: t}
	t.view.validated = c.Validation.Rows() > 0
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t.engine, err = m.newEngine(d, c, t.capacity)
	return t, err
}

// newEngine picks how the steps are executed.
func (m *Model) newEngine(d dataset.Data, c Config, capacity int) (engine, error) {
	if m.stateful != "" && c.Validation.Rows() > 0 {
		e := &statefulEngine{m: m, validation: c.Validation}
		c.Validation = dataset.Data{}
		inner, err := m.newEngine(d, c, capacity)
		e.engine = inner
		return e, err
	}
	limit := m.memoryLimit(byteSize(d) + byteSize(c.Validation))
	tooLarge := limit > 0 && byteSize(d)+byteSize(c.Validation) > limit
	loops := m.canLoop() && !m.options.Stepwise
	switch l := m.state.lane; {
	case l != nil && l.trainer == nil && loops && tooLarge:
		return nil, &ApartError{Reason: "their data is brought to the device in chunks"}
	case l != nil && l.trainer == nil:
		return l, nil
	case !loops:
		return &stepEngine{m: m, data: d, validation: c.Validation, validationBatch: c.validationBatch}, nil
	case tooLarge:
		return newChunkedEngine(m, d, c, limit)
	default:
		return newFusedEngine(m, d, nil, c, capacity, d.Rows()%c.BatchSize != 0)
	}
}

// memoryLimit is how many of the data's bytes may be on the device at once; 0: all.
func (m *Model) memoryLimit(size int64) int64 {
	if m.options.MemoryLimit == 0 && size > secondCopy && m.backend.HasSharedBuffers() {
		return sharedChunk
	}
	return m.options.MemoryLimit
}

// On a device that shares the host's memory, data of up to secondCopy bytes is there twice; more is copied
// in chunks of sharedChunk bytes, which takes a few hundredths of the time of the steps of a large model.
const (
	secondCopy  = 128 << 20
	sharedChunk = 32 << 20
)

// canLoop tells whether the backend can execute a loop over steps. The pure-Go backend has closures, but not
// the slicing at a computed place that the loop's body needs.
func (m *Model) canLoop() bool {
	has := m.backend.Capabilities()
	return has.Functions && has.Operations[compute.OpTypeDynamicSlice]
}

// The batch orders of this many steps, and this many rows, are brought to the device at once, roughly, but at
// least an epoch's.
const (
	segmentSteps = 1024
	segmentRows  = 1 << 22
)
