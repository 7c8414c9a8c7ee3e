package keras

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stack of cells that goes backwards is read, but not where masks come to it.
func TestStackedCellsBackwards(t *testing.T) {
	stack := `{"module": "keras.layers", "class_name": "RNN", "config": {"name": "rnn", "go_backwards": true, "cell": {"module": "keras.layers", "class_name": "StackedRNNCells", "config": {"name": "stack", "cells": [
		{"module": "keras.layers", "class_name": "GRUCell", "config": {"name": "a", "units": 3}}, {"module": "keras.layers", "class_name": "LSTMCell", "config": {"name": "b", "units": 2}}]}}}}`
	d, err := ReadConfig(strings.NewReader(sequential(layer("Embedding", `"input_dim": 5, "output_dim": 2`)+","+stack, "")))
	require.NoError(t, err)
	assert.Contains(t, d.WeightPaths(), "/rnn/a/recurrent_kernel")
	_, err = ReadConfig(strings.NewReader(sequential(layer("Embedding", `"input_dim": 5, "output_dim": 2, "mask_zero": true`)+","+stack, "")))
	assert.ErrorContains(t, err, "config.layers[2].config: a stack of cells that goes backwards")
}
