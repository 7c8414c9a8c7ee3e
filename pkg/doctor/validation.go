package doctor

// examineValidation tells an unlucky order of the rows from learning by heart.
func (e *examination) examineValidation() error {
	e.report.OnValidation = true
	memory := suspicion{overfitting.Suspect(e.patient), overfitting}
	suspected := []suspicion{memory}
	sorted := suspicion{sortedSplit.Suspect(e.patient), sortedSplit}
	if sorted.Suspicion != nil {
		suspected = []suspicion{sorted, memory}
	}
	e.report.Symptoms = append(symptomsOf(suspected), e.report.Symptoms...)
	e.planned = suspected
	e.expectHeld(sorted, memory)
	if sorted.Suspicion != nil {
		a, err := e.tryHeld(sorted, shuffleRows)
		if err != nil {
			return err
		}
		if a.Cures {
			e.concludeHeld(a, true)
			return nil
		}
	}
	var best *Attempt
	for _, t := range memory.Treatments {
		a, err := e.tryHeld(memory, t)
		if err != nil {
			return err
		}
		if a.After != nil && (best == nil || score(a.After.ValidationProgress) > score(best.After.ValidationProgress)) {
			best = a
		}
		if a.Cures {
			break
		}
	}
	if best == nil || !(best.After.ValidationProgress > signalLimit) {
		if err := e.askNetwork(); err != nil {
			return err
		}
		if !e.hasSignal() {
			e.report.Findings = append(e.report.Findings, e.noSignalFinding())
			e.report.Remark = memoryRemark
		}
	}
	if best == nil {
		f := e.untried(memory)
		f.Before = e.patient.Before.ValidationExplained
		e.report.Findings = append(e.report.Findings, f)
		e.report.Cause = e.report.Findings[0].Cause
		e.report.Remark = join(e.report.Remark, "No treatment could be run on this model.")
		return nil
	}
	e.concludeHeld(best, best.Cures)
	if e.report.Cause == Overfitting && !best.Cures {
		e.report.Remark = "The settings tried help little: it needs more rows."
	}
	return nil
}

// mendHeld answers a training whose validation rows have no loss by its own description.
func (e *examination) mendHeld(s suspicion) error {
	e.report.OnValidation = true
	a, err := e.tryHeld(s, s.Treatments[0])
	if err != nil {
		return err
	}
	e.concludeHeld(a, a.Cures)
	e.report.Remark = "Whether it holds for other rows can't be said before that is fixed."
	return nil
}

func (e *examination) tryHeld(s suspicion, t Treatment) (*Attempt, error) {
	a, err := e.try([]suspicion{s}, []Treatment{t})
	a.Cures = a.After != nil && score(a.After.ValidationProgress) > limit(curedShare, curedAt, e.reach())
	return a, err
}

func (e *examination) concludeHeld(a *Attempt, verified bool) {
	f := e.finding(a.suspicions[0], a, 0, verified)
	f.Before = e.patient.Before.ValidationExplained
	if a.After != nil {
		f.After = a.After.ValidationExplained
	}
	e.report.Findings = append(e.report.Findings, f)
	e.report.Cause, e.report.After, e.report.Treated = e.report.Findings[0].Cause, a.After, a
}
