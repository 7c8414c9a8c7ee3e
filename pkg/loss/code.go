package loss

import (
	"fmt"

	"example.com/unstuck/internal/codec"
)

// GoCode is Go that makes this loss: "loss.Huber{Delta: 0.5}".
func GoCode(l Loss) string { return codec.GoCode(l) }

// KerasCode is Python that makes the same loss in Keras: "keras.losses.Huber(delta=0.5)", with reduction='sum' for
// a [Summed]. A loss that Keras
// doesn't have is an error.
func KerasCode(l Loss) (string, error) {
	l, reduction, err := kerasReduction(l)
	if err != nil {
		return "", err
	}
	if _, ok := l.(MAE); ok {
		l = MAE{} // on which side of 0 the gradient is isn't a setting there
	}
	call, err := codec.Python(l)
	if err != nil {
		return "", fmt.Errorf("%T: Keras has no such loss", l)
	}
	if reduction != "" {
		call.Arguments = append(call.Arguments, reduction)
	}
	return call.String(), nil
}
