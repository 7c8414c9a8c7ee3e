package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Markdown is the results as tables: time as ratios to this project on XLA, peak memory in MiB, final losses.
func (r *Results) Markdown() string {
	var b strings.Builder
	r.heading(&b)
	b.WriteString("\nTime: what each takes, as a multiple of this project on XLA, whose own time is in the second column.\n\n")
	r.table(&b, "time", func(row *Row, name string, c *Cell) string {
		switch {
		case name == reference:
			return "1"
		case c.Ratio == 0:
			return duration(c.Median)
		default:
			return fmt.Sprintf("%.3g", c.Ratio)
		}
	}, func(row *Row) string {
		c := row.Cells[reference]
		if c == nil || c.Median == 0 {
			return "–"
		}
		if row.number > 0 {
			return fmt.Sprintf("%s (%.0f samples/s)", duration(c.Median), float64(row.number)/c.Median)
		}
		return duration(c.Median)
	})
	b.WriteString("\nPeak memory of the process (resident set), MiB.\n\n")
	r.table(&b, "", func(_ *Row, _ string, c *Cell) string { return fmt.Sprintf("%.0f", c.Peak) }, nil)
	b.WriteString("\nLoss of the last epoch of the first fit (the sweep: of the best rate), a check that all trained the same thing.\n\n")
	r.table(&b, "", func(_ *Row, _ string, c *Cell) string { return fmt.Sprintf("%.4f", median(c.Losses)) }, nil)
	return b.String()
}

func (r *Results) heading(b *strings.Builder) {
	fmt.Fprintf(b, "Measured on %s, %s; medians of alternating rounds (what takes over a minute: one round).\n", r.Began.Format("2006-01-02"), r.Machine)
	var versions []string
	for _, name := range slices.Sorted(maps.Keys(r.Versions)) {
		versions = append(versions, name+" "+r.Versions[name])
	}
	fmt.Fprintf(b, "Versions: %s.\n", strings.Join(versions, ", "))
	for _, n := range r.Notes {
		fmt.Fprintf(b, "%s\n", n)
	}
}

// table writes one line a row, with a column a program; own, if any, is the column before them.
func (r *Results) table(b *strings.Builder, ownTitle string, cell func(*Row, string, *Cell) string, own func(*Row) string) {
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	head := []string{""}
	if own != nil {
		head = append(head, ownTitle)
	}
	for _, p := range r.names {
		head = append(head, p.Title)
	}
	line(head)
	line(append([]string{"---"}, slices.Repeat([]string{"---:"}, len(head)-1)...))
	for _, row := range r.Rows {
		cells := []string{row.Title + ": " + string(row.Kind)}
		if own != nil {
			cells = append(cells, own(row))
		}
		for _, p := range r.names {
			c := row.Cells[p.Name]
			switch {
			case c == nil:
				cells = append(cells, "–")
			case c.Error != "":
				cells = append(cells, "failed")
			default:
				cells = append(cells, cell(row, p.Name, c))
			}
		}
		line(cells)
	}
}

func duration(seconds float64) string {
	switch {
	case seconds < 0.1:
		return fmt.Sprintf("%.3g ms", seconds*1000)
	default:
		return fmt.Sprintf("%.3g s", seconds)
	}
}
