package keras

import "example.com/unstuck/pkg/nn"

func dense(c *object, l *Layer) nn.Layer {
	c.only("kernel_constraint")
	c.only("bias_constraint")
	c.only("lora_rank")
	c.ignore("lora_alpha")
	d := nn.Dense{
		Name:              l.Name,
		Units:             c.size("units"),
		Activation:        c.activation("activation"),
		NoBias:            !c.flag("use_bias"),
		KernelInitializer: c.initializer("kernel_initializer"),
		BiasInitializer:   c.initializer("bias_initializer"),
		KernelRegularizer: c.regularizer("kernel_regularizer"),
		BiasRegularizer:   c.regularizer("bias_regularizer"),
	}
	l.Weights = []string{"kernel"}
	if !d.NoBias {
		l.Weights = append(l.Weights, "bias")
	}
	return d
}

func dropout(c *object, l *Layer) nn.Layer {
	c.only("noise_shape")
	c.seed("seed")
	rate := c.number("rate")
	if rate < 0 || rate >= 1 {
		c.problem("rate", "%g must be at least 0 and below 1", rate)
	}
	return nn.Dropout{Name: l.Name, Rate: rate}
}

func flatten(c *object, l *Layer) nn.Layer {
	c.only("data_format", "channels_last")
	return nn.Flatten{Name: l.Name}
}

func globalAveragePooling1D(c *object, l *Layer) nn.Layer {
	c.only("data_format", "channels_last")
	c.only("keepdims", false)
	return nn.GlobalAveragePooling1D{Name: l.Name}
}

func reshape(c *object, l *Layer) nn.Layer {
	r := nn.Reshape{Name: l.Name}
	for _, v := range c.list("target_shape") {
		x, ok := numberOf(v)
		if n := int(x); !ok || float64(n) != x || n == 0 || n < -1 || n > maxSize {
			c.problem("target_shape", "%s is not a list of sizes", show(c.get("target_shape")))
			break
		}
		r.Target = append(r.Target, int(x))
	}
	return r
}

func embedding(c *object, l *Layer) nn.Layer {
	c.only("mask_zero", false)
	c.only("embeddings_constraint")
	c.only("lora_rank")
	c.ignore("lora_alpha", "input_length")
	l.Weights = []string{"embeddings"}
	return nn.Embedding{
		Name:                  l.Name,
		InputDim:              c.size("input_dim"),
		OutputDim:             c.size("output_dim"),
		EmbeddingsInitializer: c.initializer("embeddings_initializer"),
		EmbeddingsRegularizer: c.regularizer("embeddings_regularizer"),
	}
}

func prelu(c *object, l *Layer) nn.Layer {
	c.only("alpha_constraint")
	p := nn.PReLU{
		Name:             l.Name,
		AlphaInitializer: c.initializer("alpha_initializer"),
		AlphaRegularizer: c.regularizer("alpha_regularizer"),
	}
	for _, v := range c.list("shared_axes") {
		x, ok := numberOf(v)
		if !ok || x != float64(int(x)) || x < 1 || x > 32 {
			c.problem("shared_axes", "%s is not a list of axes from 1 on", show(c.get("shared_axes")))
			break
		}
		p.SharedAxes = append(p.SharedAxes, int(x))
	}
	l.Weights = []string{"alpha"}
	return p
}
