package kernels

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const jupyters = `{"shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004, "hb_port": 50005,
 "ip": "127.0.0.1", "key": "a0b1", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "x", "jupyter_session": "y"}`

func TestConnection(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kernel-1.json")
	write(t, file, jupyters)
	c, err := readConnection(file)
	require.NoError(t, err)
	assert.Equal(t, []int{50001, 50004, 50003, 50002, 50005}, c.ports())

	inner, err := c.inner()
	require.NoError(t, err)
	assert.Equal(t, "a0b1", inner.Key)
	ports := inner.ports()
	slices.Sort(ports)
	assert.Len(t, slices.Compact(ports), 5, "five different ports")

	again := filepath.Join(t.TempDir(), "kernel-2.json")
	require.NoError(t, inner.write(again))
	read, err := readConnection(again)
	require.NoError(t, err)
	assert.Equal(t, inner, read)
}

func TestConnectionErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kernel.json")
	_, err := readConnection(file)
	assert.ErrorContains(t, err, "connection file")
	for change, want := range map[string]string{
		`"tcp"`:         `transport "udp", want tcp or ipc`,
		`50005`:         "five ports from 1 to 65535",
		`"hmac-sha256"`: `signature scheme "md5", want hmac-sha256`,
		`{`:             "is not JSON",
	} {
		with := map[string]string{`"tcp"`: `"udp"`, `50005`: `0`, `"hmac-sha256"`: `"md5"`, `{`: `[`}[change]
		write(t, file, strings.Replace(jupyters, change, with, 1))
		_, err := readConnection(file)
		assert.ErrorContains(t, err, want)
	}
}
