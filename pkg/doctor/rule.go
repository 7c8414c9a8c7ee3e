package doctor

import (
	"errors"

	"example.com/unstuck/pkg/training"
)

// Cause is the name of something that keeps a loss from moving: the same in code, JSON and text.
type Cause string

// The causes that the doctor can name.
const (
	NonFiniteData           Cause = "non-finite-data"
	LossOutputMismatch      Cause = "loss-output-mismatch"
	OutputRangeMismatch     Cause = "output-range-mismatch"
	FrozenWeights           Cause = "frozen-weights"
	OverRegularized         Cause = "over-regularized"
	SymmetricInitialization Cause = "symmetric-initialization"
	DyingReLU               Cause = "dying-relu"
	VanishingGradient       Cause = "vanishing-gradient"
	ExplodingGradient       Cause = "exploding-gradient"
	UnscaledInputs          Cause = "unscaled-inputs"
	UnscaledTargets         Cause = "unscaled-targets"
	LearningRateTooLow      Cause = "learning-rate-too-low"
	LearningRateTooHigh     Cause = "learning-rate-too-high"
	TooFewEpochs            Cause = "too-few-epochs"
	TooSmallCapacity        Cause = "too-small-capacity"
	ClassImbalance          Cause = "class-imbalance"
	BatchStatistics         Cause = "batch-statistics"
	Oscillating             Cause = "oscillating"
	NumericRange            Cause = "numeric-range"
	SortedSplit             Cause = "sorted-split"
	Overfitting             Cause = "overfitting"
	NoSignal                Cause = "no-signal"
	LookAtTheLoop           Cause = "look-at-the-loop"
	Healthy                 Cause = "healthy"
)

// Rule knows one cause: what speaks for it, and what undoes it.
//
// A rule only suspects. The verdict is the treatment's: the cause is the one whose own treatment, alone and
// from the same start, makes the training learn.
type Rule struct {
	Cause    Cause
	Doc      string         // what it is, in one sentence
	Source   string         // where thresholds and treatment come from
	Requires []*Measurement // what Suspect reads; where one can't be taken, the rule isn't asked
	Uses     []*Measurement // what it reads besides, where it is there
	Suspect  func(p *Patient) *Suspicion

	// fromDescription says that Suspect needs no training to have run: the description and the data are enough, and parts
	// of the description that nobody understood (see [ExaminePartial]) don't mislead it.
	fromDescription bool
}

// Suspicion is a rule's reason to try its treatments.
type Suspicion struct {
	Strength   Strength
	Symptoms   []Symptom
	Treatments []Treatment // alternatives, in the order in which they are tried

	// noLoss says that by the description alone some rows have no loss, so that nothing can be learned before that is mended.
	noLoss bool
}

// Strength ranks suspicions; of equal ones the earlier rule goes first.
type Strength int

// How much speaks for a cause.
const (
	Possible Strength = iota + 1 // nothing speaks against it
	Likely                       // a gauge is out of its range
	Strong                       // far out of its range, or a contradiction in the description itself
)

// String is "possible", "likely" or "strong", and "as usual" for 0: what is measured and accuses nothing.
func (s Strength) String() string {
	switch s {
	case 0:
		return "as usual"
	case Strong:
		return "strong"
	case Likely:
		return "likely"
	}
	return "possible"
}

// Symptom is one gauge with what it should be.
type Symptom struct {
	Gauge string  // "update-to-weight ratio, median"
	Got   float64 // NaN: not a number
	Limit string  // "1e-4 to 1e-2"
	Text  string  // the same as a sentence
	Usual bool    // it lies within the limit: told among what was measured, and never as evidence for a cause
}

// Treatment is a change of a training, an alternative to the others of its rule.
type Treatment struct {
	Text string // an imperative: "clip the gradients' norm at 1"
	// Go, Keras and Torch are what the treatment changes in code, see [training.Compare]: in a report they are printed from
	// the difference. Keras and Torch, PyTorch, are empty where they have nothing like it; all are where a curve alone was read.
	Go, Keras, Torch string

	Apply func(training.Training) (training.Training, error)
	cost  float64 // training steps beside those of the training; 0: 1
	rate  float64 // the learning rate it sets; 0: none
}

// Patient is a training under examination.
type Patient struct {
	Training training.Training
	Look     Look     // at the data
	Before   *Outcome // of the training as given; nil where it could not be run
	first    *Gauges  // of the first steps; nil where it could not be run
	Err      error    // why it could not be run

	taken map[*Measurement]any
	reads func(*Measurement) // told of each measurement that is read; nil outside of tests
}

// become is the patient with another run of its training: what was measured is measured again.
func (p *Patient) become(t training.Training, before *Outcome, first *Gauges) {
	p.Training, p.Before, p.first = t, before, first
	p.taken = nil
}

// partial tells whether some of the training wasn't understood.
func (p *Patient) partial() bool {
	var unread *training.Partial
	return errors.As(p.Err, &unread)
}
