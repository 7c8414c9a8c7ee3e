package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// ExaminePartial says what the description of a training and its data already show where a reader didn't understand all
// of it, so that it can't be run: contradictions between the last layer, the loss and the targets, data that aren't finite
// or far from the usual size, a learning rate outside of the usual range. Rules that depend on a part that wasn't read
// stay silent. Nothing is trained or tried, so no finding is verified, and the verdict is never [Healthy]: it is the cause
// that speaks loudest, or [Undecided].
//
// Errors: data that don't fit each other or what is known of the model, and settings out of their range, see
// [training.Partial.Validate]; a cancelled ctx, which it answers within half a second; an [InternalError].
func ExaminePartial(ctx context.Context, p *training.Partial) (*Report, error) {
	if p == nil {
		return nil, errors.New("doctor: there is nothing to examine")
	}
	return border.Interruptible(ctx, func() (*Report, error) { return examinePartial(p) })
}

func examinePartial(p *training.Partial) (*Report, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	patient := &Patient{Training: p.Training, Look: lookAt(p.Training), Err: p}
	r := &Report{Training: p.Training, Look: patient.Look, Unread: p.Problems, Cause: Undecided}
	e := &examination{patient: patient, report: r}
	suspicions := slices.Concat(e.fromDescription(), e.suspectBy(described))
	slices.SortStableFunc(suspicions, func(a, b suspicion) int { return int(b.Strength) - int(a.Strength) })
	for _, s := range suspicions {
		r.Findings = append(r.Findings, e.untried(s))
	}
	r.Symptoms = symptomsOf(suspicions)
	if len(r.Findings) > 0 {
		r.Cause = r.Findings[0].Cause
	}
	r.printTreatments(printable(p.Training))
	r.inWords()
	return r, nil
}

// fromDescription are the suspicions for which nothing must be run.
func (e *examination) fromDescription() []suspicion {
	asked := slices.DeleteFunc(slices.Clone(rules), func(r *Rule) bool { return !r.fromDescription })
	// What nothing speaks against is worth a try, and nothing is tried here.
	return slices.DeleteFunc(e.suspectBy(asked), func(s suspicion) bool { return s.Strength == Possible })
}

// Contradictions are what a training contradicts before anything is run, a sentence each: data that aren't finite, a last
// layer, a loss and targets that don't belong together, class numbers that no output stands for among them. nil: none.
func Contradictions(c training.Training) []string {
	e := &examination{patient: &Patient{Training: settled(c), Look: lookAt(c)}}
	return contradictions(e.fromDescription())
}

func contradictions(suspicions []suspicion) []string {
	var texts []string
	for _, s := range suspicions {
		if s.rule != lossOutputMismatch && s.rule != nonFiniteData {
			continue
		}
		for _, symptom := range s.Symptoms {
			texts = append(texts, symptom.Text)
		}
	}
	return texts
}

// printable has something in the place of what wasn't read: it is the same with and without a treatment, and so not
// printed.
func printable(t training.Training) training.Training {
	if t.Loss == nil {
		t.Loss = loss.MSE{}
	}
	if t.Optimizer.Rule == nil {
		t.Optimizer = optim.SGD(0)
	}
	return t
}

// verdictUnread is the verdict on a training that wasn't read whole.
func (r *Report) verdictUnread() string {
	told := fmt.Sprintf("%d places of the files were not understood", len(r.Unread))
	if len(r.Unread) == 1 {
		told = "one place of the files was not understood"
	}
	told += ", so nothing was trained or tried: this is what description and data alone show."
	next := r.next()
	// Nothing of it is beyond this program: what to do is one line of the owner's, and all that is to be said.
	if slices.Equal(r.Unread, training.Problems{training.NotCompiled}) {
		told, next = "the model was saved without a loss and an optimizer, so nothing can be trained or tried: save the model after model.compile(optimizer, loss).", ""
		if len(r.Findings) == 0 {
			return fmt.Sprintf("%s: %s", r.Cause, told)
		}
	}
	if len(r.Findings) == 0 {
		return join(fmt.Sprintf("%s: what could be read shows no fault. %s", r.Cause, capitalized(told)), next)
	}
	return join(fmt.Sprintf("%s, not proved: %s %s", r.Cause, r.Findings[0].Rule.Doc, capitalized(told)), next)
}
