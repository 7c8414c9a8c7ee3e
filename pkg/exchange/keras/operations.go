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
	each(operation.unary, "Absolute", "Ceil", "Cos", "Erf", "Exp", "Expm1", "Floor", "Log", "Log10", "Log1p", "Log2", "LogicalNot", "Negative",
		"OnesLike", "Reciprocal", "Rsqrt", "Sign", "Sin", "Sqrt", "Square", "StopGradient", "Tan", "ZerosLike")
	each(operation.binary, "Add", "Divide", "Equal", "FloorDivide", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr",
		"LogicalXor", "Maximum", "Minimum", "Mod", "Multiply", "NotEqual", "Power", "Subtract", "TrueDivide")
	each(operation.reduce, "All", "Any", "Argmax", "Argmin", "Logsumexp", "Max", "Mean", "Min", "Norm", "Std", "Sum", "Var")
	each(operation.activation, "Elu", "Gelu", "HardSigmoid", "HardSilu", "HardTanh", "LeakyRelu", "LogSigmoid", "LogSoftmax", "Relu",
		"Relu6", "Selu", "Sigmoid", "Silu", "Softmax", "Softplus", "Softsign", "SparsePlus", "SparseSigmoid", "Tanh", "TanhShrink")
	for class, read := range map[string]func(op operation) nn.Layer{
		"Cast": operation.cast, "Clip": operation.clip, "Concatenate": operation.concatenate, "ConvertToTensor": operation.convert, "Cumsum": operation.cumsum,
		"Dot": operation.matmul, "Einsum": operation.einsum, "ExpandDims": operation.expandDims, "Flip": operation.flip, "GetItem": operation.index,
		"Matmul": operation.matmul, "Moveaxis": operation.moveaxis, "Normalize": operation.normalize, "OneHot": operation.oneHot, "Pad": operation.pad,
		"Repeat": operation.repeat, "Reshape": operation.reshape, "Roll": operation.roll, "Split": operation.split, "Squeeze": operation.squeeze,
		"Stack": operation.stack, "Swapaxes": operation.swapaxes, "Take": operation.take, "Tile": operation.tile, "Transpose": operation.transpose,
		"Unstack": operation.unstack, "Where": operation.where,
	} {
		operations[class] = func(op operation, _ string) nn.Layer { return read(op) }
	}
}
