package doctor

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/training"
)

// No report argues against itself: those of all trainings in the repository, and of the labelled cases where they are at hand. Of
// these the first rows and epochs are looked at: what is measured there accuses, whatever comes later.
func TestNoReportArguesAgainstItself(t *testing.T) {
	examined := 0
	for _, pattern := range []string{"../../examples/stuck*", "../../../shared/*-cases/*"} {
		folders, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, folder := range folders {
			if info, err := os.Stat(folder); err != nil || !info.IsDir() {
				continue
			}
			files, err := saved.Find(folder, saved.Files{})
			if err != nil {
				continue // what can't be read has no report
			}
			c, err := files.Read()
			if err != nil || checkMemory(c, 1<<30, 1) != nil {
				continue
			}
			c.Data = c.Data.Range(0, min(400, c.Data.Rows()))
			c.Epochs = min(2, max(1, c.Epochs))
			require.Empty(t, suspected(t, c).AgainstItself(), folder)
			examined++
		}
	}
	require.GreaterOrEqual(t, examined, 2)
}

// suspected is a report on all that is suspected, as if nothing had cured.
func suspected(t *testing.T, c training.Training) *Report {
	t.Helper()
	c = settled(c)
	p := &Patient{Training: c, Look: lookAt(c)}
	r := &runner{backend: pureGo()}
	var err error
	if p.Before, p.Err = r.run(context.Background(), c); p.Err == nil {
		p.first, err = r.gauge(context.Background(), c)
		require.NoError(t, err)
	}
	report := &Report{Training: c, Look: p.Look}
	e := &examination{patient: p, report: report}
	suspicions := e.suspect()
	report.Symptoms = symptomsOf(suspicions)
	for _, s := range suspicions {
		if len(s.Treatments) > 0 {
			report.Findings = append(report.Findings, e.untried(s))
		}
	}
	report.printTreatments(c)
	return report
}

// What the rules say of trainings of many kinds is no different.
func TestNoRuleArguesAgainstItself(t *testing.T) {
	for _, p := range patients(t) {
		report := suspected(t, p.Training)
		require.Empty(t, report.AgainstItself(), "%v", p.Training.Model)
	}
}

// The check finds what it is for.
func TestArguingAgainstItself(t *testing.T) {
	symptom := func(cause Cause, gauge string, got float64, limit string) CauseSymptom {
		return CauseSymptom{Cause: cause, Strength: Likely, Symptom: Symptom{Gauge: gauge, Got: got, Limit: limit}}
	}
	for name, r := range map[string]*Report{
		"no number":       {Symptoms: []CauseSymptom{symptom(ExplodingGradient, "norm", math.NaN(), "below 10")}},
		"in its range":    {Symptoms: []CauseSymptom{symptom(ExplodingGradient, "norm", 9, "below 10")}},
		"on the low end":  {Symptoms: []CauseSymptom{symptom(DyingReLU, "share", 3, "2 to 3")}},
		"the other side":  {Symptoms: []CauseSymptom{symptom(LearningRateTooHigh, "learning rate", 1e-7, "usually 0.001 to 1")}},
		"low and high":    {Symptoms: []CauseSymptom{symptom(LearningRateTooLow, "rate", 1, "none"), symptom(LearningRateTooHigh, "rate", 1, "none")}},
		"the opposite":    {Findings: []Finding{{Cause: LearningRateTooLow, Verified: true}}, Attempts: []*Attempt{{Causes: []Cause{LearningRateTooLow}, Cures: true}}, Symptoms: []CauseSymptom{symptom(LearningRateTooHigh, "ratio", 0.2, "below 0.01")}},
		"proved by none":  {Findings: []Finding{{Cause: LearningRateTooLow, Verified: true}}, Attempts: []*Attempt{{Causes: []Cause{LearningRateTooLow}}, {Causes: []Cause{TooFewEpochs}, Cures: true}}},
		"divides by zero": {Look: Look{ConstantInputs: 1}, Findings: []Finding{{Treatment: Treatment{Keras: "x = (x - x.mean(0)) / x.std(0)"}}}},
		"not falling":     {Findings: []Finding{{Symptoms: []Symptom{{Got: 1, Limit: "0", Text: "the loss is not falling at the end"}}}}},
	} {
		require.NotEmpty(t, r.AgainstItself(), name)
	}
	symptoms := []CauseSymptom{symptom(LearningRateTooHigh, "ratio", 0.2, "below 0.01"), symptom(UnscaledInputs, "size", 20, "up to 10")}
	left := withoutDisproved(symptoms, []Cause{UnscaledInputs, LearningRateTooLow})
	require.Equal(t, Possible, left[0].Strength)
	require.Equal(t, symptoms[1], left[1])
	require.Equal(t, symptoms, withoutDisproved(symptoms, []Cause{LearningRateTooHigh}))
	safe := &Report{Look: Look{ConstantInputs: 1}, Findings: []Finding{{Treatment: Treatment{Keras: "x = (x - x.mean(0)) / np.where(np.ptp(x, 0) > 0, x.std(0), 1)"}}},
		Symptoms: []CauseSymptom{symptom(LearningRateTooLow, "learning rate", 1e-7, "usually 0.001 to 1")}}
	require.Empty(t, safe.AgainstItself())
}
