package doctor

import (
	"math"
	"runtime"

	"example.com/unstuck/pkg/training"
)

// mostSideBySide is how many trainings run at once unless [Options].SideBySide says otherwise: the first few that are tried
// usually hold the cure, and what runs beside it is for nothing.
const mostSideBySide = 4

// sideBySide is how many trainings run at once: as many as are asked for, and no more than there are, or than memory has room for by
// the estimate of [Memory].
func (o Options) sideBySide(c training.Training) int {
	n := o.SideBySide
	if n <= 0 {
		n = min(runtime.GOMAXPROCS(0), mostSideBySide)
	}
	limit := float64(o.Memory)
	if o.Memory == 0 {
		limit = DefaultMemory
	}
	room := 1 + math.Floor((limit-memory(c, maxRuns))/memoryOfRun(c))
	return max(1, int(min(float64(n), room, maxRuns)))
}
