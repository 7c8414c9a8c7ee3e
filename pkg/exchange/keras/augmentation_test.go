package keras

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/nn"
)

// augmentationCase is what testdata/make_augmentation.py writes of a layer whose ranges hold one number.
type augmentationCase struct {
	Class, Config string
	High          float64
	Shape         []int
	Whole         bool     // fractions of the colors are cut off
	Outputs       []sample // in training; several where a side is drawn
	Inference     sample
}

// Layers of image augmentation with nothing left to chance do to images what Keras' do; each image is turned to one of the sides
// that Keras knows, and of six one is on either side.
func TestAugmentationIsKeras(t *testing.T) {
	record := readRecord[struct{ Cases []augmentationCase }](t, "augmentation")
	for i, c := range record.Cases {
		for _, name := range []string{backend.Go, backend.XLACPU} {
			if !available(name) || name == backend.XLACPU && (testing.Short() || i%16 != 0 && os.Getenv("UNSTUCK_XLA") != "all") {
				continue
			}
			d, err := ReadConfig(strings.NewReader(c.Config))
			if err != nil {
				t.Errorf("%s: %v", c.Class, err)
				continue
			}
			values := filled(c.Shape, 1, 0, c.High)
			for i, v := range values {
				if c.Whole {
					values[i] = float32(math.Floor(float64(v)))
				}
			}
			x := tensors.FromFlatDataAndDimensions(values, c.Shape...)
			apply := func(training bool) *tensors.Tensor {
				store := model.NewStore()
				store.RootScope().SetParam(model.ParamInitialSeed, int64(2)) // which puts some of six images on either side
				ys, err := run(open(t, name), store, []any{x}, func(scope *model.Scope, xs []*graph.Node) []*graph.Node {
					scope.Store().SetTraining(xs[0].Graph(), training)
					return nn.ApplyAll(d.Model, scope, xs)
				})
				if err != nil {
					t.Fatalf("%s: %v", c.Class, err)
				}
				return ys[0]
			}
			if why := c.Inference.differs(apply(false), 1e-5*max(1, c.High)); why != "" {
				t.Errorf("%s, inference: %s", c.Config, why)
			}
			y := apply(true)
			taken := make([]bool, len(c.Outputs))
			for row := range c.Shape[0] {
				side := slices.IndexFunc(c.Outputs, func(s sample) bool { return s.isRow(y, row, 2e-5*max(1, c.High)) })
				if side < 0 {
					t.Errorf("%s, training: image %d is none of Keras': %s", c.Config, row, c.Outputs[0].differs(y, 1e-5*max(1, c.High)))
					break
				}
				taken[side] = true
			}
			if slices.Contains(taken, false) && !t.Failed() {
				t.Errorf("%s: no image is on one of the sides", c.Class)
			}
		}
	}
}

// isRow reports whether a row of an array is Keras' to an absolute difference.
func (s sample) isRow(got *tensors.Tensor, row int, least float64) bool {
	values := tensors.MustCopyFlatData[float32](got)
	size := len(values) / s.Shape[0]
	for k, want := range s.Values {
		if at := k * s.Step; at/size == row && !(math.Abs(float64(values[at])-float64(want)) <= least) {
			return false
		}
	}
	return true
}
