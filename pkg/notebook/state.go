package notebook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"example.com/unstuck/internal/exponent"
)

// State is how far a training has come.
type State struct {
	Epoch, Epochs int // Epoch counts from 1
	Step, Steps   int // steps done of the epoch's; Steps 0: unknown
	Loss          float64
	Values        []Value // what else is worth seeing: validation loss, learning rate
	Elapsed       time.Duration
}

// Value is a named number.
type Value struct {
	Name  string
	Value float64
}

// EpochEnds reports whether the epoch is complete: all its steps are done, or
// their number is unknown.
func (s State) EpochEnds() bool { return s.Steps == 0 || s.Step >= s.Steps }

// Done is the completed share of the training, from 0 to 1; 0 when Epochs is
// unknown.
func (s State) Done() float64 {
	if s.Epochs <= 0 || s.Epoch <= 0 {
		return 0
	}
	within := 1.0
	if s.Steps > 0 {
		within = float64(s.Step) / float64(s.Steps)
	}
	return math.Max(0, math.Min(1, (float64(s.Epoch-1)+within)/float64(s.Epochs)))
}

// Left estimates the time left from the time elapsed; 0 when nothing is known
// yet.
func (s State) Left() time.Duration {
	done := s.Done()
	if done <= 0 || done >= 1 {
		return 0
	}
	return time.Duration(float64(s.Elapsed) * (1 - done) / done)
}

// Rate is steps per second over the whole training, 0 when it is not known.
func (s State) Rate() float64 {
	seconds := s.Elapsed.Seconds()
	if s.Steps == 0 || seconds <= 0 || s.Epoch <= 0 {
		return 0
	}
	return float64((s.Epoch-1)*s.Steps+s.Step) / seconds
}

// numbers writes loss and values: "loss 0.0842 · val_loss 0.0911".
func (s State) numbers() string {
	parts := []string{"loss " + short(s.Loss)}
	for _, v := range s.Values {
		parts = append(parts, v.Name+" "+short(v.Value))
	}
	return strings.Join(parts, " · ")
}

// line describes a running training.
func (s State) line() string {
	text := fmt.Sprintf("epoch %d", s.Epoch)
	if s.Epochs > 0 {
		text = fmt.Sprintf("epoch %d/%d", s.Epoch, s.Epochs)
	}
	if s.Steps > 0 && !s.EpochEnds() {
		text += fmt.Sprintf(" · step %d/%d", s.Step, s.Steps)
	}
	text += " · " + s.numbers() + " · " + duration(s.Elapsed)
	if left := s.Left(); left > 0 {
		text += " · " + duration(left) + " left"
	}
	return text
}

// summary describes a training that has ended.
func (s State) summary() string {
	text := fmt.Sprintf("%d epochs", s.Epoch)
	if s.Epoch == 1 {
		text = "1 epoch"
	}
	switch {
	case !s.EpochEnds():
		text = fmt.Sprintf("stopped in epoch %d of %d", s.Epoch, s.Epochs)
	case s.Epochs > s.Epoch:
		text = fmt.Sprintf("stopped after %d of %d epochs", s.Epoch, s.Epochs)
	}
	text += " · " + s.numbers() + " · " + duration(s.Elapsed)
	if rate := s.Rate(); rate > 0 {
		text += " · " + speed(rate) + " steps/s"
	}
	return text
}

func short(v float64) string { return exponent.Short(strconv.FormatFloat(v, 'g', 4, 64)) }

// speed writes a rate as people read it, with three digits that count and never an exponent: 0.25, 31.2, 11,900.
func speed(rate float64) string {
	if rate <= 0 || math.IsInf(rate, 0) || math.IsNaN(rate) {
		return strconv.FormatFloat(rate, 'g', -1, 64)
	}
	// Three digits first: 999.6 becomes 1000, which is written as such numbers are.
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(rate, 'e', 2, 64), 64)
	if err != nil {
		rounded = rate
	}
	decimals := min(max(0, 2-int(math.Floor(math.Log10(rounded)))), 12)
	digits, fraction, _ := strings.Cut(strconv.FormatFloat(rounded, 'f', decimals, 64), ".")
	digits = commas(digits)
	if fraction != "" {
		digits += "." + fraction
	}
	return digits
}

// commas sets one ahead of every three digits.
func commas(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// duration rounds to what a person reads at a glance.
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < 10*time.Second:
		return d.Round(10 * time.Millisecond).String()
	default:
		return d.Round(time.Second).String()
	}
}
