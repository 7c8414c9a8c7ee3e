package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
)

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	at := p.began
	p.now = func() time.Time { return at }
	p.step(doctor.Step{What: "seen"})
	at = at.Add(40 * time.Second)
	p.step(doctor.Step{What: "clip", Trial: 3, Of: 12, Left: 3 * time.Minute})
	p.step(doctor.Step{What: "as given", Trial: 4})
	p.end()
	p.end()
	require.Equal(t, "… seen\n… trial 3 of about 12, 40 s, at most about 3 min more: clip\n… trial 4, 40 s: as given\n", out.String())

	out.Reset()
	p.width = 30
	p.step(doctor.Step{What: "a long story about what is tried", Trial: 3, Of: 12})
	require.Equal(t, "\rtrial 3 of about 12, 40 s: a…\x1b[K", out.String())
}

// In a terminal the line changes every second, in whatever step, and before the first.
func TestProgressMovesWhileAStepSaysNothing(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.width = 60
	at := p.began
	p.now = func() time.Time { return at }
	for _, step := range []doctor.Step{{}, {What: "the data"}, {What: "training as given", Trial: 1, Of: 9}} {
		if step.What != "" {
			p.step(step)
		}
		out.Reset()
		p.show()
		before := out.String()
		at = at.Add(time.Second)
		out.Reset()
		p.show()
		require.NotEqual(t, before, out.String())
	}
	p.last = doctor.Step{}
	p.show()
	require.Contains(t, out.String(), "3 s: reading the model and the data")
	p.end()
}

func TestFitted(t *testing.T) {
	require.Equal(t, "- one two\n  three\n     code that is never broken here\n\n", fitted("- one two\n  three\n     code that is never broken here\n\n", 20))
	require.Equal(t, "  one two three\n  four\n", fitted("  one two three four\n", 16))
	require.Equal(t, "one two three four\n", fitted("one two three four\n", 0))
}
