package nn

import "slices"

type inTorch struct {
	layer  Layer
	inputs [][]int
}

// torchCases are the layers of every class, every activation, and models with what chains and classes are made for.
func torchCases() []inTorch {
	var cases []inTorch
	for _, d := range declaring {
		cases = append(cases, inTorch{d.layer, d.inputs})
	}
	for _, name := range activations.Names() {
		a, _ := activations.Find(name)
		cases = append(cases, inTorch{a, [][]int{{3, 8}}})
		if !Reshapes(a) {
			cases = append(cases, inTorch{Dense{Units: 4, Activation: a}, [][]int{{3, 8}}})
		}
	}
	one := func(l Layer, shape ...int) { cases = append(cases, inTorch{l, [][]int{shape}}) }
	for _, a := range []Activation{
		ReLU{MaxValue: 1}, ReLU{NegativeSlope: 0.2}, ReLU{NegativeSlope: 0.01}, ReLU{Threshold: 0.5}, ReLU{MaxValue: 1, NegativeSlope: 0.2, Threshold: 0.5},
		ReLU{NegativeSlope: 0.2, Threshold: 0.5}, ReLU{MaxValue: 1, Threshold: 0.5}, ReLU{MaxValue: 0.25, Threshold: 0.5}, LeakyReLU{}, LeakyReLU{NegativeSlope: 0.01},
		ELU{Alpha: 0.7}, GELU{Approximate: true},
	} {
		one(a, 3, 8)
	}
	one(BatchNormalization{Momentum: 0.9, Epsilon: 1e-5}, 4, 3)
	one(BatchNormalization{NoScale: true}, 4, 3)
	one(BatchNormalization{NoCenter: true}, 4, 3)
	one(BatchNormalization{GammaInitializer: Constant{0.5}, MovingMeanInitializer: Ones{}}, 2, 3, 4, 5)
	one(LayerNormalization{Epsilon: 1e-5, NoCenter: true}, 4, 3)
	one(LayerNormalization{NoCenter: true, NoScale: true}, 4, 3)
	one(BatchNormalization{Axis: 1}, 2, 3, 4, 5)
	one(BatchNormalization{Axis: 1, NoScale: true}, 2, 3, 4)
	one(LayerNormalization{Axis: []int{1, 2}, RMSScaling: true}, 2, 3, 4)
	one(Normalization{Axis: []int{1}, Mean: []float64{1, 2, 3}, Variance: []float64{1, 4, 9}}, 2, 3, 4)
	one(Normalization{Invert: true}, 2, 3)
	one(Dropout{Rate: 0.5, NoiseShape: []int{-1, 1, 3}}, 2, 4, 3)
	one(Rescaling{Scale: 2, Offsets: []float64{1, 0.5}}, 3, 2)
	one(Discretization{BinBoundaries: []float64{-0.5, 0.5}, OutputMode: "one_hot"}, 2, 3)
	one(Discretization{BinBoundaries: []float64{-0.5, 0.5}, OutputMode: "count"}, 2, 3)
	one(ReversibleEmbedding{InputDim: 50, OutputDim: 3, EmbeddingsInitializer: HeUniform{}}, 2, 5)
	one(PReLU{}, 2, 5)
	one(PReLU{SharedAxes: []int{2}}, 2, 3, 4)
	one(PReLU{SharedAxes: []int{1, 2}, AlphaInitializer: Constant{0.1}}, 2, 3, 4)
	one(PReLU{SharedAxes: []int{2}, AlphaInitializer: HeNormal{}}, 2, 3, 2, 4)
	one(Frozen{PReLU{}}, 2, 3, 4)
	one(SimpleRNN{Units: 3, Activation: ReLU{}, GoBackwards: true, ReturnSequences: true}, 2, 4, 5)
	one(GRU{Units: 3, ReturnSequences: true, GoBackwards: true, BiasInitializer: GlorotNormal{}}, 2, 4, 5)
	one(LSTM{Units: 3, BiasInitializer: Constant{0.25}, GoBackwards: true}, 2, 4, 5)
	one(LSTM{Units: 3, NoBias: true, KernelInitializer: LecunNormal{}, RecurrentInitializer: Identity{Gain: 0.5}, ReturnSequences: true}, 2, 4, 5)
	for _, init := range []Initializer{
		GlorotNormal{}, HeUniform{}, LecunUniform{}, LecunNormal{}, RandomUniform{}, RandomNormal{Mean: 1}, TruncatedNormal{StdDev: 0.5},
		Orthogonal{Gain: 2}, Identity{}, Identity{Gain: 3}, Zeros{}, Ones{}, GlorotUniform{},
	} {
		one(Dense{Units: 3, KernelInitializer: init}, 2, 5)
		one(Dense{Units: 120, KernelInitializer: init}, 2, 100) // enough for a mean and a deviation
	}
	one(Embedding{InputDim: 50, OutputDim: 200, EmbeddingsInitializer: LecunNormal{}}, 2, 5)
	one(LSTM{Units: 64, KernelInitializer: HeNormal{}, RecurrentInitializer: GlorotUniform{}}, 2, 3, 40)
	one(Dense{Units: 3, BiasInitializer: LecunUniform{}}, 2, 5)
	one(Embedding{InputDim: 7, OutputDim: 3, EmbeddingsInitializer: HeUniform{}}, 2, 5)
	one(Sequential{}, 2, 5)
	one(Sequential{
		Embedding{InputDim: 7, OutputDim: 3}, LSTM{Units: 4, ReturnSequences: true}, GlobalAveragePooling1D{}, Dropout{Rate: 0.25}, Dense{Units: 1, Activation: Sigmoid{}},
	}, 2, 5)
	one(Sequential{
		Frozen{Sequential{Dense{Units: 4, Activation: Swish{}}, BatchNormalization{}}}, Dense{Units: 3, KernelInitializer: Zeros{}}, Frozen{Dense{Units: 2}},
	}, 3, 5)
	one(Sequential{Dense{Name: "train", Units: 4, Activation: Exponential{}}, Dense{Name: "lambda", Units: 3}, Dense{Name: "1 — é", Units: 2}, Dense{Name: "1 - é", Units: 2}}, 3, 5)
	one(Graph{
		Inputs: []Input{{Name: "self"}},
		Nodes: []Node{
			{Name: "torch", Layer: Dense{Units: 5, Activation: ReLU{}}, From: []string{"self"}},
			{Name: "again", Shared: "torch", From: []string{"torch"}},
			{Name: "skip", Layer: Add{}, From: []string{"again", "self"}},
			{Name: "inner", Layer: Sequential{Renamed{"core", Graph{
				Inputs:  []Input{{Name: "x"}},
				Nodes:   []Node{{Name: "skip", Layer: Dense{Units: 5}, From: []string{"x"}}, {Name: "sum", Layer: Multiply{}, From: []string{"skip", "x"}}},
				Outputs: []string{"sum"},
			}}, Softmax{}}, From: []string{"skip"}},
			{Name: "inner again", Shared: "inner", From: []string{"torch"}},
			{Name: "out", Layer: Concatenate{}, From: []string{"inner", "inner again", "self"}},
		},
		Outputs: []string{"out"},
	}, 3, 5)
	one(Graph{
		Inputs:  []Input{{Name: "in"}},
		Nodes:   []Node{{Name: "a", Layer: Dense{Units: 3}, From: []string{"in"}}, {Name: "b", Layer: Tanh{}, From: []string{"a"}}},
		Outputs: []string{"b"},
	}, 3, 5)
	return slices.Concat(cases, torchSpatialCases(), torchNormCases(), torchAttentionCases(), torchSequenceCases(), torchMaskCases())
}

