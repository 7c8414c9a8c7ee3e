package doctor

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// Options are what Examine may be told beyond the training. The zero value is the usual examination.
type Options struct {
	// Backend trains; nil: the pure-Go backend, which is quick on the small models that get stuck, and for large ones XLA where
	// it is at hand, see [backend.Open].
	Backend compute.Backend
	// Observed is the history of the same training in the caller's own program, if there is one. Where that is
	// stuck and the training goes well here, the verdict is look-at-the-loop.
	Observed *fit.History
	// Progress, when not nil, is called before each training with what is about to be tried; one call at a time, and none
	// after Examine has returned.
	Progress func(what string)
	// OnStep, when not nil, is called where Progress is, and told more.
	OnStep func(Step)
	// Memory is how many bytes the examination may take; 0: [DefaultMemory]. A training that needs more by a rough
	// estimate, see [Memory], is refused before anything is allocated.
	Memory int64
	// SideBySide is how many trainings may run at once; 0: as many as there are processors, [runtime.GOMAXPROCS], up to 4. Fewer
	// run where Memory has no room for as many by the estimate. The report is the same for every number: more cost processor time,
	// for what runs early is for nothing where it isn't asked for in the end, and save waiting.
	SideBySide int
}

// rules in the order in which equal suspicions are followed: what the description itself contradicts first,
// then what the data and the initial weights show, then what can be said of almost any training.
var rules = []*Rule{
	nonFiniteData, lossOutputMismatch, outputRangeMismatch, frozenWeights, normalizedAlone, batchStatistics, symmetricInitialization,
	overRegularized, dyingReLU, explodingGradients, numericRange, unscaledInputs, unscaledTargets, classImbalance, learningRateTooLow,
	learningRateTooHigh, oscillating, vanishingGradient, tooFewEpochs, tooSmallCapacity,
}

// Rules returns what the doctor knows about each cause, in the order in which equal suspicions are followed.
// Validation rows and missing signal have rules of their own at the end.
func Rules() []*Rule { return append(slices.Clone(rules), sortedSplit, overfitting, noSignalRule) }

// Examine finds out what keeps a training from learning, by trying what undoes each cause.
//
// It looks at the data, runs the training as given, and where that is stuck follows its suspicions: each treatment
// is one change, run from the same start on the same batches. The first that makes the training learn names
// the cause. Without one, pairs are tried; without signal in the data, that is the finding.
//
// The result depends on the training alone, never on how fast the machine is. Errors: a training that cannot be run
// at all or would take too much memory, an [InternalError], and where ctx is cancelled its error, in an [Interrupted] with what
// is known so far once the training has been looked at.
//
// It answers a cancel within half a second. A step that can't be interrupted by then is left to end by itself, in a
// goroutine of its own, and nothing comes after it.
func Examine(ctx context.Context, c training.Training, options Options) (*Report, error) {
	teller, known := &teller{to: options}, &finds{}
	defer teller.close()
	r, err := border.Interruptible(ctx, func() (*Report, error) { return examine(ctx, c, options, teller, known) })
	if err != nil && ctx.Err() != nil {
		return nil, known.interrupted(err)
	}
	return r, err
}

func examine(ctx context.Context, c training.Training, options Options, teller *teller, known *finds) (*Report, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c, err := sampled(settled(c))
	if err != nil {
		return nil, err
	}
	if err := checkMemory(c, options.Memory, maxRuns); err != nil {
		return nil, err
	}
	e := &examination{ctx: ctx, runner: &runner{backend: options.Backend}, options: options, teller: teller, finds: known}
	done := e.chooseBackend(c)
	e.early = newEarly(ctx, options.sideBySide(c), e.runNamed)
	defer e.early.end(done)
	return e.examine(settled(c))
}

// runNamed runs a training; of the one as given it is told how long it takes.
func (e *examination) runNamed(ctx context.Context, name string, c training.Training) (*Outcome, error) {
	if name == asGiven {
		return e.runner.run(ctx, c, &foretold{tell: e.foretell})
	}
	return e.runner.run(ctx, c)
}

type examination struct {
	ctx      context.Context
	runner   *runner
	options  Options
	patient  *Patient
	report   *Report
	table    *table
	bar      bar                // of the training as given
	quickly  bool               // the judges that cost little surely explain something
	ceilings map[string]Ceiling // of treated ones, by output and loss

	suspicions []suspicion // the last that were asked for
	planned    []suspicion // those whose treatments are tried one by one; nil: none yet
	pairsToo   bool        // and then in pairs
	teller     *teller
	finds      *finds
	clock      clock
	early      *early
}

