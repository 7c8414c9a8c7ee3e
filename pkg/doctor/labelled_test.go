package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/bench/doctor/cases"
	"example.com/unstuck/docs/causes"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loop"
)

// Of each cause that has a page two trainings with a proved label are examined, of the split that rules may be tuned on: the cause is
// named, and where the data at hand allow it the first treatment is tried and works. A new cause has no cases here until it has
// some there. Causes of recorded loops are those of package loop, which has tests of its own.
func TestTwoLabelledCasesOfEachCause(t *testing.T) {
	of := map[string][]cases.Case{}
	for _, c := range cases.All(cases.Tuned) {
		of[c.Cause] = append(of[c.Cause], c)
	}
	named := []doctor.Cause{doctor.Healthy, doctor.LookAtTheLoop}
	for _, r := range doctor.Rules() {
		named = append(named, r.Cause)
	}
	for _, id := range causes.IDs() {
		if loopCause(id) {
			continue
		}
		require.Contains(t, named, doctor.Cause(id), "it has a page, and neither the doctor nor a recorded loop names it")
		require.GreaterOrEqual(t, len(of[id]), 2, "labelled cases of %s in bench/doctor/cases", id)
	}
	for _, cause := range named {
		require.Contains(t, causes.IDs(), string(cause))
		for _, c := range of[string(cause)][:2] {
			t.Run(c.ID, func(t *testing.T) {
				r, err := doctor.Examine(context.Background(), c.Training(), doctor.Options{Observed: c.Observed})
				require.NoError(t, err)
				require.Empty(t, r.AgainstItself())
				require.Equal(t, cause, r.Cause, r.Verdict())
				if cause == doctor.Healthy {
					require.Empty(t, r.Findings)
				}
				if c.Curable && c.Cause != cases.Healthy {
					require.True(t, r.Findings[0].Verified, r.Verdict())
				}
			})
		}
	}
}

// loopCause tells whether a page is of a cause that only a recorded loop shows.
func loopCause(id string) bool {
	return loop.Cause(id).Meaning() != ""
}
