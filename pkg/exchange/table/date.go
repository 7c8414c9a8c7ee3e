package table

import (
	"strings"
	"time"
)

// dateForm is a way to write a date.
type dateForm struct {
	layout   string
	dayFirst bool // may be read the other way round where no day is above 12
	swapped  string
}

// dateForms are tried in this order. Those without a year or with two digits of one are read where they can't be mistaken for a number.
var dateForms = []dateForm{
	{layout: "2006-01-02"}, {layout: "2006/01/02"}, {layout: "2006.01.02"}, {layout: "2006-01-02 15:04:05"}, {layout: "2006-01-02 15:04"}, {layout: "2006/01/02 15:04:05"}, {layout: "2006/01/02 15:04"},
	{layout: "2006-01-02T15:04:05"}, {layout: "2006-01-02T15:04"}, {layout: time.RFC3339}, {layout: "2006-01-02 15:04:05-07:00"}, {layout: "2006-01"},
	{layout: "2.1.2006"}, {layout: "2.1.2006 15:04"}, {layout: "2.1.2006 15:04:05"}, {layout: "2.1.06"},
	{layout: "1/2/2006", swapped: "2/1/2006"}, {layout: "1/2/2006 15:04", swapped: "2/1/2006 15:04"}, {layout: "1/2/2006 15:04:05", swapped: "2/1/2006 15:04:05"}, {layout: "1/2/2006 3:04:05 PM", swapped: "2/1/2006 3:04:05 PM"},
	{layout: "1/2/06", swapped: "2/1/06"}, {layout: "1-2-2006", swapped: "2-1-2006"},
	{layout: "2/1/2006", dayFirst: true}, {layout: "2/1/2006 15:04", dayFirst: true}, {layout: "2/1/2006 15:04:05", dayFirst: true}, {layout: "2/1/2006 3:04:05 PM", dayFirst: true},
	{layout: "2/1/06", dayFirst: true}, {layout: "2-1-2006", dayFirst: true},
	{layout: "2 Jan 2006"}, {layout: "2 January 2006"}, {layout: "Jan 2, 2006"}, {layout: "January 2, 2006"}, {layout: "2-Jan-2006"}, {layout: "2-Jan-06"}, {layout: "Jan 2006"}, {layout: "Jan-06"},
	{layout: "15:04"}, {layout: "15:04:05"},
}

const longestDate = 40

// mayBeDate keeps most cells from being tried by each form.
func mayBeDate(cell string) bool {
	if len(cell) < 4 || len(cell) > longestDate || !strings.ContainsAny(cell, "0123456789") {
		return false
	}
	return strings.ContainsAny(cell[1:], "-/.: ") && (cell[0] >= '0' && cell[0] <= '9' || cell[0] >= 'A' && cell[0] <= 'Z' || cell[0] >= 'a' && cell[0] <= 'z')
}

// datesOf are the places among the forms of those that read a cell.
func datesOf(cell string) []int {
	if !mayBeDate(cell) {
		return nil
	}
	var all []int
	for i, f := range dateForms {
		if _, err := time.Parse(f.layout, cell); err == nil {
			all = append(all, i)
		}
	}
	return all
}

// dates reads a column whose cells all are dates of one form. ambiguous: each day could be a month.
func dates(cells []string, dayFirst bool) (days []float64, from time.Time, form dateForm, ambiguous, ok bool) {
	first := -1
	for i, cell := range cells {
		if cell != "" {
			first = i
			break
		}
	}
	if first < 0 {
		return nil, from, form, false, false
	}
	candidates := datesOf(cells[first])
	readBy := func(f dateForm) bool {
		for _, cell := range cells {
			if cell == "" {
				continue
			}
			if _, err := time.Parse(f.layout, cell); err != nil {
				return false
			}
		}
		return true
	}
	var fitting []dateForm
	for _, at := range candidates {
		if readBy(dateForms[at]) {
			fitting = append(fitting, dateForms[at])
		}
	}
	if len(fitting) == 0 {
		return nil, from, form, false, false
	}
	form = fitting[0]
	for _, other := range fitting[1:] {
		if other.dayFirst && form.swapped == other.layout {
			ambiguous = true
			if dayFirst {
				form = other
			}
		}
	}
	times := make([]time.Time, len(cells))
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		times[i], _ = time.Parse(form.layout, cell) // it was read above
		if i == first || times[i].Before(from) {
			from = times[i]
		}
	}
	clock := !strings.Contains(form.layout, "2006") && !strings.Contains(form.layout, "06")
	if !clock {
		from = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, from.Location())
	} else {
		from = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	days = make([]float64, len(cells))
	for i, cell := range cells {
		if days[i] = nan; cell != "" {
			days[i] = float64(times[i].Unix()-from.Unix()) / 86400
		}
	}
	return days, from, form, ambiguous, true
}
