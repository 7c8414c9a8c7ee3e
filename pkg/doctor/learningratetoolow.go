package doctor

// learningRateTooLow suspects steps that are too small.
var learningRateTooLow = &Rule{
	Cause:           LearningRateTooLow,
	Doc:             "Each update changes the weights so little that they don't arrive within the epochs.",
	Source:          rateSource,
	Uses:            all(updateRatio),
	fromDescription: true,
	Suspect:         func(p *Patient) *Suspicion { return suspectRate(p, true) },
}
