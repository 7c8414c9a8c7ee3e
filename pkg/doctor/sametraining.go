package doctor

import (
	"math"
	"reflect"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// sameTraining tells whether two trainings are surely the same; functions in them can't be compared, so that those that have some
// never are.
func sameTraining(a, b training.Training) bool {
	if !sameData(a.Data, b.Data) || !sameData(a.Validation, b.Validation) {
		return false
	}
	a.Data, b.Data, a.Validation, b.Validation = dataset.Data{}, dataset.Data{}, dataset.Data{}, dataset.Data{}
	return reflect.DeepEqual(a, b)
}

func sameData(a, b dataset.Data) bool {
	if !sameValues(a.SampleWeight, b.SampleWeight) {
		return false
	}
	sameArray := func(a, b dataset.Array) bool { return slices.Equal(a.Shape, b.Shape) && sameValues(a.Values, b.Values) }
	return slices.EqualFunc(a.Inputs(), b.Inputs(), sameArray) && slices.EqualFunc(a.Outputs(), b.Outputs(), sameArray)
}

// sameValues compares bits: NaN is NaN.
func sameValues(a, b []float32) bool {
	if len(a) != len(b) || len(a) > 0 && &a[0] == &b[0] {
		return len(a) == len(b)
	}
	for i, v := range a {
		if math.Float32bits(v) != math.Float32bits(b[i]) {
			return false
		}
	}
	return true
}
