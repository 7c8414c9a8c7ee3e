package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
)

// screen is what a terminal shows of what was written: it knows what liveTable writes, and nothing else.
func screen(t *testing.T, written string) []string {
	t.Helper()
	lines, at := []string{""}, 0
	for len(written) > 0 {
		var n int
		switch {
		case strings.HasPrefix(written, "\x1b[K"):
			written = written[3:]
		case strings.HasPrefix(written, "\x1b[J"):
			written, lines = written[3:], append(lines[:at:at], "")
		case strings.HasPrefix(written, "\x1b["):
			_, err := fmt.Sscanf(written, "\x1b[%dA\r", &n)
			require.NoError(t, err)
			at -= n
			require.GreaterOrEqual(t, at, 0, "above what is its own")
			written = written[strings.Index(written, "\r")+1:]
		case written[0] == '\n':
			if at++; at == len(lines) {
				lines = append(lines, "")
			}
			written = written[1:]
		default:
			end := strings.IndexAny(written, "\x1b\n")
			lines[at], written = written[:end], written[end:]
		}
	}
	return lines[:at]
}

func TestProgressInATerminal(t *testing.T) {
	var out bytes.Buffer
	width, height := 60, 8
	p := newProgress(&out, "loss", false)
	require.Nil(t, p.live, "no terminal")
	p.live = &liveTable{to: &out, size: func() (int, int, error) { return width, height, nil }}
	trial := func(i int) explore.Trial {
		return explore.Trial{Point: i, Settings: []explore.Setting{{Axis: "learning rate", Label: fmt.Sprint(i)}}, Score: float64(30 - i), Loss: []float64{float64(30 - i)}}
	}
	p.known([]explore.Trial{trial(20)})
	fmt.Fprintln(&out, "above")
	for i := range 12 {
		p.live.next = time.Time{}
		p.trial(i+2, 13, trial(i))
	}
	shown := screen(t, out.String())
	require.Len(t, shown, height, "the line above, and what fits")
	require.Equal(t, "above", shown[0])
	require.Equal(t, "trial 13 of 13; best 10: learning rate 20", shown[1])
	require.Regexp(t, "^learning rate +median loss", shown[2])
	require.Regexp(t, "^20 +10 ", shown[3], "best first, known ones too")
	require.Regexp(t, "^11 +19 ", shown[4])
	require.Equal(t, "… 9 more", shown[7])
	for _, line := range shown {
		require.Less(t, len([]rune(line)), width)
	}
	height = 20
	p.waits(2, 30*time.Second)
	require.Equal(t, "trial 13 of 13; 2 trainings' workers are silent: they wait…", screen(t, out.String())[1])
	p.waits(0, 30*time.Second)
	require.Equal(t, "trial 13 of 13; best 10: learning rate 20", screen(t, out.String())[1])
	p.end()
	require.Equal(t, []string{"above"}, screen(t, out.String()))

	out.Reset()
	p.live.draw(false, func() string { return "one" })
	p.live.draw(false, func() string { return "a moment later" })
	require.Equal(t, []string{"one"}, screen(t, out.String()))
	p.live.draw(true, func() string { return "the last" })
	require.Equal(t, []string{"the last"}, screen(t, out.String()))
}
