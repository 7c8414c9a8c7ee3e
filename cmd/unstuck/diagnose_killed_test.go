package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Of loops whose process got SIGKILL in their midst, as make_killed_recordings.py has recorded them, the steps ahead of the one that
// ran are compared, that it was killed is said, and one step is none that a loop could be called correct by.
func TestDiagnoseAKilledLoop(t *testing.T) {
	for _, framework := range []string{"torch", "keras"} {
		for name, c := range map[string]struct {
			says   []string
			status verdictStatus
		}{
			"correct":              {[]string{"loop-correct: ", "what the loop did behind step 5: it was killed, or hadn't come to its end"}, 0},
			"gradients-accumulate": {[]string{"loop-gradients-accumulate: ", "what the loop did behind step 5: it was killed"}, stuck},
			"one-step":             {[]string{"undecided: ", "one is there", "what the loop did behind step 1: it was killed"}, cantTell},
		} {
			t.Run(framework+" "+name, func(t *testing.T) {
				out, err := execute(t, "diagnose", recordedLoop(t, "killed/"+framework+"-"+name), "--loop-only", "--exit-code")
				if c.status == 0 {
					require.NoError(t, err, out)
				} else {
					require.Equal(t, c.status, err, out)
				}
				for _, says := range c.says {
					require.Contains(t, out, says)
				}
			})
		}
		_, err := execute(t, "diagnose", recordedLoop(t, "killed/"+framework+"-first-step"))
		require.ErrorContains(t, err, "no step was recorded: watch(x, y, loss) must be called once a step, and the loop must get to its second")
	}
}
