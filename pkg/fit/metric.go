package fit

import (
	"github.com/gomlx/gomlx/core/graph"
)

// Metric is a number of interest that is averaged over rows but not minimized. Every loss.Loss is one.
type Metric interface {
	// PerRow returns the metric of each row, shape [batch].
	PerRow(labels, predictions *graph.Node) *graph.Node
	// String is the metric's name in the History.
	String() string
}
