package report_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
)

func TestTerminal(t *testing.T) {
	c, err := stuck()
	require.NoError(t, err)
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)

	piped := report.Terminal(r, report.TerminalOptions{})
	require.Equal(t, r.Verdict(), strings.SplitN(piped, "\n", 2)[0], "the first line is the verdict, whole")
	change, why := strings.Index(piped, "What to change"), strings.Index(piped, "Why")
	require.Positive(t, change)
	require.Greater(t, why, change, "the change stands before the evidence")
	require.NotContains(t, piped, "\x1b")
	for _, s := range r.Symptoms {
		require.Equal(t, report.Suspicious(s), strings.Contains(strings.Split(piped, "Suspicious")[1], s.Gauge) && report.Suspicious(s), s.Gauge)
	}
	require.NotContains(t, piped, "none: as given", "what was tried is there for the asking")

	all := report.Terminal(r, report.TerminalOptions{All: true})
	require.Contains(t, all, "none: as given")
	for _, s := range r.Symptoms {
		require.Contains(t, all, s.Gauge)
	}

	for _, width := range []int{40, 80, 200} {
		for _, all := range []bool{false, true} {
			text := report.Terminal(r, report.TerminalOptions{Width: width, All: all})
			for line := range strings.SplitSeq(text, "\n") {
				isCode := strings.HasPrefix(line, "     ") || len(strings.Fields(line)) < 2 // is copied, or can't be broken
				require.True(t, isCode || lipgloss.Width(line) <= width, "%d columns, not %d: %s", lipgloss.Width(line), width, line)
			}
			words := func(s string) string { return strings.Join(strings.Fields(strings.Split(s, "Suspicious")[0]), " ") }
			if !all {
				require.Equal(t, words(piped), words(text), "every word is there, and nothing else")
			}
		}
	}

	colored := report.Terminal(r, report.TerminalOptions{Width: 80, Color: true})
	require.Contains(t, colored, "\x1b[")
	plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colored, "")
	require.Equal(t, report.Terminal(r, report.TerminalOptions{Width: 80}), plain, "colour changes no text")
}
