package nn

// init adds the operations and the layers of image augmentation to the layers of every class.
func init() {
	add := func(l Layer, inputs ...[]int) {
		declaring = append(declaring, struct {
			layer  Layer
			inputs [][]int
		}{l, inputs})
	}
	rows := []int{2, 4, 3}
	for _, name := range UnaryFunctions() {
		switch name {
		case "log", "log10", "log1p", "log2", "rsqrt", "sqrt", "tan": // not of any number
			add(Sequential{Unary{Function: "square"}, Unary{Function: name}}, rows)
		default:
			add(Unary{Function: name}, rows)
		}
	}
	for _, name := range BinaryFunctions() {
		if name == "power" {
			continue
		}
		add(Binary{Function: name}, rows, []int{2, 1, 3})
		add(Binary{Function: name, Constant: []float64{0.75}}, rows)
		add(Binary{Function: name, Constant: []float64{1.5}, ConstantFirst: true}, rows)
	}
	add(Binary{Function: "power", Constant: []float64{3}}, rows)
	add(Binary{Function: "power", Constant: []float64{2}, ConstantFirst: true}, rows)
	add(Binary{Function: "multiply", Constant: []float64{1, 2, -3}, ConstantShape: []int{3}}, rows)
	add(Binary{Function: "subtract", Constant: []float64{1, 2, -3, 4}, ConstantShape: []int{4, 1}, ConstantFirst: true}, rows)
	for _, name := range ReduceFunctions() {
		add(Reduce{Function: name, Axes: []int{1}}, rows)
		add(Reduce{Function: name, Axes: []int{-1}, KeepDims: true}, rows)
	}
	add(Reduce{Function: "sum"}, rows)
	add(Reduce{Function: "max", Axes: []int{1, 2}}, rows)
	for _, at := range []string{":, -1", ":, 1:3", "..., 0", ":, None, ::2", ":, ::-1", ":, -1:0:-2, :2", ":, :, 1, None", ":"} {
		add(Index{At: at}, rows)
	}
	add(Matmul{}, rows, []int{2, 3, 5})
	add(Matmul{}, []int{2, 1, 4, 3}, []int{2, 6, 3, 5})
	add(Matmul{Constant: []float64{1, 2, 3, 4, 5, 6}, ConstantShape: []int{3, 2}}, rows)
	add(Einsum{Equation: "bij,bkj->bik"}, rows, []int{2, 5, 3})
	add(Where{}, rows, rows, rows)
	add(Where{Then: []float64{1}, Else: []float64{-1e9}}, rows)
	add(Where{Else: []float64{-2}}, rows, rows)
	add(Pad{Widths: []int{1, 0, 0, 2}, Value: 0.5}, rows)
	add(Pad{Widths: []int{1, 0, 0, 2}, Mode: "reflect"}, rows)
	add(Stack{Axis: -1}, rows, rows)
	add(Split{Axis: 1, Sections: 2}, rows)
	add(Split{Axis: -1, At: []int{1}}, rows)
	add(Split{Axis: 1, Single: true}, rows)
	add(Take{Indices: []int{2, 0, -1, 0}, Axis: 2}, rows)
	add(Tile{Times: []int{2, 1}}, rows)
	add(Tile{Times: []int{1, 3}, Each: true}, rows)
	add(Roll{Shift: 1, Axis: 1}, rows)
	add(Cumsum{Axis: 1}, rows)
	add(Clip{Low: -0.5, High: 1}, rows)
	add(Cast{To: "int32"}, rows)
	add(Cast{To: "bool"}, rows)
	add(OneHot{Classes: 3}, rows)
	add(Normalize{Axis: -1}, rows)
	add(SoftmaxOver{Axes: []int{1}}, rows)
	add(SoftmaxOver{Axes: []int{-1, 1}}, rows)
	add(SoftmaxOver{Axes: []int{1}}, rows, []int{2, 4, 1})
	add(SoftmaxOver{Axes: []int{1, 2}}, rows, rows)
	add(LogSoftmaxOver{Axes: []int{1}}, rows)
	add(LogSoftmaxOver{}, rows)
	add(Reduce{Function: "prod", Axes: []int{1, 2}, KeepDims: true}, rows)
	add(Triangle{}, rows)
	add(Triangle{Upper: true, Diagonal: 1}, rows)
	add(Diff{Axis: 1}, rows)
	add(TopK{K: 2}, rows)

	images := []int{2, 5, 4, 3}
	both := []float64{-0.2, 0.2}
	for _, l := range []Layer{
		RandomFlip{}, RandomRotation{Factor: both}, RandomTranslation{HeightFactor: both, WidthFactor: both}, RandomZoom{HeightFactor: both},
		RandomShear{XFactor: both, FillMode: "wrap"}, RandomContrast{Factor: []float64{0, 0.5}}, RandomBrightness{Factor: both}, RandomInvert{},
		RandomGrayscale{}, RandomColorDegeneration{Factor: both}, RandomHue{Factor: []float64{0, 1}}, RandomSaturation{Factor: both},
		RandomColorJitter{BrightnessFactor: both, ContrastFactor: []float64{0, 1}, SaturationFactor: both, HueFactor: []float64{0, 1}},
		RandomPosterization{Factor: []float64{1, 5}}, RandomSharpness{Factor: []float64{0, 1}}, RandomErasing{},
		Solarization{ThresholdFactor: []float64{0, 1}}, RandomGaussianBlur{KernelSize: []int{5, 3}},
		RandomPerspective{Scale: 0.5}, RandomElasticTransform{}, RandomCrop{Height: 3, Width: 2}, RandomCrop{Height: 6, Width: 2, DataFormat: channelsFirst}, AutoContrast{ValueRange: []float64{-3, 3}},
		MixUp{}, CutMix{}, RandAugment{}, AugMix{}, Equalization{}, ContrastLimitedAdaptiveHistogramEqualization{},
	} {
		add(l, images)
	}
	add(RandomRotation{Factor: both, Interpolation: "nearest", DataFormat: channelsFirst}, []int{2, 3, 5, 4})
}
