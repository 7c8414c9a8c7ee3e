package fit_test

import (
	"context"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
)

// A cancel ends all of them within half a second, with what they have, and their models can be used.
func TestTogetherIsCancelled(t *testing.T) {
	base := plans(t)[1]
	base.config.Epochs = 1_000_000
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		var ctx context.Context
		var members []fit.Member
		var outcomes []fit.Outcome
		var err error
		within(t, 2*time.Second, func() time.Duration { // half a second, and as much again as the race detector takes
			var cancel context.CancelFunc
			ctx, cancel = context.WithCancel(context.Background())
			members = nil
			for _, v := range base.with {
				members = append(members, base.member(t, b, v))
			}
			var at time.Time
			members[2].Config.Callbacks = []fit.Callback{fit.OnEpochEnd(func(r *fit.Run) error {
				if r.Epoch == 3 {
					at = time.Now()
					cancel()
				}
				return nil
			})}
			outcomes, err = fit.Together(ctx, members, 0)
			return time.Since(at)
		})
		require.NoError(t, err)
		for i, o := range outcomes {
			require.ErrorIs(t, o.Err, context.Canceled)
			assert.GreaterOrEqual(t, len(o.History.Epochs), 2)
			weights, err := members[i].Model.Weights()
			require.NoError(t, err)
			assert.NotEmpty(t, weights)
		}

		_, err = fit.Together(ctx, members, 0)
		require.ErrorIs(t, err, context.Canceled)
	})
}

// A panic of one callback is that training's error.
func TestTogetherOutlivesPanic(t *testing.T) {
	base := plans(t)[0]
	var members []fit.Member
	for _, v := range base.with {
		members = append(members, base.member(t, gobackend.GetBackend(), v))
	}
	members[1].Config.Callbacks = []fit.Callback{fit.OnEpochEnd(func(*fit.Run) error { panic("no") })}
	outcomes, err := fit.Together(context.Background(), members, 0)
	require.NoError(t, err)
	require.ErrorContains(t, outcomes[1].Err, "panic: no")
	require.NoError(t, outcomes[0].Err)
	assert.Len(t, outcomes[0].History.Epochs, 4)
}

// Models whose trainings could not be run together can still be trained.
func TestTogetherLeavesModelsFree(t *testing.T) {
	base := plans(t)[0]
	for what, change := range map[string]func(*plan){
		"an impossible split": func(p *plan) { p.config.ValidationSplit = 2 },
		"a layer that fails":  func(p *plan) { p.net = nn.Sequential{nn.Dense{Units: -1}} },
	} {
		wrong := base
		change(&wrong)
		first, second := wrong.member(t, gobackend.GetBackend(), base.with[0]), wrong.member(t, gobackend.GetBackend(), base.with[1])
		_, err := fit.Together(context.Background(), []fit.Member{first, second}, 0)
		require.Error(t, err, what)
		for _, b := range []fit.Member{first, second} {
			_, err := b.Model.Fit(context.Background(), base.data, base.config)
			if what == "an impossible split" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, "Dense.Units")
			}
		}
	}
}

// Whatever ends a callback's goroutine is that training's error, never an outcome without either.
func TestTogetherOutlivesGoexit(t *testing.T) {
	base := plans(t)[0]
	var members []fit.Member
	for _, v := range base.with {
		members = append(members, base.member(t, gobackend.GetBackend(), v))
	}
	members[1].Config.Callbacks = []fit.Callback{fit.OnEpochEnd(func(*fit.Run) error { runtime.Goexit(); return nil })}
	outcomes, err := fit.Together(context.Background(), members, 0)
	require.NoError(t, err)
	require.ErrorContains(t, outcomes[1].Err, "Goexit")
	require.NoError(t, outcomes[0].Err)
	assert.Len(t, outcomes[0].History.Epochs, 4)
}

// What no training could be run with is an error of the whole, which names the member.
func TestTogetherNamesMemberInError(t *testing.T) {
	base := plans(t)[0]
	pair := func(change func(m *fit.Member), which ...int) []fit.Member {
		members := []fit.Member{base.member(t, gobackend.GetBackend(), base.with[0]), base.member(t, gobackend.GetBackend(), base.with[1])}
		for _, i := range which {
			change(&members[i])
		}
		return members
	}
	same := pair(nil)
	same[1].Model = same[0].Model
	spoiled := random(t, 50, []int{6}, []int{1}, 0)
	spoiled.X.Values[3] = float32(math.NaN())
	for want, members := range map[string][]fit.Member{
		"no trainings":                      nil,
		"member 1 has no model":             pair(func(m *fit.Member) { m.Model = nil }, 1),
		"member 1 has the model of another": same,
		"member 1: callback 0 is nil":       pair(func(m *fit.Member) { m.Config.Callbacks = []fit.Callback{nil} }, 1),
		"member 0: batch size -1":           pair(func(m *fit.Member) { m.Config.BatchSize = -1 }, 0, 1),
		"member 0: ":                        pair(func(m *fit.Member) { m.Data = spoiled }, 0, 1),
	} {
		outcomes, err := fit.Together(context.Background(), members, 0)
		require.ErrorContains(t, err, want)
		require.Nil(t, outcomes)
		var apart *fit.ApartError
		require.NotErrorAs(t, err, &apart, "they can't be run one by one either")
	}
	whole := base.member(t, gobackend.GetBackend(), base.with[0])
	require.ErrorContains(t, fit.Apart(fit.Member{}, whole), "member 0 has no model")
	require.ErrorContains(t, fit.Apart(whole, fit.Member{}), "member 1 has no model")
	require.NoError(t, fit.Apart(whole, whole))
}
