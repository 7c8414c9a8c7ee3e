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

func (o *object) recurrent(l *Layer) recurrent {
	o.constraints("kernel_constraint", "recurrent_constraint", "bias_constraint")
	o.only("return_state", false)
	o.only("stateful", false)
	o.only("time_major", false)
	o.only("dropout", 0)
	o.only("recurrent_dropout", 0)
	// How the steps are computed, the seed of a dropout that isn't there, and what a mask that isn't there does.
	o.seed("seed")
	o.flag("unroll")
	o.ignore("implementation", "zero_output_for_mask", "use_cudnn")
	r := recurrent{
		activation:       o.activation("activation"),
		units:            o.size("units"),
		noBias:           !o.flag("use_bias"),
		returnSequences:  o.flag("return_sequences"),
		goBackwards:      o.flag("go_backwards"),
		kernel:           o.initializer("kernel_initializer"),
		recurrentKernel:  o.initializer("recurrent_initializer"),
		bias:             o.initializer("bias_initializer"),
		kernelPenalty:    o.regularizer("kernel_regularizer"),
		recurrentPenalty: o.regularizer("recurrent_regularizer"),
		biasPenalty:      o.regularizer("bias_regularizer"),
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
		RecurrentActivation: c.activation("recurrent_activation"),
		NoResetAfter:        !c.flag("reset_after"),
		ReturnSequences:     r.returnSequences, GoBackwards: r.goBackwards, NoBias: r.noBias,
		KernelInitializer: r.kernel, RecurrentInitializer: r.recurrentKernel, BiasInitializer: r.bias,
		KernelRegularizer: r.kernelPenalty, RecurrentRegularizer: r.recurrentPenalty, BiasRegularizer: r.biasPenalty,
	}
}

func lstm(c *object, l *Layer) nn.Layer {
	r := c.recurrent(l)
	return nn.LSTM{
		Name: l.Name, Units: r.units, Activation: r.activation,
		RecurrentActivation: c.activation("recurrent_activation"),
		NoUnitForgetBias:    !c.flag("unit_forget_bias"),
		ReturnSequences:     r.returnSequences, GoBackwards: r.goBackwards, NoBias: r.noBias,
		KernelInitializer: r.kernel, RecurrentInitializer: r.recurrentKernel, BiasInitializer: r.bias,
		KernelRegularizer: r.kernelPenalty, RecurrentRegularizer: r.recurrentPenalty, BiasRegularizer: r.biasPenalty,
	}
}
