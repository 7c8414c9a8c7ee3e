package causes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/exponent"
	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/loop/loopreport"
)

// loopCauses are those of recorded loops. The page of the correct one says what is left undecided.
func loopCauses(t *testing.T) []loop.Cause {
	t.Helper()
	return slices.DeleteFunc(causesIn[loop.Cause](t, "loop", "finding.go"), func(c loop.Cause) bool { return c == loop.Undecided })
}

// loopOf is the function of loops/loops.py that has a fault.
func loopOf(cause loop.Cause) string {
	if cause == loop.NotFinite {
		return "unstable_loss"
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(cause), "loop-"), "-", "_")
}

// TestLoopPages replays the recording of each loop, as it is written and mended, and compares pages and figures with what comes out.
func TestLoopPages(t *testing.T) {
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join("loops", name))
		require.NoError(t, err)
		return string(content)
	}
	source, cures := read("loops.py"), read("mended.py")
	for _, cause := range loopCauses(t) {
		t.Run(string(cause), func(t *testing.T) {
			name := loopOf(cause)
			written := replayed(t, name)
			require.Equal(t, cause, written.Cause, written.Text())
			rows := []recorded{{"as written", written}}
			parts := map[string]string{"report": "```\n" + shortened(written.Text()) + "```\n", "fault": python(t, source, name)}
			if cause != loop.Correct {
				mended := replayed(t, name+"_mended")
				require.Equal(t, loop.Correct, mended.Cause, mended.Text())
				rows = append(rows, recorded{"mended", mended})
				parts["cure"] = python(t, cures, name+"_mended")
			}
			parts["loss"] = stepTable(rows, written.Proof)
			holds(t, string(cause), parts)
			for _, f := range written.Findings { // the recording is of the loop that the page shows
				require.Equal(t, "loops.py", f.Line.File)
				require.Equal(t, strings.TrimSpace(strings.Split(source, "\n")[f.Line.Line-1]), f.Line.Text, "run loops/make_recordings.py")
			}
			if *update {
				require.NoError(t, figure.Save(string(cause)+".svg", figure.Grid{Columns: 2, Panels: loopreport.Steps(written)}))
			}
		})
	}
}

// replayed is what the recording of a loop gives.
func replayed(t *testing.T, name string) *loop.Report {
	t.Helper()
	r, err := loop.Read(targz.Unpack(t, filepath.Join("loops", name+".tar.gz")))
	require.NoError(t, err)
	report, err := loop.Diagnose(t.Context(), r, loop.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	return report
}

// shortened leaves out steps behind the sixth.
func shortened(text string) string {
	head, table, _ := strings.Cut(text, "\n step ")
	lines := strings.SplitAfter(table, "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "    7 ") })
	end := slices.Index(lines, "\n")
	if at < 0 {
		return text
	}
	rest := []string{"    …\n"}
	if end > at {
		rest = append(rest, lines[end:]...)
	}
	return head + "\n step " + strings.Join(append(lines[:at:at], rest...), "")
}

type recorded struct {
	name string
	*loop.Report
}

// stepTable has the recorded loss of some steps, and the proof's, which is what the correct step was found to do before the loop was
// mended.
func stepTable(rows []recorded, proof *loop.Proof) string {
	steps := []int{1, 2, 4, 6, 8, 10, 12}
	var b strings.Builder
	b.WriteString("| loss at step |")
	for _, s := range steps {
		fmt.Fprintf(&b, " %d |", s)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(steps)) + "\n")
	for _, row := range rows {
		b.WriteString("| " + row.name + " |")
		for _, s := range steps {
			if s > len(row.Steps) {
				b.WriteString(" |")
				continue
			}
			fmt.Fprintf(&b, " %s |", row.Steps[s-1].Cells()[1])
		}
		b.WriteString("\n")
	}
	if proof != nil {
		b.WriteString("| the correct step, by replay |")
		for _, s := range steps {
			b.WriteString(exponent.Short(fmt.Sprintf(" %.4g |", float64(proof.Correct[s-1]))))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestAProofForetellsTheMendedLoop compares the loss of each batch, where the mended loop draws the same batches from the same start.
func TestAProofForetellsTheMendedLoop(t *testing.T) {
	for _, name := range []string{"wrong_parameters", "no_update", "broadcast", "other_loss", "detached", "gradients_cleared", "gradients_accumulate", "rate_changed", "weights_overwritten", "eval_mode"} {
		proof, mended := replayed(t, name).Proof, replayed(t, name+"_mended").Steps
		require.True(t, proof.Proves(), name)
		require.Len(t, proof.Correct, len(mended), name)
		for k, row := range mended {
			require.InEpsilon(t, float64(row.Loss), float64(proof.Correct[k]), 1e-3, "%s, step %d", name, row.Step)
		}
	}
	// Each step on rows with other rows' targets is the correct one for them: that it memorizes them in the end proves nothing.
	require.False(t, replayed(t, "misaligned_targets").Proof.Proves())
}

// python is the body of a function, as a block.
func python(t *testing.T, source, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(source, "\ndef "+name+"(x, y):\n")
	require.True(t, ok, "there is no %s", name)
	body, _, _ := strings.Cut(rest, "\n\n\n")
	lines := strings.Split(strings.TrimRight(body, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "    ")
	}
	return "```python\n" + strings.Join(lines, "\n") + "\n```\n"
}
