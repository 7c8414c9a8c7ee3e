package nn

import (
	"fmt"
	"math"

	"example.com/unstuck/internal/codec"
)

func torchInitCall(function, expression string, arguments ...string) []string {
	return []string{codec.Call{Function: "nn.init." + function, Arguments: append([]string{expression}, arguments...)}.String()}
}

// torchScaled draws with variance scale/fan: by that function where PyTorch counts the same fans, else by numbers.
func torchScaled(function string, uniform bool, fan, scale float64, expression string, shape []int, p TorchParameter, arguments ...string) ([]string, error) {
	if len(shape) == 2 && !p.Apart {
		return torchInitCall(function, expression, arguments...), nil
	}
	if uniform {
		limit := math.Sqrt(3 * scale / max(1, fan))
		return torchInitCall("uniform_", expression, codec.PythonFloat(-limit), codec.PythonFloat(limit)), nil
	}
	return torchInitCall("normal_", expression, "std="+codec.PythonFloat(math.Sqrt(scale/max(1, fan)))), nil
}

// torchFanIn are the arguments for which PyTorch takes the inputs of a weight as they are counted here: of a matrix that
// isn't transposed it would take the columns.
func torchFanIn(p TorchParameter, arguments ...string) []string {
	if !p.Transposed {
		arguments = append([]string{"mode='fan_out'"}, arguments...)
	}
	return arguments
}

func noTorchInit(init Initializer) error {
	return fmt.Errorf("the initializer %T doesn't say what it is in PyTorch: give it the method TorchInit", init)
}
