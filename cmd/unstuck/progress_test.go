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

func TestFitted(t *testing.T) {
	require.Equal(t, "- one two\n  three\n     code that is never broken here\n\n", fitted("- one two\n  three\n     code that is never broken here\n\n", 20))
	require.Equal(t, "  one two three\n  four\n", fitted("  one two three four\n", 16))
	require.Equal(t, "one two three four\n", fitted("one two three four\n", 0))
}
