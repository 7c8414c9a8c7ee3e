package nn

// torchAttentionCases are attention, equations and products.
func torchAttentionCases() []inTorch {
	var cases []inTorch
	of := func(l Layer, shapes ...[]int) { cases = append(cases, inTorch{l, shapes}) }
	x, y, z := []int{2, 4, 6}, []int{2, 3, 5}, []int{2, 3, 7}
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3}, x)
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, ValueDim: 5, NoBias: true}, x, y)
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, Output: []int{4}, UseCausalMask: true, KernelInitializer: HeNormal{}}, x, y, z)
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, Output: []int{2, 3}, UseGate: true, Dropout: 0.25}, x, y)
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, SlidingWindow: 2}, x)
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, SlidingWindow: 2, UseCausalMask: true}, x)
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3}, []int{2, 3, 4, 5})
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, AttentionAxes: []int{2}}, []int{2, 3, 4, 5})
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, AttentionAxes: []int{1}}, []int{2, 3, 4, 5}, []int{2, 5, 4, 3})
	of(MultiHeadAttention{NumHeads: 2, KeyDim: 3, AttentionAxes: []int{1, 3}}, []int{2, 3, 4, 2, 5})
	of(MultiHeadAttention{NumHeads: 8, KeyDim: 16, KernelInitializer: GlorotUniform{}, BiasInitializer: RandomUniform{Max: 1}}, []int{2, 3, 40})
	of(MultiHeadAttention{NumHeads: 8, KeyDim: 16, KernelInitializer: HeUniform{}}, []int{2, 3, 40})
	of(GroupQueryAttention{HeadDim: 3, NumQueryHeads: 4, NumKeyValueHeads: 2}, x)
	of(GroupQueryAttention{HeadDim: 3, NumQueryHeads: 4, NumKeyValueHeads: 1, NoBias: true, UseGate: true, UseCausalMask: true}, x, y, z)
	of(GroupQueryAttention{HeadDim: 3, NumQueryHeads: 2, NumKeyValueHeads: 2, Dropout: 0.5}, x)
	of(torchGivenMask(MultiHeadAttention{NumHeads: 2, KeyDim: 3}), x, y, []int{2, 4, 3})
	of(torchGivenMask(MultiHeadAttention{NumHeads: 2, KeyDim: 3}), x, y, []int{2, 2, 4, 3})
	of(torchGivenMask(MultiHeadAttention{NumHeads: 2, KeyDim: 3, UseCausalMask: true}), x, x, []int{2, 4, 4})
	of(torchGivenMask(MultiHeadAttention{NumHeads: 2, KeyDim: 3, AttentionAxes: []int{2}}), []int{2, 3, 4, 5}, []int{2, 3, 2, 5}, []int{2, 4, 2})
	of(torchGivenMask(MultiHeadAttention{NumHeads: 2, KeyDim: 3}), []int{2, 3, 4, 5}, []int{2, 2, 4, 5}, []int{2, 3, 4, 2, 4})
	for _, a := range []Attention{{}, {UseScale: true}, {UseCausalMask: true}, {Dropout: 0.5}, {ScoreMode: "concat"}, {ScoreMode: "concat", UseScale: true, UseCausalMask: true, Dropout: 0.5}} {
		of(a, x)
		of(a, []int{2, 4, 5}, []int{2, 6, 3}, []int{2, 6, 5})
	}
	for _, a := range []AdditiveAttention{{}, {NoScale: true}, {UseCausalMask: true, Dropout: 0.5}} {
		of(a, x)
		of(a, []int{2, 4, 5}, []int{2, 6, 3}, []int{2, 6, 5})
	}
	of(EinsumDense{Equation: "abc,cd->abd", Output: []int{-1, 4}, BiasAxes: "d", Activation: Tanh{}}, x)
	of(EinsumDense{Equation: "...b,bc->...c", Output: []int{4}}, x)
	of(EinsumDense{Equation: "abc,cde->abde", Output: []int{-1, 2, 4}, BiasAxes: "de", KernelInitializer: HeNormal{}, BiasInitializer: Ones{}}, x)
	of(EinsumDense{Equation: "abc,bd->adc", Output: []int{5, -1}, BiasAxes: "d"}, x)
	of(EinsumDense{Equation: "ab...,bc->ac...", Output: []int{5}, BiasAxes: "c", Activation: ReLU{}}, []int{2, 3, 4, 5})
	of(EinsumDense{Equation: "abc,cde->abde", Output: []int{-1, 20, 10}, KernelInitializer: Orthogonal{}}, []int{2, 3, 40})
	of(EinsumDense{Equation: "abc,cde->abde", Output: []int{-1, 20, 10}}, []int{2, 3, 40})
	of(Dot{Axes: []int{1, 1}}, []int{2, 3}, []int{2, 3})
	of(Dot{Axes: []int{2, 1}}, []int{2, 4, 3}, []int{2, 3, 5})
	of(Dot{Axes: []int{1, -1}, Normalize: true}, []int{2, 3, 4}, []int{2, 5, 3})
	of(Dot{Axes: []int{-1, -1}, Normalize: true}, []int{2, 3}, []int{2, 3})
	of(torchEncoder(), []int{2, 5, 6})
	return cases
}

