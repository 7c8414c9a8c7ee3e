package loop

import (
	"encoding/json"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Outputs of classes at places that are viewed in the place of being permuted give another loss, which is known again, from either side.
func TestViewed(t *testing.T) {
	o := dataset.Array{Shape: []int{1, 2, 3}, Values: []float32{3, 0, 0, 0, 3, 0}} // places by classes
	r := &Recording{Framework: torchFramework, Loss: json.RawMessage(`{"class": "CrossEntropyLoss", "options": {}}`)}
	r.Steps = []Step{{values: map[string]dataset.Array{"out": o, "y": {Shape: []int{1, 2}, Values: []float32{0, 1}}}}}
	all := &replays{backend: gobackend.GetBackend()}
	got, ok := viewed(r, all, 0)
	require.True(t, ok)
	// As (1, 3, 2): class 0 has 3, 0 at the two places, class 1 has 0, 0, class 2 has 3, 0.
	require.InDelta(t, (0.7176+1.0986)/2, got, 1e-3)
	r.Steps[0].values["out"] = dataset.Array{Shape: []int{1, 3, 2}, Values: o.Values} // classes by places, viewed as rows of classes
	got, ok = viewed(r, all, 0)
	require.True(t, ok)
	require.InDelta(t, 0.0949, got, 1e-3)
}
