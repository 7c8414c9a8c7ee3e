package distributed_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
)

// However an address is written, what is secret in it stands in no error.
func TestErrorsTellNoSecret(t *testing.T) {
	for _, at := range []string{
		"nats://user:HIDDEN@127.0.0.1:1", "user:HIDDEN@127.0.0.1:1", "HIDDEN@127.0.0.1:1", "nats://HIDDEN@127.0.0.1:1",
		"nats://user:HIDDEN%@127.0.0.1:1", "nats://user:HID#HIDDEN@127.0.0.1:1", "nats://HIDDEN?@127.0.0.1:1", "nats://user:HIDDEN/x@127.0.0.1:1",
		"nats://user:HIDDEN@x@127.0.0.1:1", "nats://user:x@HIDDEN@127.0.0.1:1", "user:HIDDEN//x@127.0.0.1:1", "nats:/user:HIDDEN@127.0.0.1:1",
		"nats://user:HIDDEN,x@127.0.0.1:1", "nats://user:x,HIDDEN,y@127.0.0.1:1", "nats://user:HIDDEN@[::1", "nats://user:HIDDEN@127.0.0.1:port",
		"nats://127.0.0.1:2,nats://user:HIDDEN@127.0.0.1:1", " nats://user:HIDDEN@127.0.0.1:1", "nats://user:HID DEN HIDDEN@127.0.0.1:1",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := distributed.Open(ctx, at, distributed.Options{})
		cancel()
		require.Error(t, err, at)
		require.NotContains(t, err.Error(), "HID", at)
		require.Contains(t, err.Error(), "1", at)
	}
}
