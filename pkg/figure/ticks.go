package figure

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// leastTicks is how many labelled ticks an axis has where its range allows it: two would leave the reader to guess whether it is linear.
const leastTicks = 3

// linearTicks places about Want labelled ticks at 1, 2, 2.5 or 5 times a power
// of ten, all with the same number of decimals; closer ones where those are fewer than [leastTicks].
type linearTicks struct {
	Want    int
	Integer bool // epochs and steps: no fractions
}

func (t linearTicks) Ticks(lo, hi float64) (ticks []plot.Tick) {
	for want := max(2, t.Want); want < 12; want++ {
		if ticks = t.apart(lo, hi, niceStep((hi-lo)/float64(want), t.Integer)); len(ticks) >= leastTicks {
			return ticks
		}
	}
	return ticks
}

func (t linearTicks) apart(lo, hi, step float64) (ticks []plot.Tick) {
	first := math.Ceil(lo/step - 1e-9)
	for k := first; k*step <= hi+step*1e-9 && len(ticks) < 50; k++ {
		v := k * step
		ticks = append(ticks, plot.Tick{Value: clamp(v, lo, hi), Label: tickNumber(v, step)})
	}
	return ticks
}

func niceStep(rough float64, integer bool) float64 {
	if !(rough > 0) || math.IsInf(rough, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= rough*(1-1e-9) {
			step = m * power
			break
		}
	}
	if integer && step != math.Round(step) {
		step = math.Max(1, 2*step) // 5 rather than 2.5
	}
	return step
}

func tickNumber(v, step float64) string {
	if math.Abs(v) < step*1e-9 {
		return "0"
	}
	if size := math.Abs(v); size >= 1e5 || size < 1e-4 {
		return tidyExponent(strconv.FormatFloat(roundTo(v, 4), 'e', 3, 64))
	}
	decimals := 0
	for scaled := step; decimals < 9 && math.Abs(scaled-math.Round(scaled)) > 1e-6*step*math.Pow10(decimals); decimals++ {
		scaled = step * math.Pow10(decimals+1)
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// epochTicks counts from 1: the first tick is the first epoch, the others are
// multiples of a round step.
type epochTicks struct{ Want int }

func (t epochTicks) Ticks(lo, hi float64) []plot.Tick {
	if hi-lo < float64(t.Want) {
		return linearTicks{Want: int(hi-lo) + 1, Integer: true}.Ticks(lo, hi)
	}
	ticks := linearTicks{Want: t.Want, Integer: true}.Ticks(lo, hi)
	if len(ticks) < 2 || ticks[0].Value <= 1 || lo > 1 {
		return ticks
	}
	step := ticks[1].Value - ticks[0].Value
	if ticks[0].Value-1 < step/3 {
		ticks = ticks[1:]
	}
	return append([]plot.Tick{{Value: 1, Label: "1"}}, ticks...)
}

// logTicks labels whole powers of ten, every second or third one when there
// are many, 2 and 5 times a power when the axis spans less than two, and nearly
// every multiple when it does not even span one; more of them where those are fewer than [leastTicks].
type logTicks struct{ Want int }

// Which multiples of a power have a label.
const (
	powers = iota
	halves // 1, 2 and 5
	nearlyAll
)

func (t logTicks) Ticks(lo, hi float64) []plot.Tick {
	if !(lo > 0 && hi > 0) {
		return nil
	}
	span := math.Log10(hi / lo)
	every, which := max(1, int(math.Ceil(span/float64(max(t.Want, 2))-0.4))), powers
	switch {
	case span <= 0.7:
		which = nearlyAll
	case span <= 2:
		which = halves
	}
	for {
		ticks, labelled := logTicksAt(lo, hi, every, which)
		switch {
		case labelled >= leastTicks:
			return ticks
		case every == 1 && which == nearlyAll: // so short an axis is nearly linear
			return linearTicks{Want: t.Want}.Ticks(lo, hi)
		case every > 1:
			every--
		default:
			which++
		}
	}
}

func logTicksAt(lo, hi float64, every, which int) (ticks []plot.Tick, labelled int) {
	first, last := int(math.Floor(math.Log10(lo)+1e-9)), int(math.Ceil(math.Log10(hi)-1e-9))
	for k := first; k <= last; k++ {
		for m := 1; m < 10; m++ {
			v := float64(m) * math.Pow10(k)
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) {
				continue
			}
			label := ""
			switch {
			case m == 1 && mod(k, every) == 0:
				label = powerLabel(k)
			case which == nearlyAll && m != 7 && m != 9, which == halves && (m == 2 || m == 5):
				label = number(v)
			case every > 1:
				continue // minor ticks between skipped powers are noise
			}
			if label != "" {
				labelled++
			}
			ticks = append(ticks, plot.Tick{Value: clamp(v, lo, hi), Label: label})
		}
	}
	return ticks, labelled
}

// powerLabel writes 10^k as a decimal where that is short, else as "1e-7", the
// way a learning rate is written in code.
func powerLabel(k int) string {
	if k >= -3 && k <= 4 {
		return strconv.FormatFloat(math.Pow10(k), 'f', max(0, -k), 64)
	}
	return "1e" + strconv.Itoa(k)
}

func mod(a, b int) int { return ((a % b) + b) % b }

func clamp(v, lo, hi float64) float64 { return max(lo, min(hi, v)) }
