package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSpreadKeepsLabelsApart(t *testing.T) {
	wanted := []float64{50, 50, 50, 49, 10}
	heights := []float64{10, 10, 20, 10, 10}
	got := spread(wanted, heights, 0, 100)
	for i := 1; i < len(got); i++ {
		assert.GreaterOrEqual(t, got[i-1]-got[i]+1e-9, (heights[i-1]+heights[i])/2, "%v", got)
	}
	assert.LessOrEqual(t, got[0], 95.0)
	assert.GreaterOrEqual(t, got[4], 5.0)
	assert.Equal(t, []float64{70, 30}, spread([]float64{70, 30}, []float64{10, 10}, 0, 100), "no move without need")
	assert.Empty(t, spread(nil, nil, 0, 1))
}
