package doctor

import (
	"math"

	"example.com/unstuck/pkg/training"
)

// torchDrawn is how far the deviation of a kernel's weights may be from that of PyTorch's default draw, for each number that it has: few numbers
// scatter more.
const torchDrawn = 4.0

// asTorchDraws reports whether given weights look as PyTorch's modules draw theirs: each kernel of a Linear is uniform within ±1/√(fan-in), as
// kaiming_uniform_(a=√5) has it. To draw those again is no treatment: it gives the like of them, and what is better is luck.
func asTorchDraws(c training.Training) bool {
	kernels := 0
	for _, w := range c.Weights {
		if len(w.Array.Shape) != 2 {
			continue
		}
		kernels++
		bound := 1 / math.Sqrt(float64(w.Array.Shape[0]))
		squares := 0.0
		for _, v := range w.Array.Values {
			if math.Abs(float64(v)) > bound*1.001 {
				return false
			}
			squares += float64(v) * float64(v)
		}
		n := float64(len(w.Array.Values))
		// The mean of squares of a uniform draw is bound²/3, with a deviation of bound²·√(4/45/n).
		if math.Abs(squares/n-bound*bound/3) > torchDrawn*bound*bound*math.Sqrt(4.0/45/n) {
			return false
		}
	}
	return kernels > 0
}
