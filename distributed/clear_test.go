package distributed_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/training"
)

// Clearing takes one search's results and what only it needed; what others have, or have queued, stays, and it can be trained again.
func TestClear(t *testing.T) {
	q := here(t, 0)
	works(t, q, distributed.WorkerOptions{})
	base, all := mustSearch(t, 3, 2)
	search := func(name, label string, base training.Training, all []explore.Point) (explore.Table, error) {
		return explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{Search: name, Label: label, Keep: true})})
	}
	objects := func() (names []string) {
		store, err := jetStream(t, q).ObjectStore(t.Context(), "unstuck_data")
		require.NoError(t, err)
		list, err := store.List(t.Context())
		if err == nil {
			for _, o := range list {
				names = append(names, o.Name)
			}
		}
		return names
	}
	// A search ends with its last result, ahead of the task's acknowledgement, and what is queued isn't cleared.
	settled := func(queued int, why ...any) {
		t.Helper()
		require.Eventually(t, func() bool { s, err := q.State(t.Context()); return err == nil && s.Queued == queued }, time.Minute, 10*time.Millisecond, why...)
	}
	want, err := search("mine", "", base, all)
	require.NoError(t, err)
	common := objects()
	_, err = search("yours", "", base, all[:2])
	require.NoError(t, err)
	long, one := mustSearch(t, 1, 12_000) // whose result is set aside
	long.Data, err = dataset.Random(128, []int{3}, []int{1}, 7)
	require.NoError(t, err)
	wantLong, err := search("long", "", long, one)
	require.NoError(t, err)
	settled(0)
	aside := len(objects()) - len(common)
	require.Greater(t, aside, 1, "data and a result")
	// Of one more nothing is trained yet.
	waiting := base
	waiting.Data, err = dataset.Random(64, []int{3}, []int{1}, 8)
	require.NoError(t, err)
	go func() { _, _ = search("waits", "nobody", waiting, all) }()
	settled(3)

	_, err = q.Clear(t.Context(), "waits")
	require.ErrorIs(t, err, distributed.ErrQueued)
	got, err := q.Clear(t.Context(), "yours")
	require.NoError(t, err)
	require.Equal(t, 2, got.Results)
	require.NotZero(t, got.Bytes)
	names, err := q.Searches(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]int{"mine": 3, "long": 1}, names)
	again, err := search("long", "", long, one)
	require.NoError(t, err, "the result that was set aside is there")
	requireSame(t, wantLong, again)

	got, err = q.Clear(t.Context(), "long")
	require.NoError(t, err)
	require.Equal(t, 1, got.Results)
	require.Greater(t, got.Bytes, uint64(50_000), "the long result")
	got, err = q.Clear(t.Context(), "mine")
	require.NoError(t, err)
	require.Equal(t, 3, got.Results)
	for _, name := range common {
		require.NotContains(t, objects(), name)
	}
	require.NotEmpty(t, objects(), "of what is queued")
	got, err = q.Clear(t.Context(), "mine")
	require.NoError(t, err)
	require.Zero(t, got.Results)
	trained, err := search("mine", "", base, all)
	require.NoError(t, err)
	requireSame(t, want, trained)
	works(t, q, distributed.WorkerOptions{Labels: []string{"nobody"}})
	settled(0, "its data are there")
	_, err = q.Clear(t.Context(), "a.b")
	require.ErrorContains(t, err, "must be 1 to 60 letters")
}
