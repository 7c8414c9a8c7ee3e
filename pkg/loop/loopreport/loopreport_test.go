package loopreport_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/loop/loopreport"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/training"
)

func Example() {
	recording, err := loop.Read(filepath.Join("..", "..", "..", "examples", "stuck-loop"))
	if err != nil {
		log.Fatal(err)
	}
	r, err := loop.Diagnose(context.Background(), recording, loop.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		log.Fatal(err)
	}
	for _, fig := range loopreport.Parameters(r) {
		fmt.Println(fig.Text())
	}
	// Output:
	// Updates by parameter
	//   body.0.weight: 1
	//   body.0.bias: 1
	//   head.weight: in no optimizer
	//   head.bias: in no optimizer
	//   foreign:0: not this model's
	//   foreign:1: not this model's
	// How far each parameter moved
	//   body.0.weight: 1.03
	//   body.0.bias: 1.01
	//   head.weight: 0
	//   head.bias: 0
}

// replayed is what a recording of package loop's gives.
func replayed(t *testing.T, name string) *loop.Report {
	t.Helper()
	recording, err := loop.Read(targz.Unpack(t, filepath.Join("..", "testdata", name+".tar.gz")))
	require.NoError(t, err)
	r, err := loop.Diagnose(t.Context(), recording, loop.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	return r
}

// The page stands for itself, has all that the text has, and code in the language of the recorded loop, or in those asked for.
func TestRenderings(t *testing.T) {
	r := replayed(t, "loop-gradients-accumulate")
	page, err := loopreport.HTML(t.Context(), r, nil)
	require.NoError(t, err)
	require.NotContains(t, page, "<script")
	require.NotRegexp(t, `(?i)\b(src|href|srcset|action)\s*=\s*["']?(?:[^"'#d\s]|d[^a])|url\(\s*["']?[^"'#d\s]|@import`, page, "nothing is loaded from elsewhere")
	require.Equal(t, 6, strings.Count(page, "<figure><svg"), "loss, gradient, its direction, the proof, updates and ways")
	require.Contains(t, page, "width=device-width")
	require.NotRegexp(t, `white-space:\s*(?:pre|nowrap)[;}]`, strings.ReplaceAll(page, ".loop th{text-align:right;white-space:nowrap}", ""), "changes are wrapped in their box: scrolled out of it they would be lost in print")
	require.Contains(t, page, "white-space:pre-wrap")
	require.Regexp(t, `@media print\{.*\.wide,figure\{overflow:visible\}`, page, "nothing is left behind a scroll bar on paper")
	require.Contains(t, page, "How far each parameter moved")
	require.Contains(t, page, "cosine: of the angle between the two", "the table says what it has")
	require.Contains(t, page, "In PyTorch:</p><pre>optimizer.zero_grad()")
	require.NotContains(t, page, "In Keras")
	require.Contains(t, page, "<h2>No proof</h2>", "four steps are too few for one")
	markdown, err := loopreport.Markdown(t.Context(), r, nil)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(markdown, "data:image/png;base64,"))
	require.Contains(t, markdown, "In PyTorch:\n\n```python\noptimizer.zero_grad()")
	for _, row := range r.Steps {
		require.Contains(t, page, "<tr><td>"+strings.Join(row.Cells(), "</td><td>")+"</td></tr>")
		require.Contains(t, markdown, "| "+strings.Join(row.Cells(), " | ")+" |\n")
	}
	for _, l := range r.Lists() {
		require.Contains(t, page, "<h2>"+l.Name+"</h2>")
		require.Contains(t, markdown, "## "+l.Name)
	}

	r.Languages = []training.Language{training.Keras}
	page, err = loopreport.HTML(t.Context(), r, nil)
	require.NoError(t, err)
	require.Contains(t, page, "In Keras:</p><pre>gradients = tape.gradient")
	require.NotContains(t, page, "In PyTorch")

	var shown notebook.Recorder
	require.NoError(t, loopreport.ShowOn(&shown, r))
	require.Len(t, shown.Shown(), 1+len(loopreport.Figures(r)))
	require.NotEmpty(t, shown.Shown()[1].Data[notebook.PNG])

	ended, end := context.WithCancel(t.Context())
	end()
	_, err = loopreport.HTML(ended, r, nil)
	require.ErrorIs(t, err, context.Canceled)
	_, err = loopreport.Markdown(ended, r, nil)
	require.ErrorIs(t, err, context.Canceled)
}

