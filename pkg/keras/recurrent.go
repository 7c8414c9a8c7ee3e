package keras

import "example.com/unstuck/pkg/nn"

// recurrent is what all recurrent layers have.
type recurrent struct {
	activation                                   nn.Activation
	units                                        int
	noBias                                       bool
	returnSequences, goBackwards                 bool
	kernel, recurrentKernel, bias                nn.Initializer
	kernelPenalty, recurrentPenalty, biasPenalty nn.Regularizer
}

func (c *object) recurrent(l *Layer) recurrent {
	c.constraints("kernel_constraint", "recurrent_constraint", "bias_constraint")
	c.only("return_state", false)
	c.only("stateful", false)
	c.only("time_major", false)
	c.only("dropout", 0)
	c.only("recurrent_dropout", 0)
	// How the steps are computed, the seed of a dropout that isn't there, and what a mask that isn't there does.
	c.ignore("unroll", "implementation", "seed", "zero_output_for_mask", "use_cudnn")
	r := recurrent{
		activation:       c.activation("activation", nil),
		units:            c.size("units"),
		noBias:           !c.flag("use_bias", true),
		returnSequences:  c.flag("return_sequences", false),
		goBackwards:      c.flag("go_backwards", false),
		kernel:           c.initializer("kernel_initializer"),
		recurrentKernel:  c.initializer("recurrent_initializer"),
		bias:             c.initializer("bias_initializer"),
		kernelPenalty:    c.regularizer("kernel_regularizer"),
		recurrentPenalty: c.regularizer("recurrent_regularizer"),
		biasPenalty:      c.regularizer("bias_regularizer"),
	}
	l.cell = true
	l.Weights = []string{"kernel", "recurrent_kernel"}
	if !r.noBias {
		l.Weights = append(l.Weights, "bias")
	}
	return r
}

func simpleRNN(c *object, l *Layer) nn.Layer {
	r := c.recurrent(l)
	return nn.SimpleRNN{
		Name: l.Name, Units: r.units, Activation: r.activation,
		ReturnSequences: r.returnSequences, GoBackwards: r.goBackwards, NoBias: r.noBias,
		KernelInitializer: r.kernel, RecurrentInitializer: r.recurrentKernel, BiasInitializer: r.bias,
		KernelRegularizer: r.kernelPenalty, RecurrentRegularizer: r.recurrentPenalty, BiasRegularizer: r.biasPenalty,
	}
}

func gru(c *object, l *Layer) nn.Layer {
	r := c.recurrent(l)
	return nn.GRU{
		Name: l.Name, Units: r.units, Activation: r.activation,
		RecurrentActivation: c.activation("recurrent_activation", nil),
		NoResetAfter:        !c.flag("reset_after", true),
		ReturnSequences:     r.returnSequences, GoBackwards: r.goBackwards, NoBias: r.noBias,
		KernelInitializer: r.kernel, RecurrentInitializer: r.recurrentKernel, BiasInitializer: r.bias,
		KernelRegularizer: r.kernelPenalty, RecurrentRegularizer: r.recurrentPenalty, BiasRegularizer: r.biasPenalty,
	}
}

func lstm(c *object, l *Layer) nn.Layer {
	r := c.recurrent(l)
	return nn.LSTM{
		Name: l.Name, Units: r.units, Activation: r.activation,
		RecurrentActivation: c.activation("recurrent_activation", nil),
		NoUnitForgetBias:    !c.flag("unit_forget_bias", true),
		ReturnSequences:     r.returnSequences, GoBackwards: r.goBackwards, NoBias: r.noBias,
		KernelInitializer: r.kernel, RecurrentInitializer: r.recurrentKernel, BiasInitializer: r.bias,
		KernelRegularizer: r.kernelPenalty, RecurrentRegularizer: r.recurrentPenalty, BiasRegularizer: r.biasPenalty,
	}
}
