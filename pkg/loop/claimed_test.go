package loop

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// A claim compares each output with its own target, whatever the shapes are: that a loop compares all pairs must come out of its losses.
func TestAClaimIsOfEachOutputWithItsOwnTarget(t *testing.T) {
	column, row := dataset.Array{Shape: []int{3, 1}, Values: []float32{1, 2, 3}}, dataset.Array{Shape: []int{3}, Values: []float32{1, 2, 3}}
	for _, reduction := range []string{"mean", "sum"} {
		r := Recording{Loss: json.RawMessage(`{"class": "MSELoss", "options": {"reduction": "` + reduction + `"}}`)}
		for _, shapes := range [][2]dataset.Array{{column, column}, {column, row}, {row, column}, {row, row}} {
			claims, why := r.claims([]dataset.Array{shapes[0]}, []dataset.Array{shapes[1]})
			require.NotEmpty(t, claims, why)
			for _, c := range claims {
				l := c.loss
				if s, ok := l.(loss.Summed); ok {
					l = s.Of
				}
				require.IsType(t, loss.MSE{}, l, "%v %v", shapes[0].Shape, shapes[1].Shape)
			}
		}
	}
}
