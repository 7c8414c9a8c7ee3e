package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumber(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "0.0842": 0.08421, "17.3": 17.26, "1e-7": 1e-7, "3.1e-5": 3.14e-5, "-2.5": -2.5,
		"1250": 1250, "999": 999.4, "1.2e12": 1.23e12, "NaN": math.NaN(), "Inf": math.Inf(1), "-Inf": math.Inf(-1), "0.001": 0.001,
	} {
		assert.Equal(t, want, number(v))
	}
}

func TestPlural(t *testing.T) {
	assert.Equal(t, "1 epoch", plural(1, "epoch"))
	assert.Equal(t, "0 epochs", plural(0, "epoch"))
}