// Of correct loops each update is the replayed one; what no optimizer holds goes nowhere, though the correct step moves it; what the
// model itself cuts off neither of them moves.
func TestParametersAreToldApart(t *testing.T) {
	byName := func(r *loop.Report) map[string]loop.ParameterUpdate {
		all := map[string]loop.ParameterUpdate{}
		for _, p := range r.Parameters {
			all[p.Name] = p
		}
		return all
	}
	detached := byName(replayed(t, "loop-detached"))
	require.True(t, math.IsNaN(float64(detached["first.weight"].Moved)), "the cut is in the recorded model, too")
	require.Greater(t, float64(detached["second.weight"].Moved), 0.1)

	for name, p := range byName(replayed(t, "loop-correct")) {
		require.InDelta(t, 1, float64(p.Ratio), 1e-3, name)
		require.Len(t, p.Ratios, 4)
		for _, ratio := range p.Ratios {
			require.InDelta(t, 1, float64(ratio), 1e-3, name)
		}
	}
	frozen := byName(replayed(t, "loop-correct-frozen"))
	require.False(t, frozen["first.weight"].Trainable)
	require.True(t, math.IsNaN(float64(frozen["first.weight"].Ratio)))

	other := replayed(t, "loop-wrong-parameters")
	require.Equal(t, 0.0, float64(byName(other)["second.weight"].Moved))
	require.False(t, byName(other)["second.weight"].Held)
	content, err := json.Marshal(other)
	require.NoError(t, err)
	require.Contains(t, string(content), `"name":"second.weight","model":true,"trainable":true,"held":false,"update_ratios":[null,null,null,null],"update_ratio":null,"moved":0}`)
}

// Whatever a report holds, it is drawn; what is only rounding looks like none.
func TestAnyReportIsDrawn(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.tar.gz")
	require.NoError(t, err)
	for _, file := range files {
		r := replayed(t, strings.TrimSuffix(filepath.Base(file), ".tar.gz"))
		_, err := loopreport.HTML(t.Context(), r, nil)
		require.NoError(t, err, file)
		for _, panel := range loopreport.Steps(r) {
			lines := panel.(figure.Lines)
			require.NotEmpty(t, lines.Text())
		}
	}
	page, err := loopreport.HTML(t.Context(), &loop.Report{Cause: loop.Correct}, nil)
	require.NoError(t, err)
	require.NotContains(t, page, "<figure>")
}

// A proof stands under its name, and what fell short of one isn't called one.
func TestProofIsNamed(t *testing.T) {
	for name, heading := range map[string]string{"loop-gradients-cleared": "Proof", "loop-gradients-accumulate": "No proof"} {
		r := replayed(t, name)
		page, err := loopreport.HTML(t.Context(), r, nil)
		require.NoError(t, err)
		require.Contains(t, page, "<h2>"+heading+"</h2>", name)
		markdown, err := loopreport.Markdown(t.Context(), r, nil)
		require.NoError(t, err)
		require.Contains(t, markdown, heading, name)
	}
}

// Behind a loop the pages have what the doctor found of model and data, whole, and say so at the top.
func TestBehindTheLoop(t *testing.T) {
	for cause, why := range map[loop.Cause]string{loop.Correct: "The loop being correct", loop.Undecided: "No fault of the loop being known"} {
		r := &loop.Report{Cause: cause, Meaning: "what it means"}
		for _, behind := range []*doctor.Report{{Cause: doctor.Healthy}, {Cause: doctor.Undecided}, {Cause: doctor.LearningRateTooLow}} {
			page, err := loopreport.HTML(t.Context(), r, behind)
			require.NoError(t, err)
			require.Contains(t, page, fmt.Sprintf("<p>%s, model and data were examined: <a href=\"#training\">%s</a>.</p>", why, behind.Cause))
			body, err := report.HTMLBody(t.Context(), behind)
			require.NoError(t, err)
			require.Contains(t, page, string(body))
			require.Contains(t, page, "<h1>"+behind.Verdict()+"</h1>")
			require.Equal(t, 1, strings.Count(page, "<body>"))

			markdown, err := loopreport.Markdown(t.Context(), r, behind)
			require.NoError(t, err)
			whole, err := report.Markdown(t.Context(), behind)
			require.NoError(t, err)
			require.Contains(t, markdown, fmt.Sprintf("%s, model and data were examined: %s, see below.", why, behind.Cause))
			require.True(t, strings.HasSuffix(markdown, whole), markdown)
		}
		page, err := loopreport.HTML(t.Context(), r, nil)
		require.NoError(t, err)
		require.NotContains(t, page, "model and data were examined")
	}
}
