package keras

import "example.com/unstuck/pkg/nn"

func batchNormalization(c *object, l *Layer) nn.Layer {
	c.lastAxis()
	c.constraints("beta_constraint", "gamma_constraint")
	c.only("renorm", false)
	c.only("virtual_batch_size")
	c.ignore("renorm_clipping", "renorm_momentum", "synchronized", "fused")
	momentum := c.number("momentum")
	if momentum < 0 || momentum >= 1 {
		c.problem("momentum", "%g must be at least 0 and below 1", momentum)
	}
	b := nn.BatchNormalization{
		Name:                      l.Name,
		Momentum:                  orTiny(momentum),
		Epsilon:                   c.epsilon(),
		NoCenter:                  !c.flag("center"),
		NoScale:                   !c.flag("scale"),
		GammaInitializer:          c.initializer("gamma_initializer"),
		BetaInitializer:           c.initializer("beta_initializer"),
		MovingMeanInitializer:     c.initializer("moving_mean_initializer"),
		MovingVarianceInitializer: c.initializer("moving_variance_initializer"),
		GammaRegularizer:          c.regularizer("gamma_regularizer"),
		BetaRegularizer:           c.regularizer("beta_regularizer"),
	}
	l.Weights = append(affineWeights(b.NoScale, b.NoCenter), "moving_mean", "moving_variance")
	return b
}

func layerNormalization(c *object, l *Layer) nn.Layer {
	c.lastAxis()
	c.constraints("beta_constraint", "gamma_constraint")
	c.only("rms_scaling", false)
	n := nn.LayerNormalization{
		Name:             l.Name,
		Epsilon:          c.epsilon(),
		NoCenter:         !c.flag("center"),
		NoScale:          !c.flag("scale"),
		GammaInitializer: c.initializer("gamma_initializer"),
		BetaInitializer:  c.initializer("beta_initializer"),
		GammaRegularizer: c.regularizer("gamma_regularizer"),
		BetaRegularizer:  c.regularizer("beta_regularizer"),
	}
	l.Weights = affineWeights(n.NoScale, n.NoCenter)
	return n
}

func affineWeights(noScale, noCenter bool) []string {
	var names []string
	if !noScale {
		names = append(names, "gamma")
	}
	if !noCenter {
		names = append(names, "beta")
	}
	return names
}

func (o *object) epsilon() float64 {
	e := o.number("epsilon")
	o.notNegative("epsilon", e)
	return orTiny(e)
}

// lastAxis refuses a normalization over another axis than the last. Where the file says how the layer was
// built, the last axis may also be written by its number.
func (o *object) lastAxis() {
	harmless := []any{-1, []any{-1}}
	if o.lastAxisNumber > 0 {
		harmless = append(harmless, o.lastAxisNumber, []any{o.lastAxisNumber})
	}
	o.only("axis", harmless...)
}

func (o *object) constraints(keys ...string) {
	for _, k := range keys {
		o.only(k)
	}
}
