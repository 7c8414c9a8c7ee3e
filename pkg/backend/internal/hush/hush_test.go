package hush

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"
)

func TestKlogIsSilentUntilItIsOver(t *testing.T) {
	defer klog.CaptureState().Restore()
	var out bytes.Buffer
	say := func() string {
		klog.LogToStderr(false)
		klog.SetOutput(&out)
		klog.Info("heard?")
		klog.Flush()
		return out.String()
	}
	require.Empty(t, say())
	Over()
	require.Contains(t, say(), "heard?")
}