func (e *examination) examine(c training.Training) (*Report, error) {
	p := &Patient{Training: c, Look: lookAt(c)}
	e.patient, e.report = p, &Report{Training: c}
	e.suspicions = e.fromDescription()
	for _, text := range contradictions(e.suspicions) {
		e.tell("seen before anything is run: %s", text)
	}
	e.trial(1, "training as given: %d rows, %d updates", c.TrainRows(), c.Updates())
	study := e.study()
	if p.Before, p.Err = e.early.get(asGiven, c); p.Err != nil && e.ctx.Err() != nil {
		return nil, p.Err
	}
	if p.Err == nil {
		var err error
		if p.first, err = study.gauges(); err != nil {
			return nil, err
		}
	}
	worst := ""
	if p.Before != nil {
		worst = p.Before.Output
	}
	e.tell("reference models on held-out rows: how much can be explained")
	judged, err := study.judges(worst)
	if err != nil {
		return nil, err
	}
	e.table, p.Look.Signal = &judged.table, judged.signal
	e.setCeiling(judged.bar)
	suspicions := e.suspect()
	e.suspicions = suspicions
	if p.Err != nil && (len(suspicions) == 0 || suspicions[0].Strength < Strong) {
		return nil, p.Err
	}
	if p.Err == nil {
		if err := e.settleSeed(suspicions); err != nil {
			return nil, err
		}
		suspicions = e.suspect()
	}
	e.suspicions = suspicions
	e.told(p.Before)
	e.report.Look, e.report.Before, e.report.First = p.Look, p.Before, p.first
	e.report.Symptoms, e.report.Untrained = symptomsOf(suspicions), p.untrained()
	if err := e.decide(suspicions); err != nil {
		return nil, err
	}
	e.seenInside()
	e.report.Remark = join(e.report.Remark, lastRowAlone(c), sharedRows(p.Training))
	e.report.printTreatments(c)
	e.report.inWords()
	return e.report, nil
}

// decide finds the branch of the examination that the training as given leads to.
func (e *examination) decide(suspicions []suspicion) error {
	p, o := e.patient, e.patient.Before
	if o != nil && math.IsNaN(o.Loss) {
		for _, s := range suspicions {
			if s.noLoss {
				return e.mendFirst(s)
			}
		}
	}
	if o != nil && finite(o.Loss) && p.Training.Validated() && math.IsNaN(o.ValidationLoss) {
		for _, s := range suspicions {
			if s.noLoss {
				return e.mendHeld(s)
			}
		}
	}
	if o != nil && math.IsNaN(o.Progress) && finite(o.Loss) && (len(suspicions) == 0 || suspicions[0].Strength < Strong) {
		e.withoutYardstick(o)
		return nil
	}
	if o != nil && !p.unbounded() {
		if e.learns(o) && o.Progress < healthyAt && !e.unseen(o) { // by judges that may know too little
			if err := e.askNetwork(); err != nil {
				return err
			}
		}
		switch {
		case e.unseen(o):
			return e.examineValidation()
		case o.nothing && (e.learns(o) || e.leftLittle(o) && (len(suspicions) == 0 || suspicions[0].Strength < Strong)):
			e.report.Cause, e.report.Remark = Undecided, firstOf(p.Training.TrainRows() == 1, "There is only one training row", firstOf(weighsRows(p.Training), "All training rows that have a weight have the same target", "All training rows have the same target"))+
				", so a constant prediction is perfect already and nothing can be said about what is learned."
			return nil
		case e.learns(o):
			if found, err := e.contradicted(suspicions); err != nil || found {
				return err
			}
			return e.healthyUnlessMemory(p.heldRemark(o))
		case o.Progress >= limit(stuckShare, stuckBelow, e.reach()) && stillFalling(o.History.Steps) && (len(suspicions) == 0 || suspicions[0].Strength < Strong):
			return e.healthyUnlessMemory("It is slow but steady: more epochs would go further.")
		}
	}
	atFloor := o != nil && o.Progress > floorAbove
	if !e.hasSignal() || atFloor {
		if err := e.askNetwork(); err != nil {
			return err
		}
	}
	if s := p.Look.Signal; atFloor && !e.ceiling().Known() && s.Asked && s.Found() && s.Best() < o.Progress+0.1 && !p.unbounded() {
		e.healthy(fmt.Sprintf("That is about as good as it can get: on held-out rows the best reference model explains %.2f.", s.Best()))
		return nil
	}
	return e.treat(suspicions)
}

// mendFirst answers a training in which rows have no loss: that is the finding, whatever else there is to find. What it is
// mended by is tried, and what that gains told.
func (e *examination) mendFirst(s suspicion) error {
	e.report.Untrained = noLossOfStrays
	a, err := e.try([]suspicion{s}, s.Treatments[:1])
	if err != nil {
		return err
	}
	if a.Cures {
		e.conclude(a)
		if !e.heardQuickly() {
			e.report.Remark = "Whether there is anything to learn that holds for other rows is another question: diagnose again once it is fixed."
		}
		return nil
	}
	f := e.untried(s)
	if a.After != nil {
		f = e.finding(s, a, 0, false)
	}
	e.report.Findings, e.report.Cause, e.report.After, e.report.Treated = append(e.report.Findings, f), s.rule.Cause, a.After, a
	e.report.Remark = "Rows that have no loss make it NaN, and the weights with it: fix that first, then diagnose again."
	return nil
}

