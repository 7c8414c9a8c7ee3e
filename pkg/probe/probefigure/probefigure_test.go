package probefigure_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/probe/probefigure"
)

var pictures = flag.String("pictures", "", "a folder to write the tests' pictures to, to look at them")

var ctx = context.Background()

// draws checks that a figure can be drawn, and that its words are in the picture.
func draws(t *testing.T, f figure.Figure) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, figure.Render(&b, f, figure.SVG))
	if *pictures != "" {
		require.NoError(t, figure.Save(filepath.Join(*pictures, strings.ReplaceAll(t.Name(), "/", "-")+".png"), f))
	}
	return b.String()
}

func array(values []float32, shape ...int) dataset.Array {
	return dataset.Array{Values: values, Shape: shape}
}

// rings are two classes, one around the other.
func rings(rows int) dataset.Data {
	var x, y []float32
	for i := range rows {
		angle, class := float64(i)*2.4, float32(i%2)
		radius := 0.9*math.Sqrt(float64(i)/float64(rows)) + 1.1*float64(class)
		x = append(x, float32(radius*math.Cos(angle)), float32(radius*math.Sin(angle)))
		y = append(y, class)
	}
	return dataset.Data{X: array(x, rows, 2), Y: array(y, rows, 1), Features: []string{"length", "width"}}
}

func compile(t testing.TB, l loss.Loss, rate float64, layers ...nn.Layer) *fit.Model {
	t.Helper()
	m, err := fit.Compile(nn.Sequential(layers), optim.Adam(rate), l, fit.Options{Backend: gobackend.GetBackend(), Seed: 1})
	require.NoError(t, err)
	return m
}

func ringModel(t testing.TB, shots *probe.Snapshots, epochs int) (*fit.Model, dataset.Data) {
	d := rings(200)
	m := compile(t, loss.BinaryCrossentropy{}, 0.03, nn.Dense{Units: 16, Activation: nn.Tanh{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}})
	_, err := m.Fit(ctx, d, fit.Config{Epochs: epochs, Callbacks: []fit.Callback{shots}})
	require.NoError(t, err)
	return m, d
}

func TestBoundary(t *testing.T) {
	var shots probe.Snapshots
	m, d := ringModel(t, &shots, 60)
	before, err := m.Weights()
	require.NoError(t, err)
	f, err := probefigure.Boundary(ctx, m, shots, d, probefigure.Classes{Names: []string{"inside", "outside"}})
	require.NoError(t, err)
	after, err := m.Weights()
	require.NoError(t, err)
	assert.Equal(t, before, after, "the model is left as it was")
	assert.Equal(t, "length", f.XName)
	assert.Equal(t, "start", f.Stills[0].Name)
	require.Len(t, f.Points, 200)
	last := f.Stills[len(f.Stills)-1]
	found, err := m.Evaluate(ctx, d)
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprintf("loss %.3g", found.Loss), last.Detail, "on the data, as in use")
	assert.NotEqual(t, f.Stills[0].Detail, last.Detail)
	// The first row is the top, and the ring outside is class 1.
	assert.Greater(t, last.Values[1][24], 0.9)
	assert.Less(t, last.Values[24][24], 0.1)
	draws(t, f)
}

func TestBoundaryOfThreeClasses(t *testing.T) {
	d := rings(150)
	for i := range 150 {
		if d.X.Row(i)[0] > 0.5 {
			d.Y.Values[i] = 2
		}
	}
	var shots probe.Snapshots
	m := compile(t, loss.SparseCategoricalCrossentropy{FromLogits: true}, 0.05, nn.Dense{Units: 16, Activation: nn.Tanh{}}, nn.Dense{Units: 3})
	_, err := m.Fit(ctx, d, fit.Config{Epochs: 40, Callbacks: []fit.Callback{&shots}})
	require.NoError(t, err)
	f, err := probefigure.Boundary(ctx, m, shots, d, probefigure.Classes{Logits: true})
	require.NoError(t, err)
	assert.Equal(t, []string{"0", "1", "2"}, f.Classes)
	draws(t, f)
	c, err := probefigure.Confusion(ctx, m, d, probefigure.Classes{Logits: true})
	require.NoError(t, err)
	assert.Len(t, c.Counts, 3)
	assert.Contains(t, draws(t, c), "True class")
}

