package optim

// AdamW returns Keras' AdamW: [Adam] with decoupled weight decay 0.004 (Loshchilov & Hutter 2019). For
// another decay see [Optimizer.WithWeightDecay]; it acts on every trainable weight, biases too.
func AdamW(learningRate float64) Optimizer {
	return of("AdamW", learningRate)
}

var _ = variant("AdamW", AdamRule{}, 0.004)
