package nn

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"
)

// Summary is a model as a table, what Keras prints as model.summary().
type Summary struct {
	Model        string // kind of the model, "sequential"
	Rows         []SummaryRow
	Trainable    int // number of trained parameters
	NonTrainable int // number of the others: frozen ones and moving averages
}

// SummaryRow is one layer of a [Summary]; a nested Sequential is one row.
type SummaryRow struct {
	Layer  string // name, "dense_1"
	Type   string // "Dense"
	Output []int  // shape of the output; the batch, whose size is open, is −1
	Params int    // number of parameters, trained or not
}

// Total is the number of parameters.
func (s Summary) Total() int { return s.Trainable + s.NonTrainable }

// OutputShape is the shape as Keras writes it, "(None, 64)".
func (r SummaryRow) OutputShape() string {
	sizes := make([]string, len(r.Output))
	for i, d := range r.Output {
		sizes[i] = fmt.Sprint(d)
		if d < 0 {
			sizes[i] = "None"
		}
	}
	if len(sizes) == 1 {
		return "(" + sizes[0] + ",)"
	}
	return "(" + strings.Join(sizes, ", ") + ")"
}

// Summarize builds the layer for inputs of a shape, given without the batch, and describes it; nothing is computed.
//
//	summary, err := nn.Summarize(net, 10) // rows of 10 features
//
// For a [Graph] whose inputs say their shapes none need be given.
//
// Errors: a size that isn't positive, no shape where the layers need one, and what they refuse, as a [LayerError].
func Summarize(l Layer, inputShape ...int) (Summary, error) {
	if l == nil {
		return Summary{}, fmt.Errorf("nn: there is no layer to summarize")
	}
	for _, d := range inputShape {
		if d <= 0 {
			return Summary{}, fmt.Errorf("nn: input shape %v (without the batch) holds %d, sizes must be positive", inputShape, d)
		}
	}
	backend, err := gobackend.New("")
	if err != nil {
		return Summary{}, err
	}
	defer backend.Finalize()
	shapes, err := inputShapes(l, inputShape)
	if err != nil {
		return Summary{}, fmt.Errorf("nn: %w", err)
	}
	s := Summary{Model: kindOf(l)}
	if err := exceptions.TryCatch[error](func() {
		g := graph.NewGraph(backend, "summary")
		defer g.Finalize()
		s.build(l, g, shapes)
	}); err != nil {
		if len(shapes) == 1 && len(shapes[0]) == 0 {
			return Summary{}, fmt.Errorf("nn: no input shape is given; say that of one row behind the layer, nn.Summarize(net, 10) for rows of 10 features, nn.Summarize(net, 28, 28, 1) for pictures: %w", err)
		}
		return Summary{}, fmt.Errorf("nn: %w", err)
	}
	return s, nil
}

// build applies the layer and notes what Observe tells about the layers right below the root.
func (s *Summary) build(l Layer, g *graph.Graph, inputShapes [][]int) {
	store := model.NewStore()
	note := func(scope string, l Layer, output *graph.Node) {
		if strings.Count(scope, model.ScopeSeparator) == 1 {
			s.Rows = append(s.Rows, summaryRow(store.Scope(scope), l, output))
		}
	}
	Observe(g, note)
	xs := make([]*graph.Node, len(inputShapes))
	for i, shape := range inputShapes {
		// The batch's size shows nowhere, as its axis is written as None.
		xs[i] = graph.Parameter(g, fmt.Sprintf("x%d", i), shapes.Make(dtypes.Float32, append([]int{2}, shape...)...))
	}
	ys := ApplyAll(l, store.RootScope(), xs)
	if len(s.Rows) == 0 {
		row := summaryRow(store.RootScope(), l, ys[0])
		row.Layer = nameOf(l)
		if row.Layer == "" {
			row.Layer = kindOf(l)
		}
		s.Rows = append(s.Rows, row)
	}
	for v := range store.IterVariables() {
		switch {
		case !IsWeight(v):
		case v.Trainable:
			s.Trainable += v.Shape().Size()
		default:
			s.NonTrainable += v.Shape().Size()
		}
	}
}

// inputShapes are those of all inputs of the layer: the one given, or what a Graph says of its own.
func inputShapes(l Layer, given []int) ([][]int, error) {
	g, ok := Bare(l).(Graph)
	if !ok || given != nil {
		return [][]int{given}, nil
	}
	all := make([][]int, len(g.Inputs))
	for i, in := range g.Inputs {
		if in.Shape == nil {
			return nil, fmt.Errorf("input %q of the graph doesn't say its shape: set its Input.Shape, or give the shape of one row behind a graph with one input", in.Name)
		}
		for _, d := range in.Shape {
			if d <= 0 {
				return nil, fmt.Errorf("input %q of the graph has shape %v, sizes must be positive", in.Name, in.Shape)
			}
		}
		all[i] = in.Shape
	}
	return all, nil
}

func summaryRow(scope *model.Scope, l Layer, output *graph.Node) SummaryRow {
	row := SummaryRow{Layer: model.BasePath(scope.Scope()), Type: typeName(l), Output: append([]int(nil), output.Shape().Dimensions...)}
	if len(row.Output) > 0 {
		row.Output[0] = -1
	}
	for v := range scope.IterVariables() {
		if IsWeight(v) {
			row.Params += v.Shape().Size()
		}
	}
	return row
}

// typeName is the layer's type without its package, looking into what only wraps another layer.
func typeName(l Layer) string {
	t := reflect.TypeOf(Bare(l))
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