func TestBoundaryOfNumbers(t *testing.T) {
	d := rings(80)
	for i := range d.Y.Values {
		d.Y.Values[i] = 3 * d.X.Values[2*i]
	}
	d.Targets = []string{"price"}
	var shots probe.Snapshots
	m := compile(t, loss.MSE{}, 0.3, nn.Dense{Units: 1})
	_, err := m.Fit(ctx, d, fit.Config{Epochs: 40, Callbacks: []fit.Callback{&shots}})
	require.NoError(t, err)
	f, err := probefigure.Boundary(ctx, m, shots, d, probefigure.Classes{})
	require.NoError(t, err)
	assert.Empty(t, f.Classes)
	assert.Equal(t, "price", f.Label)
	draws(t, f)
}

func TestBoundaryRefuses(t *testing.T) {
	var shots probe.Snapshots
	m, d := ringModel(t, &shots, 2)
	_, err := probefigure.Boundary(ctx, m, probe.Snapshots{}, d, probefigure.Classes{})
	assert.ErrorIs(t, err, probe.ErrNoSnapshots)
	three := dataset.Data{X: array(make([]float32, 6), 2, 3), Y: array(make([]float32, 2), 2, 1)}
	_, err = probefigure.Boundary(ctx, m, shots, three, probefigure.Classes{})
	assert.ErrorContains(t, err, "two features")
	_, err = probefigure.Boundary(ctx, nil, shots, d, probefigure.Classes{})
	assert.ErrorContains(t, err, "no model")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	before, err := m.Weights()
	require.NoError(t, err)
	_, err = probefigure.Boundary(cancelled, m, shots, d, probefigure.Classes{})
	assert.ErrorIs(t, err, context.Canceled)
	after, err := m.Weights()
	require.NoError(t, err)
	assert.Equal(t, before, after, "whatever happens")
	other := compile(t, loss.MSE{}, 0.1, nn.Dense{Units: 1})
	require.NoError(t, other.Build(2))
	_, err = probefigure.Boundary(ctx, other, shots, d, probefigure.Classes{})
	assert.ErrorContains(t, err, "of another model")
}

func TestWeights(t *testing.T) {
	var shots probe.Snapshots
	m, _ := ringModel(t, &shots, 30)
	f, err := probefigure.Weights(shots, "dense")
	require.NoError(t, err)
	weights, err := m.Weights()
	require.NoError(t, err)
	last := f.Stills[len(f.Stills)-1]
	assert.Equal(t, float64(weights[0].Values[17]), last.Values[1][1])
	assert.Equal(t, "epoch 30", last.Name)
	assert.Empty(t, f.Stills[0].Detail, "nobody measured a loss at the start")
	assert.True(t, f.Signed)
	draws(t, f)
	bias, err := probefigure.Weights(shots, "/dense/bias")
	require.NoError(t, err)
	assert.Len(t, bias.Stills[0].Values, 1)
	_, err = probefigure.Weights(shots, "dense_7")
	assert.ErrorContains(t, err, "there are dense/kernel, dense/bias")
	_, err = probefigure.Weights(probe.Snapshots{}, "dense")
	assert.ErrorIs(t, err, probe.ErrNoSnapshots)
}

// fixed is a model that puts its inputs out.
func fixed(t *testing.T, features int) *fit.Model {
	t.Helper()
	m := compile(t, loss.MSE{}, 0.1, nn.Dense{Units: features})
	require.NoError(t, m.Build(features))
	kernel := make([]float32, features*features)
	for i := range features {
		kernel[i*features+i] = 1
	}
	require.NoError(t, m.SetWeight("/dense/kernel", array(kernel, features, features)))
	return m
}

