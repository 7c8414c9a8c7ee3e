package loop

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/training"
)

// Report is what a replay has found.
type Report struct {
	Cause     Cause     `json:"cause"`
	Meaning   string    `json:"meaning"`
	Findings  []Finding `json:"findings"`  // the first is the cause; empty for a correct loop, and where that is undecided
	Unchecked []string  `json:"unchecked"` // what couldn't be checked, and why
	Remarks   []string  `json:"remarks"`   // what is unusual and no fault
	Steps     []Row     `json:"steps"`
	// Parameters are the model's, and those that only an optimizer holds.
	Parameters []ParameterUpdate `json:"parameters"`
	Proof      *Proof            `json:"proof,omitempty"`
	// Languages are those in which changes are printed; nil: the recorded loop's own.
	Languages []training.Language `json:"-"`
	// TargetRow is the shape of a row of targets as the loop's losses are of, where the recording's data has another; nil: it has that.
	// Whoever examines that data gives it to [saved.Files].
	TargetRow []int `json:"-"`

	own    training.Language
	strays bool // an update isn't the one that the optimizer makes
	// gathers tells that steps are made of the gradients of several batches.
	gathers bool
}

// Options are what Diagnose may be told.
type Options struct {
	Backend compute.Backend // nil: the best there is
}

// Diagnose replays a recording and says where the loop leaves the path, if it does. A cancel is answered within half a second.
func Diagnose(ctx context.Context, r *Recording, o Options) (*Report, error) {
	return border.Interruptible(ctx, func() (*Report, error) { return diagnose(ctx, r, o) })
}

func diagnose(ctx context.Context, r *Recording, o Options) (*Report, error) {
	if o.Backend == nil {
		b, err := backend.Default()
		if err != nil {
			return nil, err
		}
		o.Backend = b.Backend
	}
	all, err := r.replay(ctx, o.Backend)
	if err != nil {
		return nil, err
	}
	if all.program != nil {
		defer all.program.close()
	}
	r.restored(o.Backend, all)
	r.suppose(o.Backend, all)
	report := &Report{Unchecked: all.unchecked, own: r.language(), gathers: r.ofSeveralBatches()}
	for _, remark := range []string{all.weighted, all.clipped} {
		if remark != "" {
			report.Remarks = append(report.Remarks, remark)
		}
	}
	if foreign := r.foreign(all); foreign != "" {
		report.Unchecked, report.strays = append(report.Unchecked, foreign), true
	}
	updates := r.allUpdates(o.Backend, report)
	report.Steps = r.rows(all, updates)
	for _, rule := range []func() *Finding{
		func() *Finding { return wrongParameters(r) },
		func() *Finding { return noUpdate(r, all) },
		func() *Finding { return flat(r, all) },
		func() *Finding { return notFinite(r) },
		func() *Finding { return evalMode(r) },
		func() *Finding {
			f, remark := lossDiffers(r, all)
			if remark != "" {
				report.Remarks = append(report.Remarks, remark)
			}
			return f
		},
		func() *Finding { return stretchedOwnLoss(r, all) },
		func() *Finding { return awayFromTargets(r, all) },
		func() *Finding { return probabilities(r, all) },
		func() *Finding { return sigmoidWithin(r, all) },
		func() *Finding { return detached(r) },
		func() *Finding { return cleared(r, all) },
		func() *Finding { return accumulate(r) },
		func() *Finding { return oneSided(r, all) },
		func() *Finding { return changed(r, all) },
		func() *Finding {
			f, remark := overwritten(r)
			if f == nil && remark == "" {
				f, remark = heldBack(r, all)
			}
			if f == nil && remark == "" {
				f, remark = roundedOff(r)
			}
			if f == nil {
				f = pulledBack(r)
			}
			if remark != "" {
				report.Remarks = append(report.Remarks, remark)
			}
			return f
		},
		func() *Finding { return rateChanged(r) },
		func() *Finding { return sameBatch(r) },
		func() *Finding {
			f, remark := misalignedRows(r)
			if remark != "" {
				report.Remarks = append(report.Remarks, remark)
			}
			return f
		},
	} {
		if f := rule(); f != nil {
			report.Findings = append(report.Findings, *f)
		}
	}
	report.Findings = earlierFirst(report.Findings)
	if len(report.Findings) == 0 {
		f, remark := otherRows(r)
		if f != nil {
			report.Findings = append(report.Findings, *f)
		}
		if remark != "" {
			report.Remarks = append(report.Remarks, remark)
		}
	}
	r.locate(report.Findings)
	if len(report.Findings) == 0 {
		if remark := turnedAway(r); remark != "" {
			report.Remarks = append(report.Remarks, remark)
		}
		report.TargetRow = r.targetRow(all)
		report.Unchecked = append(report.Unchecked, r.disagreements(all, report.ofAnotherLoss())...)
	}
	report.Cause = Correct
	why := ""
	if len(report.Findings) > 0 {
		report.Cause = report.Findings[0].Cause
	} else if why = r.undecided(report, all); why != "" {
		report.Cause = Undecided
	}
	if len(report.Findings) > 0 && report.Cause != SameBatch && report.Cause != NotFinite {
		if report.Proof, err = r.prove(ctx, all, &report.Findings[0]); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			report.Unchecked, report.Proof = append(report.Unchecked, fmt.Sprintf("a proof: %v", err)), nil
		}
		if report.Proof != nil {
			for i := range report.Parameters {
				report.Parameters[i].Moved = Number(report.Proof.moved[i])
			}
		}
	}
	lost, damaged := r.damaged()
	report.Unchecked = append(lost, report.Unchecked...)
	report.Meaning = r.meaningOf(report.Cause, all, damaged)
	if why != "" {
		report.Meaning = unread(why, damaged)
	}
	if r.Framework == kerasFramework {
		r.inKeras(report.Findings)
	}
	return report, nil
}
