package nn_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/google/go-cmp/cmp"

	"example.com/unstuck/pkg/nn"
)

func TestSummarize(t *testing.T) {
	got, err := nn.Summarize(nn.Sequential{
		nn.Embedding{InputDim: 7, OutputDim: 3},
		nn.Frozen{Layer: nn.LSTM{Units: 4, ReturnSequences: true}},
		nn.Dropout{Rate: 0.5},
		nn.Renamed{Name: "encoder", Layer: nn.Sequential{nn.Dense{Units: 2}, nn.BatchNormalization{}}},
		nn.Flatten{},
		nn.Func(func(_ *model.Scope, x *graph.Node) *graph.Node { return graph.ReduceMean(x, 1) }),
	}, 5)
	if err != nil {
		t.Fatal(err)
	}
	want := nn.Summary{
		Model: "sequential",
		Rows: []nn.SummaryRow{
			{Layer: "embedding", Type: "Embedding", Output: []int{-1, 5, 3}, Params: 21},
			{Layer: "lstm", Type: "LSTM", Output: []int{-1, 5, 4}, Params: 3*16 + 4*16 + 16},
			{Layer: "dropout", Type: "Dropout", Output: []int{-1, 5, 4}},
			{Layer: "encoder", Type: "Sequential", Output: []int{-1, 5, 2}, Params: 10 + 8},
			{Layer: "flatten", Type: "Flatten", Output: []int{-1, 10}},
			{Layer: "layer", Type: "Func", Output: []int{-1}},
		},
		Trainable:    21 + 10 + 4,
		NonTrainable: 128 + 4,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if got.Total() != 167 || got.Rows[5].OutputShape() != "(None,)" {
		t.Errorf("total %d, last shape %s", got.Total(), got.Rows[5].OutputShape())
	}
}

// TestSummarizeOneLayer: what isn't a Sequential is a table of one row.
func TestSummarizeOneLayer(t *testing.T) {
	got, err := nn.Summarize(nn.Dense{Units: 1200, Name: "a_name_that_is_longer_than_the_column"}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	text := got.String()
	for _, want := range []string{"│ a_name_that_is_longer_than_the_column │", "1,201,200 (4.58 MB)", "│ (Dense) "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestSummarizeErrors(t *testing.T) {
	_, err := nn.Summarize(nn.Sequential{nn.Dense{Units: 2}, nn.Sequential{nn.GRU{Units: 3}}}, 4)
	var layer *nn.LayerError
	if !errors.As(err, &layer) || layer.Layer != "sequential/gru" {
		t.Errorf("error %v, want a LayerError of sequential/gru", err)
	}
	for _, c := range []struct {
		layer nn.Layer
		shape []int
		want  string
	}{
		{nil, []int{1}, "there is no layer"},
		{nn.Dense{Units: 1}, []int{0}, "holds 0, sizes must be positive"},
		{nn.Sequential{nn.Dense{Units: 1}}, nil, "no input shape is given; say that of one row behind the layer, nn.Summarize(net, 10)"},
		{nn.Conv2D{Filters: 1}, []int{}, "no input shape is given"},
		{nn.Sequential{nn.Conv2D{Filters: 1}}, []int{3}, "nn: layer \"conv2d\""},
		{nn.Sequential{nil}, []int{1}, "layer 0 of the Sequential is nil"},
		{nn.Sequential{nn.Dense{Name: "a", Units: 1}, nn.Dense{Name: "a", Units: 1}}, []int{1}, `layers 0 and 1 are both named "a"`},
	} {
		if _, err := nn.Summarize(c.layer, c.shape...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
