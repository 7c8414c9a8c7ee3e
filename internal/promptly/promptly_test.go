package promptly_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/promptly"
)

type failed struct {
	testing.TB
	errors int
}

func (f *failed) Helper()               {}
func (f *failed) Errorf(string, ...any) { f.errors++ }

// One try in time is enough and the last; where none is, the test fails.
func TestWithin(t *testing.T) {
	run := func(took ...time.Duration) (errors, tries int) {
		f := &failed{TB: t}
		promptly.Within(f, len(took), time.Second, func() time.Duration { tries++; return took[tries-1] })
		return f.errors, tries
	}
	errors, tries := run(time.Minute, time.Millisecond, time.Minute)
	require.Equal(t, []int{0, 2}, []int{errors, tries})
	errors, tries = run(time.Second, time.Second, time.Second)
	require.Equal(t, []int{1, 3}, []int{errors, tries}, "at the limit is late")
}
