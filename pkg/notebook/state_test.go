package notebook

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestState(t *testing.T) {
	s := State{Epoch: 3, Epochs: 10, Step: 8, Steps: 32, Loss: 0.084213, Elapsed: 2250 * time.Millisecond, Values: []Value{{"val_loss", math.NaN()}}}
	assert.InDelta(t, 0.225, s.Done(), 1e-12)
	assert.Equal(t, 7750*time.Millisecond, s.Left())
	assert.InDelta(t, 32, s.Rate(), 1e-9)
	assert.False(t, s.EpochEnds())
	assert.Equal(t, "epoch 3/10 · step 8/32 · loss 0.08421 · val_loss NaN · 2.25s · 7.75s left", s.line())
	assert.Equal(t, "stopped in epoch 3 of 10 · loss 0.08421 · val_loss NaN · 2.25s · 32.0 steps/s", s.summary())
}

func TestStateWithLittleKnown(t *testing.T) {
	for _, s := range []State{{}, {Epoch: 1}, {Epochs: -1, Epoch: 5}, {Epoch: 7, Epochs: 5, Step: 40, Steps: 32}} {
		assert.GreaterOrEqual(t, s.Done(), 0.0)
		assert.LessOrEqual(t, s.Done(), 1.0)
		assert.Zero(t, s.Left())
		assert.NotEmpty(t, s.line())
	}
	assert.Equal(t, "stopped after 2 of 3 epochs · loss 0 · 0s", State{Epoch: 2, Epochs: 3}.summary())
	assert.Equal(t, "1 epoch · loss 0.5 · 0s", State{Epoch: 1, Epochs: 1, Loss: 0.5}.summary())
}

func TestSpeedIsReadAtAGlance(t *testing.T) {
	for rate, want := range map[float64]string{
		0.0123: "0.0123", 0.25: "0.250", 1: "1.00", 31.24: "31.2", 999.6: "1,000", 3699: "3,700", 11870: "11,900", 1e7: "10,000,000", 1.23456e9: "1,230,000,000",
	} {
		assert.Equal(t, want, speed(rate))
	}
	for exponent := -9.0; exponent < 16; exponent += 0.01 {
		assert.Regexp(t, `^[0-9,]+(\.[0-9]+)?$`, speed(math.Pow(10, exponent)))
	}
}

// The comparison of notebooks leaves out times and rates: whatever the machine's speed, a summary has their form.
func TestSummariesOfAnySpeed(t *testing.T) {
	for exponent := 0.0; exponent < 16; exponent += 0.05 { // a nanosecond to four months
		elapsed := time.Duration(math.Pow(10, exponent))
		s := State{Epoch: 10, Epochs: 10, Step: 32, Steps: 32, Loss: 0.5, Elapsed: elapsed}
		assert.Regexp(t, `^10 epochs · loss 0.5 · ([0-9]+h)?([0-9]+m)?[0-9.]+(s|ms|µs) · [0-9,]+(\.[0-9]+)? steps/s$`, s.summary(), "%s", elapsed)
	}
}