func TestConfusionCounts(t *testing.T) {
	nan := float32(math.NaN())
	x := array([]float32{0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.5, 0.5, 0, nan, 0, 0}, 4, 3)
	want := [][]int{{1, 1, 0}, {0, 0, 0}, {1, 0, 0}}
	for name, y := range map[string]dataset.Array{
		"numbers": array([]float32{0, 0, 2, 1}, 4, 1),
		"one-hot": array([]float32{1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0}, 4, 3),
	} {
		f, err := probefigure.Confusion(ctx, fixed(t, 3), dataset.Data{X: x, Y: y}, probefigure.Classes{Names: []string{"a", "b"}})
		require.NoError(t, err, name)
		assert.Equal(t, want, f.Counts, name)
		assert.Equal(t, 1, f.Unread, name)
		assert.Equal(t, []string{"a", "b", "2"}, f.Classes)
	}
	// On the border, 0.5 or a logit of 0, the first class is said, as by Keras' binary accuracy.
	one := dataset.Data{X: array([]float32{0.5, 0.7, 0.9, 0}, 4, 1), Y: array([]float32{0, 0, 1, 1}, 4, 1)}
	f, err := probefigure.Confusion(ctx, fixed(t, 1), one, probefigure.Classes{})
	require.NoError(t, err)
	assert.Equal(t, [][]int{{1, 1}, {1, 1}}, f.Counts)
	f, err = probefigure.Confusion(ctx, fixed(t, 1), one, probefigure.Classes{Logits: true})
	require.NoError(t, err)
	assert.Equal(t, [][]int{{0, 2}, {1, 1}}, f.Counts)
}

func TestConfusionRefuses(t *testing.T) {
	one := func(x, y float32) dataset.Data {
		return dataset.Data{X: array([]float32{x}, 1, 1), Y: array([]float32{y}, 1, 1)}
	}
	for want, d := range map[string]dataset.Data{
		"row 1: target 2 is no class":    one(0.5, 2),
		"row 1: target 0.5 is no class":  one(0.5, 0.5),
		"row 1: target -1 is no class":   one(0.5, -1),
		"say so by Classes{Logits: true": one(3, 1),
	} {
		_, err := probefigure.Confusion(ctx, fixed(t, 1), d, probefigure.Classes{})
		assert.ErrorContains(t, err, want)
	}
	_, err := probefigure.Confusion(ctx, nil, one(0, 0), probefigure.Classes{})
	assert.ErrorContains(t, err, "no model")
	_, err = probefigure.Confusion(ctx, fixed(t, 1), dataset.Data{}, probefigure.Classes{})
	assert.Error(t, err)
}

func TestPredictions(t *testing.T) {
	d := dataset.Data{X: array([]float32{1, 2, 4}, 3, 1), Y: array([]float32{1, 2, 4}, 3, 1), Targets: []string{"price"}}
	f, err := probefigure.Predictions(ctx, fixed(t, 1), d)
	require.NoError(t, err)
	p := f.(figure.Predictions)
	assert.Equal(t, "price", p.Name)
	assert.InDelta(t, 1, p.R2(), 1e-12)
	draws(t, f)

	many := dataset.Data{X: array(make([]float32, 21), 3, 7), Y: array(make([]float32, 21), 3, 7)}
	for i := range many.X.Values {
		many.X.Values[i], many.Y.Values[i] = float32(i), float32(i%5)
	}
	f, err = probefigure.Predictions(ctx, fixed(t, 7), many)
	require.NoError(t, err)
	g := f.(figure.Grid)
	assert.Len(t, g.Panels, 6)
	assert.Equal(t, "The first 6 of 7 targets", g.Subtitle)
	assert.Equal(t, []float64{1, 3, 0}, g.Panels[1].(figure.Predictions).Targets)
	draws(t, f)

	d.Y, d.Targets = array([]float32{1, 2, 3, 4, 5, 6}, 3, 2), nil
	_, err = probefigure.Predictions(ctx, fixed(t, 1), d)
	assert.ErrorContains(t, err, "must be alike")
}

// bars are pictures of an upright and a lying bar.
func bars(rows int) dataset.Data {
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 6, 6, 1}}, Y: dataset.Array{Shape: []int{rows, 1}}}
	for i := range rows {
		class := i % 2
		for y := range 6 {
			for x := range 6 {
				v := float32(0)
				if class == 0 && x == 1+i%4 || class == 1 && y == 1+i%4 {
					v = 1
				}
				d.X.Values = append(d.X.Values, v)
			}
		}
		d.Y.Values = append(d.Y.Values, float32(class))
	}
	return d
}

