package notebook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
)

func TestReached(t *testing.T) {
	t.Setenv(CarryFolder, t.TempDir())
	h := &fit.History{Steps: []float32{1, 2, 3}}
	cancelled := fmt.Errorf("fit: %w", context.Canceled)
	_, ok := interruptedTraining(h, cancelled)
	require.False(t, ok, "nobody has interrupted the cell")

	ctx := Context()
	require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGINT))
	<-ctx.Done()
	_, ok = interruptedTraining(h, cancelled)
	require.True(t, ok)
	for _, other := range []any{(*fit.History)(nil), &fit.History{}, *h, 3} {
		_, ok = interruptedTraining(other, cancelled)
		require.False(t, ok, "%T", other)
	}
	_, ok = interruptedTraining(h, errors.New("no data"))
	require.False(t, ok)

	var said bytes.Buffer
	var shown Recorder
	tellReached(&said, &shown, h, "")
	require.Equal(t, "interrupted after 3 steps: the model keeps what was reached. "+onward+"\n", said.String())
	require.Empty(t, shown.Shown())

	said.Reset()
	h.Epochs = []fit.Epoch{{Number: 1, Loss: 2}, {Number: 2, Loss: 1}}
	tellReached(&said, &shown, h, "h")
	require.Equal(t, "interrupted after 2 epochs: h and the model keep what was reached. "+onward+"\n", said.String())
	require.Len(t, shown.Shown(), 1)

	watched.Store(h) // whose picture is there already
	tellReached(&said, &shown, h, "h")
	require.Len(t, shown.Shown(), 1)

	said.Reset()
	stop(&said, cancelled, func(int) {})
	require.Contains(t, said.String(), "interrupted: ")
	require.Equal(t, 3, Reaching("n", new(int))(3, nil))
}
