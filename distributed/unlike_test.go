package distributed_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
)

// A worker that can't read a task ends and says why; the task stays for others, however often that comes about.
func TestAWorkerOfAnotherVersionEnds(t *testing.T) {
	for i, c := range []struct{ task, want string }{
		{`{"version": 2}`, "of version 2, this worker does those of version 1"},
		{`{"version": 1, "kind": "song"}`, `kind "song"`},
		{`{"version": 1, "kind": "training", "training": {"Modell": 1}}`, "one version"},
		{`{"version": 1, "kind": "examine", "training": {"Modell": 1}}`, "one version"},
		{`ceci`, "can't be read"},
	} {
		q := here(t, 0)
		_, err := jetStream(t, q).Publish(t.Context(), fmt.Sprintf("unstuck.trial.any.s%d.id", i), []byte(c.task))
		require.NoError(t, err)
		for range 4 {
			ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
			err = q.Work(ctx, distributed.WorkerOptions{Backend: onGo(t).Backend, Tries: 2, Parallel: 2})
			cancel()
			require.ErrorContains(t, err, c.want, c.task)
		}
		s, err := q.State(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, s.Queued, c.task)
		require.Zero(t, s.Trained, c.task)
	}
}
