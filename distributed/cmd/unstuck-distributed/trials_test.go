package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A cancel while lines wait to be read ends the reading, whichever end sees it first.
func TestLinesEndWithTheirContext(t *testing.T) {
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- eachLine(ctx, strings.NewReader("a\nb\nc\n"), func([]byte) error {
				cancel()
				time.Sleep(100 * time.Microsecond) // the reader sees it first
				return nil
			})
		}()
		select {
		case err := <-ended:
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
			}
		case <-time.After(time.Minute):
			t.Fatal("it hangs")
		}
		cancel()
	}
}
