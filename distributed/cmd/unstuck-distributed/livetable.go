package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// liveTable shows a text in a terminal that takes the place of the one before: its first lines, as many as there is room for.
type liveTable struct {
	to    io.Writer
	size  func() (width, height int, err error)
	lines int       // that are shown
	next  time.Time // when the next one is drawn, if it isn't the last
}

const (
	mostLines     = 14                     // shown of a text
	betweenFrames = 200 * time.Millisecond // at least
	shareOfTime   = 20                     // drawing takes at most one part of so many
)

// draw shows what text makes, unless it was called a moment ago.
func (l *liveTable) draw(last bool, text func() string) {
	began := time.Now()
	if began.Before(l.next) && !last {
		return
	}
	width, height, err := l.size()
	if err != nil || width < 20 || height < 3 {
		width, height = 80, 24
	}
	lines := strings.Split(strings.TrimRight(text(), "\n"), "\n")
	if room := min(mostLines, height-1); len(lines) > room {
		lines = append(lines[:room-1], fmt.Sprintf("… %d more", len(lines)-room+1))
	}
	var frame strings.Builder
	l.up(&frame)
	for _, line := range lines {
		if letters := []rune(line); len(letters) >= width {
			line = string(letters[:width-2]) + "…" // in the last column some terminals begin a new line
		}
		frame.WriteString(line + "\x1b[K\n")
	}
	frame.WriteString("\x1b[J")
	fmt.Fprint(l.to, frame.String())
	l.lines = len(lines)
	l.next = time.Now().Add(max(betweenFrames, shareOfTime*time.Since(began)))
}

// up goes to the first line that is shown.
func (l *liveTable) up(to *strings.Builder) {
	if l.lines > 0 {
		fmt.Fprintf(to, "\x1b[%dA\r", l.lines)
	}
}

// clear takes away what is shown.
func (l *liveTable) clear() {
	var frame strings.Builder
	l.up(&frame)
	fmt.Fprint(l.to, frame.String()+"\x1b[J")
	l.lines, l.next = 0, time.Time{}
}
