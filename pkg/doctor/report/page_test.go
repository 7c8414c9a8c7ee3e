package report_test

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/docs/causes"
	"example.com/unstuck/pkg/doctor/report"
)

func TestPage(t *testing.T) {
	text := report.Page("# name\n\nA long sentence of [many](there.md) words.\n\n![A picture](a.svg)\n\n<!-- loss -->\n| loss | 1 |\n| --- | ---: |\n| as given | 2 |\n<!-- /loss -->\n\n- one\n  goes on\n- two\n\n```python\nx = 1  # which is never broken\n\ny = 2\n```\n\n> said\n> there\n",
		report.TerminalOptions{Width: 20})
	require.Equal(t, `name

A long sentence of
many words.

loss      1
───────────
as given  2

- one goes on
- two

    x = 1  # which is never broken

    y = 2

  │ said there
`, text)
}

// Every page is laid out within the width, but for its code, and no word of its text is lost.
func TestPagesOfTheCauses(t *testing.T) {
	for _, id := range causes.IDs() {
		page, found := causes.Page(id)
		require.True(t, found)
		text := report.Page(page, report.TerminalOptions{Width: 60})
		require.NotContains(t, text, "![", id)
		require.NotContains(t, text, "<!--", id)
		for line := range strings.SplitSeq(text, "\n") {
			if !strings.HasPrefix(line, "    ") && len(strings.Fields(line)) > 2 {
				require.LessOrEqual(t, lipgloss.Width(line), 60, "%s: %s", id, line)
			}
		}
		joined := strings.Join(strings.Fields(text), " ")
		for heading := range strings.Lines(page) {
			if strings.HasPrefix(heading, "#") {
				require.Contains(t, joined, strings.Trim(heading, "# \n"), id)
			}
		}
		require.Contains(t, joined, causes.Meaning(id))
	}
}
