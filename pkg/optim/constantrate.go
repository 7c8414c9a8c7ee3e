package optim

import "example.com/unstuck/internal/codec"

// ConstantRate is the same rate at every step.
type ConstantRate struct{ Rate float64 }

// At returns Rate.
func (c ConstantRate) At(int) float64 { return c.Rate }

// Validate refuses a negative, NaN or infinite rate.
func (c ConstantRate) Validate() error {
	return validateRates("ConstantRate", setting{"Rate", c.Rate})
}

// PythonCode is the rate itself: Keras takes a number where nothing changes.
func (c ConstantRate) PythonCode() string { return codec.PythonFloat(c.Rate) }
