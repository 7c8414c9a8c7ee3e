package fit

import "time"

// pace is how long steps and validation batches took, so that executions can be made of a good length.
type pace struct {
	batch    int           // rows of a step's batch
	perStep  time.Duration // 0: unknown
	rows     int           // of a validation batch
	perBatch time.Duration // 0: unknown
}

// suit forgets what was measured with other batches.
func (p *pace) suit(batch, validationRows int) {
	if p.batch != batch {
		p.batch, p.perStep = batch, 0
	}
	if rows := min(validationRows, evalBatch); p.rows != rows {
		p.rows, p.perBatch = rows, 0
	}
}

// took notes an execution. Of one that does both, the time is divided as those before it say.
func (p *pace) took(d time.Duration, steps, batches int) {
	expected := time.Duration(steps)*p.perStep + time.Duration(batches)*p.perBatch
	switch {
	case steps == 0 && batches == 0:
	case batches == 0:
		p.perStep = d/time.Duration(steps) + 1
	case steps == 0:
		p.perBatch = d/time.Duration(batches) + 1
	case p.perStep > 0 && p.perBatch > 0:
		factor := float64(d) / float64(expected)
		p.perStep = time.Duration(factor*float64(p.perStep)) + 1
		p.perBatch = time.Duration(factor*float64(p.perBatch)) + 1
	}
}

// slice is how long one execution should take at most, so that a cancel or an update is answered soon.
const slice = 200 * time.Millisecond

// steps is how many the next execution may take: a single one while nothing is known.
func (p *pace) steps() int { return fitting(slice, p.perStep) }

// batches is how many validation batches an execution of their own may take.
func (p *pace) batches() int { return fitting(slice, p.perBatch) }

// besides tells whether n validation batches may follow the training steps in one execution.
func (p *pace) besides(n int) bool {
	return p.perStep > 0 && p.perBatch > 0 && n <= int(slice/2/p.perBatch)
}

func fitting(limit, each time.Duration) int {
	if each <= 0 {
		return 1
	}
	return max(1, int(limit/each))
}
