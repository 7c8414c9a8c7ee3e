package report_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// stuck is a training with a learning rate far too low.
func stuck() (training.Training, error) {
	d, err := dataset.Random(300, []int{3}, []int{1}, 5)
	for i := range d.Y.Values {
		x := d.X.Row(i)
		d.Y.Values[i] = 3*x[0] - 2*x[1]*x[1]
	}
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Data:  d, Optimizer: optim.Adam(1e-8), Loss: loss.MSE{}, Epochs: 30, BatchSize: 16,
	}, err
}

func Example() {
	c, err := stuck()
	if err != nil {
		log.Fatal(err)
	}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	if err != nil {
		log.Fatal(err)
	}
	verdict, _, _ := strings.Cut(report.Text(r), ".")
	fmt.Println(verdict)
	fmt.Println(r.Findings[0].Treatment.Go)
	// Output:
	// learning-rate-too-low: Each update changes the weights so little that they don't arrive within the epochs
	// Optimizer: optim.Adam(0.003) // instead of optim.Adam(1e-08)
}

func TestRenderings(t *testing.T) {
	c, err := stuck()
	require.NoError(t, err)
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)

	text := report.Text(r)
	require.True(t, strings.HasPrefix(text, "learning-rate-too-low: "), text)
	require.Contains(t, text, "update-to-weight ratio")
	require.Contains(t, text, "none: as given")
	torch := "optimizer = torch.optim.Adam(model.parameters(), lr=0.003, eps=1e-07)  # instead of torch.optim.Adam(model.parameters(), lr=1e-08, eps=1e-07)"
	require.Contains(t, text, "\n     Torch: "+torch+"\n")

	page, err := report.HTML(t.Context(), r)
	require.NoError(t, err)
	require.Contains(t, page, "<svg")
	require.NotContains(t, page, "<script")
	require.NotRegexp(t, `(?i)\b(src|href|srcset|action)\s*=\s*["']?(?:[^"'#d\s]|d[^a])|url\(\s*["']?[^"'#d\s]|@import`, page, "nothing is loaded from elsewhere")
	require.Equal(t, 2, strings.Count(page, `<figure class="plot">`))
	require.Contains(t, page, "In <b>PyTorch</b></figcaption><pre>"+torch+"</pre>")
	require.Contains(t, page, `<figure class="model"><svg`)
	require.Contains(t, page, "300 rows to train on.")
	require.Contains(t, page, "“Explained” is 0 where", "the page is all that some have")
	require.Contains(t, page, "<th>against</th>")
	require.Contains(t, page, "<td>feature 3</td>")
	require.Regexp(t, `Made 20\d\d-\d\d-\d\d \d\d:\d\d UTC by unstuck .+go1\.`, page)

	markdown, err := report.Markdown(t.Context(), r)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(markdown, "# learning-rate-too-low"))
	require.Contains(t, markdown, "data:image/png;base64,")
	require.Contains(t, markdown, "```go\nOptimizer: optim.Adam(0.003) // instead of optim.Adam(1e-08)\n```")
	require.Contains(t, markdown, "In PyTorch:\n\n```python\n"+torch+"\n```")

	ended, end := context.WithCancel(t.Context())
	end()
	_, err = report.HTML(ended, r)
	require.ErrorIs(t, err, context.Canceled)
	_, err = report.Markdown(ended, r)
	require.ErrorIs(t, err, context.Canceled)

	content, err := json.Marshal(r)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(content, &fields))
	require.Equal(t, r.Verdict(), fields["verdict"])
	require.Len(t, fields["symptoms"], len(r.Symptoms))
	require.Len(t, fields["treatments"], len(r.Attempts))
	require.NotEmpty(t, fields["treatments"].([]any)[0].(map[string]any)["keras"])
	require.Equal(t, "learning-rate-too-low", fields["cause"])
	require.Len(t, fields["findings"].([]any)[0], 11)
	require.Equal(t, torch, fields["findings"].([]any)[0].(map[string]any)["torch"])

	var shown notebook.Recorder
	require.NoError(t, report.ShowOn(&shown, r))
	require.Len(t, shown.Shown(), 1+len(report.Figures(r)))
	require.NotEmpty(t, shown.Shown()[1].Data[notebook.PNG])
	var same notebook.Recorder
	require.NoError(t, notebook.ShowOn(&same, r))
	require.Equal(t, shown.Shown(), same.Shown())
}

// TestPredictionsAreDrawnOverTheTargets draws them in the style of all figures, on equal axes.
func TestPredictionsAreDrawnOverTheTargets(t *testing.T) {
	c, err := stuck()
	require.NoError(t, err)
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	r.Cause = doctor.NoSignal
	s, ok := report.Cause(r).(figure.Scatter)
	require.True(t, ok)
	require.True(t, s.Diagonal)
	require.Len(t, s.X, c.Data.Rows())
	require.Len(t, s.Y, c.Data.Rows())
	r.Cause = doctor.UnscaledInputs
	s, ok = report.Cause(r).(figure.Scatter)
	require.True(t, ok)
	require.Equal(t, r.Look.FeatureDeviations, s.Y)
	require.Equal(t, 1.0, s.X[0])
}

// TestEveryCauseHasItsFigures draws what each cause would show, from one report.
func TestEveryCauseHasItsFigures(t *testing.T) {
	c, err := stuck()
	require.NoError(t, err)
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	for _, rule := range doctor.Rules() {
		r.Cause = rule.Cause
		_, err := report.HTML(t.Context(), r)
		require.NoError(t, err, rule.Cause)
		require.NotEmpty(t, rule.Doc)
		require.NotEmpty(t, rule.Source)
	}
}

func TestReportOnNothing(t *testing.T) {
	r := &doctor.Report{Cause: doctor.Healthy}
	require.True(t, strings.HasPrefix(report.Text(r), "healthy: "))
	_, err := report.HTML(t.Context(), r)
	require.NoError(t, err)
}
