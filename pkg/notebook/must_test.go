package notebook

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMustReturnsTheValue(t *testing.T) {
	assert.Equal(t, 3, Must(3, nil))
}

func TestStopSaysWhyInOneLine(t *testing.T) {
	var out bytes.Buffer
	code := 0
	stop(&out, errors.New("layer 2: expected 10 features, got 9"), func(c int) { code = c })
	assert.Equal(t, "stopped: layer 2: expected 10 features, got 9\n", out.String())
	assert.Equal(t, 1, code)
}