func TestPicturesOfAConvolution(t *testing.T) {
	d := bars(40)
	m := compile(t, loss.BinaryCrossentropy{}, 0.01, nn.Conv2D{Filters: 5, KernelSize: []int{3}, Activation: nn.ReLU{}}, nn.Conv2D{Filters: 12, KernelSize: []int{2}},
		nn.GlobalAveragePooling2D{}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}})
	_, err := m.Fit(ctx, d, fit.Config{Epochs: 3})
	require.NoError(t, err)

	t.Run("answers", func(t *testing.T) {
		a, err := probefigure.Answers(ctx, m, d, probefigure.Classes{Names: []string{"upright", "lying"}})
		require.NoError(t, err)
		c, err := probefigure.Confusion(ctx, m, d, probefigure.Classes{})
		require.NoError(t, err)
		wrong := c.Counts[0][1] + c.Counts[1][0]
		assert.Contains(t, a.Subtitle, fmt.Sprintf("%d of 40 are wrong", wrong))
		assert.Len(t, a.Answers, 24)
		for i, one := range a.Answers {
			assert.Equal(t, i < min(wrong, max(12, 24-(40-wrong))), one.Target != one.Predicted, "the wrong ones come first")
		}
		assert.Equal(t, 6.0, sum(a.Answers[0].Values))
		draws(t, a)
	})
	t.Run("filters", func(t *testing.T) {
		f, err := probefigure.Filters(m, "conv2d")
		require.NoError(t, err)
		require.Len(t, f.Stills, 5)
		weights, err := m.Weights()
		require.NoError(t, err)
		assert.Equal(t, float64(weights[0].Values[(2*3+1)*5+4]), f.Stills[4].Values[2][1])
		draws(t, f)
		f, err = probefigure.Filters(m, "conv2d_1")
		require.NoError(t, err)
		assert.Len(t, f.Stills, 48)
		assert.Contains(t, f.Subtitle, "12 of 2 × 2 with 5 channels; the first 48 of 60 pictures")
		assert.Equal(t, "1.2", f.Stills[7].Name)
		_, err = probefigure.Filters(m, "dense")
		assert.ErrorContains(t, err, "none of filters")
	})
	t.Run("maps", func(t *testing.T) {
		f, err := probefigure.FeatureMaps(ctx, m, "conv2d", d.X)
		require.NoError(t, err)
		require.Len(t, f.Stills, 5)
		assert.Len(t, f.Stills[0].Values, 4)
		assert.False(t, f.Signed, "a ReLU has nothing below 0")
		draws(t, f)
		dead := 0
		for _, s := range f.Stills {
			if sum(s.Values) == 0 {
				dead++
			}
		}
		if dead == 0 {
			assert.Equal(t, "5 of 4 × 4", f.Subtitle)
		} else {
			assert.Equal(t, fmt.Sprintf("5 of 4 × 4, %d of them 0 everywhere", dead), f.Subtitle)
		}
		f, err = probefigure.FeatureMaps(ctx, m, "conv2d", dataset.Array{Shape: d.X.Shape, Values: make([]float32, len(d.X.Values))})
		require.NoError(t, err)
		silent := 0
		for _, s := range f.Stills {
			if sum(s.Values) == 0 {
				silent++
			}
		}
		require.Positive(t, silent, "of nothing a filter without a positive bias makes nothing")
		assert.Equal(t, fmt.Sprintf("5 of 4 × 4, %d of them 0 everywhere", silent), f.Subtitle)
		_, err = probefigure.FeatureMaps(ctx, m, "dense", d.X)
		assert.ErrorContains(t, err, "has no places")
		_, err = probefigure.FeatureMaps(ctx, m, "conv3d", d.X)
		assert.ErrorContains(t, err, `no layer "conv3d"`)
		_, err = probefigure.FeatureMaps(ctx, m, "conv2d", dataset.Array{})
		assert.Error(t, err)
	})
	_, err = probefigure.Answers(ctx, m, rings(4), probefigure.Classes{})
	assert.ErrorContains(t, err, "are no pictures")
}

func sum(values [][]float64) (all float64) {
	for _, row := range values {
		for _, v := range row {
			all += v
		}
	}
	return all
}

// Which class is taken for which; notebook.Show shows the picture.
func ExampleConfusion() {
	d := rings(100)
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 16, Activation: nn.Tanh{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}},
		optim.Adam(0.03), loss.BinaryCrossentropy{}, fit.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := m.Fit(context.Background(), d, fit.Config{Epochs: 200}); err != nil {
		fmt.Println(err)
		return
	}
	f, err := probefigure.Confusion(context.Background(), m, d, probefigure.Classes{Names: []string{"inside", "outside"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Text())
	// Output:
	// Confusion matrix
	//   100% right of 100 rows in 2 classes
}
