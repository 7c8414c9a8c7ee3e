package keras

import (
	"example.com/unstuck/pkg/nn"
)

// operations make layers of the functions of keras.ops, by their classes. nil: it can't be, which is reported.
var operations = map[string]func(op operation, class string) nn.Layer{}

func init() {
	each := func(read func(op operation, class string) nn.Layer, classes ...string) {
		for _, class := range classes {
			operations[class] = read
		}
	}
	each(operation.unary, "Absolute", "Ceil", "Cos", "Cosh", "Erf", "Erfc", "Exp", "Exp2", "Expm1", "Floor", "Isfinite", "Isinf", "Isnan", "Log", "Log10",
		"Log1p", "Log2", "LogicalNot", "NanToNum", "Negative", "OnesLike", "Reciprocal", "Round", "Rsqrt", "Sign", "Sin", "Sinh", "Sqrt", "Square",
		"StopGradient", "Tan", "Trunc", "ZerosLike")
	each(operation.binary, "Add", "Divide", "DivideNoNan", "Equal", "FloorDivide", "Greater", "GreaterEqual", "Less", "LessEqual", "Logaddexp", "LogicalAnd", "LogicalOr",
		"LogicalXor", "Maximum", "Minimum", "Mod", "Multiply", "NotEqual", "Power", "Subtract", "TrueDivide")
	each(operation.reduce, "All", "Amax", "Amin", "Any", "Argmax", "Argmin", "Average", "Logsumexp", "Max", "Mean", "Min", "Norm", "Prod", "Ptp", "Std", "Sum", "Var")
	each(operation.activation, "Celu", "Elu", "Gelu", "Glu", "HardShrink", "HardSigmoid", "HardSilu", "HardTanh", "LeakyRelu", "LogSigmoid", "LogSoftmax", "Relu",
		"Relu6", "Selu", "Sigmoid", "Silu", "Softmax", "SoftShrink", "Softplus", "Softsign", "SparsePlus", "SparseSigmoid", "Sparsemax", "Squareplus", "Tanh",
		"TanhShrink", "Threshold")
	each(operation.triangle, "Tril", "Triu")
	for class, read := range map[string]func(op operation) nn.Layer{
		"Cast": operation.cast, "Clip": operation.clip, "Concatenate": operation.concatenate, "ConvertToTensor": operation.convert, "Copy": operation.copied, "Cumsum": operation.cumsum,
		"Diff": operation.diff, "Dot": operation.matmul, "Einsum": operation.einsum, "ExpandDims": operation.expandDims, "Flip": operation.flip, "GetItem": operation.index,
		"Hstack": operation.hstack, "Matmul": operation.matmul, "Moveaxis": operation.moveaxis, "Normalize": operation.normalize, "OneHot": operation.oneHot, "Pad": operation.pad,
		"Repeat": operation.repeat, "Resize": operation.resize, "Reshape": operation.reshape, "Roll": operation.roll, "Split": operation.split, "Squeeze": operation.squeeze,
		"Stack": operation.stack, "Swapaxes": operation.swapaxes, "Take": operation.take, "Tensordot": operation.tensordot, "Tile": operation.tile, "Transpose": operation.transpose,
		"TopK": operation.topK, "Unstack": operation.unstack, "Where": operation.where,
	} {
		operations[class] = func(op operation, _ string) nn.Layer { return read(op) }
	}
}
