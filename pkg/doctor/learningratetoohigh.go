package doctor

// learningRateTooHigh suspects steps that overshoot.
var learningRateTooHigh = &Rule{
	Cause:           LearningRateTooHigh,
	Doc:             "Each update overshoots: the loss jumps, diverges, or kills units at the start.",
	Source:          rateSource,
	Uses:            all(updateRatio, progress),
	fromDescription: true,
	Suspect:         func(p *Patient) *Suspicion { return suspectRate(p, false) },
}