// torchSpatialCases are convolutions, poolings, and what else goes over time and space.
func torchSpatialCases() []inTorch {
	var cases []inTorch
	one := func(l Layer, shape ...int) { cases = append(cases, inTorch{l, [][]int{shape}}) }
	first := channelsFirst
	one(Conv1D{Filters: 4, KernelSize: []int{3}, Strides: []int{2}, Padding: "same", Activation: Softmax{}}, 2, 6, 3)
	one(Conv1D{Filters: 4, KernelSize: []int{3}, Strides: []int{2}, Padding: "same", DataFormat: first, NoBias: true, Activation: Tanh{}}, 2, 3, 6)
	one(Conv2D{Filters: 4, KernelSize: []int{2}, Padding: "same", DilationRate: []int{2, 1}}, 2, 5, 4, 3)
	one(Conv2D{Filters: 4, KernelSize: []int{3}, Strides: []int{2}, Padding: "same"}, 2, 5, 7, 3)
	one(Conv2D{Filters: 6, KernelSize: []int{3}, Strides: []int{2}, Padding: "same", Groups: 3}, 2, 6, 7, 3)
	one(Conv3D{Filters: 2, KernelSize: []int{3, 2, 1}, Strides: []int{1, 2, 1}, Padding: "same", Activation: Swish{}}, 2, 3, 4, 5, 3)
	for _, stride := range []int{1, 2, 3, 4} {
		for _, kernel := range []int{1, 2, 3, 4} {
			one(Conv1DTranspose{Filters: 3, KernelSize: []int{kernel}, Strides: []int{stride}}, 2, 4, 5)
			one(Conv1DTranspose{Filters: 3, KernelSize: []int{kernel}, Strides: []int{stride}, Padding: "same"}, 2, 4, 5)
			if stride > 1 {
				one(Conv1DTranspose{Filters: 3, KernelSize: []int{kernel}, Strides: []int{stride}, OutputPadding: []int{stride - 1}}, 2, 4, 5)
				one(Conv1DTranspose{Filters: 3, KernelSize: []int{kernel}, Strides: []int{stride}, OutputPadding: []int{1}, Padding: "same"}, 2, 4, 5)
			}
		}
	}
	one(Conv2DTranspose{Filters: 3, KernelSize: []int{2, 3}, DilationRate: []int{2}, DataFormat: first, Activation: ReLU{}}, 2, 5, 4, 3)
	one(Conv3DTranspose{Filters: 3, KernelSize: []int{3}, Strides: []int{2}, Padding: "same"}, 2, 2, 3, 2, 5)
	one(DepthwiseConv1D{KernelSize: []int{3}, Strides: []int{2}, Padding: "same", DataFormat: first}, 2, 3, 6)
	one(DepthwiseConv2D{KernelSize: []int{3, 2}, DepthMultiplier: 2, Activation: ReLU{}}, 2, 4, 5, 3)
	one(SeparableConv1D{Filters: 4, KernelSize: []int{2}, DepthMultiplier: 2, Padding: "same", DilationRate: []int{2}, NoBias: true}, 2, 5, 3)
	one(SeparableConv2D{Filters: 4, KernelSize: []int{2}, DataFormat: first, Activation: ReLU{MaxValue: 6}}, 2, 3, 5, 4)
	for _, p := range []pooling{
		{}, {PoolSize: []int{3}, Strides: []int{2}, Padding: "same"}, {PoolSize: []int{3}, Strides: []int{1}, Padding: "same"}, {PoolSize: []int{2}, Padding: "same", DataFormat: first},
	} {
		mean := p.orTwo()
		one(MaxPooling1D(p), 2, 5, 4)
		one(MaxPooling2D(p), 2, 5, 4, 3)
		one(MaxPooling3D(p), 2, 3, 4, 5, 2)
		one(AveragePooling1D(mean), 2, 5, 4)
		one(AveragePooling2D(mean), 2, 5, 4, 3)
		one(AveragePooling3D(mean), 2, 3, 4, 5, 2)
	}
	one(MaxPooling2D{PoolSize: []int{3, 2}, Strides: []int{1, 3}}, 2, 5, 4, 3)
	for _, format := range []string{"", first} {
		one(AdaptiveAveragePooling1D{OutputSize: []int{3}, DataFormat: format}, 2, 5, 4)
		one(AdaptiveAveragePooling2D{OutputSize: []int{3, 2}, DataFormat: format}, 2, 5, 4, 7)
		one(AdaptiveAveragePooling3D{OutputSize: []int{2}, DataFormat: format}, 2, 3, 4, 5, 6)
		one(AdaptiveMaxPooling1D{OutputSize: []int{3}, DataFormat: format}, 2, 5, 4)
		one(AdaptiveMaxPooling2D{OutputSize: []int{3, 2}, DataFormat: format}, 2, 5, 4, 7)
		one(AdaptiveMaxPooling3D{OutputSize: []int{2}, DataFormat: format}, 2, 3, 4, 5, 6)
		for _, keep := range []bool{false, true} {
			one(GlobalAveragePooling1D{DataFormat: format, KeepDims: keep}, 2, 3, 4)
			one(GlobalAveragePooling2D{DataFormat: format, KeepDims: keep}, 2, 3, 4, 5)
			one(GlobalAveragePooling3D{DataFormat: format, KeepDims: keep}, 2, 3, 4, 5, 2)
			one(GlobalMaxPooling1D{DataFormat: format, KeepDims: keep}, 2, 3, 4)
			one(GlobalMaxPooling2D{DataFormat: format, KeepDims: keep}, 2, 3, 4, 5)
			one(GlobalMaxPooling3D{DataFormat: format, KeepDims: keep}, 2, 3, 4, 5, 2)
		}
		one(Cropping2D{Cropping: []int{1, 0, 0, 2}, DataFormat: format}, 2, 5, 4, 5)
		one(Cropping3D{DataFormat: format}, 2, 3, 4, 5, 4)
		one(ZeroPadding1D{Padding: []int{2, 0}, DataFormat: format}, 2, 5, 4)
		one(ZeroPadding2D{Padding: []int{1, 2, 0, 3}, DataFormat: format}, 2, 5, 4, 3)
		one(ZeroPadding3D{DataFormat: format}, 2, 3, 2, 2, 4)
		one(UpSampling2D{Size: []int{2, 3}, DataFormat: format}, 2, 3, 2, 4)
		one(UpSampling3D{DataFormat: format}, 2, 3, 2, 2, 4)
		one(CenterCrop{Height: 2, Width: 3, DataFormat: format}, 2, 5, 6, 4)
		one(CenterCrop{Height: 8, Width: 3, DataFormat: format}, 2, 5, 6, 4)
	}
	one(Cropping1D{Cropping: []int{1, 2}}, 2, 5, 4)
	one(UpSampling1D{Size: []int{3}}, 2, 3, 4)
	for _, interpolation := range []string{"bilinear", "bicubic", "lanczos3"} {
		one(UpSampling2D{Size: []int{2, 3}, Interpolation: interpolation}, 2, 3, 4, 2)
	}
	for _, r := range []Resizing{
		{}, {Antialias: true}, {Interpolation: "nearest"}, {Interpolation: "bicubic"}, {Interpolation: "bicubic", Antialias: true}, {Interpolation: "lanczos5"},
		{CropToAspectRatio: true}, {PadToAspectRatio: true, FillValue: 2}, {Interpolation: "nearest", DataFormat: first},
	} {
		for _, size := range [][2]int{{3, 7}, {7, 9}, {2, 2}, {5, 4}} {
			r.Height, r.Width = size[0], size[1]
			one(r, 2, 5, 4, 3)
		}
	}
	one(Sequential{
		Conv2D{Filters: 4, KernelSize: []int{3}, Padding: "same", Activation: ReLU{}}, BatchNormalization{}, MaxPooling2D{}, Dropout{Rate: 0.25},
		Conv2D{Filters: 6, KernelSize: []int{3}, Strides: []int{2}, Padding: "same"}, LeakyReLU{}, Flatten{}, Dense{Units: 3, Activation: Softmax{}},
	}, 2, 8, 8, 3)
	one(Sequential{Conv1D{Filters: 4, KernelSize: []int{3}, Activation: ReLU{}}, MaxPooling1D{}, LSTM{Units: 3}, Dense{Units: 1}}, 2, 9, 3)
	one(Sequential{ZeroPadding2D{}, SeparableConv2D{Filters: 4, KernelSize: []int{3}}, Cropping2D{Cropping: []int{1}}, GlobalAveragePooling2D{}, Dense{Units: 2}}, 2, 5, 5, 3)
	one(Sequential{Conv2D{Filters: 4, KernelSize: []int{3}, DataFormat: first, Activation: ReLU{}}, MaxPooling2D{DataFormat: first}, Flatten{}, Dense{Units: 2}}, 2, 3, 6, 6)
	one(torchResidual(), 2, 6, 6, 4)
	return cases
}

