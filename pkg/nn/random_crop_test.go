package nn_test

import (
	"slices"
	"testing"

	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// A crop is a window of its image, at one place for all of them, which is drawn anew in each step; every place comes up.
func TestRandomCropTakesWindows(t *testing.T) {
	values, shape := alikeImages(2) // 6 × 5 × 3, pixel i holding 2i
	store := model.NewStore()
	store.RootScope().SetParam(model.ParamInitialSeed, int64(1))
	seen := map[[2]int]bool{}
	for range 60 {
		y := mustRun(t, pureGo(t), store, nn.RandomCrop{Height: 4, Width: 3}, true, tensor(values, shape...))
		if !slices.Equal(y[:36], y[36:]) {
			t.Fatal("two images are cut at different places")
		}
		place := int(y[0]) / 6 // in pixels
		top, left := place/5, place%5
		seen[[2]int{top, left}] = true
		for i, v := range y[:36] {
			row, column, channel := i/9, i/3%3, i%3
			if want := float32(2 * ((top+row)*15 + (left+column)*3 + channel)); v != want {
				t.Fatalf("at (%d, %d) value %d is %g, want %g", top, left, i, v, want)
			}
		}
	}
	if len(seen) != 9 {
		t.Errorf("windows begin at %v, want all of 3 × 3 places", seen)
	}
}
