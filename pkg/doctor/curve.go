package doctor

import (
	"fmt"
	"math"
)

// curve is what a list of losses, one an epoch, shows by itself.
type curve struct {
	losses []float64
	lowest int // epoch of the lowest finite loss, counted from 0; −1: there is none
}

// Limits on what a curve shows. A loss that stands still wavers by what its batches differ in, a few hundredths of its
// value; a tenth is beyond that.
const (
	curveMoves  = 0.1  // share of the first loss by which a curve has moved
	curveStill  = 0.02 // share of its whole fall by which a curve still falls over its last quarter, or doesn't
	curveSwings = 0.5  // share of the epochs that go up in a curve which swings; 1/2 is what noise around a level gives
)

func curveOf(losses []float64) curve {
	c := curve{losses: losses, lowest: -1}
	for i, x := range losses {
		if finite(x) && (c.lowest < 0 || x < losses[c.lowest]) {
			c.lowest = i
		}
	}
	return c
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func (c curve) first() float64 { return c.losses[0] }
func (c curve) last() float64  { return c.losses[len(c.losses)-1] }

// fell reports whether the loss went down by more than it wavers, and stayed there.
func (c curve) fell() bool {
	return finite(c.last()) && c.last() < c.first()-curveMoves*math.Abs(c.first())
}

// rose reports whether the loss ended higher than it began by more than it wavers.
func (c curve) rose() bool { return c.last() > c.first()+curveMoves*math.Abs(c.first()) }

// swings reports whether the loss goes up about as often as down, by more than it wavers each time.
func (c curve) swings() bool {
	if len(c.losses) < 6 {
		return false
	}
	up, wide := 0, 0
	for i := 1; i < len(c.losses); i++ {
		step := c.losses[i] - c.losses[i-1]
		if step > 0 {
			up++
		}
		if math.Abs(step) > curveMoves*math.Abs(c.losses[i-1]) {
			wide++
		}
	}
	n := float64(len(c.losses) - 1)
	return float64(wide) > n/2 && float64(up) >= curveSwings*n-1 && float64(up) <= n-2
}

// turned reports whether the loss went down and up again by more than it wavers.
func (c curve) turned() bool {
	low := c.losses[c.lowest]
	return low < c.first()-curveMoves*math.Abs(c.first()) && c.last() > low+2*curveMoves*math.Abs(low)
}

// stillFalling reports whether the last quarter of the epochs has a noticeable share of the whole fall.
func (c curve) stillFalling() bool {
	if !c.fell() || len(c.losses) < 4 {
		return c.fell()
	}
	before := c.losses[len(c.losses)-1-len(c.losses)/4]
	return before-c.last() > curveStill*(c.first()-c.last())
}

// settledAt is the epoch, counted from 1, from which on a curve that fell no longer does.
func (c curve) settledAt() int {
	for i, x := range c.losses {
		if x-c.last() <= curveStill*(c.first()-c.last()) {
			return i + 1
		}
	}
	return len(c.losses)
}

// describe says what the curve of a named loss shows.
func (c curve) describe(name string) string {
	from := fmt.Sprintf("%s went from %.6g to %.6g in %d epochs", name, c.first(), c.last(), len(c.losses))
	switch {
	case len(c.losses) == 1:
		return fmt.Sprintf("%s is %.6g after the only epoch: one number is no curve", name, c.last())
	case !finite(c.last()):
		if c.lowest < 0 {
			return fmt.Sprintf("%s was never a finite number", name)
		}
		return fmt.Sprintf("%s is not a finite number at the end; it was lowest, %.6g, in epoch %d", name, c.losses[c.lowest], c.lowest+1)
	case c.swings():
		return from + " and swings up and down"
	case c.turned():
		return fmt.Sprintf("%s went from %.6g down to %.6g in epoch %d, then up to %.6g", name, c.first(), c.losses[c.lowest], c.lowest+1, c.last())
	case c.fell() && c.stillFalling():
		return from + " and is still falling"
	case c.fell():
		return fmt.Sprintf("%s and hardly moves from epoch %d on", from, c.settledAt())
	case c.rose():
		return from + ": it rose"
	}
	return from + ": it is flat from the start"
}
