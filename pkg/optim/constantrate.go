package optim

// ConstantRate is the same rate at every step.
type ConstantRate struct{ Rate float64 }

// At returns Rate.
func (c ConstantRate) At(int) float64 { return c.Rate }

// Validate refuses a negative, NaN or infinite rate.
func (c ConstantRate) Validate() error {
	return validateRates("ConstantRate", setting{"Rate", c.Rate})
}
