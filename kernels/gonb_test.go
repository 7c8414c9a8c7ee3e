package kernels

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReason(t *testing.T) {
	for said, want := range map[string]string{
		"": "",
		"I1123 17:56:01.123456 99 main.go:3] hello\nF1123 17:56:01.2 99 main.go:219] \x1b[7;39;32m[3588b898]\x1b[0m Failed to start kernel: no port\ngoroutine 1": ": Failed to start kernel: no port",
		"zmq4: could not open\npanic: runtime error\n\ngoroutine 1": ": panic: runtime error",
		"flag provided but not defined: -x\nUsage":                  ": flag provided but not defined: -x",
	} {
		assert.Equal(t, want, reason(said))
	}
}

func TestTailKeepsBothEnds(t *testing.T) {
	kept := &tail{limit: 10}
	for range 100 {
		n, err := kept.Write([]byte("middle "))
		assert.NoError(t, err)
		assert.Equal(t, 7, n)
	}
	kept.Write([]byte("end"))
	assert.Equal(t, "middl"+"e end", kept.String())
	assert.Len(t, strings.TrimSpace(kept.String()), 10)
}