// torchGivenMask is attention with a mask that has zeros in it.
func torchGivenMask(l Layer) Graph {
	return Graph{
		Inputs:  []Input{{Name: "query"}, {Name: "value"}, {Name: "allowed"}},
		Nodes:   []Node{{Name: "mask", Layer: ReLU{}, From: []string{"allowed"}}, {Name: "attention", Layer: l, From: []string{"query", "value", "value", "mask"}}},
		Outputs: []string{"attention"},
	}
}

// torchEncoder is a block of a Transformer.
func torchEncoder() Graph {
	return Graph{
		Inputs: []Input{{Name: "tokens"}},
		Nodes: []Node{
			{Name: "attention", Layer: MultiHeadAttention{NumHeads: 2, KeyDim: 3}, From: []string{"tokens", "tokens"}},
			{Name: "add", Layer: Add{}, From: []string{"attention", "tokens"}},
			{Name: "norm", Layer: LayerNormalization{}, From: []string{"add"}},
			{Name: "wide", Layer: Dense{Units: 12, Activation: GELU{}}, From: []string{"norm"}},
			{Name: "narrow", Layer: Dense{Units: 6}, From: []string{"wide"}},
			{Name: "out", Layer: Add{}, From: []string{"narrow", "norm"}},
		},
		Outputs: []string{"out"},
	}
}

// torchSequenceCases are layers around layers, recurrent ones, and initializers.
func torchSequenceCases() []inTorch {
	var cases []inTorch
	one := func(l Layer, shape ...int) { cases = append(cases, inTorch{l, [][]int{shape}}) }
	for _, mode := range []string{"", "sum", "mul", "ave", "none"} {
		one(Bidirectional{Layer: LSTM{Units: 3, ReturnSequences: true}, MergeMode: mode}, 2, 4, 5)
		one(Bidirectional{Layer: GRU{Units: 3}, MergeMode: mode}, 2, 4, 5)
	}
	one(Bidirectional{Layer: SimpleRNN{Units: 3, GoBackwards: true}}, 2, 4, 5)
	one(Bidirectional{Layer: LSTM{Units: 3}, Backward: GRU{Units: 2, GoBackwards: true}}, 2, 4, 5)
	one(Frozen{Bidirectional{Layer: LSTM{Name: "there", Units: 3}}}, 2, 4, 5)
	one(Sequential{
		Embedding{InputDim: 7, OutputDim: 3}, Bidirectional{Layer: LSTM{Units: 4, ReturnSequences: true}}, Bidirectional{Layer: LSTM{Units: 2}}, Dense{Units: 1, Activation: Sigmoid{}},
	}, 2, 5)
	one(Sequential{Bidirectional{Layer: Sequential{LSTM{Units: 3, ReturnSequences: true}, GRU{Units: 2, ReturnSequences: true}}}, TimeDistributed{Layer: Dense{Units: 2, Activation: Softmax{}}}}, 2, 4, 5)
	one(TimeDistributed{Layer: Conv2D{Filters: 3, KernelSize: []int{2}, Activation: ReLU{}}}, 2, 3, 4, 5, 2)
	one(TimeDistributed{Layer: Sequential{Conv1D{Filters: 3, KernelSize: []int{2}}, MaxPooling1D{}, Flatten{}}}, 2, 3, 5, 2)
	one(TimeDistributed{Layer: BatchNormalization{}}, 2, 3, 4)
	one(TimeDistributed{Layer: Sequential{Conv1D{Filters: 3, KernelSize: []int{2}}, BatchNormalization{}, ReLU{}}}, 3, 3, 5, 2)
	one(TimeDistributed{Layer: Dropout{Rate: 0.5}}, 2, 3, 4)
	one(Sequential{TimeDistributed{Layer: Conv2D{Filters: 3, KernelSize: []int{2}}}, TimeDistributed{Layer: GlobalMaxPooling2D{}}, LSTM{Units: 2}}, 2, 3, 4, 5, 2)
	one(LSTM{Units: 3, Dropout: 0.5}, 2, 4, 5)
	one(GRU{Units: 3, Dropout: 0.5, ReturnSequences: true}, 2, 4, 5)
	one(SimpleRNN{Units: 3, Dropout: 0.5}, 2, 4, 5)
	for _, init := range []Initializer{
		VarianceScaling{Scale: 2}, VarianceScaling{Scale: 3, Mode: "fan_out", Distribution: "uniform"}, VarianceScaling{Mode: "fan_avg", Distribution: "untruncated_normal"}, VarianceScaling{Scale: 0.5},
	} {
		one(Dense{Units: 120, KernelInitializer: init}, 2, 100)
		one(Conv2D{Filters: 40, KernelSize: []int{3, 4}, KernelInitializer: init}, 2, 5, 5, 20)
	}
	for _, init := range []Initializer{GlorotUniform{}, HeNormal{}, LecunUniform{}, Orthogonal{Gain: 2}, Constant{0.5}, TruncatedNormal{}} {
		one(Conv1D{Filters: 40, KernelSize: []int{8}, KernelInitializer: init}, 2, 9, 30)
		one(Conv1DTranspose{Filters: 40, KernelSize: []int{8}, KernelInitializer: init}, 2, 9, 30)
		one(DepthwiseConv1D{KernelSize: []int{8}, DepthMultiplier: 30, DepthwiseInitializer: init}, 2, 9, 40)
	}
	return cases
}
