package cell

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAtHand(t *testing.T) {
	for _, c := range []struct {
		cell    string
		missing []string
	}{
		{"x := 1\nx", nil},
		{"nn.L", []string{project + "nn"}},
		{"x := strings.Repeat(\"nn.L\", 2)\nx.y.fit // math.Pi", []string{"strings"}},
		{"%%\nmath.Fl", []string{"math"}},
		{"%%bash\nnn.L", nil},
		{"nn.Sequential{optim.", []string{project + "nn", project + "optim"}},
		{"unsafe.Pointer", nil},
	} {
		s := newSession(t)
		s.Exports = func([]string) map[string]string { t.Error("someone waits"); return nil }
		assert.Equal(t, c.missing == nil, s.AtHand(c.cell), c.cell)
		s.PrepareFor(c.cell, func(paths []string) map[string]string {
			assert.Equal(t, c.missing, paths, c.cell)
			return goList(t)(paths)
		})
		assert.True(t, s.AtHand(c.cell), c.cell)
	}
}

func TestWhatCantBeFoundIsNotAtHand(t *testing.T) {
	s := newSession(t)
	s.PrepareFor("nn.L", func([]string) map[string]string { return nil })
	assert.False(t, s.AtHand("nn.L"))
	s.PrepareFor("nn.L", func([]string) map[string]string { return map[string]string{project + "nn": ""} })
	assert.True(t, s.AtHand("nn.L"), "it doesn't compile, and no wait will mend that")
	s.Prepare(goList(t))
	assert.True(t, s.AtHand("nn.L; fit.Compile; fmt.Println"))
	names, _, _ := s.Complete("nn.LST", 6)
	assert.Equal(t, []string{"LSTM"}, names, "by now it does")
}

// TestQuestionsLookOnce: a person presses Tab again while nothing happens.
func TestQuestionsLookOnce(t *testing.T) {
	s, looked := newSession(t), make(chan struct{}, 9)
	var asking sync.WaitGroup
	for range 5 {
		asking.Go(func() {
			s.PrepareFor("nn.L", func(paths []string) map[string]string {
				looked <- struct{}{}
				return goList(t)(paths)
			})
		})
	}
	asking.Wait()
	assert.Len(t, looked, 1)
}