// torchResidual is a block with a shortcut, and branches that are concatenated.
func torchResidual() Graph {
	conv := Conv2D{Filters: 4, KernelSize: []int{3}, Padding: "same"}
	return Graph{
		Inputs: []Input{{Name: "image"}},
		Nodes: []Node{
			{Name: "stem", Layer: conv, From: []string{"image"}},
			{Name: "conv", Layer: conv, From: []string{"stem"}},
			{Name: "norm", Layer: BatchNormalization{}, From: []string{"conv"}},
			{Name: "sum", Layer: Add{}, From: []string{"norm", "stem"}},
			{Name: "relu", Layer: ReLU{}, From: []string{"sum"}},
			{Name: "pool", Layer: AveragePooling2D{PoolSize: []int{3}, Strides: []int{1}, Padding: "same"}, From: []string{"relu"}},
			{Name: "both", Layer: Concatenate{}, From: []string{"pool", "relu"}},
			{Name: "features", Layer: GlobalMaxPooling2D{}, From: []string{"both"}},
			{Name: "attended", Layer: Softmax{}, From: []string{"stem"}},
		},
		Outputs: []string{"features", "attended"},
	}
}

// torchNormCases are normalizations, noise, and what gives rows another shape.
func torchNormCases() []inTorch {
	var cases []inTorch
	one := func(l Layer, shape ...int) { cases = append(cases, inTorch{l, [][]int{shape}}) }
	one(BatchNormalization{}, 2, 3, 4, 5)
	one(BatchNormalization{}, 2, 2, 2, 3, 3, 5)
	one(GroupNormalization{Groups: 2}, 2, 3, 4)
	one(GroupNormalization{Groups: -1, NoScale: true}, 2, 3, 5, 4)
	one(GroupNormalization{Groups: 3, Axis: 1, NoCenter: true, Epsilon: 1e-5}, 2, 3, 4)
	one(GroupNormalization{Groups: 1, Axis: 2, NoCenter: true, NoScale: true}, 2, 3, 4, 5)
	one(GroupNormalization{Groups: 2, GammaInitializer: Constant{2}}, 2, 4)
	one(RMSNormalization{}, 2, 3, 4)
	one(RMSNormalization{Epsilon: 0.01}, 2, 4)
	one(UnitNormalization{}, 2, 4)
	one(UnitNormalization{Axis: []int{1}}, 2, 3, 4)
	one(UnitNormalization{Axis: []int{1, -1}}, 2, 3, 4)
	one(RepeatVector{N: 3}, 2, 4)
	one(Permute{Dims: []int{2, 1}}, 2, 3, 4)
	one(Permute{Dims: []int{3, 1, 2}}, 2, 3, 4, 5)
	one(Rescaling{Scale: 0.5, Offset: -1}, 2, 4)
	one(Rescaling{Scale: 2}, 2, 4)
	one(ActivityRegularization{L2: 0.5}, 2, 4)
	one(ActivityRegularization{}, 2, 4)
	one(Masking{}, 2, 3, 4)
	one(Masking{MaskValue: 1}, 2, 3, 4)
	one(Flatten{DataFormat: channelsFirst}, 2, 3, 4, 5)
	one(Renamed{"same", Linear{}}, 2, 4)
	for _, shape := range [][]int{{2, 4}, {50, 200}} { // the second is enough for what is drawn in training
		one(GaussianNoise{StdDev: 0.5}, shape...)
		one(GaussianDropout{Rate: 0.4}, shape...)
		one(AlphaDropout{Rate: 0.4}, shape...)
		one(Dropout{Rate: 0.4}, shape...)
	}
	one(GaussianNoise{}, 2, 4)
	one(GaussianDropout{}, 2, 4)
	for _, format := range []string{"", channelsFirst} {
		one(SpatialDropout2D{Rate: 0.25, DataFormat: format}, 50, 40, 2, 40)
		one(SpatialDropout3D{Rate: 0.25, DataFormat: format}, 50, 40, 2, 2, 40)
	}
	one(SpatialDropout1D{Rate: 0.25}, 50, 3, 60)
	one(Dense{Units: 3, KernelConstraint: NonNeg{}}, 2, 4)
	one(Conv1D{Filters: 3, KernelSize: []int{2}, BiasConstraint: NonNeg{}, KernelRegularizer: L1L2{L1: 1}}, 2, 4, 3)
	for _, merge := range []Layer{Add{}, Subtract{}, Multiply{}, Average{}, Maximum{}, Minimum{}, Concatenate{}} {
		cases = append(cases, inTorch{merge, [][]int{{2, 3, 4}, {2, 3, 4}}})
	}
	return cases
}