// contradicted asks of a training that learns what its own description contradicts: a last layer that doesn't belong to the loss
// may cost it half of what there is to learn and still let it learn. found is false where mending that gains less.
func (e *examination) contradicted(suspicions []suspicion) (found bool, err error) {
	for _, s := range suspicions {
		if s.rule == classImbalance {
			if found, err := e.ignoredClass(s); err != nil || found {
				return found, err
			}
		}
		if s.rule != lossOutputMismatch && (s.rule != outputRangeMismatch || s.Strength < Strong) {
			continue
		}
		for _, t := range s.Treatments {
			a, err := e.try([]suspicion{s}, []Treatment{t})
			if err != nil {
				return false, err
			}
			if a.Cures {
				e.conclude(a)
				return true, nil
			}
		}
	}
	return false, nil
}

// withoutYardstick judges by the curve alone: nobody knows what a constant prediction loses here, so no cure could be told from none.
func (e *examination) withoutYardstick(o *Outcome) {
	loss := curveOf(o.History.Loss())
	remark := fmt.Sprintf("The loss of a constant prediction isn't known for %s, so this is read off the curve alone: %s.", e.patient.Training.Loss, loss.describe("the loss"))
	if loss.fell() && !loss.swings() {
		e.healthy(remark)
		return
	}
	e.report.Cause, e.report.Remark = Undecided, remark
}

// healthyUnlessMemory says healthy, unless nothing but memory explains the progress: judges find no signal, and
// trained on three quarters of the rows the model knows nothing of the others.
func (e *examination) healthyUnlessMemory(remark string) error {
	p := e.patient
	if !e.heardQuickly() && !(p.Before.ValidationProgress > signalLimit) {
		held, err := e.heldOut(p.Training)
		if err != nil {
			return err
		}
		if !(held > signalLimit) {
			if err := e.askNetwork(); err != nil {
				return err
			}
			if !e.hasSignal() {
				e.report.Findings, e.report.Cause = append(e.report.Findings, e.noSignalFinding()), NoSignal
				e.report.Remark = memoryRemark
				return nil
			}
		}
	}
	e.healthy(remark)
	return nil
}

const memoryRemark = "What it learns of the training rows is memorized."

// floorAbove is the least progress of a training that may be at the floor of its data. Below, it has hardly
// begun.
const floorAbove = 0.15

// askNetwork asks the judge that takes a second.
func (e *examination) askNetwork() error {
	s := &e.patient.Look.Signal
	if !s.Asked || !math.IsNaN(s.Network) {
		return nil
	}
	e.tell("a network of its own on held-out rows")
	o, err := networkOpinion(e.ctx, *e.table, e.patient.Training.Seed)
	if err != nil {
		return err
	}
	s.Network = o.explained(*e.table)
	e.report.Look = e.patient.Look
	e.hear(o)
	return nil
}

// unbounded tells whether the loss can fall below that of a perfect prediction on these targets or with this last layer, so
// that its fall proves nothing.
func (p *Patient) unbounded() bool {
	return slices.ContainsFunc(targetsByOutput.of(p), func(o output) bool {
		_, binary := o.Loss.(loss.BinaryCrossentropy)
		if binary && (o.look.TargetMin < 0 || o.look.TargetMax > 1) {
			return true
		}
		return o.headed && fromLogarithms(o.Loss) && !isLogSoftmax(o.head.activation)
	})
}

// unseen tells whether a training does well on its own rows and badly on the validation rows.
func (e *examination) unseen(o *Outcome) bool {
	if !e.learns(o) || !e.patient.Training.Validated() {
		return false
	}
	gap := o.Progress - o.ValidationProgress
	switch {
	case !e.patient.heldCarry(o):
		return false
	case gap > largeGap: // its own rows are known by heart, however little there is to know of others
		return !(o.ValidationProgress >= validationAt)
	case gap < littleGap && o.Progress < healthyAt: // few rows scatter by as much
		return false
	}
	return !(o.ValidationProgress >= limit(validationShare, validationAt, e.reach()))
}

// littleGap is a share of what is explained that other rows may lack by chance.
const littleGap = 0.2

func (e *examination) healthy(remark string) {
	e.report.Cause, e.report.Remark = Healthy, remark
	if h := e.options.Observed; h != nil && stuckHistory(h) {
		e.report.Cause = LookAtTheLoop
	}
}
